"""Readers that lack one of the mechanisms of decision 5 each, to show what it is there for."""

from collections.abc import Callable
from typing import Protocol
from uuid import UUID

import psycopg

from domain.ports import BEGINNING, Position
from infra.event_store.horizon import NEXT_XID, WRITERS, Bound, Horizon, widened
from infra.event_store.log_reader import LogReader, LogRow

XMAX = "pg_snapshot_xmax(pg_current_snapshot())"
XMIN = "pg_snapshot_xmin(pg_current_snapshot())"


class Reader(Protocol):
    def read(self, after: Position, limit: int) -> list[LogRow]: ...


class FixedBound(Horizon):
    """A horizon that asks for one expression only, not for the lock's holders."""

    def __init__(self, connection: psycopg.Connection, bound: str) -> None:
        super().__init__(connection)
        self._statement = f"SELECT era, {bound}::text::bigint FROM store_era"

    def settled(self) -> Bound:
        row = self._connection.execute(self._statement).fetchone()
        assert row is not None
        return Bound(*row)


class HoldersFirst(Horizon):
    """The two statements of the horizon in the wrong order."""

    def settled(self) -> Bound:
        holders = self._connection.execute(WRITERS).fetchall()
        row = self._connection.execute(NEXT_XID).fetchone()
        assert row is not None
        era, next_xid = row
        return Bound(era, min([next_xid, *(widened(xid, next_xid) for *_, xid in holders if xid is not None)]))


class NotWidened(Horizon):
    """Takes the 32 bits that PostgreSQL shows of a running transaction for the whole of its id."""

    def settled(self) -> Bound:
        row = self._connection.execute(NEXT_XID).fetchone()
        assert row is not None
        era, next_xid = row
        shown = [xid for *_, xid in self._connection.execute(WRITERS).fetchall() if xid is not None]
        return Bound(era, min([next_xid, *shown]))


def log_reader(connection: psycopg.Connection) -> Reader:
    return LogReader(connection)


def reader_with(horizon: Callable[[psycopg.Connection], Horizon]) -> Callable[[psycopg.Connection], Reader]:
    """The log reader's own code over another horizon."""
    return lambda connection: LogReader(connection, horizon(connection))


def bounded_by(expression: str) -> Callable[[psycopg.Connection], Reader]:
    return reader_with(lambda connection: FixedBound(connection, expression))


class Follower:
    """Remembers where it is, as a consumer with a checkpoint does."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._after = BEGINNING
        self.positions: list[Position] = []
        self.event_ids: list[UUID] = []
        self.versions: list[tuple[UUID, int]] = []

    def advance(self, limit: int = 10_000) -> int:
        """Reads on from where it was; how many were new."""
        rows = self._reader.read(self._after, limit)
        for row in rows:
            self.event_ids.append(row.event_id)
            self.positions.append(row.position)
            self.versions.append((row.stream_id, row.version))
        if rows:
            self._after = rows[-1].position
        return len(rows)
