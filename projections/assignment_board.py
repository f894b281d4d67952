"""The board: a row per assignment, what was planned for whom on which day, and what it is now, and why.

Written from the streams of assignments, one row from each; every column comes from an event. How it is read, and with
whose names, is in ``board.py``.
"""

from collections.abc import Sequence
from typing import Any, LiteralString

from psycopg import Cursor

from domain.assignment import (
    AssignmentCancelled,
    AssignmentCompleted,
    AssignmentHandLayerLifted,
    AssignmentLoadSetByHand,
    AssignmentPhaseAdjusted,
    AssignmentPhaseLifted,
    AssignmentPlanned,
    AssignmentStarted,
)
from domain.ports import Recorded
from projections.projection import Projection

# fillfactor: nearly every row is updated, and no update touches an indexed column, so each finds room on its page.
DDL: LiteralString = """
CREATE TABLE assignment_board (
    assignment_id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    team_id uuid NOT NULL,
    athlete_id uuid NOT NULL,
    title text NOT NULL,
    sport text NOT NULL,
    scheduled_on date, -- NULL: open-ended
    baseline_load double precision NOT NULL,
    load double precision NOT NULL, -- as shown now
    phase_id text,
    load_level text,
    hand boolean NOT NULL, -- the load was set by hand
    status text NOT NULL,
    season_revision integer NOT NULL,
    version integer NOT NULL, -- of the stream
    changed_at timestamptz NOT NULL,
    changed_by text NOT NULL,
    cause_id uuid, -- the event or message that led to the last change
    reason text -- of the last change, in our words: a person's own are personal, and stand in the history
) WITH (fillfactor = 50);
CREATE INDEX assignment_board_team ON assignment_board
    (team_id, coalesce(scheduled_on, 'infinity'::date), athlete_id, assignment_id);
"""

PLANNED: LiteralString = """
INSERT INTO assignment_board (
    assignment_id, organization_id, team_id, athlete_id, title, sport, scheduled_on, baseline_load, load, hand, status,
    season_revision, version, changed_at, changed_by, cause_id)
SELECT id, organization_id, team_id, athlete_id, title, sport, scheduled_on, load, load, false, 'planned',
       0, version, at, by, cause_id
FROM unnest(%(id)b::uuid[], %(organization)b::uuid[], %(team)b::uuid[], %(athlete)b::uuid[], %(title)b::text[],
            %(sport)b::text[], %(day)b::date[], %(load)b::float8[], %(version)b::int[], %(at)b::timestamptz[],
            %(by)b::text[], %(cause)b::uuid[])
    AS e (id, organization_id, team_id, athlete_id, title, sport, scheduled_on, load, version, at, by, cause_id)
ON CONFLICT (assignment_id) DO NOTHING
"""
PHASE_ADJUSTED: LiteralString = """
UPDATE assignment_board AS b
SET load = e.load, phase_id = e.phase_id, load_level = e.load_level, season_revision = e.season_revision,
    reason = e.reason, version = e.version, changed_at = e.at, changed_by = e.by, cause_id = e.cause_id
FROM unnest(%(id)b::uuid[], %(load)b::float8[], %(phase)b::text[], %(level)b::text[], %(revision)b::int[],
            %(reason)b::text[], %(version)b::int[], %(at)b::timestamptz[], %(by)b::text[], %(cause)b::uuid[])
    AS e (id, load, phase_id, load_level, season_revision, reason, version, at, by, cause_id)
WHERE b.assignment_id = e.id AND b.version < e.version
"""
LOAD_SET: LiteralString = """
UPDATE assignment_board AS b
SET load = e.load, hand = e.hand,
    reason = e.reason, version = e.version, changed_at = e.at, changed_by = e.by, cause_id = e.cause_id
FROM unnest(%(id)b::uuid[], %(load)b::float8[], %(hand)b::bool[],
            %(reason)b::text[], %(version)b::int[], %(at)b::timestamptz[], %(by)b::text[], %(cause)b::uuid[])
    AS e (id, load, hand, reason, version, at, by, cause_id)
WHERE b.assignment_id = e.id AND b.version < e.version
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

Batch = Sequence[Recorded[Any]]


def stamps(batch: Batch) -> dict[str, list[Any]]:
    """What every change leaves on its row."""
    return {
        "id": [recorded.stream_id for recorded in batch],
        "version": [recorded.version for recorded in batch],
        "at": [recorded.occurred_at for recorded in batch],
        "by": [recorded.actor for recorded in batch],
        "cause": [recorded.causation_id for recorded in batch],
    }


def on_assignment_planned(cursor: Cursor[Any], batch: Sequence[Recorded[AssignmentPlanned]]) -> None:
    events = [recorded.event for recorded in batch]
    columns = {
        "organization": [recorded.organization_id for recorded in batch],
        "team": [event.team_id for event in events],
        "athlete": [event.athlete_id for event in events],
        "title": [event.title for event in events],
        "sport": [event.sport for event in events],
        "day": [event.scheduled_on for event in events],
        "load": [event.baseline.load for event in events],
    }
    cursor.execute(PLANNED, stamps(batch) | columns)


def on_assignment_phase_adjusted(cursor: Cursor[Any], batch: Sequence[Recorded[AssignmentPhaseAdjusted]]) -> None:
    events = [recorded.event for recorded in batch]
    columns = {
        "load": [event.load_after for event in events],
        "phase": [event.phase_id for event in events],
        "level": [event.load_level.value for event in events],
        "revision": [event.season_revision for event in events],
        "reason": ["; ".join([adjustment.reason for adjustment in event.adjustments]) for event in events],
    }
    cursor.execute(PHASE_ADJUSTED, stamps(batch) | columns)


def on_assignment_phase_lifted(cursor: Cursor[Any], batch: Sequence[Recorded[AssignmentPhaseLifted]]) -> None:
    events = [recorded.event for recorded in batch]
    nothing = [None] * len(events)
    columns = {
        "load": [event.load_after for event in events],
        "phase": nothing,
        "level": nothing,
        "revision": [event.season_revision for event in events],
        "reason": [event.reason for event in events],
    }
    cursor.execute(PHASE_ADJUSTED, stamps(batch) | columns)


def on_assignment_load_set_by_hand(cursor: Cursor[Any], batch: Sequence[Recorded[AssignmentLoadSetByHand]]) -> None:
    columns = {
        "load": [recorded.event.load_after for recorded in batch],
        "hand": [True] * len(batch),
        "reason": ["set by hand"] * len(batch),
    }
    cursor.execute(LOAD_SET, stamps(batch) | columns)


def on_assignment_hand_layer_lifted(cursor: Cursor[Any], batch: Sequence[Recorded[AssignmentHandLayerLifted]]) -> None:
    columns = {
        "load": [recorded.event.load_after for recorded in batch],
        "hand": [False] * len(batch),
        "reason": ["what was set by hand is lifted off"] * len(batch),
    }
    cursor.execute(LOAD_SET, stamps(batch) | columns)


def on_assignment_started(cursor: Cursor[Any], batch: Batch) -> None:
    set_status(cursor, batch, "started")


def on_assignment_completed(cursor: Cursor[Any], batch: Batch) -> None:
    set_status(cursor, batch, "completed")


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
        AssignmentLoadSetByHand: on_assignment_load_set_by_hand,
        AssignmentHandLayerLifted: on_assignment_hand_layer_lifted,
        AssignmentStarted: on_assignment_started,
        AssignmentCompleted: on_assignment_completed,
        AssignmentCancelled: on_assignment_cancelled,
    },
)
