"""The board: a row per assignment, what was planned for whom on which day, and what it is now, and why.

Written from the streams of assignments, one row from each; every column comes from an event. What the layers do to a
row is in ``assignment_layers.py``; how the board is read, and with whose names, in ``board.py`` and ``assignments.py``.
"""

from collections.abc import Sequence
from typing import Any, LiteralString

from psycopg import Cursor

from domain.assignment import (
    AssignmentAdjustedByHand,
    AssignmentCancelled,
    AssignmentCompleted,
    AssignmentHandLayerLifted,
    AssignmentLoadSetByHand,
    AssignmentPhaseAdjusted,
    AssignmentPhaseLifted,
    AssignmentPlanned,
    AssignmentSkipped,
    AssignmentStarted,
    AssignmentWorkloadAdjusted,
    AssignmentWorkloadLifted,
)
from domain.ports import Recorded
from projections.assignment_layers import (
    Batch,
    on_assignment_adjusted_by_hand,
    on_assignment_hand_layer_lifted,
    on_assignment_load_set_by_hand,
    on_assignment_phase_adjusted,
    on_assignment_phase_lifted,
    on_assignment_workload_adjusted,
    on_assignment_workload_lifted,
    stamps,
)
from projections.prescriptions import prescription_columns
from projections.projection import Projection

# Nearly every row is updated, time and again, so it finds room on its own page (fillfactor), and an update touches no
# index as long as the values of the indexed columns stay. They do while a phase is declared anew, when the workload or
# a person adjusts; an assignment that moves to another phase, is begun or done pays for its index entries. What every
# adjustment changes (when it was adjusted last) is in no index here: `adjustment_history` answers that, whose rows
# never change. Measured in docs/adr/0010.
DDL: LiteralString = """
CREATE TABLE assignment_board (
    assignment_id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    team_id uuid NOT NULL,
    athlete_id uuid NOT NULL,
    title text NOT NULL,
    sport text NOT NULL,
    scheduled_on date, -- NULL: open-ended
    baseline_load double precision NOT NULL, -- as planned, and so are the next three
    baseline_weekdays smallint[],
    baseline_intensity jsonb,
    baseline_exercises jsonb,
    load double precision NOT NULL, -- as shown now, and so are the next three
    weekdays smallint[],
    intensity jsonb,
    exercises jsonb,
    phase_id text,
    load_level text,
    season_plan_id uuid, -- whose phase it follows, or followed last
    last_phase_adjustment timestamptz, -- when a phase was last put on or taken off
    last_phase_version integer, -- which event that was, counted in the stream
    season_revision integer NOT NULL,
    workload_skip boolean NOT NULL, -- the athlete shall not train at all
    workload_fraction double precision, -- of the load beneath; NULL: nothing restricts it
    workload_easy_only boolean NOT NULL,
    workload_revision integer NOT NULL,
    hand boolean NOT NULL, -- something was set by hand
    status text NOT NULL,
    completed_on date, -- the athlete's day, where it was told; and so are the next four
    planned_load double precision,
    executed_load double precision,
    rpe double precision,
    duration_min double precision,
    version integer NOT NULL, -- of the stream
    changed_at timestamptz NOT NULL,
    changed_by text NOT NULL,
    cause_id uuid, -- the event or message that led to the last change
    reason text -- of the last change, in our words: a person's own are personal, and stand in the history
) WITH (fillfactor = 50);
CREATE INDEX assignment_board_team ON assignment_board
    (team_id, coalesce(scheduled_on, 'infinity'::date), athlete_id, assignment_id);
CREATE INDEX assignment_board_athlete ON assignment_board
    (athlete_id, coalesce(scheduled_on, 'infinity'::date), assignment_id);
CREATE INDEX assignment_board_phase ON assignment_board
    (team_id, phase_id, status, coalesce(scheduled_on, 'infinity'::date), athlete_id, assignment_id)
    WHERE phase_id IS NOT NULL;
CREATE INDEX assignment_board_season_plan ON assignment_board
    (season_plan_id, coalesce(scheduled_on, 'infinity'::date), athlete_id, assignment_id)
    WHERE season_plan_id IS NOT NULL;
"""

