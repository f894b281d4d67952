"""What is decided about an assignment: planned, begun, done, left out, given up. Its layers: ``adjusting.py``."""

from typing import assert_never

from domain.assignment.adjusting import adjust_by_hand, adjust_for_phase, adjust_for_workload, has_layers, revert
from domain.assignment.commands import (
    AdjustByHand,
    AdjustForPhase,
    AdjustForWorkload,
    AssignmentCommand,
    CancelAssignment,
    CompleteAssignment,
    PlanAssignment,
    RevertAssignment,
    SkipAssignment,
    StartAssignment,
    WithdrawAssignment,
)
from domain.assignment.errors import AssignmentClosed, DayUnknown
from domain.assignment.events import (
    AssignmentCancelled,
    AssignmentCompleted,
    AssignmentEvent,
    AssignmentPlanned,
    AssignmentSkipped,
    AssignmentStarted,
)
from domain.assignment.state import Assignment, AssignmentStatus, Completion, evolve
from domain.decider import Context
from domain.errors import AlreadyExists, NotFound


def decide(command: AssignmentCommand, state: Assignment | None, _context: Context) -> tuple[AssignmentEvent, ...]:
    if isinstance(command, PlanAssignment):
        return plan(command, state)
    if state is None:
        raise NotFound(f"there is no assignment {command.assignment_id}")
    match command:
        case AdjustForPhase():
            return adjust_for_phase(command, state)
        case AdjustForWorkload():
            return adjust_for_workload(command, state)
        case AdjustByHand():
            adjusted = adjust_by_hand(command, state)
            refuse_unless(state, AssignmentStatus.PLANNED, to="adjust it", unless=not adjusted)
            return adjusted
        case RevertAssignment():
            refuse_unless(state, AssignmentStatus.PLANNED, to="revert it", unless=not has_layers(command, state))
            return revert(command, state)
        case StartAssignment():
            return start(state)
        case CompleteAssignment():
            return complete(command, state)
        case SkipAssignment():
            return skip(command, state)
        case CancelAssignment():
            return cancel(command, state)
        case WithdrawAssignment():
            return withdraw(command, state)
        case _:
            assert_never(command)


def plan(command: PlanAssignment, state: Assignment | None) -> tuple[AssignmentEvent, ...]:
    """With the phase of its day at once where the command brings it; else that follows by itself."""
    baseline = command.baseline
    if state is None:
        planned = AssignmentPlanned(
            assignment_id=command.assignment_id,
            team_id=command.team_id,
            athlete_id=command.athlete_id,
            title=command.title,
            sport=command.sport,
            scheduled_on=command.scheduled_on,
            baseline=baseline,
        )
        if command.season is None:
            return (planned,)
        return planned, *adjust_for_phase(command.season, evolve(None, planned))
    wished = (command.team_id, command.athlete_id, command.scheduled_on, baseline)
    if wished == (state.team_id, state.athlete_id, state.scheduled_on, state.baseline):
        return ()
    raise AlreadyExists(f"assignment {state.assignment_id} exists already, with another athlete, day or content")


def start(state: Assignment) -> tuple[AssignmentEvent, ...]:
    if state.status is AssignmentStatus.STARTED:
        return ()
    refuse_unless(state, AssignmentStatus.PLANNED, to="start it")
    return (AssignmentStarted(assignment_id=state.assignment_id, team_id=state.team_id, athlete_id=state.athlete_id),)


def complete(command: CompleteAssignment, state: Assignment) -> tuple[AssignmentEvent, ...]:
    """A workout may be done without having been started here: a watch tells of it afterwards."""
    if state.completion is not None and says_the_same(command, state.completion):
        return ()
    refuse_unless(state, AssignmentStatus.PLANNED, AssignmentStatus.STARTED, to="complete it")
    completed_on = command.completed_on or state.scheduled_on
    if completed_on is None:
        raise DayUnknown(f"assignment {state.assignment_id} was planned for no day, and nobody says when it was done")
    return (
        AssignmentCompleted(
            assignment_id=state.assignment_id,
            team_id=state.team_id,
            athlete_id=state.athlete_id,
            completed_on=completed_on,
            planned_load=state.shown.load,
            load=command.load,
            rpe=command.rpe,
            duration_min=command.duration_min,
        ),
    )


def says_the_same(command: CompleteAssignment, done: Completion) -> bool:
    """Who names no day means the one that is known; what is older than version 2 of the event knows none."""
    same_day = done.completed_on is None or command.completed_on in (None, done.completed_on)
    return same_day and (command.load, command.rpe, command.duration_min) == (done.load, done.rpe, done.duration_min)


def skip(command: SkipAssignment, state: Assignment) -> tuple[AssignmentEvent, ...]:
    if state.status is AssignmentStatus.SKIPPED:
        return ()
    refuse_unless(state, AssignmentStatus.PLANNED, AssignmentStatus.STARTED, to="skip it")
    return (
        AssignmentSkipped(
            assignment_id=state.assignment_id,
            team_id=state.team_id,
            athlete_id=state.athlete_id,
            reason=command.reason,
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


def refuse_unless(state: Assignment, *allowed: AssignmentStatus, to: str, unless: bool = False) -> None:
    """``unless``: nothing would change anyway, and a repeat is no error."""
    if state.status not in allowed and not unless:
        raise AssignmentClosed(f"assignment {state.assignment_id} is {state.status.value}: it is too late to {to}")
