"""Teams and people as they are listed: an organization's teams, who is on a roster, who coaches, who there is.

All lists are in pages. Whose they are is said by whoever asks (``belonging.Asker``): ``everything`` is what the role
sees of the organization without a team of its own; else a coach's are the teams they coach, an athlete's those they
play in.
"""

from dataclasses import asdict
from datetime import date
from typing import LiteralString, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import args_row

from projections.belonging import COACHED, NOT_GONE, Asker
from projections.teams import TeamRow

LARGEST_PAGE = 1000


class NameCursor(NamedTuple):
    """The place of somebody, or of a team, in a list by name."""

    name: str
    id: UUID


START = NameCursor("", UUID(int=0))


class AthleteRow(NamedTuple):
    """``name`` is None for one who was forgotten."""

    athlete_id: UUID
    name: str | None


class RosterRow(NamedTuple):
    """A stay in the team: ``left_on``, the first day not in it, is None while it has no end.

    ``name`` is None for one who was forgotten, or is not known yet.
    """

    athlete_id: UUID
    name: str | None
    forgotten: bool
    joined_on: date
    left_on: date | None

    @property
    def cursor(self) -> NameCursor:
        return NameCursor(self.name or "", self.athlete_id)


PLAYED: LiteralString = f"""
EXISTS (SELECT FROM read_models.team_roster AS r
        WHERE r.team_id = t.team_id AND r.athlete_id = %(athlete)s::uuid AND {NOT_GONE})
"""
MINE: LiteralString = f"(%(everything)s OR (%(athlete)s::uuid IS NULL AND {COACHED}) OR {PLAYED})"
TEAMS: LiteralString = f"""
SELECT t.team_id, t.organization_id, t.name, t.zone, t.auto_apply_adjustments, t.external_source, t.external_id,
       (SELECT count(*) FROM read_models.team_roster AS r WHERE r.team_id = t.team_id AND r.left_on IS NULL)
FROM read_models.teams AS t
WHERE t.organization_id = %(organization)s AND {MINE} AND (t.name, t.team_id) > (%(name)s, %(id)s::uuid)
ORDER BY t.name, t.team_id LIMIT %(limit)s
"""
ATHLETES: LiteralString = f"""
SELECT a.athlete_id, a.name
FROM read_models.athlete_directory AS a
WHERE a.organization_id = %(organization)s AND a.name IS NOT NULL AND (a.name, a.athlete_id) > (%(name)s, %(id)s::uuid)
  AND (%(everything)s OR a.athlete_id = %(athlete)s::uuid OR (%(athlete)s::uuid IS NULL AND a.athlete_id IN (
      SELECT r.athlete_id FROM read_models.teams AS t JOIN read_models.team_roster AS r ON r.team_id = t.team_id
      WHERE t.organization_id = %(organization)s AND {COACHED} AND {NOT_GONE})))
ORDER BY a.name, a.athlete_id LIMIT %(limit)s
"""
ATHLETE: LiteralString = "SELECT athlete_id, name FROM read_models.athlete_directory WHERE athlete_id = %(athlete)s"
ROSTER: LiteralString = """
SELECT r.athlete_id, a.name, a.athlete_id IS NOT NULL AND a.name IS NULL, r.joined_on, r.left_on
FROM read_models.team_roster AS r LEFT JOIN read_models.athlete_directory AS a USING (athlete_id)
WHERE r.team_id = %(team)s AND r.joined_on <= %(day)s AND (r.left_on IS NULL OR r.left_on > %(day)s)
  AND (%(only)s::uuid IS NULL OR r.athlete_id = %(only)s)
  AND (coalesce(a.name, ''), r.athlete_id) > (%(name)s, %(id)s::uuid)
ORDER BY coalesce(a.name, ''), r.athlete_id LIMIT %(limit)s
"""
COACHES: LiteralString = "SELECT coach FROM read_models.team_coaches WHERE team_id = %(team)s ORDER BY coach"
ZONE: LiteralString = """
SELECT t.zone FROM read_models.team_roster AS r JOIN read_models.teams AS t USING (team_id)
WHERE r.athlete_id = %(athlete)s ORDER BY r.left_on IS NULL DESC, r.joined_on DESC LIMIT 1
"""
READS = ("teams", "athlete_directory")


def team_page(
    connection: Connection, asker: Asker, *, everything: bool, after: NameCursor | None = None, limit: int = 100
) -> list[TeamRow]:
    """By name."""
    with connection.cursor(row_factory=args_row(TeamRow)) as cursor:
        return cursor.execute(TEAMS, asked(asker, everything, after, limit)).fetchall()


def athlete_page(
    connection: Connection, asker: Asker, *, everything: bool, after: NameCursor | None = None, limit: int = 100
) -> list[AthleteRow]:
    """By name; who was forgotten is in no list."""
    with connection.cursor(row_factory=args_row(AthleteRow)) as cursor:
        return cursor.execute(ATHLETES, asked(asker, everything, after, limit)).fetchall()


def asked(asker: Asker, everything: bool, after: NameCursor | None, limit: int) -> dict[str, object]:
    place = (after or START)._asdict()
    return asdict(asker) | {"teams": list(asker.teams), "everything": everything, "limit": limit} | place


def athlete(connection: Connection, athlete_id: UUID) -> AthleteRow | None:
    """Also one who was forgotten; None for one who is not known (yet)."""
    with connection.cursor(row_factory=args_row(AthleteRow)) as cursor:
        return cursor.execute(ATHLETE, {"athlete": athlete_id}).fetchone()


def roster(
    connection: Connection,
    team_id: UUID,
    on: date,
    *,
    only: UUID | None = None,
    after: NameCursor | None = None,
    limit: int = 100,
) -> list[RosterRow]:
    """Who is in the team on that day, by name; ``only`` one of them."""
    wanted = {"team": team_id, "day": on, "only": only, "limit": limit} | (after or START)._asdict()
    with connection.cursor(row_factory=args_row(RosterRow)) as cursor:
        return cursor.execute(ROSTER, wanted).fetchall()


def coaches(connection: Connection, team_id: UUID) -> list[str]:
    """Account ids of those who were appointed."""
    return [coach for (coach,) in connection.execute(COACHES, {"team": team_id}).fetchall()]


def zone_of(connection: Connection, athlete_id: UUID) -> str | None:
    """In which the athlete's days are days: that of the team that they play in, or played in last."""
    row = connection.execute(ZONE, {"athlete": athlete_id}).fetchone()
    return None if row is None else str(row[0])
