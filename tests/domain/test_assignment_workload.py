"""The workload layer: a share of what lies beneath it, easier, or nothing; and back to what lies beneath."""

from typing import Any

import pytest
from pydantic import ValidationError

from domain.assignment import (
    AdjustForWorkload,
    AssignmentCancelled,
    AssignmentCompleted,
    AssignmentEvent,
    AssignmentSkipped,
    AssignmentStarted,
    AssignmentWorkloadAdjusted,
    AssignmentWorkloadLifted,
    WorkloadLayer,
)
from domain.prescription import Intensity, IntensityAdjustment, LoadAdjustment, Prescription, Range
from domain.rules.intensity import Zone
from domain.rules.load import LoadLevel
from tests.domain.known import ASSIGNMENT, ATHLETE, TEAM, WORKLOAD, adjust, lift, plan, planned, release, restrict
from tests.support.scenario import given, played

IDS: dict[str, Any] = {"assignment_id": ASSIGNMENT, "team_id": TEAM, "athlete_id": ATHLETE}
HARD = Intensity(zones=(Zone.Z2, Zone.Z4, Zone.Z2), power_pct_ftp=Range(low=70.0, high=95.0))
EASY = Intensity(zones=(Zone.Z2,), power_pct_ftp=Range(low=70.0, high=75.0))


def reduced(revision: int, before: float, beneath: float, after: float) -> AssignmentWorkloadAdjusted:
    """To seven tenths."""
    return AssignmentWorkloadAdjusted(
        **IDS,
        workload_id=WORKLOAD,
        workload_revision=revision,
        skip=False,
        fraction=0.7,
        easy_only=False,
        adjustments=(LoadAdjustment(original=beneath, adjusted=after, reason="workload: load × 0.7"),),
        load_before=before,
        shown=Prescription(load=after),
    )


def lifted(revision: int, before: float, after: float) -> AssignmentWorkloadLifted:
    return AssignmentWorkloadLifted(
        **IDS,
        workload_revision=revision,
        load_before=before,
        shown=Prescription(load=after),
        reason="no restriction of the workload is in force any more",
    )


def test_a_share_of_what_was_planned() -> None:
    given(planned()).when(restrict(1, 0.7)).then(reduced(1, 100.0, 100.0, 70.0))


def test_a_share_of_what_the_phase_makes_of_it() -> None:
    state, events = played(plan(), adjust(1, "build", LoadLevel.HIGH), restrict(1, 0.7))
    assert events[2] == reduced(1, 120.0, 120.0, 84.0)
    assert state.workload == WorkloadLayer(skip=False, fraction=0.7, easy_only=False)


def test_the_next_restriction_does_not_stack_upon_the_one_before() -> None:
    given(planned(), reduced(1, 100.0, 100.0, 70.0)).when(restrict(2, 0.7)).then(reduced(2, 70.0, 100.0, 70.0))


def test_a_new_phase_beneath_leaves_the_share() -> None:
    state, events = played(plan(), restrict(1, 0.7), adjust(1, "build", LoadLevel.HIGH), lift(2))
    assert [(event.load_before, event.shown.load) for event in events[1:]] == [
        (100.0, 70.0),
        (70.0, 84.0),
        (84.0, 70.0),
    ]
    assert state.workload is not None


def test_no_training_is_no_load_whatever_the_fraction() -> None:
    given(planned()).when(restrict(1).model_copy(update={"skip": True, "fraction": 1.0})).then(
        AssignmentWorkloadAdjusted(
            **IDS,
            workload_id=WORKLOAD,
            workload_revision=1,
            skip=True,
            fraction=0.0,
            easy_only=False,
            adjustments=(LoadAdjustment(original=100.0, adjusted=0.0, reason="workload: no training"),),
            load_before=100.0,
            shown=Prescription(load=0.0),
        )
    )


@pytest.mark.parametrize("sport", ["run", "football"])
def test_more_recovery_is_easy_zones_only_in_any_sport(sport: str) -> None:
    given(planned(sport=sport, intensity=HARD)).when(restrict(1, 0.8, easy_only=True)).then(
        AssignmentWorkloadAdjusted(
            **IDS,
            workload_id=WORKLOAD,
            workload_revision=1,
            skip=False,
            fraction=0.8,
            easy_only=True,
            adjustments=(
                LoadAdjustment(original=100.0, adjusted=80.0, reason="workload: load × 0.8"),
                IntensityAdjustment(original=HARD, adjusted=EASY, reason="workload: more recovery, easy zones only"),
            ),
            load_before=100.0,
            shown=Prescription(load=80.0, intensity=EASY),
        )
    )


def test_an_easy_workout_needs_no_easing_and_the_rest_stays_as_it_is() -> None:
    _, events = played(plan(100.0, None, weekdays=(2, 4), intensity={"zones": ["1"]}), restrict(1, 0.8, easy_only=True))
    assert [one.kind for one in events[1].adjustments] == ["load"]
    assert events[1].shown == Prescription(load=80.0, weekdays=(2, 4), intensity=Intensity(zones=(Zone.Z1,)))


def test_a_restriction_that_takes_nothing_is_a_fact_all_the_same() -> None:
    state, events = played(plan(), restrict(1, 1.0))
    assert (len(events), state.shown.load, state.workload_revision) == (2, 100.0, 1)


def test_released_it_shows_what_lies_beneath() -> None:
    given(planned(), reduced(1, 100.0, 100.0, 70.0)).when(release(2)).then(lifted(2, 70.0, 100.0))
    state, events = played(plan(intensity=HARD.model_dump()), restrict(1, 0.5, easy_only=True), release(2))
    assert events[2].shown == state.shown == state.baseline
    assert state.workload is None


def test_releasing_where_nothing_restricts() -> None:
    given(planned()).when(release(1)).then()


def test_what_comes_late_or_again_changes_nothing() -> None:
    later = reduced(5, 100.0, 100.0, 70.0)
    for command in (restrict(5, 0.2), restrict(4, 0.2), release(5), release(1)):
        given(planned(), later).when(command).then()


def test_the_revisions_of_season_and_workload_are_counted_apart() -> None:
    state, events = played(plan(), adjust(7, "build", LoadLevel.HIGH), restrict(1, 0.5), adjust(8, "b", LoadLevel.LOW))
    assert len(events) == 4
    assert (state.season_revision, state.workload_revision, state.shown.load) == (8, 1, 40.0)


@pytest.mark.parametrize(
    "closing",
    [
        AssignmentStarted(**IDS),
        AssignmentCompleted(**IDS, completed_on=None, planned_load=None, load=97.0, rpe=6.0, duration_min=61.0),
        AssignmentSkipped(**IDS, reason="exam"),
        AssignmentCancelled(**IDS, reason="rain"),
    ],
)
def test_one_started_done_left_out_or_cancelled_is_never_touched(closing: AssignmentEvent) -> None:
    given(planned(), closing).when(restrict(1, 0.7)).then()
    given(planned(), reduced(1, 100.0, 100.0, 70.0), closing).when(release(2)).then()


@pytest.mark.parametrize("fraction", [-0.1, 1.1, float("nan")])
def test_a_fraction_lies_between_0_and_1(fraction: float) -> None:
    with pytest.raises(ValidationError):
        AdjustForWorkload.model_validate({**dict(restrict(1)), "fraction": fraction})


def test_an_assignment_that_is_not_there() -> None:
    given().when(restrict(1, 0.7)).raises("not-found", str(ASSIGNMENT))
    given().when(release(1)).raises("not-found")
