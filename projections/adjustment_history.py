"""Every adjustment of every assignment: what a layer changed, from what to what, when, by whom and why.

A row per adjustment, appended and never changed. A layer that comes off is a row, too, of the kind ``lifted``. What a
person set by hand is here, their own words are not: those are personal, and stand in the log alone.
"""

from collections.abc import Iterable, Sequence
from typing import Any, LiteralString, NamedTuple

from psycopg import Cursor

from domain.assignment import (
    AssignmentAdjustedByHand,
    AssignmentHandLayerLifted,
    AssignmentLoadSetByHand,
    AssignmentPhaseAdjusted,
    AssignmentPhaseLifted,
    AssignmentWorkloadAdjusted,
    AssignmentWorkloadLifted,
    Layer,
)
from domain.ports import Recorded
from domain.prescription import Kind
from projections.assignment_layers import HAND_LIFTED, SET_BY_HAND
from projections.prescriptions import Value, json_text
from projections.projection import Projection

# No update ever, so what the board cannot afford to index (which assignments were adjusted since when) is indexed here.
DDL: LiteralString = """
CREATE TABLE adjustment_history (
    assignment_id uuid NOT NULL,
    version integer NOT NULL, -- of the stream: the event
    number smallint NOT NULL, -- of the adjustment within the event, from 0
    organization_id uuid NOT NULL,
    team_id uuid NOT NULL,
    athlete_id uuid NOT NULL,
    layer text NOT NULL, -- phase, workload, hand
    kind text NOT NULL, -- load, frequency, intensity, exercise_selection; or lifted: the layer came off
    original jsonb, -- NULL where lifted, and of what a person set: that is as planned
    adjusted jsonb, -- NULL where lifted
    phase_id text, -- of the layer phase only
    reason text NOT NULL,
    applied_at timestamptz NOT NULL,
    applied_by text NOT NULL,
    cause_id uuid,
    PRIMARY KEY (assignment_id, version, number)
);
CREATE INDEX adjustment_history_team ON adjustment_history (team_id, applied_at, assignment_id, version, number);
"""
APPENDED: LiteralString = """
INSERT INTO adjustment_history (
    assignment_id, version, number, organization_id, team_id, athlete_id, layer, kind, original, adjusted, phase_id,
    reason, applied_at, applied_by, cause_id)
SELECT id, version, number, organization_id, team_id, athlete_id, %(layer)s, kind, original::jsonb, adjusted::jsonb,
       phase_id, reason, at, by, cause_id
FROM unnest(%(id)b::uuid[], %(version)b::int[], %(number)b::int[], %(organization)b::uuid[], %(team)b::uuid[],
            %(athlete)b::uuid[], %(kind)b::text[], %(original)b::text[], %(adjusted)b::text[], %(phase)b::text[],
            %(reason)b::text[], %(at)b::timestamptz[], %(by)b::text[], %(cause)b::uuid[])
    AS e (id, version, number, organization_id, team_id, athlete_id, kind, original, adjusted, phase_id, reason, at,
          by, cause_id)
ON CONFLICT (assignment_id, version, number) DO NOTHING
"""

LIFTED = "lifted"


class Row(NamedTuple):
    """One adjustment of the event ``of``. ``original`` and ``adjusted`` as JSON."""

    of: Recorded[Any]
    number: int
    kind: str
    original: str | None
    adjusted: str | None
    reason: str
    phase_id: str | None = None


def append(cursor: Cursor[Any], layer: Layer, rows: Sequence[Row]) -> None:
    columns = {
        "id": [row.of.stream_id for row in rows],
        "version": [row.of.version for row in rows],
        "number": [row.number for row in rows],
        "organization": [row.of.organization_id for row in rows],
        "team": [row.of.event.team_id for row in rows],
        "athlete": [row.of.event.athlete_id for row in rows],
        "layer": layer.value,
        "kind": [row.kind for row in rows],
        "original": [row.original for row in rows],
        "adjusted": [row.adjusted for row in rows],
        "phase": [row.phase_id for row in rows],
        "reason": [row.reason for row in rows],
        "at": [row.of.occurred_at for row in rows],
        "by": [row.of.actor for row in rows],
        "cause": [row.of.causation_id for row in rows],
    }
    cursor.execute(APPENDED, columns)


