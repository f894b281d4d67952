"""The statements of an append: one event in one round trip, more by COPY behind the same opening function."""

from collections.abc import Sequence
from uuid import UUID

from eventsourcing.persistence import ProgrammingError
from psycopg import Cursor
from psycopg.types.numeric import Int4

from infra.event_store.envelope import COLUMNS, EnvelopedEvent

APPEND_ONE = f"SELECT era, xid FROM append_event({', '.join(['%b'] * 24)})"
BEGIN_APPEND = f"SELECT era, xid FROM begin_append({', '.join(['%b'] * 16)})"
COPY_EVENTS = f"COPY events ({COLUMNS}) FROM STDIN (FORMAT BINARY)"
COPY_TYPES = (
    "uuid", "int4", "int4", "int8", "int4", "uuid", "text", "int4", "uuid", "uuid", "text",
    "timestamptz", "timestamptz", "uuid", "uuid", "bytea", "bytea",
)  # fmt: skip


def append_one(
    cursor: Cursor, event: EnvelopedEvent, key: Sequence[object], inbox: Sequence[object]
) -> tuple[int, int]:
    cursor.execute(
        APPEND_ONE,
        (event.originator_id, Int4(event.originator_version), event.event_id, event.topic, Int4(event.schema_version),
         event.organization_id, event.partition_key, event.actor, event.occurred_at, event.recorded_at,
         event.correlation_id, event.causation_id, event.state, event.hash, *key, *inbox),
    )  # fmt: skip
    return one_row(cursor)


def copy_events(cursor: Cursor, events: Sequence[EnvelopedEvent], era: int, xid: int) -> None:
    """Ordinals by the order of ``events``; rows by stream, so that two writers never wait for each other crosswise."""
    with cursor.copy(COPY_EVENTS) as copy:
        copy.set_types(COPY_TYPES)
        for ordinal, e in sorted(enumerate(events), key=stream_of):
            copy.write_row(
                (e.originator_id, e.originator_version, era, xid, ordinal, e.event_id, e.topic, e.schema_version,
                 e.organization_id, e.partition_key, e.actor, e.occurred_at, e.recorded_at, e.correlation_id,
                 e.causation_id, e.state, e.hash)
            )  # fmt: skip


def stream_of(placed: tuple[int, EnvelopedEvent]) -> int:
    stream_id = placed[1].originator_id
    assert isinstance(stream_id, UUID)
    return stream_id.int


def last_of(events: Sequence[EnvelopedEvent]) -> tuple[UUID, int, UUID | None]:
    if not events:
        raise ProgrammingError("an append without events needs an answer to store")
    last = events[-1]
    assert isinstance(last.originator_id, UUID)
    return last.originator_id, last.originator_version, last.partition_key


def one_row(cursor: Cursor) -> tuple[int, int]:
    row = cursor.fetchone()
    assert row is not None, "a function call without FROM gives one row"
    return row[0], row[1]
