"""What the phase reaction knows: phases and open assignments per team, from the team-ordered log alone.

Because it reads the same log in the same order as everybody, an assignment created while a phase changes is either
on the roster when the change is seen, or sees the change when it comes onto the roster. None falls between.

All functions take a cursor, are set-based, and never commit.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import LiteralString
from uuid import UUID

from psycopg import Cursor

from consumers import departures
from domain.assignment import AssignmentCancelled, AssignmentCompleted, AssignmentPlanned, AssignmentStarted
from domain.event import Event
from domain.ports import Recorded
from domain.season_plan import PhaseAdded, PhaseChanged
from domain.team import AutoApplySet, PlayerJoined, PlayerLeft, TeamFormed

SEE_SEASON_EVENTS: LiteralString = """
INSERT INTO reaction_teams AS t (team_id, season_plan_id, season_revision, current_phase_id)
SELECT team_id, season_plan_id, 1, CASE WHEN is_change THEN phase_id END
FROM unnest(%(team)b::uuid[], %(plan)b::uuid[], %(phase)b::text[], %(is_change)b::bool[])
    AS e (team_id, season_plan_id, phase_id, is_change)
ON CONFLICT (team_id) DO UPDATE
SET season_plan_id = excluded.season_plan_id, season_revision = t.season_revision + 1,
    current_phase_id = coalesce(excluded.current_phase_id, t.current_phase_id)
"""
DECLARE_PHASES: LiteralString = """
INSERT INTO reaction_phases (team_id, phase_id, starts_on, ends_on, load_level, declared)
SELECT e.team_id, e.phase_id, e.starts_on, e.ends_on, e.load_level, t.season_revision
FROM unnest(%(team)b::uuid[], %(phase)b::text[], %(starts)b::date[], %(ends)b::date[], %(level)b::text[])
    AS e (team_id, phase_id, starts_on, ends_on, load_level)
JOIN reaction_teams AS t USING (team_id)
ON CONFLICT (team_id, phase_id) DO UPDATE
SET starts_on = excluded.starts_on, ends_on = excluded.ends_on, load_level = excluded.load_level,
    declared = excluded.declared
"""
# A change's own flag decides about it; about phases added by hand the team's setting does.
OPEN_SEASON_FAN_OUTS: LiteralString = """
INSERT INTO phase_fan_outs (cause_event_id, organization_id, team_id, season_plan_id, season_revision,
                            correlation_id, reported_phase_id, triggered_by)
SELECT e.event_id, e.organization_id, e.team_id, e.season_plan_id, t.season_revision, e.correlation_id,
       CASE WHEN e.is_change THEN e.phase_id END, e.triggered_by
FROM unnest(%(event)b::uuid[], %(organization)b::uuid[], %(team)b::uuid[], %(plan)b::uuid[], %(correlation)b::uuid[],
            %(phase)b::text[], %(is_change)b::bool[], %(applies)b::bool[], %(by)b::text[])
    AS e (event_id, organization_id, team_id, season_plan_id, correlation_id, phase_id, is_change, applies,
          triggered_by)
JOIN reaction_teams AS t USING (team_id)
WHERE CASE WHEN e.is_change THEN e.applies ELSE t.auto_apply END
"""
# Touched: what the declared dates cover, what had this phase by its former dates, and what is open-ended.
TARGET_SEASON_FAN_OUTS: LiteralString = """
WITH targets AS (
    INSERT INTO phase_fan_out_targets (fan_out_id, assignment_id, phase_id, load_level)
    SELECT f.id, r.assignment_id, covering.phase_id, covering.load_level
    FROM unnest(%(event)b::uuid[], %(is_change)b::bool[]) AS e (event_id, is_change)
    JOIN phase_fan_outs AS f ON f.cause_event_id = e.event_id
    JOIN reaction_phases AS declared ON declared.team_id = f.team_id AND declared.declared = f.season_revision
    JOIN reaction_roster AS r ON r.team_id = f.team_id AND (
        r.scheduled_on BETWEEN declared.starts_on AND declared.ends_on
        OR (r.scheduled_on IS NOT NULL AND r.target_phase_id = declared.phase_id)
        OR (r.scheduled_on IS NULL AND e.is_change))
    LEFT JOIN LATERAL (
        SELECT p.phase_id, p.load_level FROM reaction_phases AS p
        WHERE p.team_id = r.team_id AND (
            CASE WHEN r.scheduled_on IS NULL THEN p.phase_id = declared.phase_id
                 ELSE r.scheduled_on BETWEEN p.starts_on AND p.ends_on END)
        ORDER BY p.declared DESC LIMIT 1
    ) AS covering ON true
    RETURNING assignment_id, phase_id
)
UPDATE reaction_roster AS r SET target_phase_id = targets.phase_id FROM targets
WHERE r.assignment_id = targets.assignment_id
"""
ENROL: LiteralString = """
INSERT INTO reaction_roster (assignment_id, team_id, athlete_id, title, sport, scheduled_on, baseline_load,
                             target_phase_id)