def decided(recorded: Recorded[Any], phase_id: str | None) -> list[Row]:
    """What a rule made of it."""
    return [
        Row(recorded, number, one.kind, json_text(one.original), json_text(one.adjusted), one.reason, phase_id)
        for number, one in enumerate(recorded.event.adjustments)
    ]


def set_by_hand(recorded: Recorded[Any], parts: Iterable[tuple[Kind, Value | None]]) -> list[Row]:
    """All that holds by hand after the event; None where the person left it as it was."""
    given = [(kind, value) for kind, value in parts if value is not None]
    return [
        Row(recorded, number, kind.value, None, json_text(value), SET_BY_HAND)
        for number, (kind, value) in enumerate(given)
    ]


def on_assignment_phase_adjusted(cursor: Cursor[Any], batch: Sequence[Recorded[AssignmentPhaseAdjusted]]) -> None:
    append(cursor, Layer.PHASE, [row for recorded in batch for row in decided(recorded, recorded.event.phase_id)])


def on_assignment_phase_lifted(cursor: Cursor[Any], batch: Sequence[Recorded[AssignmentPhaseLifted]]) -> None:
    rows = [Row(one, 0, LIFTED, None, None, one.event.reason, one.event.phase_id) for one in batch]
    append(cursor, Layer.PHASE, rows)


def on_assignment_workload_adjusted(cursor: Cursor[Any], batch: Sequence[Recorded[AssignmentWorkloadAdjusted]]) -> None:
    append(cursor, Layer.WORKLOAD, [row for recorded in batch for row in decided(recorded, None)])


def on_assignment_workload_lifted(cursor: Cursor[Any], batch: Sequence[Recorded[AssignmentWorkloadLifted]]) -> None:
    append(cursor, Layer.WORKLOAD, [Row(one, 0, LIFTED, None, None, one.event.reason) for one in batch])


def on_assignment_load_set_by_hand(cursor: Cursor[Any], batch: Sequence[Recorded[AssignmentLoadSetByHand]]) -> None:
    append(cursor, Layer.HAND, [row for one in batch for row in set_by_hand(one, [(Kind.LOAD, one.event.load_after)])])


def on_assignment_adjusted_by_hand(cursor: Cursor[Any], batch: Sequence[Recorded[AssignmentAdjustedByHand]]) -> None:
    append(cursor, Layer.HAND, [row for one in batch for row in set_by_hand(one, hand_parts(one.event))])


def hand_parts(event: AssignmentAdjustedByHand) -> Sequence[tuple[Kind, Value | None]]:
    return (
        (Kind.LOAD, event.load),
        (Kind.FREQUENCY, event.weekdays),
        (Kind.INTENSITY, event.intensity),
        (Kind.EXERCISE_SELECTION, event.exercises),
    )


def on_assignment_hand_layer_lifted(cursor: Cursor[Any], batch: Sequence[Recorded[AssignmentHandLayerLifted]]) -> None:
    append(cursor, Layer.HAND, [Row(one, 0, LIFTED, None, None, HAND_LIFTED) for one in batch])


PROJECTION = Projection(
    name="adjustment_history",
    ddl=DDL,
    handlers={
        AssignmentPhaseAdjusted: on_assignment_phase_adjusted,
        AssignmentPhaseLifted: on_assignment_phase_lifted,
        AssignmentWorkloadAdjusted: on_assignment_workload_adjusted,
        AssignmentWorkloadLifted: on_assignment_workload_lifted,
        AssignmentLoadSetByHand: on_assignment_load_set_by_hand,
        AssignmentAdjustedByHand: on_assignment_adjusted_by_hand,
        AssignmentHandLayerLifted: on_assignment_hand_layer_lifted,
    },
)
