"""What the layers of an assignment do to its row on the board: its phase, its athlete's workload, a person's hand.

Each leaves what shows now in ``load``, ``weekdays``, ``intensity`` and ``exercises``, as it was decided and stored.
"""

from collections.abc import Sequence
from typing import Any, LiteralString

from psycopg import Cursor

from domain.assignment import (
    AssignmentAdjustedByHand,
    AssignmentHandLayerLifted,
    AssignmentLoadSetByHand,
    AssignmentPhaseAdjusted,
    AssignmentPhaseLifted,
    AssignmentWorkloadAdjusted,
    AssignmentWorkloadLifted,
)
from domain.ports import Recorded
from projections.prescriptions import prescription_columns

# A phase that is taken off leaves the season plan that it was of: which plan was followed is asked afterwards, too.
PHASE_SET: LiteralString = """
UPDATE assignment_board AS b
SET load = e.load, weekdays = e.weekdays::smallint[], intensity = e.intensity::jsonb, exercises = e.exercises::jsonb,
    phase_id = e.phase_id, load_level = e.load_level, season_plan_id = coalesce(e.season_plan_id, b.season_plan_id),
    last_phase_adjustment = e.at, last_phase_version = e.version, season_revision = e.season_revision,
    reason = e.reason, version = e.version, changed_at = e.at, changed_by = e.by, cause_id = e.cause_id
FROM unnest(%(id)b::uuid[], %(load)b::float8[], %(weekdays)b::text[], %(intensity)b::text[], %(exercises)b::text[],
            %(phase)b::text[], %(level)b::text[], %(plan)b::uuid[], %(revision)b::int[],
            %(reason)b::text[], %(version)b::int[], %(at)b::timestamptz[], %(by)b::text[], %(cause)b::uuid[])
    AS e (id, load, weekdays, intensity, exercises, phase_id, load_level, season_plan_id, season_revision,
          reason, version, at, by, cause_id)
WHERE b.assignment_id = e.id AND b.version < e.version
"""
WORKLOAD_SET: LiteralString = """
UPDATE assignment_board AS b
SET load = e.load, weekdays = e.weekdays::smallint[], intensity = e.intensity::jsonb, exercises = e.exercises::jsonb,
    workload_skip = e.skip, workload_fraction = e.fraction, workload_easy_only = e.easy_only,
    workload_revision = e.workload_revision,
    reason = e.reason, version = e.version, changed_at = e.at, changed_by = e.by, cause_id = e.cause_id
FROM unnest(%(id)b::uuid[], %(load)b::float8[], %(weekdays)b::text[], %(intensity)b::text[], %(exercises)b::text[],
            %(skip)b::bool[], %(fraction)b::float8[], %(easy_only)b::bool[], %(revision)b::int[],
            %(reason)b::text[], %(version)b::int[], %(at)b::timestamptz[], %(by)b::text[], %(cause)b::uuid[])
    AS e (id, load, weekdays, intensity, exercises, skip, fraction, easy_only, workload_revision,
          reason, version, at, by, cause_id)
WHERE b.assignment_id = e.id AND b.version < e.version
"""
HAND_SET: LiteralString = """
UPDATE assignment_board AS b
SET load = e.load, weekdays = e.weekdays::smallint[], intensity = e.intensity::jsonb, exercises = e.exercises::jsonb,
    hand = e.hand, reason = e.reason, version = e.version, changed_at = e.at, changed_by = e.by, cause_id = e.cause_id
FROM unnest(%(id)b::uuid[], %(load)b::float8[], %(weekdays)b::text[], %(intensity)b::text[], %(exercises)b::text[],
            %(hand)b::bool[],
            %(reason)b::text[], %(version)b::int[], %(at)b::timestamptz[], %(by)b::text[], %(cause)b::uuid[])
    AS e (id, load, weekdays, intensity, exercises, hand, reason, version, at, by, cause_id)
WHERE b.assignment_id = e.id AND b.version < e.version
"""
LOAD_SET: LiteralString = """
UPDATE assignment_board AS b
SET load = e.load, hand = true,
    reason = e.reason, version = e.version, changed_at = e.at, changed_by = e.by, cause_id = e.cause_id
FROM unnest(%(id)b::uuid[], %(load)b::float8[],
            %(reason)b::text[], %(version)b::int[], %(at)b::timestamptz[], %(by)b::text[], %(cause)b::uuid[])
    AS e (id, load, reason, version, at, by, cause_id)
WHERE b.assignment_id = e.id AND b.version < e.version
"""

