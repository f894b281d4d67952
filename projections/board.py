"""The board as a coach reads it: a team's assignments by day, page by page, with the athletes' names.

Two read models are joined as it is read, since they are written from different partition keys; so a forgotten
athlete's name is gone from here at once.
"""

from datetime import date, datetime
from typing import LiteralString, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import args_row


class BoardRow(NamedTuple):
    """One assignment as a coach sees it. ``athlete_name`` is None for one who was forgotten, or is not known yet."""

    assignment_id: UUID
    team_id: UUID
    athlete_id: UUID
    athlete_name: str | None
    forgotten: bool
    title: str
    sport: str
    scheduled_on: date | None
    baseline_load: float
    load: float
    phase_id: str | None
    load_level: str | None
    hand: bool
    status: str
    season_revision: int
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


BOARD: LiteralString = """
SELECT b.assignment_id, b.team_id, b.athlete_id, a.name, a.athlete_id IS NOT NULL AND a.name IS NULL, b.title, b.sport,
       b.scheduled_on, b.baseline_load, b.load, b.phase_id, b.load_level, b.hand, b.status, b.season_revision,
       b.version, b.changed_at, b.changed_by, b.cause_id, b.reason
FROM read_models.assignment_board AS b LEFT JOIN read_models.athlete_directory AS a USING (athlete_id)
WHERE b.team_id = %(team)s
  AND coalesce(b.scheduled_on, 'infinity') >= coalesce(%(first)s::date, '-infinity')
  AND (b.scheduled_on IS NULL OR b.scheduled_on <= coalesce(%(last)s::date, 'infinity'))
  AND (%(after_assignment)s::uuid IS NULL
       OR (coalesce(b.scheduled_on, 'infinity'), b.athlete_id, b.assignment_id)
          > (coalesce(%(after_day)s::date, 'infinity'), %(after_athlete)s::uuid, %(after_assignment)s::uuid))
ORDER BY coalesce(b.scheduled_on, 'infinity'), b.athlete_id, b.assignment_id
LIMIT %(limit)s
"""
READS = ("assignment_board", "athlete_directory", "teams")
"""The projections that a board is read from, and that tell whether there is such a team."""


def board(
    connection: Connection,
    team_id: UUID,
    *,
    first: date | None = None,
    last: date | None = None,
    after: BoardCursor | None = None,
    limit: int = 1000,
) -> list[BoardRow]:
    """The team's assignments from ``first`` to ``last``, both included, and the open-ended ones at the end."""
    with connection.cursor(row_factory=args_row(BoardRow)) as cursor:
        return cursor.execute(
            BOARD,
            {
                "team": team_id,
                "first": first,
                "last": last,
                "after_day": after and after.scheduled_on,
                "after_athlete": after and after.athlete_id,
                "after_assignment": after and after.assignment_id,
                "limit": limit,
            },
        ).fetchall()
