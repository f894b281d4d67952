"""The hand layer: a load that a person set wins over every phase, and comes off to what lies beneath."""

from typing import Any

import pytest
from pydantic import ValidationError

from domain.assignment import (
    AssignmentCancelled,
    AssignmentCompleted,
    AssignmentEvent,
    AssignmentHandLayerLifted,
    AssignmentLoadSetByHand,
    AssignmentPhaseAdjusted,
    AssignmentPhaseLifted,
    AssignmentStarted,
    LiftHandLayer,
    SetLoadByHand,
)
from domain.rules.load import LoadLevel
from tests.domain.known import ASSIGNMENT, ATHLETE, TEAM, adjust, lift, plan, planned
from tests.support.scenario import given, played

IDS: dict[str, Any] = {"assignment_id": ASSIGNMENT, "team_id": TEAM, "athlete_id": ATHLETE}
LIFT = LiftHandLayer(assignment_id=ASSIGNMENT)


def by_hand(load: float, reason: str = "match on Sunday") -> SetLoadByHand:
    return SetLoadByHand(assignment_id=ASSIGNMENT, load=load, reason=reason)


def set_by_hand(before: float, after: float) -> AssignmentLoadSetByHand:
    return AssignmentLoadSetByHand(**IDS, load_before=before, load_after=after, reason="match on Sunday")


def lifted(before: float, after: float) -> AssignmentHandLayerLifted:
    return AssignmentHandLayerLifted(**IDS, load_before=before, load_after=after)


def test_setting_a_load() -> None:
    given(planned()).when(by_hand(70.0)).then(set_by_hand(100.0, 70.0))
    given(planned(), set_by_hand(100.0, 70.0)).when(by_hand(75.0)).then(set_by_hand(70.0, 75.0))


def test_setting_the_planned_load_is_a_layer_too() -> None:
    """It says that no phase shall change it."""
    given(planned()).when(by_hand(100.0)).then(set_by_hand(100.0, 100.0))


def test_setting_what_is_set_changes_nothing_whatever_the_reason() -> None:
    given(planned(), set_by_hand(100.0, 70.0)).when(by_hand(70.0, "as agreed")).then()


def test_zero_is_a_load() -> None:
    given(planned(), set_by_hand(100.0, 0.0)).when(LIFT).then(lifted(0.0, 100.0))


def test_lifting_shows_the_plan_again() -> None:
    given(planned(), set_by_hand(100.0, 70.0)).when(LIFT).then(lifted(70.0, 100.0))


def test_lifting_where_nothing_lies() -> None:
    given(planned()).when(LIFT).then()


def test_the_phase_is_replaced_beneath_and_shows_when_the_hand_comes_off() -> None:
    state, events = played(plan(), adjust(1, "a", LoadLevel.HIGH), by_hand(70.0), adjust(2, "b", LoadLevel.LOW), LIFT)
    beneath = events[3]
    assert isinstance(beneath, AssignmentPhaseAdjusted)
    assert (beneath.load_before, beneath.load_after) == (70.0, 70.0)
    assert [(adjustment.original, adjustment.adjusted) for adjustment in beneath.adjustments] == [(100.0, 80.0)]
    assert events[4] == lifted(70.0, 80.0)
    assert state.shown_load == 80.0


def test_the_phase_is_lifted_beneath() -> None:
    state, events = played(plan(), adjust(1, "a", LoadLevel.HIGH), by_hand(70.0), lift(2), LIFT)
    beneath = events[3]
    assert isinstance(beneath, AssignmentPhaseLifted)
    assert (beneath.load_before, beneath.load_after) == (70.0, 70.0)
    assert events[4] == lifted(70.0, 100.0)
    assert state.shown_load == 100.0


CLOSINGS = [
    AssignmentStarted(**IDS),
    AssignmentCompleted(**IDS, load=97.0, rpe=None, duration_min=None),
    AssignmentCancelled(**IDS, reason="rain"),
]


@pytest.mark.parametrize("closing", CLOSINGS)
def test_too_late_for_one_started_done_or_cancelled(closing: AssignmentEvent) -> None:
    given(planned(), closing).when(by_hand(70.0)).raises("assignment-closed", "too late to set its load")
    given(planned(), set_by_hand(100.0, 70.0), closing).when(LIFT).raises("assignment-closed")
    given(planned(), set_by_hand(100.0, 70.0), closing).when(by_hand(70.0)).then()


@pytest.mark.parametrize("load", [-1, 2000.5, float("nan"), float("inf")])
def test_a_load_lies_between_0_and_2000(load: float) -> None:
    with pytest.raises(ValidationError):
        by_hand(load)


def test_a_reason_is_given() -> None:
    with pytest.raises(ValidationError):
        by_hand(70.0, " ")


def test_an_assignment_that_is_not_there() -> None:
    given().when(by_hand(70.0)).raises("not-found")
    given().when(LIFT).raises("not-found")
