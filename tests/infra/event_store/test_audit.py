"""The hash chain: whatever is changed behind the store's back is found and named; what was not, is not."""

from uuid import UUID, uuid4

import pytest

from infra.event_store import audit
from infra.event_store.audit import Broken, broken_links
from infra.event_store.envelope import COLUMNS
from tests.support.counter import Count, Note
from tests.support.store import Store, caller

STREAM, OTHER = UUID(int=1), UUID(int=2)
POSITION = {"era", "xid", "ordinal"}
CHANGES = {
    "stream_id": "gen_random_uuid()",
    "version": "version + 10",
    "event_id": "gen_random_uuid()",
    "name": "'test.noted'",
    "schema_version": "schema_version + 1",
    "organization_id": "gen_random_uuid()",
    "partition_key": "gen_random_uuid()",
    "actor": "actor || '?'",
    "occurred_at": "occurred_at + interval '1 microsecond'",
    "recorded_at": "recorded_at - interval '1 microsecond'",
    "correlation_id": "gen_random_uuid()",
    "causation_id": "NULL",
    "payload": "set_byte(payload, length(payload) - 2, get_byte(payload, length(payload) - 2) # 1)",
    "hash": "set_byte(hash, 31, get_byte(hash, 31) # 1)",
}
MIDDLE = "stream_id = %(stream)s AND version = 3"


@pytest.fixture
def audited(store: Store) -> Store:
    """Two streams of five events, by commands of one and of several events; among them a personal one."""
    runner = store.runner()
    for stream in (STREAM, OTHER):
        for command in (Count(counter_id=stream, times=2), Count(counter_id=stream, amount=3)):
            runner.run(command, caller(causation_id=uuid4()))
        runner.run(Note(counter_id=stream, athlete_id=uuid4(), note="torn ligament"), caller())
        runner.run(Count(counter_id=stream, amount=5), caller())
    return store


def tamper(store: Store, statement: str) -> None:
    """As somebody can who owns the database."""
    with store.connect() as connection:
        connection.execute("ALTER TABLE events DISABLE TRIGGER events_append_only")
        connection.execute(statement, {"stream": STREAM})
        connection.execute("ALTER TABLE events ENABLE TRIGGER events_append_only")


def found(store: Store) -> list[Broken]:
    with store.connect() as connection:
        return list(broken_links(connection))


def test_what_nobody_touched_is_whole(audited: Store) -> None:
    assert found(audited) == []


def test_a_store_without_events_is_whole(store: Store) -> None:
    assert found(store) == []


def test_forgetting_an_athlete_breaks_nothing(audited: Store) -> None:
    with audited.connect() as connection:
        connection.execute("UPDATE athlete_keys SET key = NULL, destroyed_at = now()")
    assert found(audited) == []


def test_every_column_is_among_those_that_are_changed_here() -> None:
    assert set(CHANGES) | POSITION == set(COLUMNS.split(", "))


@pytest.mark.parametrize("column", CHANGES)
def test_a_change_of_any_column_is_found(audited: Store, column: str) -> None:
    tamper(audited, f"UPDATE events SET {column} = {CHANGES[column]} WHERE {MIDDLE}")
    broken = found(audited)
    assert broken
    assert OTHER not in {each.stream_id for each in broken}
    if column not in ("stream_id", "version"):  # an event taken from its place is missed at the next one
        assert broken[0] == Broken(STREAM, 3, "its bytes are not those that were stored")


def test_a_cause_given_to_an_event_without_one_is_found(audited: Store) -> None:
    tamper(audited, "UPDATE events SET causation_id = gen_random_uuid() WHERE stream_id = %(stream)s AND version = 5")
    assert found(audited) == [Broken(STREAM, 5, "its bytes are not those that were stored")]


@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_an_event_taken_out_is_found(audited: Store, version: int) -> None:
    tamper(audited, f"DELETE FROM events WHERE stream_id = %(stream)s AND version = {version}")
    assert found(audited) == [Broken(STREAM, version + 1, f"version {version} is missing")]


def test_an_event_taken_out_with_the_gap_closed_is_found(audited: Store) -> None:
    tamper(audited, "DELETE FROM events WHERE stream_id = %(stream)s AND version = 3")
    tamper(audited, "UPDATE events SET version = version - 1 WHERE stream_id = %(stream)s AND version > 3")
    assert found(audited)[0] == Broken(STREAM, 3, "its bytes are not those that were stored")


def test_two_events_in_each_others_place_are_found(audited: Store) -> None:
    tamper(audited, "UPDATE events SET version = version + 100 WHERE stream_id = %(stream)s AND version IN (2, 3)")
    tamper(audited, "UPDATE events SET version = 105 - version WHERE stream_id = %(stream)s AND version > 100")
    assert [each.version for each in found(audited)][:2] == [2, 3]


def test_payloads_in_each_others_place_are_found(audited: Store) -> None:
    tamper(
        audited,
        "UPDATE events AS one SET payload = other.payload FROM events AS other WHERE one.stream_id = %(stream)s "
        "AND other.stream_id = one.stream_id AND (one.version, other.version) IN ((2, 3), (3, 2))",
    )
    assert [each.version for each in found(audited)] == [2, 3]


def test_an_event_put_before_its_predecessor_in_the_log_is_found(audited: Store) -> None:
    """The position is not in the hash, for the server gives it at the end; but it grows along a stream."""
    tamper(audited, f"UPDATE events SET xid = 3 WHERE {MIDDLE}")
    assert found(audited) == [Broken(STREAM, 3, "it stands before its predecessor in the log")]


def test_more_events_than_are_fetched_at_a_time(store: Store) -> None:
    streams = [uuid4() for _ in range(audit.CHUNK // 2 + 10)]
    store.runner().run_many([Count(counter_id=each, times=2) for each in streams], [caller()] * len(streams))
    assert found(store) == []
    last = max(streams)
    tamper(store, f"UPDATE events SET actor = 'x' WHERE stream_id = '{last}' AND version = 2")
    assert found(store) == [Broken(last, 2, "its bytes are not those that were stored")]
