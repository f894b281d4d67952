"""What holds of a workout under any order of phases, workloads, hands and redeliveries."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.assignment import (
    AdjustByHand,
    AdjustForPhase,
    AdjustForWorkload,
    AssignmentCommand,
    AssignmentPhaseAdjusted,
    Layer,
    PhaseRef,
    PlanAssignment,
    RevertAssignment,
    StartAssignment,
)
from domain.prescription import Intensity, Prescription
from domain.rules.frequency import moved_days, sessions_in
from domain.rules.intensity import IntensityLevel, Zone, eased_zones, shifted_zones
from domain.rules.load import LoadLevel, adjusted_load
from domain.rules.workload_response import Restriction, restricted_load
from tests.domain.known import ASSIGNMENT, adjust, lift, plan, release, restrict
from tests.support.scenario import played

LOADS = st.integers(0, 20_000).map(lambda tenths: tenths / 10)
LEVELS = st.sampled_from(LoadLevel)
REVISIONS = st.integers(1, 8)
WEEKDAYS = st.sets(st.integers(1, 7), min_size=1).map(lambda days: tuple(sorted(days)))
ZONES = st.lists(st.sampled_from(Zone), min_size=1, max_size=4).map(tuple)
INTENSITIES = ZONES.map(lambda zones: {"zones": zones})
SESSIONS, HARDER = st.none() | st.integers(1, 7), st.none() | st.sampled_from(IntensityLevel)


@st.composite
def adjustments(draw: st.DrawFn) -> AdjustForPhase:
    more = {"sessions_per_week": draw(SESSIONS), "intensity": draw(HARDER), "force": draw(st.booleans())}
    return adjust(draw(REVISIONS), draw(st.sampled_from("abc")), draw(LEVELS), **more)


@st.composite
def restrictions(draw: st.DrawFn) -> AdjustForWorkload:
    skip, easy_only = draw(st.booleans()), draw(st.booleans())
    return restrict(draw(REVISIONS), draw(st.integers(0, 20)) / 20, skip=skip, easy_only=easy_only)


@st.composite
def hands(draw: st.DrawFn) -> AdjustByHand:
    parts = {"load": LOADS, "weekdays": WEEKDAYS, "intensity": INTENSITIES}
    named = draw(st.sets(st.sampled_from(sorted(parts)), min_size=1))
    return AdjustByHand.model_validate(
        {"assignment_id": ASSIGNMENT, "reason": "by eye", **{name: draw(parts[name]) for name in named}}
    )


PLANS = st.builds(
    lambda load, weekdays, intensity: plan(load, None, weekdays=weekdays, intensity=intensity),
    LOADS,
    st.none() | WEEKDAYS,
    st.none() | INTENSITIES,
)
BY_PHASE = adjustments() | st.builds(lift, REVISIONS)
BY_WORKLOAD = restrictions() | st.builds(release, REVISIONS)
REVERTS = st.sets(st.sampled_from(Layer), min_size=1).map(
    lambda layers: RevertAssignment(assignment_id=ASSIGNMENT, layers=tuple(layers))
)


@dataclass
class Told:
    """The same in plain words: the plan; of that what the phase makes; of that the workload's share; or a hand."""

    planned: Prescription
    phase: PhaseRef | None = None
    season: int = 0
    share: AdjustForWorkload | None = None
    workload: int = 0
    hand: dict[str, Any] = field(default_factory=dict)

    def hears(self, command: AssignmentCommand) -> None:
        match command:
            case AdjustForPhase(season_revision=newer, phase=phase, force=force) if newer > self.season:
                if force:
                    self.hand = {}
                if phase is not None or self.phase is not None:
                    self.phase, self.season = phase, newer
            case AdjustForWorkload(workload_revision=newer, restricted=restricted) if newer > self.workload:
                if restricted or self.share is not None:
                    self.share, self.workload = (command if restricted else None), newer
            case AdjustByHand():
                self.hand |= {
                    name: value for name in Prescription.model_fields if (value := getattr(command, name)) is not None
                }
            case RevertAssignment(layers=layers):
                self.phase = None if Layer.PHASE in layers else self.phase
                self.share = None if Layer.WORKLOAD in layers else self.share
                self.hand = {} if Layer.HAND in layers else self.hand

    def shown(self) -> Prescription:
        load, days = self.planned.load, self.planned.weekdays
        zones = self.planned.intensity.zones if self.planned.intensity else None
        if self.phase is not None:
            load = adjusted_load(load, self.phase.load_level)
            if days is not None:
                wanted = sessions_in(self.phase.phase_type, len(days), wanted=self.phase.sessions_per_week)
                days = moved_days(days, wanted)
            if zones is not None and self.phase.intensity is not None:
                zones = shifted_zones(zones, self.phase.intensity)
        if self.share is not None:
            fraction = 0.0 if self.share.skip else self.share.fraction
            load = restricted_load(load, Restriction(self.share.skip, fraction, self.share.easy_only))
            zones = eased_zones(zones) if zones is not None and self.share.easy_only else zones
        if "intensity" in self.hand:
            zones = self.hand["intensity"].zones
        return Prescription(
            load=self.hand.get("load", load),
            weekdays=self.hand.get("weekdays", days),
            intensity=None if zones is None else Intensity(zones=zones),
        )


