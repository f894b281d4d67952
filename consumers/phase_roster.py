"""Who may be touched by a phase: the open assignments of each team, from the team-ordered log alone.

Because it is read in the same order as everybody reads, an assignment created while a phase changes is either on the
roster when the change is seen, or sees the change when it comes onto the roster. None falls between.

All functions take a cursor, are set-based, and never commit.
"""

from collections.abc import Sequence
from typing import Any, LiteralString

from psycopg import Cursor

from domain.assignment import AssignmentPlanned
from domain.ports import Recorded

ENROL: LiteralString = """
INSERT INTO reaction_roster (assignment_id, team_id, athlete_id, title, sport, scheduled_on, baseline, phase_id)
SELECT e.assignment_id, e.team_id, e.athlete_id, e.title, e.sport, e.scheduled_on, e.baseline, due.phase_id
FROM unnest(%(assignment)b::uuid[], %(team)b::uuid[], %(athlete)b::uuid[], %(title)b::text[], %(sport)b::text[],
            %(day)b::date[], %(baseline)b::jsonb[])
    AS e (assignment_id, team_id, athlete_id, title, sport, scheduled_on, baseline)
LEFT JOIN reaction_teams AS t USING (team_id)
LEFT JOIN LATERAL (
    SELECT p.phase_id FROM reaction_phases AS p
    WHERE p.team_id = e.team_id AND p.replaced IS NULL AND (
        CASE WHEN e.scheduled_on IS NULL THEN p.phase_id = t.current_phase_id
             ELSE e.scheduled_on BETWEEN p.starts_on AND p.ends_on END)
    ORDER BY p.declared DESC LIMIT 1
) AS due ON true
ON CONFLICT (assignment_id) DO NOTHING
"""
# A newcomer is caught: the event that planned it causes its own small fan-out. One on whose day there is no phase any
# more is caught too, for it may have come with one that was in force when it was asked for.
CATCH: LiteralString = """
WITH caught AS (
    SELECT e.event_id, e.organization_id, e.correlation_id, t.team_id, t.season_plan_id, t.season_revision, t.games,
           r.assignment_id, due.declared, due.declared IS NOT NULL AND EXISTS (
               SELECT FROM reaction_fixtures AS g WHERE g.team_id = r.team_id AND g.played_on = r.scheduled_on + 1
           ) AS eve_of_game
    FROM unnest(%(event)b::uuid[], %(organization)b::uuid[], %(correlation)b::uuid[], %(assignment)b::uuid[])
        AS e (event_id, organization_id, correlation_id, assignment_id)
    JOIN reaction_roster AS r USING (assignment_id)
    JOIN reaction_teams AS t ON t.team_id = r.team_id AND t.auto_apply
    LEFT JOIN reaction_phases AS due ON due.team_id = r.team_id AND due.phase_id = r.phase_id AND due.replaced IS NULL
    WHERE due.declared IS NOT NULL OR EXISTS (
        SELECT FROM reaction_phases AS past WHERE past.team_id = r.team_id AND past.replaced IS NOT NULL
            AND (r.scheduled_on IS NULL OR r.scheduled_on BETWEEN past.starts_on AND past.ends_on))
), opened AS (
    INSERT INTO phase_fan_outs (cause_event_id, organization_id, team_id, season_plan_id, season_revision,
                                correlation_id, games, force, reported_phase_id, triggered_by)
    SELECT event_id, organization_id, team_id, season_plan_id, season_revision, correlation_id, games, false, NULL,
           'planning'
    FROM caught
    RETURNING id, cause_event_id
)
INSERT INTO phase_fan_out_targets (fan_out_id, assignment_id, declared, eve_of_game)
SELECT opened.id, caught.assignment_id, caught.declared, caught.eve_of_game
FROM opened JOIN caught ON caught.event_id = opened.cause_event_id
"""
STRIKE_OFF: LiteralString = "DELETE FROM reaction_roster WHERE assignment_id = ANY(%(assignment)b)"


def enrol(cursor: Cursor, events: Sequence[Recorded[AssignmentPlanned]]) -> None:
    planned = [recorded.event for recorded in events]
    cursor.execute(ENROL, {
        "assignment": [event.assignment_id for event in planned],
        "team": [event.team_id for event in planned],
        "athlete": [event.athlete_id for event in planned],
        "title": [event.title for event in planned],
        "sport": [event.sport for event in planned],
        "day": [event.scheduled_on for event in planned],
        "baseline": [event.baseline.model_dump_json() for event in planned],
    })  # fmt: skip


def catch(cursor: Cursor, events: Sequence[Recorded[AssignmentPlanned]]) -> None:
    """Those that are still on the roster get what the season calls for."""
    cursor.execute(CATCH, {
        "event": [recorded.event_id for recorded in events],
        "organization": [recorded.organization_id for recorded in events],
        "correlation": [recorded.correlation_id for recorded in events],
        "assignment": [recorded.event.assignment_id for recorded in events],
    })  # fmt: skip


def strike_off(cursor: Cursor, events: Sequence[Recorded[Any]]) -> None:
    """Those that were begun, done, left out or given up."""
    cursor.execute(STRIKE_OFF, {"assignment": [recorded.stream_id for recorded in events]})
