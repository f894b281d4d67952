"""What an append does and refuses, how many turns with the server it takes, and that nothing stored ever changes."""

from dataclasses import replace
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.persistence import IntegrityError, ProgrammingError

from domain.ports import BEGINNING, IdempotencyKey, InboxEntry
from infra.event_store.recorder import AlreadyRecorded, VersionConflict
from tests.support.store import NOON, ORGANIZATION, OTHER_ORGANIZATION, Store, open_test_store, plain_event, stream_of
from tests.support.traffic import round_trips

STREAM = UUID(int=7)
KEY = IdempotencyKey("coach:ana", "POST /counters", "k-1", b"hash of the body")
MESSAGE = InboxEntry("planning", "m-1", "cluster", "topic", 0, 17)
BY_ID = InboxEntry("planning", "m-1", "cluster", "topic", 0, 99)
BY_PLACE = InboxEntry("planning", None, "cluster", "topic", 0, 17)
SIZES = pytest.mark.parametrize("size", [pytest.param(1, id="one event"), pytest.param(3, id="by COPY")])


@SIZES
def test_what_was_appended_is_read_back_column_for_column(store: Store, size: int) -> None:
    events = stream_of(size, STREAM)
    position = store.append(*events)
    assert position.ordinal == size - 1
    assert [row.to_stored() for row in store.rows()] == list(events)
    assert [row.position for row in store.rows()] == [position._replace(ordinal=number) for number in range(size)]


@SIZES
def test_a_version_that_is_taken_is_a_conflict_and_leaves_nothing(store: Store, size: int) -> None:
    store.append(plain_event(STREAM, size))
    with pytest.raises(VersionConflict):
        store.append(*stream_of(size, STREAM))
    assert [row.version for row in store.rows()] == [size]


@SIZES
def test_an_event_id_is_taken_once(store: Store, size: int) -> None:
    first = plain_event(uuid4(), 1)
    store.append(first)
    with pytest.raises(AlreadyRecorded):
        store.append(*stream_of(size - 1), plain_event(uuid4(), 1, event_id=first.event_id))
    assert len(store.rows()) == 1


@SIZES
@pytest.mark.parametrize("again", [BY_ID, BY_PLACE], ids=["by its id", "by its place"])
def test_a_message_is_taken_once(store: Store, size: int, again: InboxEntry) -> None:
    store.recorder.append(stream_of(size), recorded_at=NOON, organization_id=ORGANIZATION, inbox=MESSAGE)
    with pytest.raises(AlreadyRecorded):
        store.recorder.append(stream_of(size), recorded_at=NOON, organization_id=ORGANIZATION, inbox=again)
    assert len(store.rows()) == size


@SIZES
def test_a_key_is_taken_once_in_an_organization(store: Store, size: int) -> None:
    for organization_id in (ORGANIZATION, OTHER_ORGANIZATION):
        events = [replace(event, organization_id=organization_id) for event in stream_of(size)]
        store.recorder.append(events, recorded_at=NOON, organization_id=organization_id, key=KEY)
    with pytest.raises(AlreadyRecorded):
        store.recorder.append(stream_of(size), recorded_at=NOON, organization_id=ORGANIZATION, key=KEY)
    assert len(store.rows()) == 2 * size


def test_an_offset_beyond_64_bits_is_kept(store: Store) -> None:
    entry = InboxEntry("planning", None, "cluster", "topic", 0, 1 << 97)
    store.recorder.append(stream_of(1), recorded_at=NOON, organization_id=ORGANIZATION, inbox=entry)
    with pytest.raises(AlreadyRecorded):
        store.recorder.append(stream_of(1), recorded_at=NOON, organization_id=ORGANIZATION, inbox=entry)


def test_a_message_without_events_is_remembered(store: Store) -> None:
    answer = (STREAM, 4, STREAM)
    store.recorder.append([], recorded_at=NOON, organization_id=ORGANIZATION, inbox=MESSAGE, answer=answer)
    with pytest.raises(AlreadyRecorded):
        store.recorder.append([], recorded_at=NOON, organization_id=ORGANIZATION, inbox=MESSAGE, answer=answer)
    assert store.rows() == []


def test_without_events_there_must_be_an_answer(store: Store) -> None:
    with pytest.raises(ProgrammingError, match="needs an answer"):
        store.recorder.append([], recorded_at=NOON, organization_id=ORGANIZATION, inbox=MESSAGE)


def test_conflicts_are_the_librarys_integrity_errors(store: Store) -> None:
    store.append(plain_event(STREAM, 1))
    with pytest.raises(IntegrityError):
        store.append(plain_event(STREAM, 1))


def test_turns_with_the_server(database_url: str) -> None:
    with open_test_store(database_url, size=1) as store:
        for _ in range(4):  # the third time, the driver prepares the statement
            store.append(*stream_of(1))
            store.append(*stream_of(2))
        assert round_trips(store.pool, lambda: store.append(*stream_of(1))) == 1
        # BEGIN, the opening function, COPY, its data, COMMIT
        assert round_trips(store.pool, lambda: store.append(*stream_of(2))) == 5
        assert round_trips(store.pool, lambda: store.append(*stream_of(5_000))) == 5


@pytest.mark.parametrize(
    "change",
    ["UPDATE events SET actor = 'somebody else'", "DELETE FROM events", "TRUNCATE events", "TRUNCATE events CASCADE"],
)
def test_events_are_append_only(store: Store, change: str) -> None:
    events = stream_of(3)
    store.append(*events)
    with store.connect() as connection, pytest.raises(psycopg.errors.RaiseException, match="append only"):
        connection.execute(change)
    assert [row.to_stored() for row in store.rows()] == list(events)


@pytest.mark.parametrize("version", [0, -1])
def test_versions_count_from_one(store: Store, version: int) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        store.append(plain_event(STREAM, version))


def test_a_waiter_is_told_of_an_append(store: Store) -> None:
    store.waker.wait(0)
    assert not store.waker.wait(0)
    store.append(*stream_of(1))
    assert store.waker.wait(0)


def test_the_view_shows_payloads_as_json(store: Store) -> None:
    store.append(plain_event(STREAM, 1, b'{"amount":3}'))
    with store.connect() as connection:
        shown = connection.execute("SELECT stream_id, payload ->> 'amount' FROM events_readable").fetchall()
    assert shown == [(STREAM, "3")]


def read_in_steps(store: Store, limit: int) -> list[int]:
    after, versions = BEGINNING, []
    while rows := store.rows(after, limit):
        assert len(rows) <= limit
        after = rows[-1].position
        versions += [row.version for row in rows]
    return versions


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_reading_in_steps_of_any_size(store: Store, limit: int) -> None:
    store.append(*stream_of(3, STREAM))
    store.append(*stream_of(1, STREAM, first=4))
    store.append(*stream_of(5, STREAM, first=5))
    assert read_in_steps(store, limit) == list(range(1, 10))
