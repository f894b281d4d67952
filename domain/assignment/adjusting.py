"""What is decided about the layers of an assignment.

An adjustment is told from its repeat by the revision that caused it, never by comparing loads: phase A, B, A adjusts
three times, a redelivery none. What was started, done or given up is never touched. Lifting a layer that is not there
leaves no trace, not even its revision: whoever calls does so in the order of revisions, however often.
"""

from domain.assignment.commands import (
    AdjustByHand,
    AdjustForPhase,
    AdjustForWorkload,
    Layer,
    PhaseRef,
    RevertAssignment,
)
from domain.assignment.errors import OnOneDay
from domain.assignment.events import (
    AssignmentAdjustedByHand,
    AssignmentEvent,
    AssignmentHandLayerLifted,
    AssignmentPhaseAdjusted,
    AssignmentPhaseLifted,
    AssignmentWorkloadAdjusted,
    AssignmentWorkloadLifted,
)
from domain.assignment.layers import phase_adjustments, stacked, workload_adjustments
from domain.assignment.state import Assignment, AssignmentStatus, HandLayer, WorkloadLayer, evolve, phase_layer
from domain.prescription import Prescription

Events = tuple[AssignmentEvent, ...]


def adjust_for_phase(command: AdjustForPhase, state: Assignment) -> Events:
    if state.season_revision >= command.season_revision or state.status is not AssignmentStatus.PLANNED:
        return ()
    if command.force and state.hand is not None:
        lifted = hand_lifted(state)
        return lifted, *adjust_for_phase(command, evolve(state, lifted))
    if command.phase is None:
        if state.phase is None:
            return ()
        where = state.scheduled_on or "open-ended workouts"
        return (phase_lifted(state, command.season_revision, f"no phase covers {where} any more"),)
    return (phase_adjusted(command, command.phase, state),)


def phase_adjusted(command: AdjustForPhase, phase: PhaseRef, state: Assignment) -> AssignmentPhaseAdjusted:
    adjustments = phase_adjustments(state.baseline, state.sport, command, phase)
    layer = phase_layer(phase.phase_id, phase.load_level, adjustments, state.baseline.load)
    return AssignmentPhaseAdjusted(
        assignment_id=state.assignment_id,
        team_id=state.team_id,
        athlete_id=state.athlete_id,
        phase_id=phase.phase_id,
        season_plan_id=command.season_plan_id,
        season_revision=command.season_revision,
        load_level=phase.load_level,
        adjustments=adjustments,
        load_before=state.shown.load,
        shown=stacked(state.baseline, layer, state.workload, state.hand),
    )


def phase_lifted(state: Assignment, season_revision: int, reason: str) -> AssignmentPhaseLifted:
    assert state.phase is not None, "only a phase that is on comes off"
    return AssignmentPhaseLifted(
        assignment_id=state.assignment_id,
        team_id=state.team_id,
        athlete_id=state.athlete_id,
        phase_id=state.phase.phase_id,
        season_revision=season_revision,
        load_before=state.shown.load,
        shown=stacked(state.baseline, None, state.workload, state.hand),
        reason=reason,
    )


def adjust_for_workload(command: AdjustForWorkload, state: Assignment) -> Events:
    if state.workload_revision >= command.workload_revision or state.status is not AssignmentStatus.PLANNED:
        return ()
    if not command.restricted:
        if state.workload is None:
            return ()
        reason = "no restriction of the workload is in force any more"
        return (workload_lifted(state, command.workload_revision, reason),)
    layer = WorkloadLayer(command.skip, 0.0 if command.skip else command.fraction, command.easy_only)
    beneath = stacked(state.baseline, state.phase, None, None)
    return (
        AssignmentWorkloadAdjusted(
            assignment_id=state.assignment_id,
            team_id=state.team_id,
            athlete_id=state.athlete_id,
            workload_id=command.workload_id,
            workload_revision=command.workload_revision,
            skip=layer.skip,
            fraction=layer.fraction,
            easy_only=layer.easy_only,
            adjustments=workload_adjustments(beneath, layer),
            load_before=state.shown.load,
            shown=stacked(state.baseline, state.phase, layer, state.hand),
        ),
    )


def workload_lifted(state: Assignment, workload_revision: int, reason: str) -> AssignmentWorkloadLifted:
    return AssignmentWorkloadLifted(
        assignment_id=state.assignment_id,
        team_id=state.team_id,
        athlete_id=state.athlete_id,
        workload_revision=workload_revision,
        load_before=state.shown.load,
        shown=stacked(state.baseline, state.phase, None, state.hand),
        reason=reason,
    )


def adjust_by_hand(command: AdjustByHand, state: Assignment) -> Events:
    """What was set by hand before and is not named now stays set."""
    if command.weekdays is not None and state.scheduled_on is not None:
        raise OnOneDay(f"assignment {state.assignment_id} is on {state.scheduled_on}, and does not recur on weekdays")
    wished = Prescription.model_validate(
        {**command.model_dump(include={"weekdays", "intensity", "exercises"}, by_alias=False), "load": 0.0}
    )
    before = state.hand or HandLayer()
    layer = HandLayer(
        load=before.load if command.load is None else command.load,
        weekdays=wished.weekdays or before.weekdays,
        intensity=wished.intensity or before.intensity,
        exercises=wished.exercises or before.exercises,
    )
    if layer == state.hand:
        return ()
    return (
        AssignmentAdjustedByHand(
            assignment_id=state.assignment_id,
            team_id=state.team_id,
            athlete_id=state.athlete_id,
            load=layer.load,
            weekdays=layer.weekdays,
            intensity=layer.intensity,
            exercises=layer.exercises,
            load_before=state.shown.load,
            shown=stacked(state.baseline, state.phase, state.workload, layer),
            reason=command.reason,
        ),
    )


def hand_lifted(state: Assignment) -> AssignmentHandLayerLifted:
    return AssignmentHandLayerLifted(
        assignment_id=state.assignment_id,
        team_id=state.team_id,
        athlete_id=state.athlete_id,
        load_before=state.shown.load,
        shown=stacked(state.baseline, state.phase, state.workload, None),
    )


def revert(command: RevertAssignment, state: Assignment) -> Events:
    """The uppermost first; an event for each layer that is there."""
    events: list[AssignmentEvent] = []

    def lifted(event: AssignmentEvent) -> Assignment:
        events.append(event)
        return evolve(state, event)

    if Layer.HAND in command.layers and state.hand is not None:
        state = lifted(hand_lifted(state))
    if Layer.WORKLOAD in command.layers and state.workload is not None:
        state = lifted(workload_lifted(state, state.workload_revision, "reverted by hand"))
    if Layer.PHASE in command.layers and state.phase is not None:
        state = lifted(phase_lifted(state, state.season_revision, "reverted by hand"))
    return tuple(events)


def has_layers(command: RevertAssignment, state: Assignment) -> bool:
    """Whether there is anything to take off."""
    layers = {Layer.PHASE: state.phase, Layer.WORKLOAD: state.workload, Layer.HAND: state.hand}
    return any(layers[layer] is not None for layer in command.layers)