SET_BY_HAND, HAND_LIFTED = "set by hand", "what was set by hand is lifted off"
"""A person's own words are personal: they stand in the log alone, where they can be forgotten."""

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


def shown(batch: Batch) -> dict[str, list[Any]]:
    """All that shows after a change, and its stamps."""
    return prescription_columns([recorded.event.shown for recorded in batch]) | stamps(batch)


def on_assignment_phase_adjusted(cursor: Cursor[Any], batch: Sequence[Recorded[AssignmentPhaseAdjusted]]) -> None:
    events = [recorded.event for recorded in batch]
    columns = {
        "phase": [event.phase_id for event in events],
        "level": [event.load_level.value for event in events],
        "plan": [event.season_plan_id for event in events],
        "revision": [event.season_revision for event in events],
        "reason": ["; ".join([adjustment.reason for adjustment in event.adjustments]) for event in events],
    }
    cursor.execute(PHASE_SET, shown(batch) | columns)


def on_assignment_phase_lifted(cursor: Cursor[Any], batch: Sequence[Recorded[AssignmentPhaseLifted]]) -> None:
    events = [recorded.event for recorded in batch]
    nothing = [None] * len(events)
    columns = {
        "phase": nothing,
        "level": nothing,
        "plan": nothing,
        "revision": [event.season_revision for event in events],
        "reason": [event.reason for event in events],
    }
    cursor.execute(PHASE_SET, shown(batch) | columns)


def on_assignment_workload_adjusted(cursor: Cursor[Any], batch: Sequence[Recorded[AssignmentWorkloadAdjusted]]) -> None:
    events = [recorded.event for recorded in batch]
    columns = {
        "skip": [event.skip for event in events],
        "fraction": [event.fraction for event in events],
        "easy_only": [event.easy_only for event in events],
        "revision": [event.workload_revision for event in events],
        "reason": ["; ".join([adjustment.reason for adjustment in event.adjustments]) for event in events],
    }
    cursor.execute(WORKLOAD_SET, shown(batch) | columns)


def on_assignment_workload_lifted(cursor: Cursor[Any], batch: Sequence[Recorded[AssignmentWorkloadLifted]]) -> None:
    events = [recorded.event for recorded in batch]
    columns = {
        "skip": [False] * len(events),
        "fraction": [None] * len(events),
        "easy_only": [False] * len(events),
        "revision": [event.workload_revision for event in events],
        "reason": [event.reason for event in events],
    }
    cursor.execute(WORKLOAD_SET, shown(batch) | columns)


def on_assignment_load_set_by_hand(cursor: Cursor[Any], batch: Sequence[Recorded[AssignmentLoadSetByHand]]) -> None:
    loads = [recorded.event.load_after for recorded in batch]
    cursor.execute(LOAD_SET, stamps(batch) | {"load": loads, "reason": [SET_BY_HAND] * len(batch)})


def on_assignment_adjusted_by_hand(cursor: Cursor[Any], batch: Sequence[Recorded[AssignmentAdjustedByHand]]) -> None:
    cursor.execute(HAND_SET, shown(batch) | {"hand": [True] * len(batch), "reason": [SET_BY_HAND] * len(batch)})


def on_assignment_hand_layer_lifted(cursor: Cursor[Any], batch: Sequence[Recorded[AssignmentHandLayerLifted]]) -> None:
    cursor.execute(HAND_SET, shown(batch) | {"hand": [False] * len(batch), "reason": [HAND_LIFTED] * len(batch)})
