"""What restricts athletes' workouts, and did: which share of the load remains, on which days, and whether it ended.

Written from the streams of workloads, one for each athlete of each team. Which threshold was breached and by how much
is personal, and stays in the history.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from psycopg import Connection, Cursor
from psycopg.rows import args_row

from domain.ports import Recorded
from domain.workload import WorkloadRestrictionEnded, WorkloadThresholdBreached
from projections.projection import Projection

DDL: LiteralString = """
CREATE TABLE workload_restrictions (
    workload_id uuid NOT NULL,
    restriction integer NOT NULL, -- its number in that stream
    organization_id uuid NOT NULL,
    team_id uuid NOT NULL,
    athlete_id uuid NOT NULL,
    response text NOT NULL,
    magnitude double precision NOT NULL, -- 0 to 1, as recommended
    skip boolean NOT NULL,
    fraction double precision NOT NULL, -- of the load beneath, 0 to 1
    easy_only boolean NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL, -- the last day, inclusive
    ended_on date, -- the first day without it; NULL: nobody has ended it yet
    ending text,
    triggered_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    cause_id uuid, -- the message that led to it
    PRIMARY KEY (workload_id, restriction)
);
CREATE INDEX workload_restrictions_team ON workload_restrictions (team_id, starts_on, workload_id, restriction);
CREATE INDEX workload_restrictions_athlete ON workload_restrictions (athlete_id, starts_on, workload_id, restriction);
"""
BREACHED: LiteralString = """
INSERT INTO workload_restrictions (
    workload_id, restriction, organization_id, team_id, athlete_id, response, magnitude, skip, fraction, easy_only,
    starts_on, ends_on, triggered_by, recorded_at, cause_id)
SELECT * FROM unnest(
    %(workload)b::uuid[], %(number)b::int[], %(organization)b::uuid[], %(team)b::uuid[], %(athlete)b::uuid[],
    %(response)b::text[], %(magnitude)b::float8[], %(skip)b::bool[], %(fraction)b::float8[], %(easy)b::bool[],
    %(starts)b::date[], %(ends)b::date[], %(by)b::text[], %(at)b::timestamptz[], %(cause)b::uuid[])
ON CONFLICT (workload_id, restriction) DO NOTHING
"""
ENDED: LiteralString = """
UPDATE workload_restrictions AS w SET ended_on = e.ended_on, ending = e.ending
FROM unnest(%(workload)b::uuid[], %(number)b::int[], %(day)b::date[], %(ending)b::text[])
    AS e (workload_id, restriction, ended_on, ending)
WHERE w.workload_id = e.workload_id AND w.restriction = e.restriction
"""


def on_threshold_breached(cursor: Cursor[Any], batch: Sequence[Recorded[WorkloadThresholdBreached]]) -> None:
    events = [recorded.event for recorded in batch]
    columns = {
        "workload": [event.workload_id for event in events],
        "number": [event.restriction for event in events],
        "organization": [recorded.organization_id for recorded in batch],
        "team": [event.team_id for event in events],
        "athlete": [event.athlete_id for event in events],
        "response": [event.response.value for event in events],
        "magnitude": [event.magnitude for event in events],
        "skip": [event.skip for event in events],
        "fraction": [event.fraction for event in events],
        "easy": [event.easy_only for event in events],
        "starts": [event.starts_on for event in events],
        "ends": [event.ends_on for event in events],
        "by": [event.triggered_by for event in events],
        "at": [recorded.occurred_at for recorded in batch],
        "cause": [recorded.causation_id for recorded in batch],
    }
    cursor.execute(BREACHED, columns)


def on_restriction_ended(cursor: Cursor[Any], batch: Sequence[Recorded[WorkloadRestrictionEnded]]) -> None:
    columns = {
        "workload": [recorded.event.workload_id for recorded in batch],
        "number": [recorded.event.restriction for recorded in batch],
        "day": [recorded.event.ended_on for recorded in batch],
        "ending": [recorded.event.ending.value for recorded in batch],
    }
    cursor.execute(ENDED, columns)


PROJECTION = Projection(
    name="workload_restrictions",
    ddl=DDL,
    handlers={
        WorkloadThresholdBreached: on_threshold_breached,
        WorkloadRestrictionEnded: on_restriction_ended,
    },
)


class RestrictionRow(NamedTuple):
    """It holds from ``starts_on`` to ``ends_on``, both included, or to the day before ``ended_on`` if that is earlier.

    ``restriction`` is its number for that athlete in that team.
    """

    workload_id: UUID
    restriction: int
    team_id: UUID
    athlete_id: UUID
    response: str
    magnitude: float
    skip: bool
    fraction: float
    easy_only: bool
    starts_on: date
    ends_on: date
    ended_on: date | None
    ending: str | None
    triggered_by: str
    recorded_at: datetime
    cause_id: UUID | None


class RestrictionCursor(NamedTuple):
    """The place of a row in the order of a list."""

    starts_on: date
    workload_id: UUID
    restriction: int


ROWS: LiteralString = """
SELECT workload_id, restriction, team_id, athlete_id, response, magnitude, skip, fraction, easy_only, starts_on,
       ends_on, ended_on, ending, triggered_by, recorded_at, cause_id
