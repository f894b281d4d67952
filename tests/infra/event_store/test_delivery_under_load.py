"""50 000 events by eight writers in two processes, while a stranger's write transaction stays open: none is missed.

Two readers that lack a mechanism each follow beside ours. That they fail shows that the load is one that counts.
"""

import logging
import multiprocessing
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from contextlib import contextmanager
from itertools import pairwise
from uuid import UUID

import psycopg
import pytest

from tests.support.load import write_load
from tests.support.readers import XMAX, XMIN, Follower, Reader, bounded_by, log_reader
from tests.support.store import Store

EVENTS, PROCESSES, THREADS = 50_000, 2, 4
CAUGHT_UP_WITHIN_S = 30
LOG = logging.getLogger(__name__)


class FollowerThread:
    """Follows on a connection of its own until it is told to stop."""

    def __init__(self, store: Store, make_reader: Callable[[psycopg.Connection], Reader]) -> None:
        self._connection = store.connect()
        self.follower = Follower(make_reader(self._connection))
        self.reads = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow)
        self._thread.start()

    def _follow(self) -> None:
        while not self._stop.is_set():
            if self.follower.advance(limit=1_000):
                self.reads += 1
            else:
                time.sleep(0.002)

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()
        self._connection.close()

    def wait_for(self, count: int) -> None:
        deadline = time.monotonic() + CAUGHT_UP_WITHIN_S
        while len(self.follower.positions) < count and time.monotonic() < deadline:
            time.sleep(0.01)


@contextmanager
def following(store: Store, make_reader: Callable[[psycopg.Connection], Reader]) -> Iterator[FollowerThread]:
    thread = FollowerThread(store, make_reader)
    try:
        yield thread
    finally:
        thread.stop()


@contextmanager
def open_write_transaction(store: Store) -> Iterator[None]:
    with store.connect() as connection:
        connection.execute("BEGIN")
        connection.execute("INSERT INTO topics (topic) VALUES ('somebody else is at work')")
        yield


def write(store: Store, when_the_first_is_done: Callable[[], None]) -> Counter[str]:
    each = -(-EVENTS // (PROCESSES * THREADS))
    with ProcessPoolExecutor(PROCESSES, mp_context=multiprocessing.get_context("spawn")) as executor:
        futures = [executor.submit(write_load, store.database_url, seed, THREADS, each) for seed in range(PROCESSES)]
        wait(futures, return_when=FIRST_COMPLETED)
        when_the_first_is_done()
        return sum((future.result() for future in futures), Counter())


@pytest.mark.slow
def test_every_event_once_in_order_and_never_frozen(own_store: Store) -> None:
    store = own_store
    with (
        open_write_transaction(store),
        following(store, log_reader) as ours,
        following(store, bounded_by(XMAX)) as without_holders,
        following(store, bounded_by(XMIN)) as by_xmin,
    ):
        delivered_meanwhile: list[int] = []
        done = write(store, lambda: delivered_meanwhile.append(len(ours.follower.positions)))
        ours.wait_for(done["events"])

    with store.connect() as connection:
        stored = [event_id for (event_id,) in connection.execute("SELECT event_id FROM events")]
    LOG.info(
        "writers: %s; delivered while they wrote: %s, in %s reads; delivered without the holders: %s",
        dict(done), *delivered_meanwhile, ours.reads, len(without_holders.follower.positions),
    )  # fmt: skip

    assert done["events"] == len(stored) >= EVENTS, "what was acknowledged is what is stored"
    assert done["wrongly repeated"] == 0
    assert min(done[kind] for kind in ("single", "bulk", "slow", "repeats", "rolled back", "conflicts")) >= 20
    assert len(ours.follower.event_ids) == len(stored), "each once"
    assert set(ours.follower.event_ids) == set(stored)
    assert strictly_increasing(ours.follower)
    assert in_stream_order(ours.follower)
    assert ours.reads > 20, "in many small steps"
    assert delivered_meanwhile[0] > done["events"] / 4, "not only at the end"

    assert len(without_holders.follower.event_ids) < len(stored), "the load was one under which this reader misses"
    assert by_xmin.follower.event_ids == [], "the open transaction was one under which this reader stands still"


def strictly_increasing(follower: Follower) -> bool:
    return all(earlier < later for earlier, later in pairwise(follower.positions))


def in_stream_order(follower: Follower) -> bool:
    last: dict[UUID, int] = {}
    for stream, version in follower.versions:
        if version != last.get(stream, 0) + 1:
            return False
        last[stream] = version
    return True
