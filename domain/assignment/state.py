"""What an assignment is: its baseline, and the layers upon it. Its history is the log's business."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import assert_never

from domain.assignment.events import (
    AssignmentCancelled,
    AssignmentCompleted,
    AssignmentEvent,
    AssignmentHandLayerLifted,
    AssignmentLoadSetByHand,
    AssignmentPhaseAdjusted,
    AssignmentPhaseLifted,
    AssignmentPlanned,
    AssignmentStarted,
)
from domain.ids import AssignmentId, AthleteId, PhaseId, TeamId
from domain.rules.load import LoadLevel


class AssignmentStatus(StrEnum):
    PLANNED = "planned"
    STARTED = "started"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class PhaseLayer:
    """The phase, and the load that it makes of the baseline."""

    phase_id: PhaseId
    load_level: LoadLevel
    load: float


@dataclass(frozen=True, slots=True)
class Completion:
    """What was done, as told."""

    load: float
    rpe: float | None
    duration_min: float | None


@dataclass(frozen=True, slots=True)
class Assignment:
    """``season_revision`` is the last declaration of phases that changed it; 0 before the first."""

    assignment_id: AssignmentId
    team_id: TeamId
    athlete_id: AthleteId
    scheduled_on: date | None
    baseline_load: float
    status: AssignmentStatus = AssignmentStatus.PLANNED
    phase: PhaseLayer | None = None
    hand_load: float | None = None
    season_revision: int = 0
    completion: Completion | None = None

    @property
    def load_beneath_hand(self) -> float:
        return self.baseline_load if self.phase is None else self.phase.load

    @property
    def shown_load(self) -> float:
        """The hand's word if there is one, else the phase's, else the plan's."""
        return self.load_beneath_hand if self.hand_load is None else self.hand_load


def evolve(state: Assignment | None, event: AssignmentEvent) -> Assignment:
    if isinstance(event, AssignmentPlanned):
        return Assignment(event.assignment_id, event.team_id, event.athlete_id, event.scheduled_on, event.baseline.load)
    assert state is not None, "an assignment is planned first"
    match event:
        case AssignmentPhaseAdjusted():
            layer = PhaseLayer(event.phase_id, event.load_level, phase_load(event, state.baseline_load))
            return Assignment(  # spelled out: a fan-out folds tens of thousands, and `replace` takes twice the time
                state.assignment_id,
                state.team_id,
                state.athlete_id,
                state.scheduled_on,
                state.baseline_load,
                state.status,
                layer,
                state.hand_load,
                event.season_revision,
                state.completion,
            )
        case AssignmentPhaseLifted():
            return replace(state, phase=None, season_revision=event.season_revision)
        case AssignmentLoadSetByHand():
            return replace(state, hand_load=event.load_after)
        case AssignmentHandLayerLifted():
            return replace(state, hand_load=None)
        case AssignmentStarted():
            return replace(state, status=AssignmentStatus.STARTED)
        case AssignmentCompleted():
            done = Completion(event.load, event.rpe, event.duration_min)
            return replace(state, status=AssignmentStatus.COMPLETED, completion=done)
        case AssignmentCancelled():
            return replace(state, status=AssignmentStatus.CANCELLED)
        case _:
            assert_never(event)


def phase_load(event: AssignmentPhaseAdjusted, baseline: float) -> float:
    """As decided and stored then, not computed anew: the rule may have changed since."""
    for adjustment in event.adjustments:
        if adjustment.kind == "load":
            return adjustment.adjusted
    return baseline
