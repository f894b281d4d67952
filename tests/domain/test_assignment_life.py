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
    AssignmentSkipped,
    AssignmentStarted,
    CancelAssignment,
    CompleteAssignment,
    PlanAssignment,
    SkipAssignment,
    StartAssignment,
    WithdrawAssignment,
)
from domain.prescription import Exercise, Intensity, Prescription, Range
from domain.rules.intensity import Zone
from domain.rules.load import LoadLevel
from tests.domain.known import ASSIGNMENT, ATHLETE, OTHER_ATHLETE, TEAM, adjust, lift, plan, planned
from tests.support.scenario import given, played

IDS: dict[str, Any] = {"assignment_id": ASSIGNMENT, "team_id": TEAM, "athlete_id": ATHLETE}
START, STARTED = StartAssignment(assignment_id=ASSIGNMENT), AssignmentStarted(**IDS)
CANCEL = CancelAssignment(assignment_id=ASSIGNMENT, reason="rain")
CANCELLED = AssignmentCancelled(**IDS, reason="rain")
COMPLETE = CompleteAssignment(assignment_id=ASSIGNMENT, load=97.0, rpe=6.5, duration_min=61.0)
COMPLETED = AssignmentCompleted(
    **IDS, completed_on=date(2026, 3, 10), planned_load=100.0, load=97.0, rpe=6.5, duration_min=61.0
)
SKIP = SkipAssignment(assignment_id=ASSIGNMENT, reason="exam")
SKIPPED = AssignmentSkipped(**IDS, reason="exam")


def test_planning() -> None:
    given().when(plan(100.0, date(2026, 3, 10))).then(
        AssignmentPlanned(
            **IDS,
            title="Threshold intervals",
            sport="run",
            scheduled_on=date(2026, 3, 10),
            baseline=Prescription(load=100.0),
        )
    )


def test_planning_without_a_day() -> None:
    given().when(plan(scheduled_on=None)).then(planned(scheduled_on=None))


def test_planning_more_than_a_load() -> None:
    """Weekdays are put in order, whoever names them."""
    command = plan(
        45.0,
        None,
        weekdays=[5, 1, 3],
        intensity={"zones": ["2", "5a"], "heart_rate_pct_max": {"low": 70, "high": 85}},
        exercises=[{"name": " Squat ", "focus": "strength", "sets": 3, "reps": 8}],
    )
    given().when(command).then(
        planned(
            45.0,
            None,
            weekdays=(1, 3, 5),
            intensity=Intensity(zones=(Zone.Z2, Zone.Z5A), heart_rate_pct_max=Range(low=70.0, high=85.0)),
            exercises=(Exercise(name="Squat", focus="strength", sets=3, reps=8),),
        )
    )


SEASON = adjust(4, "build", LoadLevel.HIGH, sessions_per_week=2)


def test_planning_with_the_season_at_once_is_planning_and_then_adjusting() -> None:
    at_once = played(plan(scheduled_on=None, weekdays=(1, 3, 5), season=SEASON))
    one_by_one = played(plan(scheduled_on=None, weekdays=(1, 3, 5)), SEASON)
    assert at_once == one_by_one
    assert [event.event_name for event in at_once[1]] == ["assignment.planned", "assignment.phase_adjusted"]
    assert at_once[0].shown == Prescription(load=120.0, weekdays=(1, 5))


def test_planning_again_with_a_season_that_has_moved_on_changes_nothing() -> None:
    _, history = played(plan(season=SEASON))
    given(*history).when(plan(season=adjust(5, "rest", LoadLevel.LOW))).then()


def test_a_season_that_has_no_phase_for_it_adjusts_nothing() -> None:
    given().when(plan(season=lift(4))).then(planned())


def test_the_season_is_that_of_the_same_assignment() -> None:
    with pytest.raises(ValidationError, match="another one"):
        plan(season=SEASON.model_copy(update={"assignment_id": OTHER_ATHLETE}))


@pytest.mark.parametrize(
    "other",
    [
        {"load": 90.0},
        {"scheduled_on": None},
        {"scheduled_on": None, "weekdays": (1,)},
        {"athlete_id": OTHER_ATHLETE},
        {"team_id": OTHER_ATHLETE},
    ],
)
def test_planning_something_else_under_the_same_id_is_refused(other: dict[str, Any]) -> None:
    given(planned()).when(plan().model_copy(update=other)).raises("already-exists")


