"""Which assignments a declaration touches, and what each of them is to have: the rule of decision 3 as SQL.

A day has the phase that covers it, the one declared last where several do; what is open-ended has the current phase.
A change's own flag decides about it, force about a request, and the team's setting about everything else.
"""

from collections.abc import Mapping
from typing import Any, LiteralString

from psycopg import Cursor

OPEN: LiteralString = """
INSERT INTO phase_fan_outs (cause_event_id, organization_id, team_id, season_plan_id, season_revision, correlation_id,
                            games, force, reported_phase_id, triggered_by)
SELECT e.event_id, e.organization_id, e.team_id, t.season_plan_id, t.season_revision, e.correlation_id,
       t.games, coalesce((e.said ->> 'force')::boolean, false),
       CASE WHEN e.name IN ('season_plan.phase_changed', 'season_plan.phase_began', 'season_plan.phase_modified',
                            'season_plan.phase_removed', 'season_plan.adjustments_requested')
            THEN e.said ->> 'phaseId' END,
       coalesce(e.said ->> 'triggeredBy', e.actor)
FROM unnest(%(event)b::uuid[], %(name)b::text[], %(organization)b::uuid[], %(correlation)b::uuid[],
            %(actor)b::text[], %(team)b::uuid[], %(said)b::jsonb[])
    AS e (event_id, name, organization_id, correlation_id, actor, team_id, said)
JOIN reaction_teams AS t USING (team_id)
WHERE CASE e.name
    WHEN 'season_plan.phase_changed' THEN (e.said ->> 'autoApply')::boolean
    WHEN 'season_plan.adjustments_requested' THEN (e.said ->> 'force')::boolean OR t.auto_apply
    ELSE t.auto_apply END
"""
# Touched by a phase's declaration: what its dates cover or did cover, and what may carry it by earlier ones. Games and
# requests change nothing where no phase is, or another one.
AIM: LiteralString = """
WITH concerned AS (
    SELECT f.id, f.team_id, t.current_phase_id, e.name, e.said, e.said ->> 'phaseId' AS phase_id,
           declared.starts_on, declared.ends_on, former.starts_on AS started_on, former.ends_on AS ended_on,
           (e.said ->> 'on')::date - 1 AS eve, (e.said ->> 'former')::date - 1 AS former_eve,
           CASE WHEN e.said ->> 'athleteIds' IS NOT NULL
                THEN ARRAY(SELECT jsonb_array_elements_text(e.said -> 'athleteIds')::uuid) END AS athlete_ids
    FROM unnest(%(event)b::uuid[], %(name)b::text[], %(said)b::jsonb[]) AS e (event_id, name, said)
    JOIN phase_fan_outs AS f ON f.cause_event_id = e.event_id
    JOIN reaction_teams AS t ON t.team_id = f.team_id
    LEFT JOIN reaction_phases AS declared
        ON declared.team_id = f.team_id AND declared.declared = f.season_revision
    LEFT JOIN reaction_phases AS former ON former.team_id = f.team_id AND former.replaced = f.season_revision
), touched AS MATERIALIZED (
    SELECT c.id AS fan_out_id, r.assignment_id, due.phase_id, due.declared, due.declared IS NOT NULL AND EXISTS (
        SELECT FROM reaction_fixtures AS g WHERE g.team_id = r.team_id AND g.played_on = r.scheduled_on + 1
    ) AS eve_of_game
    FROM concerned AS c
    JOIN reaction_roster AS r ON r.team_id = c.team_id AND CASE c.name
        WHEN 'season_plan.phase_removed' THEN r.phase_id = c.phase_id
        WHEN 'season_plan.phase_began' THEN r.scheduled_on IS NULL
        WHEN 'season_plan.phase_ended' THEN r.scheduled_on IS NULL
        WHEN 'season_plan.fixture_added' THEN r.scheduled_on = c.eve
        WHEN 'season_plan.fixture_moved' THEN r.scheduled_on IN (c.eve, c.former_eve)
        WHEN 'season_plan.fixture_removed' THEN r.scheduled_on = c.eve
        WHEN 'season_plan.game_week_set'
            THEN r.scheduled_on IS NULL AND jsonb_typeof(r.baseline -> 'weekdays') = 'array'
        WHEN 'season_plan.adjustments_requested' THEN c.athlete_ids IS NULL OR r.athlete_id = ANY (c.athlete_ids)
        ELSE CASE WHEN r.scheduled_on IS NULL THEN c.phase_id = c.current_phase_id
                  ELSE r.scheduled_on BETWEEN c.starts_on AND c.ends_on
                    OR r.scheduled_on BETWEEN c.started_on AND c.ended_on
                    OR r.phase_id = c.phase_id END
        END
    LEFT JOIN LATERAL (
        SELECT p.phase_id, p.declared FROM reaction_phases AS p
        WHERE p.team_id = r.team_id AND p.replaced IS NULL AND (
            CASE WHEN r.scheduled_on IS NULL THEN p.phase_id = c.current_phase_id
                 ELSE r.scheduled_on BETWEEN p.starts_on AND p.ends_on END)
        ORDER BY p.declared DESC LIMIT 1
    ) AS due ON true
    WHERE CASE c.name
        WHEN 'season_plan.adjustments_requested' THEN due.phase_id = c.phase_id
        WHEN 'season_plan.fixture_added' THEN due.phase_id IS NOT NULL
        WHEN 'season_plan.fixture_moved' THEN due.phase_id IS NOT NULL
        WHEN 'season_plan.fixture_removed' THEN due.phase_id IS NOT NULL
        WHEN 'season_plan.game_week_set' THEN due.phase_id IS NOT NULL
        ELSE true END
), aimed AS (
    INSERT INTO phase_fan_out_targets (fan_out_id, assignment_id, declared, eve_of_game)
    SELECT fan_out_id, assignment_id, declared, eve_of_game FROM touched
)
UPDATE reaction_roster AS r SET phase_id = touched.phase_id FROM touched
WHERE r.assignment_id = touched.assignment_id AND r.phase_id IS DISTINCT FROM touched.phase_id
"""


def open_fan_outs(cursor: Cursor, columns: Mapping[str, Any]) -> None:
    """``columns``: event, name, organization, correlation, actor, team, said (the payload); each team once."""
    cursor.execute(OPEN, columns)
    cursor.execute(AIM, columns)
