"""What holds of an assignment's load under any order of phases, redeliveries and hands."""

from collections.abc import Sequence
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from domain.assignment import (
    AdjustForPhase,
    AssignmentCommand,
    AssignmentHandLayerLifted,
    AssignmentLoadSetByHand,
    AssignmentPhaseAdjusted,
    AssignmentPhaseLifted,
    LiftHandLayer,
    SetLoadByHand,
)
from domain.rules.load import LoadLevel, adjusted_load
from tests.domain.known import ASSIGNMENT, adjust, lift, plan
from tests.support.scenario import played

LOADS = st.integers(0, 20_000).map(lambda tenths: tenths / 10)
LEVELS = st.sampled_from(LoadLevel)
REVISIONS = st.integers(1, 8)
ADJUSTMENTS = st.builds(lambda revision, level: adjust(revision, level.value, level), REVISIONS, LEVELS)
LIFTS = st.builds(lift, REVISIONS)
HANDS = LOADS.map(lambda load: SetLoadByHand(assignment_id=ASSIGNMENT, load=load, reason="by eye"))
HANDS_OFF = st.just(LiftHandLayer(assignment_id=ASSIGNMENT))
CHANGES = AssignmentPhaseAdjusted | AssignmentPhaseLifted | AssignmentLoadSetByHand | AssignmentHandLayerLifted


@given(LOADS, st.lists(LEVELS, min_size=1, max_size=12))
def test_any_sequence_of_phases_yields_the_plan_times_the_last_multiplier(
    baseline: float, levels: Sequence[LoadLevel]
) -> None:
    phases = [adjust(revision, level.value, level) for revision, level in enumerate(levels, start=1)]
    state, events = played(plan(baseline), *phases)
    assert state.shown_load == adjusted_load(baseline, levels[-1])
    assert len(events) == 1 + len(levels)


@given(LOADS, st.lists(ADJUSTMENTS, max_size=12), st.randoms())
def test_redelivered_in_any_order_the_highest_revision_stays(
    baseline: float, commands: list[AdjustForPhase], random: Random
) -> None:
    by_revision = {command.season_revision: command for command in commands}  # one declaration, one phase
    delivered = [by_revision[command.season_revision] for command in commands] * 2
    random.shuffle(delivered)
    state, _ = played(plan(baseline), *delivered)
    if not by_revision:
        assert state.shown_load == baseline
        return
    last = by_revision[max(by_revision)]
    assert last.phase is not None
    assert state.shown_load == adjusted_load(baseline, last.phase.load_level)


@given(LOADS, st.lists(ADJUSTMENTS | LIFTS | HANDS | HANDS_OFF, max_size=20))
def test_layers_under_any_sequence(baseline: float, commands: list[AssignmentCommand]) -> None:
    """Against the rule as one would tell it: the hand, else the phase's multiple of the plan, else the plan."""
    level: LoadLevel | None = None
    hand: float | None = None
    revision = 0
    for command in commands:
        match command:
            case AdjustForPhase(season_revision=newer, phase=phase) if newer > revision and (phase or level):
                level, revision = (phase.load_level if phase else None), newer
            case SetLoadByHand():
                hand = command.load
            case LiftHandLayer():
                hand = None
    expected = hand if hand is not None else adjusted_load(baseline, level) if level is not None else baseline

    state, events = played(plan(baseline), *commands)
    assert state.shown_load == expected
    assert state.baseline_load == baseline
    shown = baseline
    for event in events[1:]:  # each change begins where the last one ended: a history without gaps
        assert isinstance(event, CHANGES)
        assert event.load_before == shown
        shown = event.load_after
    assert shown == expected
