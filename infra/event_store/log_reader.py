"""Reads the log in order, never past the horizon."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection

from domain.ports import Position
from infra.event_store.envelope import COLUMNS, EnvelopedEvent
from infra.event_store.horizon import Bound, Horizon

READ = f"""
SELECT {COLUMNS} FROM events
WHERE (era, xid, ordinal) > (%b, %b, %b) AND (era, xid) < (%b, %b) ORDER BY era, xid, ordinal LIMIT %b
"""


READ_SOME = f"""
SELECT {COLUMNS} FROM events
WHERE (era, xid, ordinal) > (%b, %b, %b) AND (era, xid) < (%b, %b) AND name = ANY(%b)
ORDER BY era, xid, ordinal LIMIT %b
"""
LAST_ORDINAL = 2**31 - 1


class LogRow(NamedTuple):
    """One row of ``events``, in the order of its columns."""

    stream_id: UUID
    version: int
    era: int
    xid: int
    ordinal: int
    event_id: UUID
    name: str
    schema_version: int
    organization_id: UUID
    partition_key: UUID
    actor: str
    occurred_at: datetime
    recorded_at: datetime
    correlation_id: UUID
    causation_id: UUID | None
    payload: bytes
    hash: bytes

    @property
    def position(self) -> Position:
        return Position(self.era, self.xid, self.ordinal)

    def to_stored(self) -> EnvelopedEvent:
        return EnvelopedEvent(
            originator_id=self.stream_id,
            originator_version=self.version,
            topic=self.name,
            state=self.payload,
            event_id=self.event_id,
            schema_version=self.schema_version,
            organization_id=self.organization_id,
            partition_key=self.partition_key,
            actor=self.actor,
            occurred_at=self.occurred_at,
            recorded_at=self.recorded_at,
            correlation_id=self.correlation_id,
            causation_id=self.causation_id,
            hash=self.hash,
        )


class LogReader:
    """One reader on one autocommit connection; not shared between threads. ``horizon``: another than our own."""

    def __init__(self, connection: Connection, horizon: Horizon | None = None) -> None:
        self._cursor = connection.cursor(binary=True)
        self._horizon = horizon or Horizon(connection)
        self._bound = Bound(0, 0)

    def read(self, after: Position, limit: int) -> list[LogRow]:
        """The next rows behind ``after``, at most ``limit``; fewer when no more are settled.

        A bound once found stays true, so a long backlog asks for a new one only when it reaches the old.
        """
        rows = self._rows(after, limit)
        if len(rows) < limit:
            self._bound = self._horizon.settled()
            last = rows[-1].position if rows else after
            rows += self._rows(last, limit - len(rows))
        return rows

    def read_some(self, after: Position, limit: int, names: Sequence[str]) -> tuple[list[LogRow], Position]:
        """The next rows of these names, and the position up to which there are no others."""
        bound = self._horizon.settled()
        settled = Position(bound.era, bound.xid - 1, LAST_ORDINAL)
        if settled <= after:
            return [], after
        cursor = self._cursor.execute(READ_SOME, (*after, *bound, list(names), limit))
        rows = list(map(LogRow._make, cursor))
        return rows, settled if len(rows) < limit else rows[-1].position

    def _rows(self, after: Position, limit: int) -> list[LogRow]:
        if (after.era, after.xid) >= self._bound:
            return []
        rows = self._cursor.execute(READ, (*after, *self._bound, limit))
        return list(map(LogRow._make, rows))
