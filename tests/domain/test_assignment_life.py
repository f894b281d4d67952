"""An assignment from its planning to its end."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from domain.assignment import (
    AssignmentCancelled,
    AssignmentCommand,
    AssignmentCompleted,
    AssignmentPlanned,
    AssignmentStarted,
    Baseline,
    CancelAssignment,
    CompleteAssignment,
    PlanAssignment,
    StartAssignment,
    WithdrawAssignment,
)
from tests.domain.known import ASSIGNMENT, ATHLETE, OTHER_ATHLETE, TEAM, plan, planned
from tests.support.scenario import given

IDS: dict[str, Any] = {"assignment_id": ASSIGNMENT, "team_id": TEAM, "athlete_id": ATHLETE}
START, STARTED = StartAssignment(assignment_id=ASSIGNMENT), AssignmentStarted(**IDS)
CANCEL = CancelAssignment(assignment_id=ASSIGNMENT, reason="rain")
CANCELLED = AssignmentCancelled(**IDS, reason="rain")
COMPLETE = CompleteAssignment(assignment_id=ASSIGNMENT, load=97.0, rpe=6.5, duration_min=61.0)
COMPLETED = AssignmentCompleted(**IDS, load=97.0, rpe=6.5, duration_min=61.0)


def test_planning() -> None:
    given().when(plan(100.0, date(2026, 3, 10))).then(
        AssignmentPlanned(
            **IDS,
            title="Threshold intervals",
            sport="run",
            scheduled_on=date(2026, 3, 10),
            baseline=Baseline(load=100.0),
        )
    )


def test_planning_without_a_day() -> None:
    given().when(plan(scheduled_on=None)).then(planned(scheduled_on=None))


@pytest.mark.parametrize(
    "other", [{"load": 90.0}, {"scheduled_on": None}, {"athlete_id": OTHER_ATHLETE}, {"team_id": OTHER_ATHLETE}]
)
def test_planning_something_else_under_the_same_id_is_refused(other: dict[str, Any]) -> None:
    given(planned()).when(plan().model_copy(update=other)).raises("already-exists")


@pytest.mark.parametrize(
    "wrong", [{"load": -0.1}, {"load": 2000.1}, {"title": ""}, {"title": "x" * 201}, {"sport": " "}, {"colour": "red"}]
)
def test_what_cannot_be_planned(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PlanAssignment(**{**dict(plan()), **wrong})


def test_starting_completing_cancelling() -> None:
    given(planned()).when(START).then(STARTED)
    given(planned(), STARTED).when(COMPLETE).then(COMPLETED)
    given(planned(), STARTED).when(CANCEL).then(CANCELLED)
    given(planned()).when(CANCEL).then(CANCELLED)


def test_completing_without_having_started_here() -> None:
    given(planned()).when(COMPLETE).then(COMPLETED)


def test_a_missing_measurement_stays_missing() -> None:
    given(planned()).when(CompleteAssignment(assignment_id=ASSIGNMENT, load=97.0)).then(
        AssignmentCompleted(**IDS, load=97.0, rpe=None, duration_min=None)
    )


def test_completing_it_otherwise_is_refused() -> None:
    given(planned(), COMPLETED).when(COMPLETE.model_copy(update={"load": 90.0})).raises(
        "assignment-closed", "completed"
    )


def test_what_is_over_stays_over() -> None:
    given(planned(), COMPLETED).when(START).raises("assignment-closed", "is completed: it is too late to start it")
    given(planned(), COMPLETED).when(CANCEL).raises("assignment-closed")
    given(planned(), CANCELLED).when(START).raises("assignment-closed")
    given(planned(), CANCELLED).when(COMPLETE).raises("assignment-closed")


def test_cancelling_again_for_another_reason_changes_nothing() -> None:
    given(planned(), CANCELLED).when(CancelAssignment(assignment_id=ASSIGNMENT, reason="snow")).then()


@pytest.mark.parametrize("reason", ["left the team on 2026-03-10", None])
def test_withdrawing_cancels_what_nobody_has_begun(reason: str | None) -> None:
    withdraw = WithdrawAssignment(assignment_id=ASSIGNMENT, reason=reason)
    given(planned()).when(withdraw).then(AssignmentCancelled(**IDS, reason=reason))
    for closed in (STARTED, COMPLETED, CANCELLED):
        given(planned(), closed).when(withdraw).then()
    given().when(withdraw).raises("not-found")


@pytest.mark.parametrize("wrong", [{"rpe": 10.5}, {"rpe": -1}, {"duration_min": -1}, {"load": float("nan")}])
def test_what_nobody_can_have_done(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CompleteAssignment(**{**dict(COMPLETE), **wrong})


@pytest.mark.parametrize("command", [START, COMPLETE, CANCEL])
def test_an_assignment_that_is_not_there(command: AssignmentCommand) -> None:
    given().when(command).raises("not-found")
