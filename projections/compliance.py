"""How closely athletes follow what was planned: each workout's colour, and the shares of the colours.

A workout counts on the day for which it was planned; an open-ended one, which has no such day and cannot be missed, on
the day on which it was done. It counts once it is done, or once its day is over: what was then neither done nor
cancelled was missed, begun or not, and so was what the athlete skipped. What called for no load (the workload forbade
to train) counts for nothing, skipped or not: there was nothing to follow.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import groupby
from typing import LiteralString, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import args_row

from domain.rules.compliance import Compliance, compliance
from domain.rules.load import TENTH
from projections.board import NOBODY

LARGEST_PAGE = 1000


class Session(NamedTuple):
    """A workout that counts. ``executed`` is None where it was missed; ``colour`` None where nothing was planned."""

    assignment_id: UUID
    team_id: UUID
    athlete_id: UUID
    day: date
    planned: float
    executed: float | None

    @property
    def colour(self) -> Compliance | None:
        return compliance(self.planned, self.executed)


class SessionCursor(NamedTuple):
    """The place of a session in an athlete's list."""

    day: date
    assignment_id: UUID


class Shares(NamedTuple):
    """How many ``sessions`` have a colour, and how many percent of them have which, half even to 0.1; all 0 of none."""

    sessions: int
    green: float
    yellow: float
    orange: float
    red: float


class AthleteShares(NamedTuple):
    """``athlete_name`` is None for one who was forgotten, or is not known yet."""

    athlete_id: UUID
    athlete_name: str | None
    shares: Shares


class TeamShares(NamedTuple):
    """Of all sessions of the team's, and athlete by athlete."""

    whole: Shares
    athletes: Sequence[AthleteShares]


# What showed when it was done shows for ever, as no layer touches it then: version 1 of the event did not tell it.
COLUMNS: LiteralString = """
b.assignment_id, b.team_id, b.athlete_id, coalesce(b.planned_load, b.load) AS planned, b.executed_load AS executed
"""
DUE: LiteralString = """
coalesce(b.scheduled_on, 'infinity') >= %(first)s AND coalesce(b.scheduled_on, 'infinity') <= %(last)s
AND (b.status = 'completed' OR b.status <> 'cancelled' AND b.scheduled_on < %(today)s)
"""
OPEN_ENDED_DONE: LiteralString = """
coalesce(b.scheduled_on, 'infinity') = 'infinity' AND b.status = 'completed'
AND b.completed_on >= %(first)s AND b.completed_on <= %(last)s
"""
OF_TEAM: LiteralString = f"""
SELECT s.assignment_id, s.team_id, s.athlete_id, s.day, s.planned, s.executed
FROM (SELECT {COLUMNS}, b.scheduled_on AS day FROM read_models.assignment_board AS b
      WHERE b.team_id = %(team)s AND {DUE}
      UNION ALL
      SELECT {COLUMNS}, b.completed_on FROM read_models.assignment_board AS b
      WHERE b.team_id = %(team)s AND {OPEN_ENDED_DONE}) AS s
ORDER BY s.athlete_id
"""
OF_ATHLETE: LiteralString = f"""
SELECT s.assignment_id, s.team_id, s.athlete_id, s.day, s.planned, s.executed
FROM (SELECT {COLUMNS}, b.scheduled_on AS day FROM read_models.assignment_board AS b
      WHERE b.athlete_id = %(athlete)s AND {DUE}
      UNION ALL
      SELECT {COLUMNS}, b.completed_on FROM read_models.assignment_board AS b
      WHERE b.athlete_id = %(athlete)s AND {OPEN_ENDED_DONE}) AS s
WHERE (s.day, s.assignment_id) > (%(after_day)s::date, %(after_assignment)s::uuid)
ORDER BY s.day, s.assignment_id
LIMIT %(limit)s
"""
NAMES: LiteralString = """
SELECT athlete_id, name FROM read_models.athlete_directory WHERE athlete_id = ANY(%(athletes)s::uuid[])
"""
READS = ("assignment_board", "athlete_directory")


def sessions(
    connection: Connection,
    athlete_id: UUID,
    first: date,
    last: date,
    today: date,
    *,
    after: SessionCursor | None = None,
    limit: int = LARGEST_PAGE,
) -> list[Session]:
    """An athlete's that count, from ``first`` to ``last``, both included, by day. ``today`` is the athlete's."""
    there = SessionCursor(date.min, NOBODY) if after is None else after
    parameters = {"athlete": athlete_id, "first": first, "last": last, "today": today, "limit": limit}
    parameters |= {"after_day": there.day, "after_assignment": there.assignment_id}
    with connection.cursor(row_factory=args_row(Session)) as cursor:
        return cursor.execute(OF_ATHLETE, parameters).fetchall()


def team_shares(connection: Connection, team_id: UUID, first: date, last: date, today: date) -> TeamShares:
    """All at once: a team has some tens of players. ``today`` is the team's."""
    parameters = {"team": team_id, "first": first, "last": last, "today": today}
    with connection.cursor(row_factory=args_row(Session)) as cursor:
        found = cursor.execute(OF_TEAM, parameters).fetchall()
    by_athlete = {athlete_id: list(those) for athlete_id, those in groupby(found, key=lambda one: one.athlete_id)}
    names: dict[UUID, str | None] = dict(connection.execute(NAMES, {"athletes": list(by_athlete)}).fetchall())
    athletes = [
        AthleteShares(athlete_id, names.get(athlete_id), shares(those)) for athlete_id, those in by_athlete.items()
    ]
    return TeamShares(shares(found), athletes)


def shares(counted: Iterable[Session]) -> Shares:
    """Of the sessions that have a colour."""
    colours = Counter(session.colour for session in counted)
    del colours[None]
    sessions = colours.total()

    def percent(colour: Compliance) -> float:
        if sessions == 0:
            return 0.0
        return float((100 * Decimal(colours[colour]) / sessions).quantize(TENTH, ROUND_HALF_EVEN))

    return Shares(sessions, **{colour.value: percent(colour) for colour in Compliance})
