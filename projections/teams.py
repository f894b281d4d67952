"""Teams: name, zone and setting, who is and was on the roster, who coaches.

Written from the streams of teams. A stay on the roster is known by the event that began it, for an athlete may leave
and come back on one day.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from psycopg import Connection, Cursor
from psycopg.rows import args_row

from domain.ids import AthleteId, TeamId
from domain.ports import Recorded
from domain.team import AutoApplySet, CoachAppointed, CoachDismissed, PlayerJoined, PlayerLeft, TeamFormed
from projections.projection import Connect, Projection

DDL: LiteralString = """
CREATE TABLE teams (
    team_id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    name text NOT NULL,
    zone text NOT NULL,
    auto_apply_adjustments boolean NOT NULL,
    external_source text,
    external_id text,
    formed_at timestamptz NOT NULL
);
CREATE INDEX teams_organization ON teams (organization_id, name);
CREATE TABLE team_roster (
    team_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    athlete_id uuid NOT NULL,
    joined_version integer NOT NULL, -- of the team's stream
    joined_on date NOT NULL,
    left_on date, -- the first day not in the team
    PRIMARY KEY (team_id, athlete_id, joined_version)
);
CREATE INDEX team_roster_athlete ON team_roster (athlete_id);
CREATE TABLE team_coaches (
    team_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    coach text NOT NULL,
    PRIMARY KEY (team_id, coach)
);
"""
FORMED: LiteralString = """
INSERT INTO teams (
    team_id, organization_id, name, zone, auto_apply_adjustments, external_source, external_id, formed_at)
SELECT * FROM unnest(%(team)b::uuid[], %(organization)b::uuid[], %(name)b::text[], %(zone)b::text[],
                     %(auto_apply)b::bool[], %(source)b::text[], %(external)b::text[], %(at)b::timestamptz[])
ON CONFLICT (team_id) DO NOTHING
"""
AUTO_APPLY_SET: LiteralString = """
UPDATE teams AS t SET auto_apply_adjustments = e.auto_apply
FROM unnest(%(team)b::uuid[], %(auto_apply)b::bool[]) AS e (team_id, auto_apply) WHERE t.team_id = e.team_id
"""
JOINED: LiteralString = """
INSERT INTO team_roster (team_id, organization_id, athlete_id, joined_version, joined_on)
SELECT * FROM unnest(%(team)b::uuid[], %(organization)b::uuid[], %(athlete)b::uuid[], %(version)b::int[],
                     %(day)b::date[])
ON CONFLICT (team_id, athlete_id, joined_version) DO NOTHING
"""
LEFT: LiteralString = """
UPDATE team_roster AS r SET left_on = e.left_on
FROM unnest(%(team)b::uuid[], %(athlete)b::uuid[], %(version)b::int[], %(day)b::date[])
    AS e (team_id, athlete_id, version, left_on)
