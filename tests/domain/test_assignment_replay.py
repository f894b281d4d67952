"""Streams that older versions wrote fold to what they meant then, and today's commands go on from there."""

import json
from typing import Any

from domain.assignment import (
    DECIDER,
    AdjustByHand,
    Assignment,
    AssignmentEvent,
    AssignmentStatus,
    HandLayer,
    Layer,
    PhaseLayer,
    RevertAssignment,
)
from domain.catalogue import EVENTS
from domain.ids import PhaseId
from domain.prescription import Prescription
from domain.rules.load import LoadLevel
from domain.upcasting import upcast
from tests.domain.known import ASSIGNMENT, ATHLETE, SEASON_PLAN, TEAM, adjust, restrict
from tests.support.scenario import context, given

IDS = {"assignmentId": str(ASSIGNMENT), "teamId": str(TEAM), "athleteId": str(ATHLETE)}


def stored(name: str, version: int, **fields: Any) -> AssignmentEvent:
    payload = upcast(EVENTS[name], version, {**IDS, **fields})
    event: Any = EVENTS[name].model_validate_json(json.dumps(payload))
    return event  # type: ignore[no-any-return]


def folded(*events: AssignmentEvent) -> Assignment:
    state = DECIDER.fold(events)
    assert state is not None
    return state


CONTENT = {"title": "Threshold intervals", "sport": "run", "scheduledOn": "2026-03-10"}
WITHOUT_MORE = {"weekdays": None, "intensity": None, "exercises": None}
PLANNED = [
    stored("assignment.planned", 1, **CONTENT, baseLoad=82.5),
    stored("assignment.planned", 2, **CONTENT, baseline={"load": 82.5}),
    stored("assignment.planned", 3, **CONTENT, baseline={"load": 82.5, **WITHOUT_MORE}),
]


def two_versions(name: str, after: float, **fields: Any) -> list[AssignmentEvent]:
    """Of an event that once told no more than the load that shows after it."""
    return [
        stored(name, 1, **fields, loadAfter=after),
        stored(name, 2, **fields, shown={"load": after, **WITHOUT_MORE}),
    ]


ADJUSTED = two_versions(
    "assignment.phase_adjusted",
    99.0,
    phaseId="build",
    seasonPlanId=str(SEASON_PLAN),
    seasonRevision=3,
    loadLevel="high",
    adjustments=[{"kind": "load", "original": 82.5, "adjusted": 99.0, "reason": "phase build: high load"}],
    loadBefore=82.5,
)
LIFTED = two_versions(
    "assignment.phase_lifted", 82.5, phaseId="build", seasonRevision=4, loadBefore=99.0, reason="no phase covers it"
)
OFF = two_versions("assignment.hand_layer_lifted", 99.0, loadBefore=60.0)
SET = stored("assignment.load_set_by_hand", 1, loadBefore=99.0, loadAfter=60.0, reason="match on Sunday")
DONE = {"load": 97.0, "rpe": 6.5, "durationMin": 61.0}


def test_all_versions_of_a_planned_workout_are_one() -> None:
    assert PLANNED[0] == PLANNED[1] == PLANNED[2]
    assert folded(PLANNED[0]).shown == Prescription(load=82.5)


def test_a_stream_of_old_versions_folds_to_the_same_state() -> None:
    old = (PLANNED[0], ADJUSTED[0], SET, OFF[0], LIFTED[0])
    new = (PLANNED[2], ADJUSTED[1], SET, OFF[1], LIFTED[1])
    for length in range(1, len(old) + 1):
        assert folded(*old[:length]) == folded(*new[:length])
    assert folded(*old[:2]).phase == PhaseLayer(PhaseId("build"), LoadLevel.HIGH, 99.0)
    assert folded(*old).shown == Prescription(load=82.5)


def test_a_workout_done_of_old_knows_neither_its_day_nor_its_plan() -> None:
    done = stored("assignment.completed", 1, **DONE)
    known = stored("assignment.completed", 2, **DONE, completedOn="2026-03-10", plannedLoad=82.5)
    assert folded(PLANNED[0], done).status is folded(PLANNED[0], known).status is AssignmentStatus.COMPLETED
    completion = folded(PLANNED[0], done).completion
    assert completion is not None
    assert (completion.load, completion.completed_on) == (97.0, None)


def test_a_load_set_by_hand_of_old_is_a_hand_layer() -> None:
    state = folded(PLANNED[0], ADJUSTED[0], SET)
    assert state.hand == HandLayer(load=60.0)
    assert state.shown == Prescription(load=60.0)


def test_todays_commands_go_on_from_a_load_set_by_hand_of_old() -> None:
    history = (PLANNED[0], ADJUSTED[0], SET)
    given(*history).when(AdjustByHand(assignment_id=ASSIGNMENT, load=60.0, reason="as it is")).then()
    given(*history).when(RevertAssignment(assignment_id=ASSIGNMENT, layers=(Layer.HAND,))).then(OFF[1])

    def shown_after(*commands: Any) -> Prescription:
        state = folded(*history)
        for command in commands:
            for event in DECIDER.decide(command, state, context()):
                state = DECIDER.evolve(state, event)
        return state.shown

    easier = AdjustByHand.model_validate({"assignment_id": ASSIGNMENT, "intensity": {"zones": ["1"]}, "reason": "hot"})
    kept = shown_after(easier)
    assert kept.load == 60.0, "what was set stays, as with today's event"
    assert kept.intensity is not None
    assert shown_after(adjust(4, "rest", LoadLevel.RECOVERY), restrict(1, 0.5)).load == 60.0
    assert shown_after(adjust(4, "rest", LoadLevel.RECOVERY, force=True)).load == 49.5
