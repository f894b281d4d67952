"""What athletes have done: a row per completed workout, added up by day as it is read.

Several workouts, and several teams' workouts, are one day of one athlete. A row for each day would be written from
many streams, and an event delivered again would have to be known by something that is not in it; a row for each
workout is written once, from its own stream. A team's year is some thousand rows in the order of the index.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from psycopg import Connection, Cursor

from domain.assignment import AssignmentCompleted
from domain.ports import Recorded
from domain.rules.load import TENTH
from domain.rules.session_load import session_load
from projections.projection import Projection

DDL: LiteralString = """
CREATE TABLE training_load (
    assignment_id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    team_id uuid NOT NULL,
    athlete_id uuid NOT NULL,
    day date NOT NULL, -- the athlete's local day
    load double precision NOT NULL, -- as executed, in the unit of the planned load
    session_load double precision -- RPE × minutes, to 0.1; NULL: not both are known
);
CREATE INDEX training_load_day ON training_load (athlete_id, day) INCLUDE (load, session_load);
"""
COMPLETED: LiteralString = """
INSERT INTO training_load (assignment_id, organization_id, team_id, athlete_id, day, load, session_load)
SELECT * FROM unnest(%(assignment)b::uuid[], %(organization)b::uuid[], %(team)b::uuid[], %(athlete)b::uuid[],
                     %(day)b::date[], %(load)b::float8[], %(session_load)b::float8[])
ON CONFLICT (assignment_id) DO NOTHING
"""


def on_assignment_completed(cursor: Cursor[Any], batch: Sequence[Recorded[AssignmentCompleted]]) -> None:
    events = [recorded.event for recorded in batch]
    columns = {
        "assignment": [event.assignment_id for event in events],
        "organization": [recorded.organization_id for recorded in batch],
        "team": [event.team_id for event in events],
        "athlete": [event.athlete_id for event in events],
        "day": [day_of(recorded) for recorded in batch],
        "load": [event.load for event in events],
        "session_load": [rated(event) for event in events],
    }
    cursor.execute(COMPLETED, columns)


def day_of(recorded: Recorded[AssignmentCompleted]) -> date:
    """Version 1 of the event did not tell the day; that of the report in UTC is next to it, or it itself."""
    return recorded.event.completed_on or recorded.occurred_at.astimezone(UTC).date()


def rated(event: AssignmentCompleted) -> float | None:
    if event.rpe is None or event.duration_min is None:
        return None
    return rounded(Decimal(repr(session_load(event.rpe, event.duration_min))))


def rounded(load: Decimal) -> float:
    return float(load.quantize(TENTH, ROUND_HALF_EVEN))


PROJECTION = Projection(name="training_load", ddl=DDL, handlers={AssignmentCompleted: on_assignment_completed})


class DailyLoad(NamedTuple):
    """Sums of one athlete's day, to 0.1. ``session_load`` is that of the ``rated`` ones of the ``sessions``."""

    athlete_id: UUID
    day: date
    load: float
    session_load: float
    sessions: int
    rated: int


# Added up in decimals, so that the order of the rows changes nothing.
DAILY: LiteralString = """
SELECT athlete_id, day, sum(load::numeric), coalesce(sum(session_load::numeric), 0), count(*), count(session_load)
FROM read_models.training_load
WHERE athlete_id = ANY(%(athletes)s::uuid[]) AND day BETWEEN %(first)s::date AND %(last)s::date
GROUP BY athlete_id, day ORDER BY athlete_id, day
"""
FIRST_DAYS: LiteralString = """
SELECT a.athlete_id, (SELECT min(t.day) FROM read_models.training_load AS t WHERE t.athlete_id = a.athlete_id)
FROM unnest(%(athletes)s::uuid[]) AS a (athlete_id)
"""
READS = ("training_load",)


def daily_loads(connection: Connection, athlete_ids: Iterable[UUID], first: date, last: date) -> list[DailyLoad]:
    """Days with training from ``first`` to ``last``, both included, whichever team the athlete trained in."""
    parameters = {"athletes": list(athlete_ids), "first": first, "last": last}
    return [
        DailyLoad(athlete_id, day, rounded(load), rounded(session), sessions, rated)
        for athlete_id, day, load, session, sessions, rated in connection.execute(DAILY, parameters)
    ]


def first_days(connection: Connection, athlete_ids: Iterable[UUID]) -> dict[UUID, date]:
    """The first day with training of each athlete who has one."""
    rows = connection.execute(FIRST_DAYS, {"athletes": list(athlete_ids)})
    return {athlete_id: day for athlete_id, day in rows if day is not None}