@given(PLANS, st.lists(BY_PHASE | BY_WORKLOAD | hands() | REVERTS, max_size=20))
def test_layers_under_any_sequence(planned: PlanAssignment, commands: list[AssignmentCommand]) -> None:
    told = Told(planned.baseline)
    for command in commands:
        told.hears(command)

    state, events = played(planned, *commands)
    assert state.shown == told.shown()
    assert state.baseline == planned.baseline, "no layer ever overwrites the plan"
    before = planned.baseline
    for event in events[1:]:  # each change begins where the last one ended: a history without gaps
        assert event.load_before == before.load
        before = event.shown
    assert before == state.shown


@given(PLANS, st.lists(BY_PHASE | BY_WORKLOAD | hands(), max_size=12))
def test_with_all_layers_off_it_is_exactly_as_planned(
    planned: PlanAssignment, commands: list[AssignmentCommand]
) -> None:
    state, _ = played(planned, *commands, RevertAssignment(assignment_id=ASSIGNMENT))
    assert state.shown == state.baseline == planned.baseline


@given(PLANS, st.lists(adjustments(), min_size=1, max_size=12))
def test_every_adjustment_is_computed_from_the_plan(planned: PlanAssignment, phases: list[AdjustForPhase]) -> None:
    """And each phase is an event of its own, whatever the last one made of it."""
    given_in_order = [
        command.model_copy(update={"season_revision": revision}) for revision, command in enumerate(phases, start=1)
    ]
    _, events = played(planned, *given_in_order)
    adjusted = [event for event in events if isinstance(event, AssignmentPhaseAdjusted)]
    assert [event.season_revision for event in adjusted] == list(range(1, len(phases) + 1))
    baseline = planned.baseline
    parts = {"load": baseline.load, "frequency": baseline.weekdays, "intensity": baseline.intensity}
    for event in adjusted:
        assert [one.original for one in event.adjustments] == [parts[one.kind] for one in event.adjustments]


@given(LOADS, st.lists(LEVELS, min_size=1, max_size=12))
def test_any_sequence_of_phases_yields_the_plan_times_the_last_multiplier(
    baseline: float, levels: Sequence[LoadLevel]
) -> None:
    phases = [adjust(revision, level.value, level) for revision, level in enumerate(levels, start=1)]
    state, events = played(plan(baseline), *phases)
    assert state.shown_load == adjusted_load(baseline, levels[-1])
    assert len(events) == 1 + len(levels)


@given(PLANS, st.lists(adjustments() | restrictions(), max_size=12), st.randoms())
def test_redelivered_in_any_order_the_highest_revisions_stay(
    planned: PlanAssignment, commands: list[AdjustForPhase | AdjustForWorkload], random: Random
) -> None:
    seasons = {c.season_revision: c for c in commands if isinstance(c, AdjustForPhase)}  # one revision, one word
    workloads = {c.workload_revision: c for c in commands if isinstance(c, AdjustForWorkload)}
    delivered: list[AssignmentCommand] = [*seasons.values(), *workloads.values()] * 2
    random.shuffle(delivered)
    last = [said[max(said)] for said in (seasons, workloads) if said]
    assert played(planned, *delivered)[0].shown == played(planned, *last)[0].shown


@given(PLANS, st.lists(BY_PHASE | BY_WORKLOAD, max_size=12), st.randoms())
def test_what_is_delivered_again_changes_nothing(
    planned: PlanAssignment, commands: list[AdjustForPhase | AdjustForWorkload], random: Random
) -> None:
    """Lifts among them: each revision comes in order for the first time, and again at any time after that."""
    in_order: list[AdjustForPhase | AdjustForWorkload] = []
    for number, command in enumerate(commands, start=1):
        name = "season_revision" if isinstance(command, AdjustForPhase) else "workload_revision"
        in_order.append(command.model_copy(update={name: number}))
    redelivered: list[AssignmentCommand] = []
    for number, command in enumerate(in_order, start=1):
        redelivered += [command, *random.choices(in_order[:number], k=random.randrange(3))]
    assert played(planned, *redelivered) == played(planned, *in_order)


@given(PLANS, st.lists(BY_PHASE | BY_WORKLOAD | hands(), max_size=8), st.lists(BY_PHASE | BY_WORKLOAD, max_size=8))
def test_once_started_no_layer_touches_it(
    planned: PlanAssignment, before: list[AssignmentCommand], after: list[AssignmentCommand]
) -> None:
    start = StartAssignment(assignment_id=ASSIGNMENT)
    assert played(planned, *before, start, *after) == played(planned, *before, start)