SELECT e.assignment_id, e.team_id, e.athlete_id, e.title, e.sport, e.scheduled_on, e.baseline_load, covering.phase_id
FROM unnest(%(assignment)b::uuid[], %(team)b::uuid[], %(athlete)b::uuid[], %(title)b::text[], %(sport)b::text[],
            %(day)b::date[], %(baseline)b::float8[])
    AS e (assignment_id, team_id, athlete_id, title, sport, scheduled_on, baseline_load)
LEFT JOIN reaction_teams AS t USING (team_id)
LEFT JOIN LATERAL (
    SELECT p.phase_id FROM reaction_phases AS p
    WHERE p.team_id = e.team_id AND t.auto_apply AND (
        CASE WHEN e.scheduled_on IS NULL THEN p.phase_id = t.current_phase_id
             ELSE e.scheduled_on BETWEEN p.starts_on AND p.ends_on END)
    ORDER BY p.declared DESC LIMIT 1
) AS covering ON true
ON CONFLICT (assignment_id) DO NOTHING
"""
# A newcomer is caught: the event that planned it causes its own small fan-out.
CATCH: LiteralString = """
WITH caught AS (
    SELECT e.event_id, e.organization_id, e.correlation_id, r.team_id, r.assignment_id, t.season_plan_id,
           t.season_revision, p.phase_id, p.load_level
    FROM unnest(%(event)b::uuid[], %(organization)b::uuid[], %(correlation)b::uuid[], %(assignment)b::uuid[])
        AS e (event_id, organization_id, correlation_id, assignment_id)
    JOIN reaction_roster AS r USING (assignment_id)
    JOIN reaction_teams AS t USING (team_id)
    JOIN reaction_phases AS p ON p.team_id = r.team_id AND p.phase_id = r.target_phase_id
), opened AS (
    INSERT INTO phase_fan_outs (cause_event_id, organization_id, team_id, season_plan_id, season_revision,
                                correlation_id, reported_phase_id, triggered_by)
    SELECT event_id, organization_id, team_id, season_plan_id, season_revision, correlation_id, NULL, 'planning'
    FROM caught
    RETURNING id, cause_event_id
)
INSERT INTO phase_fan_out_targets (fan_out_id, assignment_id, phase_id, load_level)
SELECT opened.id, caught.assignment_id, caught.phase_id, caught.load_level
FROM opened JOIN caught ON caught.event_id = opened.cause_event_id
"""
STRIKE_OFF: LiteralString = "DELETE FROM reaction_roster WHERE assignment_id = ANY(%(assignment)b)"
SET_AUTO_APPLY: LiteralString = """
INSERT INTO reaction_teams (team_id, auto_apply) VALUES (%(team)s, %(auto_apply)s)
ON CONFLICT (team_id) DO UPDATE SET auto_apply = excluded.auto_apply
"""

SUBSCRIBED = (
    PhaseAdded,
    PhaseChanged,
    AssignmentPlanned,
    AssignmentStarted,
    AssignmentCompleted,
    AssignmentCancelled,
    TeamFormed,
    AutoApplySet,
    *departures.SUBSCRIBED,
)


def absorb(cursor: Cursor, batch: Sequence[Recorded[Event]]) -> None:
    """Takes in a batch in its order, and opens the fan-outs and transfers that it causes."""
    for kind, run in groupby(batch, key=lambda recorded: kind_of(recorded.event)):
        events = list(run)
        if kind == "season":
            for once_each in without_repeated_teams(events):
                on_season_events(cursor, once_each)
        elif kind == "planned":
            on_assignments_planned(cursor, events)
        elif kind == "closed":
            cursor.execute(STRIKE_OFF, {"assignment": [recorded.stream_id for recorded in events]})
        elif kind == "setting":
            for recorded in events:
                on_team_setting(cursor, recorded.event)
        elif kind == "left":
            departures.on_players_left(cursor, events)
        elif kind == "joined":
            departures.on_players_joined(cursor, events)


def kind_of(event: Event) -> str:
    match event:
        case PhaseAdded() | PhaseChanged():
            return "season"
        case AssignmentPlanned():
            return "planned"
        case AssignmentStarted() | AssignmentCompleted() | AssignmentCancelled():
            return "closed"
        case TeamFormed() | AutoApplySet():
            return "setting"
        case PlayerLeft():
            return "left"
        case PlayerJoined():
            return "joined"
        case _:  # the log carries every event; those of other concern change nothing here
            return "other"


def without_repeated_teams(events: Sequence[Recorded[Event]]) -> Iterator[list[Recorded[Event]]]:
    """The same events in the same order, cut so that no piece has two of one team: each counts as its own revision."""
    piece: list[Recorded[Event]] = []
    teams: set[UUID] = set()
    for recorded in events:
        if recorded.partition_key in teams:
            yield piece
            piece, teams = [], set()
        piece.append(recorded)
        teams.add(recorded.partition_key)
    yield piece


def on_season_events(cursor: Cursor, events: Sequence[Recorded[Event]]) -> None:
    rows = [(recorded, recorded.event) for recorded in events if isinstance(recorded.event, PhaseAdded | PhaseChanged)]
    changes = [event if isinstance(event, PhaseChanged) else None for _, event in rows]
    columns = {
        "event": [recorded.event_id for recorded, _ in rows],
        "organization": [recorded.organization_id for recorded, _ in rows],
        "correlation": [recorded.correlation_id for recorded, _ in rows],
        "team": [event.team_id for _, event in rows],
        "plan": [event.season_plan_id for _, event in rows],
        "phase": [event.phase_id for _, event in rows],
        "starts": [event.starts_on for _, event in rows],
        "ends": [event.ends_on for _, event in rows],
        "level": [event.load_level.value for _, event in rows],
        "is_change": [change is not None for change in changes],
        "applies": [change is not None and change.auto_apply for change in changes],
        "by": [recorded.actor if change is None else change.triggered_by
               for (recorded, _), change in zip(rows, changes, strict=True)],
    }  # fmt: skip
    for statement in (SEE_SEASON_EVENTS, DECLARE_PHASES, OPEN_SEASON_FAN_OUTS, TARGET_SEASON_FAN_OUTS):
        cursor.execute(statement, columns)


def on_assignments_planned(cursor: Cursor, events: Sequence[Recorded[Event]]) -> None:
    rows = [(recorded, recorded.event) for recorded in events if isinstance(recorded.event, AssignmentPlanned)]
    columns = {
        "event": [recorded.event_id for recorded, _ in rows],
        "organization": [recorded.organization_id for recorded, _ in rows],
        "correlation": [recorded.correlation_id for recorded, _ in rows],
        "assignment": [event.assignment_id for _, event in rows],
        "team": [event.team_id for _, event in rows],
        "athlete": [event.athlete_id for _, event in rows],
        "title": [event.title for _, event in rows],
        "sport": [event.sport for _, event in rows],
        "day": [event.scheduled_on for _, event in rows],
        "baseline": [event.baseline.load for _, event in rows],
    }
    cursor.execute(ENROL, columns)
    cursor.execute(departures.FOLLOW, columns)
    cursor.execute(CATCH, columns)


def on_team_setting(cursor: Cursor, event: Event) -> None:
    if isinstance(event, TeamFormed | AutoApplySet):
        cursor.execute(SET_AUTO_APPLY, {"team": event.team_id, "auto_apply": event.auto_apply_adjustments})