FROM read_models.workload_restrictions
"""
PAGE: LiteralString = """
  AND (%(on)s::date IS NULL OR (
      starts_on <= %(on)s AND ends_on >= %(on)s AND (ended_on IS NULL OR ended_on > %(on)s)))
  AND (starts_on, workload_id, restriction) < (
      coalesce(%(day)s::date, 'infinity'),
      coalesce(%(workload)s::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'), coalesce(%(number)s::int, 2147483647))
ORDER BY starts_on DESC, workload_id DESC, restriction DESC LIMIT %(limit)s
"""
OF_TEAM: LiteralString = f"{ROWS} WHERE team_id = %(subject)s {PAGE}"
OF_ATHLETE: LiteralString = f"{ROWS} WHERE athlete_id = %(subject)s {PAGE}"
IN_FORCE: LiteralString = f"""
{ROWS} WHERE athlete_id = ANY(%(athletes)s::uuid[]) AND starts_on <= %(on)s::date AND ends_on >= %(on)s::date
  AND (ended_on IS NULL OR ended_on > %(on)s::date)
ORDER BY athlete_id, starts_on, workload_id, restriction
"""
READS = ("workload_restrictions",)


def team_restrictions(
    connection: Connection,
    team_id: UUID,
    *,
    on: date | None = None,
    before: RestrictionCursor | None = None,
    limit: int = 100,
) -> list[RestrictionRow]:
    """The latest first; only those that hold ``on`` a day, or all."""
    return listed(connection, OF_TEAM, team_id, on, before, limit)


def athlete_restrictions(
    connection: Connection,
    athlete_id: UUID,
    *,
    on: date | None = None,
    before: RestrictionCursor | None = None,
    limit: int = 100,
) -> list[RestrictionRow]:
    """Likewise, of an athlete in whichever team."""
    return listed(connection, OF_ATHLETE, athlete_id, on, before, limit)


def listed(
    connection: Connection,
    statement: LiteralString,
    subject: UUID,
    on: date | None,
    before: RestrictionCursor | None,
    limit: int,
) -> list[RestrictionRow]:
    place = before or (None, None, None)
    parameters = {"subject": subject, "on": on, "limit": limit}
    with connection.cursor(row_factory=args_row(RestrictionRow)) as cursor:
        return cursor.execute(
            statement, parameters | dict(zip(("day", "workload", "number"), place, strict=True))
        ).fetchall()


def in_force(connection: Connection, athlete_ids: Sequence[UUID], on: date) -> list[RestrictionRow]:
    """All that restrict these athletes on that day."""
    with connection.cursor(row_factory=args_row(RestrictionRow)) as cursor:
        return cursor.execute(IN_FORCE, {"athletes": list(athlete_ids), "on": on}).fetchall()
