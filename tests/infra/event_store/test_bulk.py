"""Ten thousand streams at once: in one append, and in one query."""

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest

from infra.event_store.recorder import VersionConflict
from infra.event_store.streams import Loaded
from tests.support import counter
from tests.support.counter import Count, Counter
from tests.support.store import (
    NOON,
    ORGANIZATION,
    OTHER_ORGANIZATION,
    Store,
    caller,
    open_test_store,
    plain_event,
    stream_of,
)
from tests.support.traffic import round_trips

STREAMS = 10_000


def test_ten_thousand_one_event_streams_in_one_append(store: Store) -> None:
    ids = [uuid4() for _ in range(STREAMS)]
    last = store.append(*(plain_event(stream, 1) for stream in ids))
    assert last.ordinal == STREAMS - 1
    log = store.rows()
    assert [row.stream_id for row in log] == ids, "the log keeps the order of the call"
    assert [row.position for row in log] == [last._replace(ordinal=number) for number in range(STREAMS)]


def test_ten_thousand_streams_in_one_query(database_url: str) -> None:
    with open_test_store(database_url, size=1) as store:
        ids = [uuid4() for _ in range(STREAMS)]
        store.runner().run_many([Count(counter_id=each, amount=2) for each in ids], [caller()] * STREAMS)
        loaded: dict[UUID, Loaded] = {}
        deciders = dict.fromkeys(ids, counter.DECIDER)

        def load() -> None:
            loaded.update(store.loader.load_many(deciders, ORGANIZATION))

        assert round_trips(store.pool, load) == 1
        assert {stream: each.state for stream, each in loaded.items()} == {each: Counter(each, 2) for each in ids}


def test_streams_of_different_lengths_come_whole_and_in_order(store: Store) -> None:
    streams = [stream_of(length) for length in (1, 2, 30, 3)]
    store.append(*(event for stream in streams for event in stream))
    ids = [UUID(str(stream[0].originator_id)) for stream in streams]
    *rows, of_none = store.recorder.select_many([*ids, uuid4()], ORGANIZATION)
    for stream, of_it in zip(streams, rows, strict=True):
        assert [(row.version, row.payload) for row in of_it] == [(e.originator_version, e.state) for e in stream]
    assert of_none == []


def test_another_organizations_streams_are_not_there(store: Store) -> None:
    store.append(plain_event(UUID(int=1), 1))
    assert store.recorder.select_many([UUID(int=1)], OTHER_ORGANIZATION) == [[]]
    assert store.recorder.select_one(UUID(int=1), OTHER_ORGANIZATION) == []


def test_one_stale_version_among_many_refuses_all(store: Store) -> None:
    store.append(plain_event(UUID(int=1), 1))
    with pytest.raises(VersionConflict):
        store.append(*(plain_event(uuid4(), 1) for _ in range(500)), plain_event(UUID(int=1), 1))
    assert len(store.rows()) == 1


def test_two_appends_of_the_same_streams_in_opposite_order_do_not_lock_each_other_out(store: Store) -> None:
    """One wins, the other is told of a conflict: neither waits for the server to find a deadlock."""
    ids = [uuid4() for _ in range(2_000)]
    start = threading.Barrier(2)

    def append(streams: list[UUID]) -> str:
        start.wait()
        try:
            store.recorder.append(
                [plain_event(stream, 1) for stream in streams], recorded_at=NOON, organization_id=ORGANIZATION
            )
        except VersionConflict:
            return "conflict"
        return "stored"

    with ThreadPoolExecutor(2) as executor:
        answers = list(executor.map(append, [ids, ids[::-1]]))
    assert sorted(answers) == ["conflict", "stored"]
    assert [row.stream_id for row in store.rows()] in (ids, ids[::-1])
