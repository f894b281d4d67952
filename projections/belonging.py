"""What belongs to whom: the facts by which ``api/access.py`` decides who may see and change what."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString, NamedTuple, TypeAlias
from uuid import UUID

from psycopg import Connection
from psycopg.rows import args_row

from projections.teams import TeamRow

Reader: TypeAlias = Connection


@dataclass(frozen=True, slots=True)
class Asker:
    """Whoever asks: as which coach's account, with which teams said to be theirs, as which athlete, and when."""

    organization: UUID
    coach: str
    teams: Collection[UUID]
    athlete: UUID | None
    now: datetime

    def parameters(self, **more: Any) -> dict[str, Any]:
        """For SQL."""
        asker = {"organization": self.organization, "coach": self.coach, "athlete": self.athlete, "now": self.now}
        return {"teams": list(self.teams), **asker, **more}


class TeamStanding(NamedTuple):
    """``coached``: the asker's as a coach. ``played``: on whose roster the asker is, or will be, as an athlete."""

    row: TeamRow
    coached: bool
    played: bool


class AssignmentStanding(NamedTuple):
    """An assignment, and whether the asker coaches its team."""

    assignment_id: UUID
    team_id: UUID
    athlete_id: UUID
    status: str
    version: int
    coached: bool


class AthleteStanding(NamedTuple):
    """An athlete, and whether the asker coaches a team on whose roster they are, or will be."""

    athlete_id: UUID
    forgotten: bool
    coached: bool


READS = ("teams",)
"""What every decision is made from; that of assignments also from the board, of athletes also from the directory."""

COACHED: LiteralString = """
(t.team_id = ANY(%(teams)s::uuid[])
 OR EXISTS (SELECT FROM read_models.team_coaches AS c WHERE c.team_id = t.team_id AND c.coach = %(coach)s))
"""
NOT_GONE: LiteralString = "(r.left_on IS NULL OR r.left_on > (%(now)s::timestamptz AT TIME ZONE t.zone)::date)"
TEAM: LiteralString = f"""
SELECT t.team_id, t.organization_id, t.name, t.zone, t.auto_apply_adjustments, t.external_source, t.external_id,
       (SELECT count(*) FROM read_models.team_roster AS r WHERE r.team_id = t.team_id AND r.left_on IS NULL),
       {COACHED},
       EXISTS (SELECT FROM read_models.team_roster AS r
               WHERE r.team_id = t.team_id AND r.athlete_id = %(athlete)s::uuid AND {NOT_GONE})
FROM read_models.teams AS t WHERE t.team_id = %(team)s AND t.organization_id = %(organization)s
"""
ASSIGNMENT: LiteralString = f"""
SELECT b.assignment_id, b.team_id, b.athlete_id, b.status, b.version, coalesce({COACHED}, false)
FROM read_models.assignment_board AS b
LEFT JOIN read_models.teams AS t ON t.team_id = b.team_id AND t.organization_id = b.organization_id
WHERE b.assignment_id = %(assignment)s AND b.organization_id = %(organization)s
"""
ATHLETE: LiteralString = f"""
SELECT a.athlete_id, a.name IS NULL,
       EXISTS (SELECT FROM read_models.team_roster AS r
               JOIN read_models.teams AS t ON t.team_id = r.team_id AND t.organization_id = a.organization_id
               WHERE r.athlete_id = a.athlete_id AND {NOT_GONE} AND {COACHED})
FROM read_models.athlete_directory AS a
WHERE a.athlete_id = %(of_athlete)s AND a.organization_id = %(organization)s
"""


def team(connection: Reader, asker: Asker, team_id: UUID) -> TeamStanding | None:
    """None where the asker's organization has no such team, or it is not known yet; and so below."""
    with connection.cursor(row_factory=args_row(standing)) as cursor:
        return cursor.execute(TEAM, asker.parameters(team=team_id)).fetchone()


def assignment(connection: Reader, asker: Asker, assignment_id: UUID) -> AssignmentStanding | None:
    with connection.cursor(row_factory=args_row(AssignmentStanding)) as cursor:
        return cursor.execute(ASSIGNMENT, asker.parameters(assignment=assignment_id)).fetchone()


def athlete(connection: Reader, asker: Asker, athlete_id: UUID) -> AthleteStanding | None:
    with connection.cursor(row_factory=args_row(AthleteStanding)) as cursor:
        return cursor.execute(ATHLETE, asker.parameters(of_athlete=athlete_id)).fetchone()


def standing(*values: Any) -> TeamStanding:
    *row, coached, played = values
    return TeamStanding(TeamRow(*row), coached, played)