PLANNED: LiteralString = """
INSERT INTO assignment_board (
    assignment_id, organization_id, team_id, athlete_id, title, sport, scheduled_on,
    baseline_load, baseline_weekdays, baseline_intensity, baseline_exercises,
    load, weekdays, intensity, exercises, season_revision, workload_skip, workload_easy_only, workload_revision,
    hand, status, version, changed_at, changed_by, cause_id)
SELECT id, organization_id, team_id, athlete_id, title, sport, scheduled_on,
       load, weekdays::smallint[], intensity::jsonb, exercises::jsonb,
       load, weekdays::smallint[], intensity::jsonb, exercises::jsonb, 0, false, false, 0,
       false, 'planned', version, at, by, cause_id
FROM unnest(%(id)b::uuid[], %(organization)b::uuid[], %(team)b::uuid[], %(athlete)b::uuid[], %(title)b::text[],
            %(sport)b::text[], %(day)b::date[], %(load)b::float8[], %(weekdays)b::text[], %(intensity)b::text[],
            %(exercises)b::text[], %(version)b::int[], %(at)b::timestamptz[], %(by)b::text[], %(cause)b::uuid[])
    AS e (id, organization_id, team_id, athlete_id, title, sport, scheduled_on, load, weekdays, intensity, exercises,
          version, at, by, cause_id)
ON CONFLICT (assignment_id) DO NOTHING
"""
STATUS_SET: LiteralString = """
UPDATE assignment_board AS b
SET status = e.status, reason = NULL,
    version = e.version, changed_at = e.at, changed_by = e.by, cause_id = e.cause_id
FROM unnest(%(id)b::uuid[], %(status)b::text[],
            %(version)b::int[], %(at)b::timestamptz[], %(by)b::text[], %(cause)b::uuid[])
    AS e (id, status, version, at, by, cause_id)
WHERE b.assignment_id = e.id AND b.version < e.version
"""
COMPLETED: LiteralString = """
UPDATE assignment_board AS b
SET status = 'completed', completed_on = e.completed_on, planned_load = e.planned_load, executed_load = e.executed_load,
    rpe = e.rpe, duration_min = e.duration_min, reason = NULL,
    version = e.version, changed_at = e.at, changed_by = e.by, cause_id = e.cause_id
FROM unnest(%(id)b::uuid[], %(completed_on)b::date[], %(planned)b::float8[], %(executed)b::float8[], %(rpe)b::float8[],
            %(duration)b::float8[],
            %(version)b::int[], %(at)b::timestamptz[], %(by)b::text[], %(cause)b::uuid[])
    AS e (id, completed_on, planned_load, executed_load, rpe, duration_min, version, at, by, cause_id)
WHERE b.assignment_id = e.id AND b.version < e.version
"""


def on_assignment_planned(cursor: Cursor[Any], batch: Sequence[Recorded[AssignmentPlanned]]) -> None:
    events = [recorded.event for recorded in batch]
    columns = {
        "organization": [recorded.organization_id for recorded in batch],
        "team": [event.team_id for event in events],
        "athlete": [event.athlete_id for event in events],
        "title": [event.title for event in events],
        "sport": [event.sport for event in events],
        "day": [event.scheduled_on for event in events],
    }
    cursor.execute(PLANNED, prescription_columns([event.baseline for event in events]) | stamps(batch) | columns)


def on_assignment_started(cursor: Cursor[Any], batch: Batch) -> None:
    set_status(cursor, batch, "started")


def on_assignment_completed(cursor: Cursor[Any], batch: Sequence[Recorded[AssignmentCompleted]]) -> None:
    events = [recorded.event for recorded in batch]
    columns = {
        "completed_on": [event.completed_on for event in events],
        "planned": [event.planned_load for event in events],
        "executed": [event.load for event in events],
        "rpe": [event.rpe for event in events],
        "duration": [event.duration_min for event in events],
    }
    cursor.execute(COMPLETED, stamps(batch) | columns)


def on_assignment_skipped(cursor: Cursor[Any], batch: Batch) -> None:
    set_status(cursor, batch, "skipped")


def on_assignment_cancelled(cursor: Cursor[Any], batch: Batch) -> None:
    set_status(cursor, batch, "cancelled")


def set_status(cursor: Cursor[Any], batch: Batch, status: str) -> None:
    cursor.execute(STATUS_SET, stamps(batch) | {"status": [status] * len(batch)})


PROJECTION = Projection(
    name="assignment_board",
    ddl=DDL,
    handlers={
        AssignmentPlanned: on_assignment_planned,
        AssignmentPhaseAdjusted: on_assignment_phase_adjusted,
        AssignmentPhaseLifted: on_assignment_phase_lifted,
        AssignmentWorkloadAdjusted: on_assignment_workload_adjusted,
        AssignmentWorkloadLifted: on_assignment_workload_lifted,
        AssignmentLoadSetByHand: on_assignment_load_set_by_hand,
        AssignmentAdjustedByHand: on_assignment_adjusted_by_hand,
        AssignmentHandLayerLifted: on_assignment_hand_layer_lifted,
        AssignmentStarted: on_assignment_started,
        AssignmentCompleted: on_assignment_completed,
        AssignmentSkipped: on_assignment_skipped,
        AssignmentCancelled: on_assignment_cancelled,
    },
)
