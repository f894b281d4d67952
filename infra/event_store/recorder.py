"""The recorder: appends enveloped events, reads streams, reads the log in an order that skips nothing.

It implements the library's ApplicationRecorder; our own code uses ``append``, ``select_many`` and ``read_log``.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from eventsourcing.persistence import (
    ApplicationRecorder,
    IntegrityError,
    Notification,
    OperationalError,
    ProgrammingError,
    StoredEvent,
    Subscription,
)
from psycopg.errors import UniqueViolation
from psycopg.types.numeric import Int4

from domain.ports import IdempotencyKey, InboxEntry, Position
from infra.event_store.appending import BEGIN_APPEND, append_one, copy_events, last_of, one_row
from infra.event_store.database import WriterPool
from infra.event_store.envelope import COLUMNS, EnvelopedEvent
from infra.event_store.log_reader import LogReader, LogRow
from infra.event_store.subscription import PolledSubscription
from infra.wake import Waker

SELECT_STREAM = f"SELECT {COLUMNS} FROM events WHERE stream_id = %(stream_id)s"
SELECT_MANY = """
SELECT e.version, e.name, e.schema_version, e.payload, e.hash, (wanted.place - 1)::int
FROM unnest(%b::uuid[], %b::int[]) WITH ORDINALITY AS wanted (stream_id, first, place)
JOIN events AS e ON e.stream_id = wanted.stream_id AND e.version >= wanted.first
WHERE e.organization_id = %b ORDER BY wanted.place, e.version
"""
SELECT_ONE = """
SELECT version, name, schema_version, payload, hash FROM events
WHERE stream_id = %b AND version >= %b AND organization_id = %b ORDER BY version
"""


class StreamRow(NamedTuple):
    """An event of a stream that the reader named."""

    version: int
    name: str
    schema_version: int
    payload: bytes
    hash: bytes


class VersionConflict(IntegrityError):
    """Another writer appended to the stream first: load it again and decide anew."""


class AlreadyRecorded(IntegrityError):
    """The effect is stored already: under the same idempotency key or inbox entry."""


class EventRecorded(AlreadyRecorded):
    """The effect is stored already: a reaction gave the same event id before."""


TAKEN = {
    "events_pkey": VersionConflict,
    "events_event_id_key": EventRecorded,
    "idempotency_keys_pkey": AlreadyRecorded,
    "inbox_message_key": AlreadyRecorded,
    "inbox_offset_key": AlreadyRecorded,
}


class PostgresEventRecorder(ApplicationRecorder):
    """``pool`` gives autocommit connections set up by ``database.writer_pool``; ``waker`` is told of every append."""

    def __init__(self, pool: WriterPool, waker: Waker) -> None:
        self.pool = pool
        self.waker = waker

    def append(
        self,
        events: Sequence[EnvelopedEvent],
        *,
        recorded_at: datetime,
        organization_id: UUID,
        key: IdempotencyKey | None = None,
        inbox: InboxEntry | None = None,
        answer: tuple[UUID, int, UUID | None] | None = None,
    ) -> Position:
        """All of it or nothing, in one transaction; the position of the last event.

        ``answer`` (stream, version, partition key) is what a repeat of ``key`` is told; it is needed when ``events``
        is empty. One event takes one round trip; more go by COPY, behind the same opening function.
        Raises VersionConflict, AlreadyRecorded, or a psycopg error (of which OperationalError may pass by itself).
        """
        head = (
            (key.principal, key.route, key.key, key.body_hash) if key else (None,) * 4,
            (inbox.source, inbox.message_id, inbox.cluster_id, inbox.topic_id, Int4(inbox.partition), inbox.offset)
            if inbox
            else (None,) * 6,
        )
        try:
            with self.pool.connection() as connection:
                if len(events) == 1:
                    era, xid = append_one(connection.hot, events[0], *head)
                else:
                    with connection.transaction():
                        cursor = connection.cursor(binary=True)
                        stream_id, version, partition_key = answer or last_of(events)
                        cursor.execute(
                            BEGIN_APPEND,
                            (recorded_at, organization_id, *head[0], stream_id, Int4(version), partition_key,
                             Int4(len(events) - 1), *head[1]),
                        )  # fmt: skip
                        era, xid = one_row(cursor)
                        if events:
                            copy_events(cursor, events, era, xid)
        except UniqueViolation as error:
            conflict = TAKEN.get(error.diag.constraint_name or "")
            if conflict is None:
                raise
            raise conflict(str(error)) from error
        self.waker.signal()
        return Position(era, xid, max(len(events) - 1, 0))

    def select_many(
        self, stream_ids: Sequence[UUID], organization_id: UUID, first_versions: Sequence[int] | None = None
    ) -> list[list[StreamRow]]:
        """The events of each of these streams, from the given versions on, all in one query."""
        streams: list[list[StreamRow]] = [[] for _ in stream_ids]
        wanted = (list(stream_ids), list(map(Int4, first_versions or (1,) * len(stream_ids))), organization_id)
        with self.pool.connection() as connection:
            for *row, place in connection.cursor(binary=True).execute(SELECT_MANY, wanted):
                streams[place].append(StreamRow._make(row))
        return streams

    def select_one(self, stream_id: UUID, organization_id: UUID, first_version: int = 1) -> list[StreamRow]:
        with self.pool.connection() as connection:
            rows = connection.hot.execute(SELECT_ONE, (stream_id, Int4(first_version), organization_id))
            return list(map(StreamRow._make, rows))

    @contextmanager
    def log_reader(self) -> Iterator[LogReader]:
        """A reader of the log on a connection of its own."""
        with self.pool.connection() as connection:
            yield LogReader(connection)

    # The library's interface, over the same rows.

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        events = [event for event in stored_events if isinstance(event, EnvelopedEvent)]
        if len(events) != len(stored_events):
            raise ProgrammingError("this recorder stores enveloped events only: organization, actor, causation, hash")
        if not events:
            return []
        try:
            last = self.append(
                events, recorded_at=events[0].recorded_at, organization_id=events[0].organization_id, **kwargs
            )
        except psycopg.OperationalError as error:
            raise OperationalError(str(error)) from error
        return [last._replace(ordinal=ordinal).to_int() for ordinal in range(len(events))]

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        statement = (
            f"{SELECT_STREAM} AND version > %(gt)s AND version <= %(lte)s "
            f"ORDER BY version {'DESC' if desc else 'ASC'} LIMIT %(limit)s"
        )
        span = {"stream_id": originator_id, "gt": gt or 0, "lte": 2**31 - 1 if lte is None else lte, "limit": limit}
        with self.pool.connection() as connection:
            rows = connection.cursor(binary=True).execute(statement, span)
            return [LogRow._make(row).to_stored() for row in rows]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        after = -1 if start is None else start - 1 if inclusive_of_start else start
        return self.scan(after, limit, stop, topics)[0]

    def scan(self, after: int, limit: int, stop: int | None, topics: Sequence[str]) -> tuple[list[Notification], int]:
        """The notifications behind ``after``, and the id up to which there are no others of these topics."""
        found: list[Notification] = []
        with self.log_reader() as reader:
            while len(found) < limit:
                rows = reader.read(Position.from_int(max(after, 0)), limit)
                for row in rows:
                    number = row.position.to_int()
                    if (stop is not None and number > stop) or len(found) == limit:
                        return found, after
                    after = number
                    if not topics or row.name in topics:
                        found.append(Notification(row.stream_id, row.version, row.name, row.payload, number))
                if len(rows) < limit:
                    break
        return found, after

    def max_notification_id(self) -> int | None:
        with self.pool.connection() as connection:
            row = connection.execute(
                "SELECT era, xid, ordinal FROM events ORDER BY era DESC, xid DESC, ordinal DESC LIMIT 1"
            ).fetchone()
        return None if row is None else Position(*row).to_int()

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        return PolledSubscription(self, gt, topics)
