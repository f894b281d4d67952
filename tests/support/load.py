"""Writers that make it hard for readers: shared streams, delays between xid and commit, rollbacks, repeated keys."""

import random
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import psycopg

from domain.ports import IdempotencyKey
from infra.event_store.envelope import EnvelopedEvent
from infra.event_store.recorder import AlreadyRecorded, PostgresEventRecorder, VersionConflict
from tests.support.open_append import OpenAppend
from tests.support.store import NOON, ORGANIZATION, open_test_store, plain_event, stream_of

SHARED_STREAMS = [UUID(int=number) for number in range(1, 25)]
VERSION = "SELECT coalesce(max(version), 0) FROM events WHERE stream_id = %s"


def write_load(database_url: str, seed: int, threads: int, events_each: int) -> Counter[str]:
    """What ``threads`` writers did until each had stored ``events_each``; runs in a process of its own."""
    with open_test_store(database_url, size=threads) as store, ThreadPoolExecutor(threads) as executor:
        writers = [LoadWriter(store.recorder, database_url, seed * 100 + number) for number in range(threads)]
        tallies = list(executor.map(lambda writer: writer.run(events_each), writers))
    return sum(tallies, Counter())


class LoadWriter:
    def __init__(self, recorder: PostgresEventRecorder, database_url: str, seed: int) -> None:
        self._recorder = recorder
        self._database_url = database_url
        self._random = random.Random(seed)
        self._keys: list[IdempotencyKey] = []
        self._tally: Counter[str] = Counter()

    def run(self, events: int) -> Counter[str]:
        kinds = [self.one, self.repeated_key, self.bulk, self.slow]
        with OpenAppend(self._database_url) as slow_one:
            self._slow_one = slow_one
            while self._tally["events"] < events:
                (act,) = self._random.choices(kinds, weights=(50, 7, 25, 18))
                try:
                    act()
                except (VersionConflict, psycopg.errors.UniqueViolation):
                    self._tally["conflicts"] += 1
        return self._tally

    def one(self) -> None:
        key = IdempotencyKey("coach:ana", "POST /counters", uuid4().hex, b"body")
        self._append(self._next_of_a_shared_stream(1), key, "single")
        self._keys.append(key)

    def repeated_key(self) -> None:
        if self._keys:
            try:
                self._append(stream_of(1), self._random.choice(self._keys), "wrongly repeated")
            except AlreadyRecorded:
                self._tally["repeats"] += 1

    def bulk(self) -> None:
        fresh = [event for _ in range(self._random.randint(1, 15)) for event in stream_of(self._random.randint(1, 20))]
        self._append([*fresh, *self._next_of_a_shared_stream(2)], None, "bulk")

    def slow(self) -> None:
        """Stays between xid and write, and between write and commit; one in three gives up."""
        events = self._next_of_a_shared_stream(self._random.randint(1, 5))
        append = self._slow_one
        append.begin()
        try:
            time.sleep(self._random.uniform(0, 0.02))
            append.write(events)
            time.sleep(self._random.uniform(0, 0.01))
        except psycopg.errors.UniqueViolation:
            append.rollback()
            raise
        if self._random.random() < 1 / 3:
            append.rollback()
            self._tally["rolled back"] += 1
        else:
            append.commit()
            self._stored("slow", events)

    def _append(self, events: Sequence[EnvelopedEvent], key: IdempotencyKey | None, kind: str) -> None:
        self._recorder.append(events, recorded_at=NOON, organization_id=ORGANIZATION, key=key)
        self._stored(kind, events)

    def _stored(self, kind: str, events: Sequence[EnvelopedEvent]) -> None:
        self._tally[kind] += 1
        self._tally["events"] += len(events)

    def _next_of_a_shared_stream(self, count: int) -> list[EnvelopedEvent]:
        """Read before the write transaction, as every writer does; others may be faster."""
        stream = self._random.choice(SHARED_STREAMS)
        with self._recorder.pool.connection() as connection:
            ((version,),) = connection.execute(VERSION, (stream,)).fetchall()
        return [plain_event(stream, version + number) for number in range(1, count + 1)]
