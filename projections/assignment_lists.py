"""One assignment, and assignments by several things that a planner asks for at once.

A list is of a team, of an athlete, or of both; the rest narrows it down. It goes page by page, like the board.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import LiteralString
from uuid import UUID

from psycopg import Connection
from psycopg.rows import args_row

from domain.assignment import AssignmentStatus
from projections.board import ON_FROM_THERE, ROWS, BoardCursor, BoardRow, place

READS = ("assignment_board", "athlete_directory")

ONE: LiteralString = f"{ROWS} WHERE b.assignment_id = %(assignment)s"
# Only what is asked for is in the statement, so that the planner knows which index it starts from.
CONDITIONS: dict[str, LiteralString] = {
    "team_id": "b.team_id = %(team_id)s",
    "athlete_id": "b.athlete_id = %(athlete_id)s",
    "season_plan_id": "b.season_plan_id = %(season_plan_id)s",
    "phase_id": "b.phase_id = %(phase_id)s",
    "status": "b.status = %(status)s",
    "first": "coalesce(b.scheduled_on, 'infinity') >= %(first)s",
    "last": "(b.scheduled_on IS NULL OR b.scheduled_on <= %(last)s)",
    "adjusted_since": "b.last_phase_adjustment >= %(adjusted_since)s",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """None: whichever. ``first`` and ``last`` are both included, and open-ended ones are wanted on all days.

    ``adjusted_since``: those whose phase was put on or taken off then or later.
    """

    team_id: UUID | None = None
    athlete_id: UUID | None = None
    season_plan_id: UUID | None = None
    phase_id: str | None = None
    status: AssignmentStatus | None = None
    first: date | None = None
    last: date | None = None
    adjusted_since: datetime | None = None


def assignment(connection: Connection, assignment_id: UUID) -> BoardRow | None:
    with connection.cursor(row_factory=args_row(BoardRow)) as cursor:
        return cursor.execute(ONE, {"assignment": assignment_id}).fetchone()


def assignments(
    connection: Connection, wanted: Wanted, *, after: BoardCursor | None = None, limit: int = 1000
) -> list[BoardRow]:
    """By day, then athlete; open-ended ones come last. ValueError where neither team nor athlete is wanted."""
    asked = {name: value for name in CONDITIONS if (value := getattr(wanted, name)) is not None}
    if not asked.keys() & {"team_id", "athlete_id"}:
        raise ValueError("a list is of a team, or of an athlete")
    query: LiteralString = f"{ROWS} WHERE {' AND '.join(CONDITIONS[name] for name in asked)} {ON_FROM_THERE}"
    with connection.cursor(row_factory=args_row(BoardRow)) as cursor:
        return cursor.execute(query, asked | place(after) | {"limit": limit}).fetchall()
