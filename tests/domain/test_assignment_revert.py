"""Taking layers off by hand: each alone, all at once, and what happens afterwards."""

from typing import Any

import pytest
from pydantic import ValidationError

from domain.assignment import (
    AdjustByHand,
    AssignmentCancelled,
    AssignmentHandLayerLifted,
    AssignmentPhaseLifted,
    AssignmentWorkloadLifted,
    Layer,
    RevertAssignment,
)
from domain.ids import PhaseId
from domain.prescription import Prescription
from domain.rules.load import LoadLevel
from tests.domain.known import ASSIGNMENT, ATHLETE, TEAM, adjust, plan, planned, restrict
from tests.support.scenario import given, played

IDS: dict[str, Any] = {"assignment_id": ASSIGNMENT, "team_id": TEAM, "athlete_id": ATHLETE}
LAYERED = (
    adjust(3, "build", LoadLevel.HIGH),
    restrict(2, 0.5),
    AdjustByHand(assignment_id=ASSIGNMENT, load=70.0, reason="by eye"),
)
REASON = "reverted by hand"


def revert(*layers: Layer) -> RevertAssignment:
    return RevertAssignment(assignment_id=ASSIGNMENT, layers=layers or tuple(Layer))


def hand_off(before: float, after: float) -> AssignmentHandLayerLifted:
    return AssignmentHandLayerLifted(**IDS, load_before=before, shown=Prescription(load=after))


def workload_off(before: float, after: float) -> AssignmentWorkloadLifted:
    return AssignmentWorkloadLifted(
        **IDS, workload_revision=2, load_before=before, shown=Prescription(load=after), reason=REASON
    )


def phase_off(before: float, after: float) -> AssignmentPhaseLifted:
    return AssignmentPhaseLifted(
        **IDS,
        phase_id=PhaseId("build"),
        season_revision=3,
        load_before=before,
        shown=Prescription(load=after),
        reason=REASON,
    )


def test_all_at_once_the_uppermost_first_and_it_is_as_planned() -> None:
    _, history = played(plan(), *LAYERED)
    assert revert() == RevertAssignment(assignment_id=ASSIGNMENT)
    given(*history).when(revert()).then(hand_off(70.0, 60.0), workload_off(60.0, 120.0), phase_off(120.0, 100.0))


def test_each_layer_alone() -> None:
    _, history = played(plan(), *LAYERED)
    given(*history).when(revert(Layer.HAND)).then(hand_off(70.0, 60.0))
    given(*history).when(revert(Layer.WORKLOAD)).then(workload_off(70.0, 70.0))
    given(*history).when(revert(Layer.PHASE)).then(phase_off(70.0, 70.0))
    given(*history).when(revert(Layer.PHASE, Layer.HAND)).then(hand_off(70.0, 60.0), phase_off(60.0, 50.0))


def test_where_nothing_lies() -> None:
    given(planned()).when(revert()).then()
    _, history = played(plan(), LAYERED[0])
    given(*history).when(revert(Layer.HAND, Layer.WORKLOAD)).then()


def test_it_stays_as_planned_until_the_next_word_of_phase_or_workload() -> None:
    state, _ = played(plan(), *LAYERED, revert(), *LAYERED[:2])
    assert state.shown == state.baseline, "what was said before comes again, and changes nothing"
    assert (state.season_revision, state.workload_revision) == (3, 2)
    state, _ = played(plan(), *LAYERED, revert(), adjust(4, "build", LoadLevel.HIGH), restrict(3, 0.5))
    assert state.shown.load == 60.0


def test_too_late_for_one_that_is_over() -> None:
    _, history = played(plan(), *LAYERED)
    over = AssignmentCancelled(**IDS, reason="rain")
    given(*history, over).when(revert(Layer.PHASE)).raises("assignment-closed", "too late to revert it")
    given(planned(), over).when(revert()).then()


def test_at_least_one_layer_is_named() -> None:
    with pytest.raises(ValidationError):
        RevertAssignment(assignment_id=ASSIGNMENT, layers=())


def test_an_assignment_that_is_not_there() -> None:
    given().when(revert()).raises("not-found")
