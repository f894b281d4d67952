"""What is decided about an assignment.

An adjustment is told from its repeat by the revision of the season plan that caused it, never by comparing loads:
phase A, B, A adjusts three times, a redelivery none.
"""

from typing import assert_never

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
from domain.assignment.state import Assignment, AssignmentStatus, Completion
from domain.decider import Context
from domain.errors import AlreadyExists, DomainError, NotFound
from domain.rules.load import MULTIPLIERS, adjusted_load


def decide(command: AssignmentCommand, state: Assignment | None, _context: Context) -> tuple[AssignmentEvent, ...]:
    if isinstance(command, PlanAssignment):
        return plan(command, state)
    if state is None:
        raise NotFound(f"there is no assignment {command.assignment_id}")
    match command:
        case AdjustForPhase():
            return adjust_for_phase(command, state)
        case SetLoadByHand():
            return set_by_hand(command, state)
        case LiftHandLayer():
            return lift_hand(state)
        case StartAssignment():
            return start(state)
        case CompleteAssignment():
            return complete(command, state)
        case CancelAssignment():
            return cancel(command, state)
        case WithdrawAssignment():
            return withdraw(command, state)
        case _:
            assert_never(command)


def plan(command: PlanAssignment, state: Assignment | None) -> tuple[AssignmentEvent, ...]:
    if state is None:
        return (
            AssignmentPlanned(
                assignment_id=command.assignment_id,
                team_id=command.team_id,
                athlete_id=command.athlete_id,
                title=command.title,
                sport=command.sport,
                scheduled_on=command.scheduled_on,
                baseline=Baseline(load=command.load),
            ),
        )
    wished = (command.team_id, command.athlete_id, command.scheduled_on, command.load)
    if wished == (state.team_id, state.athlete_id, state.scheduled_on, state.baseline_load):
        return ()
    raise AlreadyExists(f"assignment {state.assignment_id} exists already, with another athlete, day or load")


def adjust_for_phase(command: AdjustForPhase, state: Assignment) -> tuple[AssignmentEvent, ...]:
    if state.season_revision >= command.season_revision or state.status is not AssignmentStatus.PLANNED:
        return ()
    if command.phase is None:
        return lift_phase(command, state)
    adjusted = adjusted_load(state.baseline_load, command.phase.load_level)
    return (
        AssignmentPhaseAdjusted(
            assignment_id=state.assignment_id,
            team_id=state.team_id,
            athlete_id=state.athlete_id,
            phase_id=command.phase.phase_id,
            season_plan_id=command.season_plan_id,
            season_revision=command.season_revision,
            load_level=command.phase.load_level,
            adjustments=(
                LoadAdjustment(
                    kind="load",
                    original=state.baseline_load,
                    adjusted=adjusted,
                    reason=reason_for(command.phase),
                ),
            ),
            load_before=state.shown_load,
            load_after=adjusted if state.hand_load is None else state.hand_load,
        ),
    )


def lift_phase(command: AdjustForPhase, state: Assignment) -> tuple[AssignmentEvent, ...]:
    if state.phase is None:
        return ()
    return (
        AssignmentPhaseLifted(
            assignment_id=state.assignment_id,
            team_id=state.team_id,
            athlete_id=state.athlete_id,
            phase_id=state.phase.phase_id,
            season_revision=command.season_revision,
            load_before=state.shown_load,
            load_after=state.baseline_load if state.hand_load is None else state.hand_load,
            reason=f"no phase covers {state.scheduled_on or 'open-ended workouts'} any more",
        ),
    )


def reason_for(phase: PhaseRef) -> str:
    return f"phase {phase.phase_id}: {phase.load_level.value} load, planned × {MULTIPLIERS[phase.load_level]}"


def set_by_hand(command: SetLoadByHand, state: Assignment) -> tuple[AssignmentEvent, ...]:
    if state.hand_load == command.load:
        return ()
    refuse_unless(state, AssignmentStatus.PLANNED, to="set its load")
    return (
        AssignmentLoadSetByHand(
            assignment_id=state.assignment_id,
            team_id=state.team_id,
            athlete_id=state.athlete_id,
            load_before=state.shown_load,
            load_after=command.load,
            reason=command.reason,
        ),
    )


def lift_hand(state: Assignment) -> tuple[AssignmentEvent, ...]:
    if state.hand_load is None:
        return ()
    refuse_unless(state, AssignmentStatus.PLANNED, to="lift the load set by hand")
    return (
        AssignmentHandLayerLifted(
            assignment_id=state.assignment_id,
            team_id=state.team_id,
            athlete_id=state.athlete_id,
            load_before=state.hand_load,
            load_after=state.load_beneath_hand,
        ),
    )


def start(state: Assignment) -> tuple[AssignmentEvent, ...]:
    if state.status is AssignmentStatus.STARTED:
        return ()
    refuse_unless(state, AssignmentStatus.PLANNED, to="start it")
    return (AssignmentStarted(assignment_id=state.assignment_id, team_id=state.team_id, athlete_id=state.athlete_id),)


def complete(command: CompleteAssignment, state: Assignment) -> tuple[AssignmentEvent, ...]:
    """A workout may be done without having been started here: a watch tells of it afterwards."""
    if state.completion == Completion(command.load, command.rpe, command.duration_min):
        return ()
    refuse_unless(state, AssignmentStatus.PLANNED, AssignmentStatus.STARTED, to="complete it")
    return (
        AssignmentCompleted(
            assignment_id=state.assignment_id,
            team_id=state.team_id,
            athlete_id=state.athlete_id,
            load=command.load,
            rpe=command.rpe,
            duration_min=command.duration_min,
        ),
    )


def cancel(command: CancelAssignment, state: Assignment) -> tuple[AssignmentEvent, ...]:
    if state.status is AssignmentStatus.CANCELLED:
        return ()
    refuse_unless(state, AssignmentStatus.PLANNED, AssignmentStatus.STARTED, to="cancel it")
    return (cancelled(state, command.reason),)


def withdraw(command: WithdrawAssignment, state: Assignment) -> tuple[AssignmentEvent, ...]:
    return (cancelled(state, command.reason),) if state.status is AssignmentStatus.PLANNED else ()


def cancelled(state: Assignment, reason: str | None) -> AssignmentCancelled:
    return AssignmentCancelled(
        assignment_id=state.assignment_id, team_id=state.team_id, athlete_id=state.athlete_id, reason=reason
    )


def refuse_unless(state: Assignment, *allowed: AssignmentStatus, to: str) -> None:
    if state.status not in allowed:
        raise AssignmentClosed(f"assignment {state.assignment_id} is {state.status.value}: it is too late to {to}")


class AssignmentClosed(DomainError):
    code = "assignment-closed"
    hint = "What was started, done or cancelled stays as it is; plan another assignment instead."
