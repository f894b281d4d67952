"""The board as a coach reads it: a team's assignments by day, page by page, with the athletes' names.

Two read models are joined as it is read, since they are written from different partition keys; so a forgotten
athlete's name is gone from here at once.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import args_row

Json = Mapping[str, Any]


class BoardRow(NamedTuple):
    """One assignment as a coach sees it. ``athlete_name`` is None for one who was forgotten, or is not known yet.

    ``baseline_…`` is as planned; ``load``, ``weekdays``, ``intensity`` and ``exercises`` are as shown now.
    """

    assignment_id: UUID
    team_id: UUID
    athlete_id: UUID
    athlete_name: str | None
    forgotten: bool
    title: str
    sport: str
    scheduled_on: date | None
    baseline_load: float
    baseline_weekdays: Sequence[int] | None
    baseline_intensity: Json | None
    baseline_exercises: Sequence[Json] | None
    load: float
    weekdays: Sequence[int] | None
    intensity: Json | None
    exercises: Sequence[Json] | None
    phase_id: str | None
    load_level: str | None
    season_plan_id: UUID | None
    last_phase_adjustment: datetime | None
    season_revision: int
    workload_skip: bool
    workload_fraction: float | None
    workload_easy_only: bool
    workload_revision: int
    hand: bool
    status: str
    completed_on: date | None
    planned_load: float | None
    executed_load: float | None
    rpe: float | None
    duration_min: float | None
    version: int
    changed_at: datetime
    changed_by: str
    cause_id: UUID | None
    reason: str | None


class BoardCursor(NamedTuple):
    """The place of a row in the board's order. ``scheduled_on`` is None for open-ended ones, which come last."""

    scheduled_on: date | None
    athlete_id: UUID
    assignment_id: UUID


COLUMNS: LiteralString = """
b.assignment_id, b.team_id, b.athlete_id, a.name, coalesce(a.known AND a.name IS NULL, false), b.title, b.sport,
b.scheduled_on, b.baseline_load, b.baseline_weekdays, b.baseline_intensity, b.baseline_exercises,
b.load, b.weekdays, b.intensity, b.exercises, b.phase_id, b.load_level, b.season_plan_id,
b.last_phase_adjustment, b.season_revision, b.workload_skip, b.workload_fraction, b.workload_easy_only,
b.workload_revision, b.hand, b.status, b.completed_on, b.planned_load, b.executed_load, b.rpe, b.duration_min,
b.version, b.changed_at, b.changed_by, b.cause_id, b.reason
"""
# Looked up for each row of the page: a join as such may read the names of all there are.
NAMED: LiteralString = """
LEFT JOIN LATERAL (
    SELECT name, true AS known FROM read_models.athlete_directory AS d WHERE d.athlete_id = b.athlete_id LIMIT 1
) AS a ON true
"""
ROWS: LiteralString = f"SELECT {COLUMNS} FROM read_models.assignment_board AS b {NAMED}"
# Always a place to go on from, the very first for the first page: so every plan, a generic one too, starts there.
ON_FROM_THERE: LiteralString = """
  AND (coalesce(b.scheduled_on, 'infinity'), b.athlete_id, b.assignment_id)
      > (%(after_day)s::date, %(after_athlete)s::uuid, %(after_assignment)s::uuid)
ORDER BY coalesce(b.scheduled_on, 'infinity'), b.athlete_id, b.assignment_id
LIMIT %(limit)s
"""


def query(of: LiteralString) -> LiteralString:
    """A board. Two ranges of one index: in one, all the days between the last asked for and the open-ended are read."""
    return f"""
SELECT {COLUMNS}
FROM ((SELECT b.* FROM read_models.assignment_board AS b
       WHERE {of} AND coalesce(b.scheduled_on, 'infinity') >= %(first)s::date
         AND coalesce(b.scheduled_on, 'infinity') <= %(last)s::date {ON_FROM_THERE})
      UNION ALL
      (SELECT b.* FROM read_models.assignment_board AS b
       WHERE {of} AND coalesce(b.scheduled_on, 'infinity') = 'infinity'
         AND %(last)s::date < 'infinity' {ON_FROM_THERE})) AS b {NAMED}
ORDER BY coalesce(b.scheduled_on, 'infinity'), b.athlete_id, b.assignment_id
LIMIT %(limit)s
"""


BOARD: LiteralString = query("b.team_id = %(team)s")
BOARD_OF_ATHLETE: LiteralString = query("b.athlete_id = %(athlete)s AND b.team_id = %(team)s")
READS = ("assignment_board", "athlete_directory", "teams")
"""The projections that a board is read from, and that tell whether there is such a team."""

EARLIEST, LATEST = "-infinity", "infinity"
"""As PostgreSQL calls them; an open-ended assignment is sorted as if it were on the latest day."""
NOBODY = UUID(int=0)


def board(
    connection: Connection,
    team_id: UUID,
    *,
    first: date | None = None,
    last: date | None = None,
    athlete_id: UUID | None = None,
    after: BoardCursor | None = None,
    limit: int = 1000,
) -> list[BoardRow]:
    """The team's assignments from ``first`` to ``last``, both included, and the open-ended ones at the end.

    Those of one athlete where ``athlete_id`` says so.
    """
    parameters = {"team": team_id, "athlete": athlete_id, "limit": limit} | bounds(first, last) | place(after)
    with connection.cursor(row_factory=args_row(BoardRow)) as cursor:
        return cursor.execute(BOARD if athlete_id is None else BOARD_OF_ATHLETE, parameters).fetchall()


def bounds(first: date | None, last: date | None) -> dict[str, str]:
    """``first`` and ``last``, for SQL."""
    return {
        "first": EARLIEST if first is None else first.isoformat(),
        "last": LATEST if last is None else last.isoformat(),
    }


def place(after: BoardCursor | None) -> dict[str, Any]:
    """Where to go on, for SQL; before the first row where there is no cursor."""
    if after is None:
        return {"after_day": EARLIEST, "after_athlete": NOBODY, "after_assignment": NOBODY}
    day = LATEST if after.scheduled_on is None else after.scheduled_on.isoformat()
    return {"after_day": day, "after_athlete": after.athlete_id, "after_assignment": after.assignment_id}
