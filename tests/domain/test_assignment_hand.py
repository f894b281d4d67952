"""The hand layer: what a person set wins over every other layer, and comes off to what lies beneath."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from domain.assignment import (
    AdjustByHand,
    AssignmentAdjustedByHand,
    AssignmentCancelled,
    AssignmentCompleted,
    AssignmentEvent,
    AssignmentHandLayerLifted,
    AssignmentPhaseAdjusted,
    AssignmentPhaseLifted,
    AssignmentSkipped,
    AssignmentStarted,
    AssignmentWorkloadAdjusted,
    Layer,
    RevertAssignment,
)
from domain.prescription import Exercise, Intensity, Prescription
from domain.rules.intensity import Zone
from domain.rules.load import LoadLevel
from tests.domain.known import ASSIGNMENT, ATHLETE, TEAM, adjust, lift, plan, planned, restrict
from tests.support.scenario import given, played

IDS: dict[str, Any] = {"assignment_id": ASSIGNMENT, "team_id": TEAM, "athlete_id": ATHLETE}
LIFT = RevertAssignment(assignment_id=ASSIGNMENT, layers=(Layer.HAND,))
EASY = Intensity(zones=(Zone.Z1,))


def by_hand(load: float | None = None, reason: str = "match on Sunday", **more: Any) -> AdjustByHand:
    return AdjustByHand.model_validate({"assignment_id": ASSIGNMENT, "load": load, "reason": reason, **more})


def set_by_hand(before: float, after: float) -> AssignmentAdjustedByHand:
    """The load alone."""
    return AssignmentAdjustedByHand(
        **IDS,
        load=after,
        weekdays=None,
        intensity=None,
        exercises=None,
        load_before=before,
        shown=Prescription(load=after),
        reason="match on Sunday",
    )


def lifted(before: float, after: float) -> AssignmentHandLayerLifted:
    return AssignmentHandLayerLifted(**IDS, load_before=before, shown=Prescription(load=after))


def test_setting_a_load() -> None:
    given(planned()).when(by_hand(70.0)).then(set_by_hand(100.0, 70.0))
    given(planned(), set_by_hand(100.0, 70.0)).when(by_hand(75.0)).then(set_by_hand(70.0, 75.0))


def test_setting_the_planned_load_is_a_layer_too() -> None:
    """It says that no phase shall change it."""
    given(planned()).when(by_hand(100.0)).then(set_by_hand(100.0, 100.0))


def test_setting_what_is_set_changes_nothing_whatever_the_reason() -> None:
    given(planned(), set_by_hand(100.0, 70.0)).when(by_hand(70.0, "as agreed")).then()


def test_zero_is_a_load() -> None:
    given(planned()).when(by_hand(0.0)).then(set_by_hand(100.0, 0.0))
    given(planned(), set_by_hand(100.0, 0.0)).when(LIFT).then(lifted(0.0, 100.0))


def test_setting_weekdays_intensity_and_exercises() -> None:
    dance = Exercise(name="Dance", focus="fun")
    given(planned(100.0, None, weekdays=(1, 3), intensity=Intensity(zones=(Zone.Z4,)))).when(
        by_hand(weekdays=[4, 2], intensity={"zones": ["1"]}, exercises=[{"name": "Dance", "focus": "fun"}])
    ).then(
        AssignmentAdjustedByHand(
            **IDS,
            load=None,
            weekdays=(2, 4),
            intensity=EASY,
            exercises=(dance,),
            load_before=100.0,
            shown=Prescription(load=100.0, weekdays=(2, 4), intensity=EASY, exercises=(dance,)),
            reason="match on Sunday",
        )
    )


def test_what_is_not_named_stays_as_it_was_set_or_follows_the_phase() -> None:
    state, events = played(
        plan(100.0, None, weekdays=(1, 3)), by_hand(70.0), by_hand(weekdays=(2,)), adjust(1, "a", LoadLevel.HIGH)
    )
    assert (events[2].load, events[2].weekdays) == (70.0, (2,))
    assert state.shown == Prescription(load=70.0, weekdays=(2,))
    one_by_one = (
        {"exercises": [{"name": "Dance", "focus": "fun"}]},
        {"weekdays": (2,)},
        {"intensity": {"zones": ["1"]}},
    )
    state, _ = played(plan(100.0, None), *(by_hand(**part) for part in one_by_one), by_hand(70.0))
    dance = (Exercise(name="Dance", focus="fun"),)
    assert state.shown == Prescription(load=70.0, weekdays=(2,), intensity=EASY, exercises=dance)
    state, _ = played(plan(100.0, None, weekdays=(1, 3)), by_hand(weekdays=(2,)), adjust(1, "a", LoadLevel.HIGH))
    assert state.shown == Prescription(load=120.0, weekdays=(2,))


def test_a_workout_on_one_day_does_not_recur_by_hand_either() -> None:
    given(planned(scheduled_on=date(2026, 3, 10))).when(by_hand(weekdays=(1,))).raises("on-one-day", "2026-03-10")
    given(planned(scheduled_on=None)).when(by_hand(weekdays=(1,))).then(
        set_by_hand(100.0, 100.0).model_copy(
            update={"load": None, "weekdays": (1,), "shown": Prescription(load=100.0, weekdays=(1,))}
        )
    )


def test_lifting_shows_the_plan_again() -> None:
    given(planned(), set_by_hand(100.0, 70.0)).when(LIFT).then(lifted(70.0, 100.0))


def test_lifting_where_nothing_lies() -> None:
    given(planned()).when(LIFT).then()


def test_a_hand_layer_wins_over_phase_and_workload_which_change_beneath_it() -> None:
    state, events = played(
        plan(), adjust(1, "a", LoadLevel.HIGH), by_hand(70.0), adjust(2, "b", LoadLevel.LOW), restrict(1, 0.5), LIFT
    )
    phase, workload = events[3:5]
    assert isinstance(phase, AssignmentPhaseAdjusted)
    assert isinstance(workload, AssignmentWorkloadAdjusted)
    for beneath in (phase, workload):
        assert (beneath.load_before, beneath.shown.load) == (70.0, 70.0)
    assert [(one.original, one.adjusted) for one in phase.adjustments] == [(100.0, 80.0)]
    assert [(one.original, one.adjusted) for one in workload.adjustments] == [(80.0, 40.0)]
    assert events[5] == lifted(70.0, 40.0)
    assert state.shown.load == 40.0


def test_the_phase_is_lifted_beneath() -> None:
    state, events = played(plan(), adjust(1, "a", LoadLevel.HIGH), by_hand(70.0), lift(2), LIFT)
    beneath = events[3]
    assert isinstance(beneath, AssignmentPhaseLifted)
    assert (beneath.load_before, beneath.shown.load) == (70.0, 70.0)
    assert events[4] == lifted(70.0, 100.0)
    assert state.shown.load == 100.0


def test_force_lifts_the_hand_first_and_each_is_an_event() -> None:
    """A known failure of the system behind seed 000: forceUpdate was ignored."""
    forced = adjust(2, "b", LoadLevel.LOW, force=True)
    state, events = played(plan(), adjust(1, "a", LoadLevel.HIGH), by_hand(70.0), forced, forced)
    assert events[3] == lifted(70.0, 120.0)
    assert isinstance(events[4], AssignmentPhaseAdjusted)
    assert (events[4].load_before, events[4].shown.load) == (120.0, 80.0)
    assert len(events) == 5
    assert state.hand is None


def test_force_where_no_phase_is_shows_the_plan() -> None:
    off = lift(2).model_copy(update={"force": True})
    state, events = played(plan(), adjust(1, "a", LoadLevel.HIGH), by_hand(70.0), off)
    assert [type(event) for event in events[3:]] == [AssignmentHandLayerLifted, AssignmentPhaseLifted]
    assert state.shown == state.baseline


def test_a_forced_change_that_comes_late_leaves_the_hand() -> None:
    late = adjust(1, "a", LoadLevel.LOW, force=True)
    state, events = played(plan(), adjust(1, "a", LoadLevel.HIGH), by_hand(70.0), late)
    assert len(events) == 3
    assert state.shown.load == 70.0


CLOSINGS = [
    AssignmentStarted(**IDS),
    AssignmentCompleted(**IDS, completed_on=None, planned_load=None, load=97.0, rpe=None, duration_min=None),
    AssignmentSkipped(**IDS, reason="exam"),
    AssignmentCancelled(**IDS, reason="rain"),
]


@pytest.mark.parametrize("closing", CLOSINGS)
def test_too_late_for_one_started_done_left_out_or_cancelled(closing: AssignmentEvent) -> None:
    given(planned(), closing).when(by_hand(70.0)).raises("assignment-closed", "too late to adjust it")
    given(planned(), set_by_hand(100.0, 70.0), closing).when(LIFT).raises("assignment-closed", "too late to revert it")
    given(planned(), set_by_hand(100.0, 70.0), closing).when(by_hand(70.0)).then()
    forced = adjust(1, "a", LoadLevel.HIGH, force=True)
    given(planned(), set_by_hand(100.0, 70.0), closing).when(forced).then()


@pytest.mark.parametrize(
    "wrong",
    [
        *({"load": load} for load in (-1, 2000.5, float("nan"), float("inf"))),
        *({"weekdays": days} for days in ((), (0,), (8,), (1, 1))),
        {"intensity": {}},
        {"intensity": {"zones": ["6"]}},
        {"intensity": {"heart_rate_pct_max": {"low": 90, "high": 101}}},
        {"intensity": {"power_pct_ftp": {"low": 90, "high": 80}}},
        {"exercises": []},
        {"exercises": [{"name": "Squat", "focus": "strength", "sets": 0}]},
        {"load": None},
        {"load": 70.0, "reason": " "},
    ],
)
def test_what_nobody_can_set(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        by_hand(**wrong)


def test_an_assignment_that_is_not_there() -> None:
    given().when(by_hand(70.0)).raises("not-found")
    given().when(LIFT).raises("not-found")
