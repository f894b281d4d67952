"""Wakes readers after a commit, so that they need not wait for their next poll. A lost signal costs one poll interval.

NOTIFY is never part of an append, where it would serialise commits. One thread sends it afterwards, at most once in
``interval_s``, however many appends there were; one thread listens, from the first time that anybody here waits.
"""

import contextlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

CHANNEL = "mesocycle_appended"
INTERVAL_S = 0.05
"""Between two NOTIFYs of one process. The first after a pause goes at once; under load the polls come sooner."""


class Waker:
    """``signal`` after a commit, ``wait`` before the next read. Within one process, and across when it is connected."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._count = 0
        self._unsent = False
        self._sender_rests = True
        self._send_now = threading.Event()
        self._listen_now = threading.Event()
        self._seen = threading.local()

    def signal(self) -> None:
        """Cheap while signals come fast: only the first after a pause has to wake the sender."""
        self._wake()
        self._unsent = True
        if self._sender_rests:
            self._sender_rests = False
            self._send_now.set()

    def wait(self, timeout_s: float) -> bool:
        """True as soon as anything was appended since this thread last waited; False after ``timeout_s``."""
        self._listen_now.set()
        with self._condition:
            seen: int = getattr(self._seen, "count", -1)
            woken = self._condition.wait_for(lambda: self._count != seen, timeout_s)
            self._seen.count = self._count
        return woken

    def _wake(self) -> None:
        with self._condition:
            self._count += 1
            self._condition.notify_all()

    @contextmanager
    def connected(self, database_url: str, interval_s: float = INTERVAL_S) -> Iterator[None]:
        """Carries signals to and from other processes while the block runs."""
        stop = threading.Event()
        threads = [
            threading.Thread(target=self._send, args=(database_url, interval_s, stop), name="wake-send", daemon=True),
            threading.Thread(target=self._listen, args=(database_url, stop), name="wake-listen", daemon=True),
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            self._send_now.set()
            self._listen_now.set()
            for thread in threads:
                thread.join()

    def _send(self, database_url: str, interval_s: float, stop: threading.Event) -> None:
        while not stop.is_set():
            with contextlib.suppress(psycopg.OperationalError), connect(database_url) as connection:
                connection.execute("SET synchronous_commit = off")  # a NOTIFY is a commit; this one may be lost
                while not stop.is_set():
                    if self._unsent:
                        self._unsent = False
                        connection.execute(f"NOTIFY {CHANNEL}")
                        time.sleep(interval_s)
                    else:
                        self._sender_rests = True
                        if not self._unsent:  # else a signal came before the sender was seen to rest
                            self._send_now.wait()
                        self._send_now.clear()
                        self._sender_rests = False
            stop.wait(0.2)

    def _listen(self, database_url: str, stop: threading.Event) -> None:
        self._listen_now.wait()
        while not stop.is_set():
            with contextlib.suppress(psycopg.OperationalError), connect(database_url) as connection:
                connection.execute(f"LISTEN {CHANNEL}")
                while not stop.is_set():
                    for _ in connection.notifies(timeout=0.2, stop_after=1):
                        self._wake()
            stop.wait(0.2)


def connect(database_url: str) -> psycopg.Connection:
    return psycopg.connect(database_url, autocommit=True, application_name="mesocycle-wake")
