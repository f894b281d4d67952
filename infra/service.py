"""Runs the processes of the service as threads of one, which is what the embedded default is."""

import gc
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import structlog

log = structlog.get_logger()

Loop = Callable[[threading.Event], None]
"""Runs until the event is set."""

JOIN_S = 30.0


class ProcessDied(Exception):
    """One of the loops ended by itself; the service must not go on half alive."""


class Running:
    """The loops while they run. ``failed`` is set as soon as one of them has died."""

    def __init__(self, loops: Mapping[str, Loop]) -> None:
        self.stop = threading.Event()
        self.failed = threading.Event()
        self._errors: dict[str, BaseException] = {}
        self._threads = [
            threading.Thread(target=self._run, args=(name, loop), name=name, daemon=True)
            for name, loop in loops.items()
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Asks all loops to end and waits for them. Raises ProcessDied where one had failed."""
        self.stop.set()
        for thread in self._threads:
            thread.join(JOIN_S)
        self.check()

    def check(self) -> None:
        for name, error in self._errors.items():
            raise ProcessDied(f"{name} stopped: {error}") from error

    def _run(self, name: str, loop: Loop) -> None:
        try:
            loop(self.stop)
        except BaseException as error:
            log.error("process.died", process=name, error=repr(error), exc_info=error)
            self._errors[name] = error
            self.failed.set()


def calm_garbage_collector() -> None:
    """Once, when everything is built: what is there now stays, and what comes lives shortly.

    A fan-out makes some hundred small objects for each assignment, none of them in cycles; with Python's default of a
    collection each 700 allocations a quarter of its time went there (docs/performance.md).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@contextmanager
def running(loops: Mapping[str, Loop]) -> Iterator[Running]:
    """The loops run while the block does; at its end they finish what they are at."""
    service = Running(loops)
    service.start()
    try:
        yield service
    finally:
        service.end()
