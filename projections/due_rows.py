"""The rows of ``due_times.py``: what one is, when a day begins in its zone, and how rows are put and taken away."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any, Literal, LiteralString, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg import Cursor

from domain.ports import Recorded

COLUMNS: LiteralString = """
kind, subject, detail, due_at, due_on, zone, cause_id, correlation_id, organization_id, team_id, athlete_id, era, xid,
ordinal
"""
PUT: LiteralString = f"""
INSERT INTO due_times ({COLUMNS})
SELECT * FROM unnest(
    %(kind)b::text[], %(subject)b::uuid[], %(detail)b::text[], %(due_at)b::timestamptz[], %(due_on)b::date[],
    %(zone)b::text[], %(cause_id)b::uuid[], %(correlation_id)b::uuid[], %(organization_id)b::uuid[],
    %(team_id)b::uuid[], %(athlete_id)b::uuid[], %(era)b::int[], %(xid)b::bigint[], %(ordinal)b::int[])
ON CONFLICT (subject, kind, detail) DO UPDATE
SET due_at = excluded.due_at, due_on = excluded.due_on, zone = excluded.zone, cause_id = excluded.cause_id,
    correlation_id = excluded.correlation_id, era = excluded.era, xid = excluded.xid, ordinal = excluded.ordinal
"""
TAKE: LiteralString = """
DELETE FROM due_times AS d
USING unnest(%(kind)b::text[], %(subject)b::uuid[], %(detail)b::text[]) AS gone (kind, subject, detail)
WHERE (d.subject, d.kind, d.detail) = (gone.subject, gone.kind, gone.detail)
"""

Kind = Literal["season", "restriction"]


class DueTime(NamedTuple):
    """``subject``: the stream that is to be looked after. ``due_on``: the day that begins then; None: due when said.

    (era, xid, ordinal) is the position of the event that wrote the row last, ``cause_id`` the event that made it due.
    """

    kind: Kind
    subject: UUID
    detail: str
    due_at: datetime
    due_on: date | None
    zone: str
    cause_id: UUID
    correlation_id: UUID
    organization_id: UUID
    team_id: UUID
    athlete_id: UUID | None
    era: int
    xid: int
    ordinal: int


def first_moment(day: date, zone: str) -> datetime:
    """Of that day there: midnight, the first where it comes twice; where the clocks leap over it, when they have."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def due(recorded: Recorded[Any], kind: Kind, detail: str, zone: str, on: date | None = None) -> DueTime:
    """On a day, or as soon as it was said."""
    return DueTime(
        kind=kind,
        subject=recorded.stream_id,
        detail=detail,
        due_at=recorded.occurred_at if on is None else first_moment(on, zone),
        due_on=on,
        zone=zone,
        cause_id=recorded.event_id,
        correlation_id=recorded.correlation_id,
        organization_id=recorded.organization_id,
        team_id=recorded.event.team_id,
        athlete_id=recorded.event.athlete_id if kind == "restriction" else None,
        **recorded.position._asdict(),
    )


def retimed(row: DueTime, zone: str, recorded: Recorded[Any]) -> DueTime:
    """The same day in another zone, which ``recorded`` has told of."""
    assert row.due_on is not None, "what is due as soon as it is said is so in every zone"
    return row._replace(zone=zone, due_at=first_moment(row.due_on, zone), **recorded.position._asdict())


def put(cursor: Cursor[Any], rows: Iterable[DueTime]) -> None:
    """Each in the place of the one of its (subject, kind, detail); no two of one."""
    rows = list(rows)
    cursor.execute(PUT, {name: [getattr(row, name) for row in rows] for name in DueTime._fields})


def take(cursor: Cursor[Any], gone: Iterable[tuple[Kind, UUID, str]]) -> None:
    kinds, subjects, details = zip(*gone, strict=True)
    cursor.execute(TAKE, {"kind": list(kinds), "subject": list(subjects), "detail": list(details)})
