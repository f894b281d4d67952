"""An assignment: one planned workout of one athlete, and the layers that lie upon its baseline.

What is shown is the load set by hand if there is one, else the baseline as the current phase scales it, else the
baseline. Each layer is computed from the baseline in the first event and comes off by itself; a workout that was
started, done or cancelled is never touched.
"""

from domain.assignment.commands import (
    AdjustForPhase,
    AssignmentCommand,
    CancelAssignment,
    CompleteAssignment,
    LiftHandLayer,
    PhaseRef,
    PlanAssignment,
    SetLoadByHand,
    StartAssignment,
    WithdrawAssignment,
)
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
    Baseline,
    LoadAdjustment,
)
from domain.assignment.rules import (
    AssignmentClosed,
    decide,
)
from domain.assignment.state import (
    Assignment,
    AssignmentStatus,
    Completion,
    PhaseLayer,
    evolve,
)
from domain.decider import Decider

__all__ = [
    "DECIDER",
    "AdjustForPhase",
    "Assignment",
    "AssignmentCancelled",
    "AssignmentClosed",
    "AssignmentCommand",
    "AssignmentCompleted",
    "AssignmentEvent",
    "AssignmentHandLayerLifted",
    "AssignmentLoadSetByHand",
    "AssignmentPhaseAdjusted",
    "AssignmentPhaseLifted",
    "AssignmentPlanned",
    "AssignmentStarted",
    "AssignmentStatus",
    "Baseline",
    "CancelAssignment",
    "CompleteAssignment",
    "Completion",
    "LiftHandLayer",
    "LoadAdjustment",
    "PhaseLayer",
    "PhaseRef",
    "PlanAssignment",
    "SetLoadByHand",
    "StartAssignment",
    "WithdrawAssignment",
    "decide",
    "evolve",
]

DECIDER: Decider[AssignmentCommand, Assignment, AssignmentEvent] = Decider(
    name="assignment",
    commands=(
        PlanAssignment,
        AdjustForPhase,
        SetLoadByHand,
        LiftHandLayer,
        StartAssignment,
        CompleteAssignment,
        CancelAssignment,
        WithdrawAssignment,
    ),
    events=(
        AssignmentPlanned,
        AssignmentPhaseAdjusted,
        AssignmentPhaseLifted,
        AssignmentLoadSetByHand,
        AssignmentHandLayerLifted,
        AssignmentStarted,
        AssignmentCompleted,
        AssignmentCancelled,
    ),
    state=Assignment,
    decide=decide,
    evolve=evolve,
    partition_key=lambda state: state.team_id,
)
