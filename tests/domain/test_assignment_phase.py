"""The phase layer: what a phase makes of a planned workout, and of one that it no longer concerns."""

from datetime import date
from typing import Any

import pytest

from domain.assignment import (
    AssignmentCancelled,
    AssignmentCompleted,
    AssignmentEvent,
    AssignmentPhaseAdjusted,
    AssignmentPhaseLifted,
    AssignmentSkipped,
    AssignmentStarted,
    PhaseLayer,
)
from domain.catalogue import decider_for
from domain.ids import PhaseId
from domain.prescription import LoadAdjustment, Prescription
from domain.rules.load import LoadLevel
from tests.domain.known import ASSIGNMENT, ATHLETE, SEASON_PLAN, TEAM, adjust, lift, plan, planned
from tests.support.scenario import given, played

IDS: dict[str, Any] = {"assignment_id": ASSIGNMENT, "team_id": TEAM, "athlete_id": ATHLETE}
TO_HIGH = AssignmentPhaseAdjusted(
    **IDS,
    phase_id=PhaseId("build"),
    season_plan_id=SEASON_PLAN,
    season_revision=1,
    load_level=LoadLevel.HIGH,
    adjustments=(LoadAdjustment(original=100.0, adjusted=120.0, reason="phase build: high load, planned × 1.2"),),
    load_before=100.0,
    shown=Prescription(load=120.0),
)


def load_of(event: AssignmentPhaseAdjusted) -> list[LoadAdjustment]:
    return [one for one in event.adjustments if isinstance(one, LoadAdjustment)]


def test_a_phase_scales_the_planned_load() -> None:
    given(planned()).when(adjust(1, "build", LoadLevel.HIGH)).then(TO_HIGH)


def test_an_open_ended_assignment_too() -> None:
    given(planned(scheduled_on=None)).when(adjust(1, "build", LoadLevel.HIGH)).then(TO_HIGH)


def test_the_base_load_is_never_overwritten_so_that_a_second_change_does_not_compound() -> None:
    """A known failure of the system behind seed 000: 100 × 1.2 × 0.6 = 72."""
    given(planned(), TO_HIGH).when(adjust(2, "rest", LoadLevel.RECOVERY)).then(
        AssignmentPhaseAdjusted(
            **IDS,
            phase_id=PhaseId("rest"),
            season_plan_id=SEASON_PLAN,
            season_revision=2,
            load_level=LoadLevel.RECOVERY,
            adjustments=(
                LoadAdjustment(original=100.0, adjusted=60.0, reason="phase rest: recovery load, planned × 0.6"),
            ),
            load_before=120.0,
            shown=Prescription(load=60.0),
        )
    )


def test_a_phase_that_leaves_the_load_as_it_is_is_a_fact_all_the_same() -> None:
    state, events = played(plan(), adjust(1, "steady", LoadLevel.MEDIUM))
    assert [type(event).__name__ for event in events] == ["AssignmentPlanned", "AssignmentPhaseAdjusted"]
    assert state.phase == PhaseLayer(PhaseId("steady"), LoadLevel.MEDIUM, 100.0)


def test_the_history_is_appended_to_and_never_replaced() -> None:
    """Another known failure: one list of adjustments was kept, and each sync replaced it. Each is an event of its own,
    and what it was computed from is the plan."""
    _, events = played(
        plan(), adjust(1, "a", LoadLevel.HIGH), adjust(2, "b", LoadLevel.LOW), lift(3), adjust(4, "c", LoadLevel.PEAK)
    )
    adjusted = [event for event in events if isinstance(event, AssignmentPhaseAdjusted)]
    assert [(event.phase_id, one.original, one.adjusted) for event in adjusted for one in load_of(event)] == [
        ("a", 100.0, 120.0),
        ("b", 100.0, 80.0),
        ("c", 100.0, 140.0),
    ]
    assert [type(event) for event in events][3:] == [AssignmentPhaseLifted, AssignmentPhaseAdjusted]


