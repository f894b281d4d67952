"""Writers: threads in up to four processes, as the service runs in production; all start at one word.

Four processes keep more than this many cores busy, so that no interpreter's lock is what is measured. A contender
prepares (connections, inputs, a few appends to warm up) before the clock starts, and keeps its connections until the
server's processor time was read.
"""

import multiprocessing
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from infra.bench.cluster import Cluster
from infra.bench.measure import undisturbed
from infra.service import calm_garbage_collector

PROCESSES = 4
WARM_UP = 25
"""Appends of each writer before the clock starts: by then its connections are open and its statements prepared."""


@dataclass(frozen=True, slots=True)
class Work:
    """What one writer does, for each of what it was given, one after another."""

    append: Callable[[Any], object]
    given: Sequence[Any]

    def warm_up(self) -> None:
        for item in self.given[:WARM_UP]:
            self.append(item)

    def race(self) -> None:
        for item in self.given[WARM_UP:]:
            self.append(item)


Prepare = Callable[[str, Sequence[int], int], AbstractContextManager[list[Work]]]
"""(database URL, numbers of the writers, appends of each) → the work of each. A function of a module: it is sent."""

PRELOADED = ["infra.bench.contenders"]


class WriterFailed(Exception):
    """With the writer's own traceback."""


@dataclass(frozen=True, slots=True)
class Lap:
    start: float
    end: float
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Race:
    """From the first start to the last end; the clock is the machine's, one for all processes."""

    seconds: float
    client_cpu_s: float
    server_cpu_s: float


class Writers:
    """Started once, used for every contender."""

    def __init__(self, pipes: Sequence[Connection]) -> None:
        self._pipes = pipes

    def race(self, cluster: Cluster, database_url: str, prepare: Prepare, writers: int, each: int) -> Race:
        """``writers`` of them append ``each`` events as fast as they can."""
        pipes = self._pipes[: min(writers, len(self._pipes))]
        for number, pipe in enumerate(pipes):
            pipe.send((prepare, database_url, range(number, writers, len(pipes)), each + WARM_UP))
        for pipe in pipes:
            received(pipe)
        cluster.settle()
        cpu = cluster.cpu_s()
        for pipe in pipes:
            pipe.send("go")
        laps = [received(pipe) for pipe in pipes]
        server_cpu_s = cluster.cpu_s() - cpu
        for pipe in pipes:
            pipe.send("leave")
        for pipe in pipes:
            received(pipe)
        seconds = max(lap.end for lap in laps) - min(lap.start for lap in laps)
        return Race(seconds, sum(lap.cpu_s for lap in laps), server_cpu_s)


@contextmanager
def started_writers(processes: int = PROCESSES) -> Iterator[Writers]:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    pairs = [context.Pipe() for _ in range(processes)]
    started = [context.Process(target=write, args=(theirs,), daemon=True) for _, theirs in pairs]
    for process in started:
        process.start()
    for _, theirs in pairs:
        theirs.close()
    try:
        yield Writers([ours for ours, _ in pairs])
    finally:
        for ours, _ in pairs:
            ours.close()
        for process in started:
            process.join(10)


def write(pipe: Connection) -> None:
    """A process's life: one contender after another until the pipe is closed."""
    calm_garbage_collector()
    while True:
        try:
            prepare, database_url, numbers, each = pipe.recv()
        except EOFError:
            return
        try:
            with (
                prepare(database_url, numbers, each) as works,
                ThreadPoolExecutor(len(works)) as threads,
                undisturbed(),
            ):
                together(threads, [work.warm_up for work in works])
                pipe.send(None)
                pipe.recv()
                cpu, start = time.process_time(), time.perf_counter()
                together(threads, [work.race for work in works])
                end = time.perf_counter()
                pipe.send(Lap(start, end, time.process_time() - cpu))
                pipe.recv()
            pipe.send(None)
        except EOFError:
            return
        except BaseException:
            pipe.send(WriterFailed(traceback.format_exc()))


def together(threads: ThreadPoolExecutor, jobs: Sequence[Callable[[], None]]) -> None:
    for done in [threads.submit(job) for job in jobs]:
        done.result()


def received(pipe: Connection) -> Lap:
    answer = pipe.recv()
    if isinstance(answer, WriterFailed):
        raise answer
    return answer  # type: ignore[no-any-return]
