"""What the phase reaction knows of each team's season: its phases, games, current phase and setting.

Every declaration (``domain/season_plan/events.py``) raises the team's revision by one, here as in the plan itself, and
may set a fan-out going (``phase_targets``).

All functions take a cursor, are set-based, and never commit.
"""

from collections.abc import Iterator, Sequence
from typing import Any, LiteralString, get_args
from uuid import UUID

from psycopg import Cursor

from consumers import phase_targets
from domain.event import Event
from domain.ports import Recorded
from domain.season_plan.events import Declaration
from domain.team import AutoApplySet, TeamFormed

DECLARATIONS: tuple[type[Event], ...] = get_args(Declaration)

KNOW_TEAMS: LiteralString = """
INSERT INTO reaction_teams (team_id) SELECT unnest(%(team)b::uuid[]) ON CONFLICT (team_id) DO NOTHING
"""
COUNT: LiteralString = """
UPDATE reaction_teams AS t
SET season_plan_id = (e.said ->> 'seasonPlanId')::uuid,
    season_revision = t.season_revision + 1,
    current_phase_id = CASE
        WHEN e.name IN ('season_plan.phase_changed', 'season_plan.phase_began') THEN e.said ->> 'phaseId'
        WHEN e.name = 'season_plan.phase_ended' THEN NULL
        WHEN e.name = 'season_plan.phase_removed' AND e.said ->> 'phaseId' = t.current_phase_id THEN NULL
        ELSE t.current_phase_id END,
    games = CASE
        WHEN e.name = 'season_plan.game_week_set'
        THEN ARRAY(SELECT jsonb_array_elements_text(e.said -> 'games')::smallint)
        ELSE t.games END
FROM unnest(%(name)b::text[], %(team)b::uuid[], %(said)b::jsonb[]) AS e (name, team_id, said)
WHERE t.team_id = e.team_id
"""
REPLACE_PHASES: LiteralString = """
UPDATE reaction_phases AS p SET replaced = t.season_revision
FROM unnest(%(name)b::text[], %(team)b::uuid[], %(said)b::jsonb[]) AS e (name, team_id, said)
JOIN reaction_teams AS t USING (team_id)
WHERE e.name IN ('season_plan.phase_added', 'season_plan.phase_modified', 'season_plan.phase_changed',
                 'season_plan.phase_removed')
  AND p.team_id = e.team_id AND p.phase_id = e.said ->> 'phaseId' AND p.replaced IS NULL
"""
DECLARE_PHASES: LiteralString = """
INSERT INTO reaction_phases (team_id, declared, phase_id, phase_type, starts_on, ends_on, load_level,
                             sessions_per_week, intensity, focus_areas)
SELECT e.team_id, t.season_revision, e.said ->> 'phaseId', e.said ->> 'phaseType', (e.said ->> 'startsOn')::date,
       (e.said ->> 'endsOn')::date, e.said ->> 'loadLevel', (e.said ->> 'sessionsPerWeek')::integer,
       e.said ->> 'intensity', ARRAY(SELECT jsonb_array_elements_text(e.said -> 'focusAreas'))
FROM unnest(%(name)b::text[], %(team)b::uuid[], %(said)b::jsonb[]) AS e (name, team_id, said)
JOIN reaction_teams AS t USING (team_id)
WHERE e.name IN ('season_plan.phase_added', 'season_plan.phase_modified', 'season_plan.phase_changed')
"""
SET_FIXTURES: LiteralString = """
INSERT INTO reaction_fixtures (team_id, fixture_id, played_on)
SELECT e.team_id, e.said ->> 'fixtureId', (e.said ->> 'on')::date
FROM unnest(%(name)b::text[], %(team)b::uuid[], %(said)b::jsonb[]) AS e (name, team_id, said)
WHERE e.name IN ('season_plan.fixture_added', 'season_plan.fixture_moved')
ON CONFLICT (team_id, fixture_id) DO UPDATE SET played_on = excluded.played_on
"""
REMOVE_FIXTURES: LiteralString = """
DELETE FROM reaction_fixtures AS g
USING unnest(%(name)b::text[], %(team)b::uuid[], %(said)b::jsonb[]) AS e (name, team_id, said)
WHERE e.name = 'season_plan.fixture_removed' AND g.team_id = e.team_id AND g.fixture_id = e.said ->> 'fixtureId'
"""
SET_AUTO_APPLY: LiteralString = """
INSERT INTO reaction_teams (team_id, auto_apply) VALUES (%(team)s, %(auto_apply)s)
ON CONFLICT (team_id) DO UPDATE SET auto_apply = excluded.auto_apply
"""


def on_declarations(cursor: Cursor, events: Sequence[Recorded[Any]]) -> None:
    for once_each in without_repeated_teams(events):
        columns = {
            "event": [recorded.event_id for recorded in once_each],
            "name": [recorded.event.event_name for recorded in once_each],
            "organization": [recorded.organization_id for recorded in once_each],
            "correlation": [recorded.correlation_id for recorded in once_each],
            "actor": [recorded.actor for recorded in once_each],
            "team": [recorded.event.team_id for recorded in once_each],
            "said": [recorded.event.model_dump_json() for recorded in once_each],
        }
        for statement in (KNOW_TEAMS, COUNT, REPLACE_PHASES, DECLARE_PHASES, SET_FIXTURES, REMOVE_FIXTURES):
            cursor.execute(statement, columns)
        phase_targets.open_fan_outs(cursor, columns)


def without_repeated_teams(events: Sequence[Recorded[Any]]) -> Iterator[list[Recorded[Any]]]:
    """The same events in the same order, cut so that no piece has two of one team: each counts as its own revision."""
    piece: list[Recorded[Any]] = []
    teams: set[UUID] = set()
    for recorded in events:
        if recorded.event.team_id in teams:
            yield piece
            piece, teams = [], set()
        piece.append(recorded)
        teams.add(recorded.event.team_id)
    yield piece


def on_settings(cursor: Cursor, events: Sequence[Recorded[TeamFormed] | Recorded[AutoApplySet]]) -> None:
    for recorded in events:
        event = recorded.event
        cursor.execute(SET_AUTO_APPLY, {"team": event.team_id, "auto_apply": event.auto_apply_adjustments})