def test_phases_a_b_a_adjust_three_times_and_redeliveries_none() -> None:
    """Told apart by the revision that caused them: not by the phase, which is A twice."""
    first, second, third = adjust(1, "a", LoadLevel.HIGH), adjust(2, "b", LoadLevel.LOW), adjust(3, "a", LoadLevel.HIGH)
    commands = (first, first, second, first, second, third, second, third, first)
    state, events = played(plan(), *commands)
    adjusted = [event for event in events if isinstance(event, AssignmentPhaseAdjusted)]
    assert [(event.phase_id, event.load_before, event.shown.load) for event in adjusted] == [
        ("a", 100.0, 120.0),
        ("b", 120.0, 80.0),
        ("a", 80.0, 120.0),
    ]
    assert state.season_revision == 3

    state, _ = played(plan(), *commands, lift(4))
    assert state.shown == state.baseline == Prescription(load=100.0), "exactly as planned"


def test_a_late_older_revision_changes_nothing() -> None:
    given(planned(), TO_HIGH.model_copy(update={"season_revision": 7})).when(adjust(6, "b", LoadLevel.LOW)).then()
    given(planned(), TO_HIGH.model_copy(update={"season_revision": 7})).when(lift(6)).then()
    _, history = played(plan(), adjust(1, "a", LoadLevel.HIGH), lift(3))
    given(*history).when(adjust(2, "b", LoadLevel.LOW)).then()


def test_a_day_that_no_phase_covers_any_more_is_as_planned_again() -> None:
    lifted = AssignmentPhaseLifted(
        **IDS,
        phase_id=PhaseId("build"),
        season_revision=2,
        load_before=120.0,
        shown=Prescription(load=100.0),
        reason="no phase covers 2026-03-10 any more",
    )
    given(planned(scheduled_on=date(2026, 3, 10)), TO_HIGH).when(lift(2)).then(lifted)
    given(planned(scheduled_on=None), TO_HIGH).when(lift(2)).then(
        lifted.model_copy(update={"reason": "no phase covers open-ended workouts any more"})
    )


def test_lifting_where_no_phase_lies() -> None:
    given(planned()).when(lift(1)).then()


def test_a_phase_can_come_back_after_it_was_lifted() -> None:
    state, _ = played(plan(), adjust(1, "build", LoadLevel.HIGH), lift(2), adjust(3, "build", LoadLevel.HIGH))
    assert state.shown_load == 120.0


@pytest.mark.parametrize(
    "closing",
    [
        AssignmentStarted(**IDS),
        AssignmentCompleted(
            **IDS, completed_on=date(2026, 3, 10), planned_load=120.0, load=97.0, rpe=6.0, duration_min=61.0
        ),
        AssignmentSkipped(**IDS, reason="exam"),
        AssignmentCancelled(**IDS, reason="rain"),
    ],
)
def test_one_started_done_left_out_or_cancelled_is_never_touched(closing: AssignmentEvent) -> None:
    given(planned(), closing).when(adjust(1, "build", LoadLevel.HIGH)).then()
    given(planned(), TO_HIGH, closing).when(adjust(2, "rest", LoadLevel.RECOVERY)).then()
    given(planned(), TO_HIGH, closing).when(lift(2)).then()


def test_what_was_decided_then_holds_though_the_rule_would_say_another_load_now() -> None:
    """Replay computes nothing: a stored load of an older rule stays."""
    old = LoadAdjustment(original=100.0, adjusted=125.0, reason="phase build: high load, planned × 1.25")
    stored = TO_HIGH.model_copy(update={"adjustments": (old,), "shown": Prescription(load=125.0)})
    state = decider_for(type(lift(1))).fold([planned(), stored])
    assert state is not None
    assert state.shown_load == 125.0


def test_an_assignment_that_is_not_there() -> None:
    given().when(adjust(1, "build", LoadLevel.HIGH)).raises("not-found", str(ASSIGNMENT))
    given().when(lift(1)).raises("not-found")
