"""Readers are woken after an append, in this process and in others; a lost signal is only a delay."""

import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.managers import SyncManager
from threading import Event

import psycopg
import pytest

from domain.ports import BEGINNING
from infra.wake import CHANNEL, Waker
from tests.support.store import Store, stream_of

LONG_S = 20.0
"""Longer than any of these tests may take: who waits this long was not woken."""


def waker_that_has_waited() -> Waker:
    """A thread's first wait returns at once, for it may have missed something before it."""
    waker = Waker()
    waker.wait(0)
    return waker


def until(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + LONG_S
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


# Within a process


def test_the_first_wait_returns_at_once() -> None:
    assert Waker().wait(LONG_S)


def test_without_a_signal_a_wait_ends_by_its_timeout() -> None:
    waker = waker_that_has_waited()
    assert not waker.wait(0)
    assert not waker.wait(0.01)


def test_a_signal_between_two_waits_is_not_lost() -> None:
    waker = waker_that_has_waited()
    waker.signal()
    waker.signal()
    assert waker.wait(0)
    assert not waker.wait(0), "many signals wake once"


def test_a_signal_wakes_all_who_wait() -> None:
    waker = Waker()
    ready = threading.Barrier(4)

    def wait(_: int) -> bool:
        waker.wait(0)
        ready.wait()
        return waker.wait(LONG_S)

    with ThreadPoolExecutor(3) as executor:
        answers = executor.map(wait, range(3))
        ready.wait()
        waker.signal()
        assert list(answers) == [True] * 3


# Between processes


def wait_in_another_process(database_url: str, listening: Event) -> bool:
    waker = waker_that_has_waited()
    with waker.connected(database_url):
        until(lambda: is_listened_to(database_url))
        listening.set()
        return waker.wait(LONG_S)


def is_listened_to(database_url: str) -> bool:
    return bool(listeners(database_url))


def listeners(database_url: str) -> list[int]:
    """The server processes that last said LISTEN."""
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query = %s", (f"LISTEN {CHANNEL}",)
        )
        return [pid for (pid,) in rows]


@contextmanager
def manager() -> Iterator[SyncManager]:
    with multiprocessing.get_context("spawn").Manager() as made:
        yield made


def test_a_signal_wakes_another_process(database_url: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    with manager() as shared, ProcessPoolExecutor(1, mp_context=spawn) as executor:
        listening = shared.Event()
        woken = executor.submit(wait_in_another_process, database_url, listening)
        assert listening.wait(LONG_S)
        sender = Waker()
        with sender.connected(database_url):
            sender.signal()
            assert woken.result(timeout=LONG_S)


@contextmanager
def connected(database_url: str) -> Iterator[Waker]:
    waker = waker_that_has_waited()
    with waker.connected(database_url):
        assert until(lambda: is_listened_to(database_url))
        yield waker


def notifications(database_url: str, during: Callable[[], None]) -> int:
    """How many NOTIFY went out while ``during`` ran and shortly after."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f"LISTEN {CHANNEL}")
        during()
        return sum(1 for _ in connection.notifies(timeout=0.3))


def test_many_signals_are_sent_as_few(database_url: str) -> None:
    with connected(database_url) as waker:

        def append_much() -> None:
            for _ in range(1_000):
                waker.signal()

        assert 1 <= notifications(database_url, append_much) < 100


def test_an_append_itself_notifies_nobody(store: Store) -> None:
    def append() -> None:
        for size in (1, 1, 3):
            store.append(*stream_of(size))

    assert notifications(store.database_url, append) == 0


def test_it_ends_when_told_also_where_nobody_ever_signalled(database_url: str) -> None:
    before = threading.active_count()
    with connected(database_url):
        assert threading.active_count() == before + 2
    assert threading.active_count() == before
    assert until(lambda: not is_listened_to(database_url))


# Lost signals


def test_a_lost_signal_is_only_a_delay(store: Store) -> None:
    """The writer's process never connects its waker, so that every signal is lost; the reader polls."""
    reader_waker = waker_that_has_waited()
    writer = threading.Timer(0.1, lambda: store.append(*stream_of(2)))
    writer.start()
    woken = []

    def delivered() -> bool:
        if store.rows(BEGINNING):
            return True
        woken.append(reader_waker.wait(0.02))
        return False

    assert until(delivered)
    assert woken
    assert not any(woken)
    writer.join()


@pytest.mark.parametrize("connections", ["of the listener", "of all"])
def test_connections_that_are_cut_are_made_anew(database_url: str, connections: str) -> None:
    with connected(database_url) as waker, psycopg.connect(database_url, autocommit=True) as cutter:
        waker.signal()
        before = listeners(database_url)
        cut = "query LIKE 'LISTEN%'" if connections == "of the listener" else "true"
        cutter.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            f"WHERE datname = current_database() AND pid <> pg_backend_pid() AND {cut}"
        )
        assert until(lambda: bool(set(listeners(database_url)) - set(before)))
        waker.wait(0)
        cutter.execute(f"NOTIFY {CHANNEL}")
        assert waker.wait(LONG_S), "it hears others again"
        heard = notifications(database_url, lambda: signal_until_sent(waker))
        assert heard, "and is heard"


def signal_until_sent(waker: Waker) -> None:
    for _ in range(30):
        waker.signal()
        time.sleep(0.02)


def test_a_database_that_is_not_there_yet_is_waited_for() -> None:
    waker = waker_that_has_waited()
    with waker.connected("postgresql://nobody@/nowhere?host=/nonexistent&connect_timeout=1"):
        waker.signal()
        assert waker.wait(0), "within the process all goes on"
