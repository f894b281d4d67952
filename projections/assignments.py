"""Assignments by what a planner asks: of a phase, of a season plan, of an athlete, adjusted since.

Every list goes page by page: it is given the place of the last row seen, and reads an index on from there.
"""

from datetime import date, datetime
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import args_row

from domain.assignment import AssignmentStatus
from projections.board import (
    COLUMNS,
    EARLIEST,
    NAMED,
    NOBODY,
    ON_FROM_THERE,
    ROWS,
    BoardCursor,
    BoardRow,
    bounds,
    place,
)

LARGEST_PAGE = 1000

OF_PHASE: LiteralString = f"""{ROWS}
WHERE b.team_id = %(team)s AND b.phase_id = %(phase)s AND b.status = %(status)s {ON_FROM_THERE}"""
OF_SEASON_PLAN: LiteralString = f"""{ROWS}
WHERE b.season_plan_id = %(plan)s {ON_FROM_THERE}"""
OF_ATHLETE: LiteralString = f"""{ROWS}
WHERE b.athlete_id = %(athlete)s
  AND coalesce(b.scheduled_on, 'infinity') >= %(first)s::date
  AND coalesce(b.scheduled_on, 'infinity') <= %(last)s::date
  AND (coalesce(b.scheduled_on, 'infinity'), b.assignment_id) > (%(after_day)s::date, %(after_assignment)s::uuid)
ORDER BY coalesce(b.scheduled_on, 'infinity'), b.assignment_id
LIMIT %(limit)s
"""
# The history's index has the order. Of an assignment's rows in it the one counts that the board calls the last. They
# are looked up one by one until the page is full: a join as such may read every assignment there is.
ADJUSTED_SINCE: LiteralString = f"""
SELECT {COLUMNS}
FROM read_models.adjustment_history AS h
CROSS JOIN LATERAL (
    SELECT * FROM read_models.assignment_board AS one
    WHERE one.assignment_id = h.assignment_id AND one.last_phase_version = h.version AND h.number = 0 LIMIT 1
) AS b {NAMED}
WHERE h.team_id = %(team)s
  AND (h.applied_at, h.assignment_id) > (%(after_at)s::timestamptz, %(after_assignment)s::uuid)
  AND h.applied_at >= %(since)s
ORDER BY h.applied_at, h.assignment_id
LIMIT %(limit)s
"""
READS = ("assignment_board", "adjustment_history", "athlete_directory")


class AdjustedCursor(NamedTuple):
    """The place of a row among those adjusted since: its ``last_phase_adjustment``, and its id."""

    adjusted_at: datetime
    assignment_id: UUID


def of_phase(
    connection: Connection,
    team_id: UUID,
    phase_id: str,
    status: AssignmentStatus,
    *,
    after: BoardCursor | None = None,
    limit: int = LARGEST_PAGE,
) -> list[BoardRow]:
    """The team's assignments that follow the phase and have the status, by day; open-ended ones last."""
    return read(connection, OF_PHASE, place(after), team=team_id, phase=phase_id, status=status.value, limit=limit)


def of_season_plan(
    connection: Connection, season_plan_id: UUID, *, after: BoardCursor | None = None, limit: int = LARGEST_PAGE
) -> list[BoardRow]:
    """Those that follow a phase of the plan, or did before it was taken off, by day; open-ended ones last."""
    return read(connection, OF_SEASON_PLAN, place(after), plan=season_plan_id, limit=limit)


def of_athlete(
    connection: Connection,
    athlete_id: UUID,
    *,
    first: date | None = None,
    last: date | None = None,
    after: BoardCursor | None = None,
    limit: int = LARGEST_PAGE,
) -> list[BoardRow]:
    """An athlete's, in whichever team, from ``first`` to ``last``, both included; open-ended ones where no last is."""
    return read(connection, OF_ATHLETE, bounds(first, last) | place(after), athlete=athlete_id, limit=limit)


def adjusted_since(
    connection: Connection,
    team_id: UUID,
    since: datetime,
    *,
    after: AdjustedCursor | None = None,
    limit: int = LARGEST_PAGE,
) -> list[BoardRow]:
    """The team's whose phase was put on or taken off at ``since`` or later, each once, by when that was last."""
    there = {"after_at": EARLIEST, "after_assignment": NOBODY}
    if after is not None:
        there = {"after_at": after.adjusted_at, "after_assignment": after.assignment_id}
    return read(connection, ADJUSTED_SINCE, there, team=team_id, since=since, limit=limit)


def read(connection: Connection, query: LiteralString, place: dict[str, Any], **parameters: Any) -> list[BoardRow]:
    with connection.cursor(row_factory=args_row(BoardRow)) as cursor:
        return cursor.execute(query, place | parameters).fetchall()