@pytest.mark.parametrize(
    "wrong",
    [
        {"load": -0.1},
        {"load": 2000.1},
        {"title": ""},
        {"title": "x" * 201},
        {"sport": " "},
        {"colour": "red"},
        {"weekdays": (1, 3)},
        {"intensity": {"heart_rate_pct_max": {"low": 90, "high": 140}}},
        {"exercises": ()},
    ],
)
def test_what_cannot_be_planned(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PlanAssignment(**{**dict(plan()), **wrong})


def test_starting_completing_skipping_cancelling() -> None:
    given(planned()).when(START).then(STARTED)
    given(planned(), STARTED).when(COMPLETE).then(COMPLETED)
    given(planned(), STARTED).when(CANCEL).then(CANCELLED)
    given(planned()).when(SKIP).then(SKIPPED)
    given(planned(), STARTED).when(SKIP).then(SKIPPED)
    given(planned()).when(CANCEL).then(CANCELLED)


def test_completing_without_having_started_here() -> None:
    given(planned()).when(COMPLETE).then(COMPLETED)


def test_what_was_planned_at_the_time_stays_with_what_was_done() -> None:
    """As shown, after all layers: what a compliance is the compliance with."""
    _, events = played(plan(), adjust(1, "build", LoadLevel.HIGH), COMPLETE)
    assert (events[2].planned_load, events[2].load) == (120.0, 97.0)


def test_the_day_on_which_it_was_done() -> None:
    next_day = COMPLETE.model_copy(update={"completed_on": date(2026, 3, 11)})
    done = COMPLETED.model_copy(update={"completed_on": date(2026, 3, 11)})
    given(planned()).when(next_day).then(done)
    given(planned(scheduled_on=None)).when(next_day).then(done)
    given(planned(), done).when(COMPLETE).then()
    given(planned(), COMPLETED).when(next_day).raises("assignment-closed", "completed")


def test_an_open_ended_one_is_done_on_a_day_that_somebody_names() -> None:
    given(planned(scheduled_on=None)).when(COMPLETE).raises("day-unknown")


def test_one_done_before_its_day_was_kept_is_done_all_the_same() -> None:
    of_old = COMPLETED.model_copy(update={"completed_on": None, "planned_load": None})
    given(planned(), of_old).when(COMPLETE).then()
    given(planned(), of_old).when(COMPLETE.model_copy(update={"completed_on": date(2026, 3, 11)})).then()
    given(planned(), of_old).when(COMPLETE.model_copy(update={"rpe": 7.0})).raises("assignment-closed")


def test_a_missing_measurement_stays_missing() -> None:
    given(planned()).when(CompleteAssignment(assignment_id=ASSIGNMENT, load=97.0)).then(
        COMPLETED.model_copy(update={"rpe": None, "duration_min": None})
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
    for over in (COMPLETED, CANCELLED):
        given(planned(), over).when(SKIP).raises("assignment-closed", "too late to skip it")
    for command in (START, COMPLETE, CANCEL):
        given(planned(), SKIPPED).when(command).raises("assignment-closed", "is skipped")
    given(planned(), STARTED, COMPLETED).when(START).raises("assignment-closed")


def test_skipping_or_cancelling_again_for_another_reason_changes_nothing() -> None:
    given(planned(), SKIPPED).when(SkipAssignment(assignment_id=ASSIGNMENT, reason="late")).then()
    given(planned(), CANCELLED).when(CancelAssignment(assignment_id=ASSIGNMENT, reason="snow")).then()


@pytest.mark.parametrize("reason", ["left the team on 2026-03-10", None])
def test_withdrawing_cancels_what_nobody_has_begun(reason: str | None) -> None:
    withdraw = WithdrawAssignment(assignment_id=ASSIGNMENT, reason=reason)
    given(planned()).when(withdraw).then(AssignmentCancelled(**IDS, reason=reason))
    for closed in (STARTED, COMPLETED, SKIPPED, CANCELLED):
        given(planned(), closed).when(withdraw).then()
    given().when(withdraw).raises("not-found")


@pytest.mark.parametrize("wrong", [{"rpe": 10.5}, {"rpe": -1}, {"duration_min": -1}, {"load": float("nan")}])
def test_what_nobody_can_have_done(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CompleteAssignment(**{**dict(COMPLETE), **wrong})


@pytest.mark.parametrize("command", [START, COMPLETE, SKIP, CANCEL])
def test_an_assignment_that_is_not_there(command: AssignmentCommand) -> None:
    given().when(command).raises("not-found")