WHERE r.team_id = e.team_id AND r.athlete_id = e.athlete_id AND r.left_on IS NULL AND r.joined_version < e.version
"""
APPOINTED: LiteralString = """
INSERT INTO team_coaches (team_id, organization_id, coach)
SELECT * FROM unnest(%(team)b::uuid[], %(organization)b::uuid[], %(coach)b::text[])
ON CONFLICT (team_id, coach) DO NOTHING
"""
DISMISSED: LiteralString = """
DELETE FROM team_coaches AS c USING unnest(%(team)b::uuid[], %(coach)b::text[]) AS e (team_id, coach)
WHERE c.team_id = e.team_id AND c.coach = e.coach
"""


def on_team_formed(cursor: Cursor[Any], batch: Sequence[Recorded[TeamFormed]]) -> None:
    events = [recorded.event for recorded in batch]
    columns = {
        "team": [event.team_id for event in events],
        "organization": [recorded.organization_id for recorded in batch],
        "name": [event.name for event in events],
        "zone": [event.zone for event in events],
        "auto_apply": [event.auto_apply_adjustments for event in events],
        "source": [event.external_source for event in events],
        "external": [event.external_id for event in events],
        "at": [recorded.occurred_at for recorded in batch],
    }
    cursor.execute(FORMED, columns)


def on_auto_apply_set(cursor: Cursor[Any], batch: Sequence[Recorded[AutoApplySet]]) -> None:
    events = [recorded.event for recorded in batch]
    columns = {
        "team": [event.team_id for event in events],
        "auto_apply": [event.auto_apply_adjustments for event in events],
    }
    cursor.execute(AUTO_APPLY_SET, columns)


def on_player_joined(cursor: Cursor[Any], batch: Sequence[Recorded[PlayerJoined]]) -> None:
    cursor.execute(JOINED, movements(batch) | {"day": [recorded.event.joined_on for recorded in batch]})


def on_player_left(cursor: Cursor[Any], batch: Sequence[Recorded[PlayerLeft]]) -> None:
    cursor.execute(LEFT, movements(batch) | {"day": [recorded.event.left_on for recorded in batch]})


def movements(batch: Sequence[Recorded[PlayerJoined]] | Sequence[Recorded[PlayerLeft]]) -> dict[str, list[Any]]:
    return {
        "team": [recorded.event.team_id for recorded in batch],
        "organization": [recorded.organization_id for recorded in batch],
        "athlete": [recorded.event.athlete_id for recorded in batch],
        "version": [recorded.version for recorded in batch],
    }


def on_coach_appointed(cursor: Cursor[Any], batch: Sequence[Recorded[CoachAppointed]]) -> None:
    cursor.execute(APPOINTED, coaches(batch))


def on_coach_dismissed(cursor: Cursor[Any], batch: Sequence[Recorded[CoachDismissed]]) -> None:
    cursor.execute(DISMISSED, coaches(batch))


def coaches(batch: Sequence[Recorded[CoachAppointed]] | Sequence[Recorded[CoachDismissed]]) -> dict[str, list[Any]]:
    return {
        "team": [recorded.event.team_id for recorded in batch],
        "organization": [recorded.organization_id for recorded in batch],
        "coach": [recorded.event.coach for recorded in batch],
    }


PROJECTION = Projection(
    name="teams",
    ddl=DDL,
    handlers={
        TeamFormed: on_team_formed,
        AutoApplySet: on_auto_apply_set,
        PlayerJoined: on_player_joined,
        PlayerLeft: on_player_left,
        CoachAppointed: on_coach_appointed,
        CoachDismissed: on_coach_dismissed,
    },
)


class TeamRow(NamedTuple):
    """A team and how many players are on its roster without a day of leaving."""

    team_id: UUID
    organization_id: UUID
    name: str
    zone: str
    auto_apply_adjustments: bool
    external_source: str | None
    external_id: str | None
    players: int


TEAMS: LiteralString = """
SELECT t.team_id, t.organization_id, t.name, t.zone, t.auto_apply_adjustments, t.external_source, t.external_id,
       (SELECT count(*) FROM read_models.team_roster AS r WHERE r.team_id = t.team_id AND r.left_on IS NULL)
FROM read_models.teams AS t
WHERE (%(team)s::uuid IS NULL OR t.team_id = %(team)s)
  AND (%(organization)s::uuid IS NULL OR t.organization_id = %(organization)s)
ORDER BY t.name, t.team_id
"""


def teams(connection: Connection, *, team_id: UUID | None = None, organization_id: UUID | None = None) -> list[TeamRow]:
    """By name; all of them, or one, or those of an organization."""
    with connection.cursor(row_factory=args_row(TeamRow)) as cursor:
        return cursor.execute(TEAMS, {"team": team_id, "organization": organization_id}).fetchall()


ZONE: LiteralString = "SELECT zone FROM read_models.teams WHERE team_id = %(team)s"
ON_ROSTER: LiteralString = """
SELECT FROM read_models.team_roster
WHERE team_id = %(team)s AND athlete_id = %(athlete)s
  AND joined_on <= %(day)s AND (left_on IS NULL OR %(day)s < left_on)
LIMIT 1
"""


class TeamDirectory:
    """Asks the read model at each call. A team that it does not have may just not be projected yet."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect

    def zone_of(self, team_id: TeamId) -> str | None:
        with self._connect() as connection:
            row = connection.execute(ZONE, {"team": team_id}).fetchone()
        return None if row is None else str(row[0])

    def on_roster(self, team_id: TeamId, athlete_id: AthleteId, day: date) -> bool:
        """Whether the athlete is in the team on that day."""
        with self._connect() as connection:
            wanted = {"team": team_id, "athlete": athlete_id, "day": day}
            return connection.execute(ON_ROSTER, wanted).rowcount == 1
