"""What an assignment is: its baseline, and the layers upon it. Its history is the log's business."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import assert_never

from domain.assignment.events import (
    AssignmentAdjustedByHand,
    AssignmentCancelled,
    AssignmentCompleted,
    AssignmentEvent,
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
from domain.ids import AssignmentId, AthleteId, PhaseId, TeamId
from domain.prescription import Adjustment, Exercise, Intensity, Prescription
from domain.rules.load import LoadLevel


class AssignmentStatus(StrEnum):
    PLANNED = "planned"
    STARTED = "started"
    COMPLETED = "completed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class PhaseLayer:
    """The phase, and what it makes of the baseline; None where it leaves a part of it as planned."""

    phase_id: PhaseId
    load_level: LoadLevel
    load: float
    weekdays: tuple[int, ...] | None = None
    intensity: Intensity | None = None
    exercises: tuple[Exercise, ...] | None = None


@dataclass(frozen=True, slots=True)
class WorkloadLayer:
    """A share of what lies beneath, or none at all: with ``skip`` the fraction is 0."""

    skip: bool
    fraction: float
    easy_only: bool


@dataclass(frozen=True, slots=True)
class HandLayer:
    """What a person set; None where they left it as it was."""

    load: float | None = None
    weekdays: tuple[int, ...] | None = None
    intensity: Intensity | None = None
    exercises: tuple[Exercise, ...] | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """What was done, as told."""

    load: float
    rpe: float | None
    duration_min: float | None
    completed_on: date | None


@dataclass(frozen=True, slots=True)
class Assignment:
    """``season_revision``, ``workload_revision``: the last change that reached it; 0 before the first.

    ``shown`` is what all layers together make of the baseline, as it was decided and stored then.
    """

    assignment_id: AssignmentId
    team_id: TeamId
    athlete_id: AthleteId
    sport: str
    scheduled_on: date | None
    baseline: Prescription
    shown: Prescription
    status: AssignmentStatus = AssignmentStatus.PLANNED
    phase: PhaseLayer | None = None
    workload: WorkloadLayer | None = None
    hand: HandLayer | None = None
    season_revision: int = 0
    workload_revision: int = 0
    completion: Completion | None = None

    @property
    def shown_load(self) -> float:
        return self.shown.load


def evolve(state: Assignment | None, event: AssignmentEvent) -> Assignment:
    if isinstance(event, AssignmentPlanned):
        return Assignment(
            event.assignment_id,
            event.team_id,
            event.athlete_id,
            event.sport,
            event.scheduled_on,
            event.baseline,
            event.baseline,
        )
    assert state is not None, "an assignment is planned first"
    match event:
        case AssignmentPhaseAdjusted():
            return Assignment(  # spelled out: a fan-out folds tens of thousands, and `replace` takes twice the time
                state.assignment_id,
                state.team_id,
                state.athlete_id,
                state.sport,
                state.scheduled_on,
                state.baseline,
                event.shown,
                state.status,
                phase_layer(event.phase_id, event.load_level, event.adjustments, state.baseline.load),
                state.workload,
                state.hand,
                event.season_revision,
                state.workload_revision,
                state.completion,
            )
        case AssignmentPhaseLifted():
            return replace(state, phase=None, season_revision=event.season_revision, shown=event.shown)
        case AssignmentWorkloadAdjusted():
            layer = WorkloadLayer(event.skip, event.fraction, event.easy_only)
            return replace(state, workload=layer, workload_revision=event.workload_revision, shown=event.shown)
        case AssignmentWorkloadLifted():
            return replace(state, workload=None, workload_revision=event.workload_revision, shown=event.shown)
        case AssignmentLoadSetByHand():
            shown = state.shown.model_copy(update={"load": event.load_after})
            return replace(state, hand=HandLayer(load=event.load_after), shown=shown)
        case AssignmentAdjustedByHand():
            hand = HandLayer(event.load, event.weekdays, event.intensity, event.exercises)
            return replace(state, hand=hand, shown=event.shown)
        case AssignmentHandLayerLifted():
            return replace(state, hand=None, shown=event.shown)
        case AssignmentStarted():
            return replace(state, status=AssignmentStatus.STARTED)
        case AssignmentCompleted():
            done = Completion(event.load, event.rpe, event.duration_min, event.completed_on)
            return replace(state, status=AssignmentStatus.COMPLETED, completion=done)
        case AssignmentSkipped():
            return replace(state, status=AssignmentStatus.SKIPPED)
        case AssignmentCancelled():
            return replace(state, status=AssignmentStatus.CANCELLED)
        case _:
            assert_never(event)


def phase_layer(
    phase_id: PhaseId, load_level: LoadLevel, adjustments: Sequence[Adjustment], baseline_load: float
) -> PhaseLayer:
    """As decided and stored then, not computed anew: the rules may have changed since."""
    if len(adjustments) == 1 and adjustments[0].kind == "load":  # as most are
        return layer_of_load(phase_id, load_level, adjustments[0].adjusted)
    load, weekdays, intensity, exercises = baseline_load, None, None, None
    for adjustment in adjustments:
        match adjustment.kind:
            case "load":
                load = adjustment.adjusted
            case "frequency":
                weekdays = adjustment.adjusted
            case "intensity":
                intensity = adjustment.adjusted
            case "exercise_selection":
                exercises = adjustment.adjusted
            case _:
                assert_never(adjustment)
    return PhaseLayer(phase_id, load_level, load, weekdays, intensity, exercises)


@lru_cache(maxsize=4096)
def layer_of_load(phase_id: PhaseId, load_level: LoadLevel, load: float) -> PhaseLayer:
    """Remembered, since the layers of a team's workouts are few and the workouts many."""
    return PhaseLayer(phase_id, load_level, load)
