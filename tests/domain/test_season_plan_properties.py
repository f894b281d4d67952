"""What holds for a season plan whatever was asked of it before, and in whatever order."""

from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any, get_args

import pytest
from hypothesis import given

from domain.ids import PhaseId
from domain.rules.phase_calendar import overlaps
from domain.season_plan import (
    Declaration,
    SeasonPlan,
    SeasonPlanCommand,
    SeasonPlanEvent,
    ShiftPhases,
    UpdateSeasonPlan,
)
from tests.domain.any_season import (
    ANY,
    BY_HAND,
    DAYS,
    DECIDER,
    INSTANTS,
    PHASES,
    TO_TEAM,
    UPDATES,
    Asked,
    asked,
    made,
    opened,
    outcome,
    plan_of,
)
from tests.domain.test_frozen_examples import Example

NOW = datetime(2026, 3, 2, tzinfo=UTC)
SHIFTS = made(ShiftPhases, team_id=TO_TEAM, first_phase_id=PHASES, first_starts_on=DAYS)


def contents(plan: SeasonPlan) -> dict[PhaseId, tuple[Any, ...]]:
    return {each.phase_id: (each.starts_on, each.ends_on, each.phase_type, each.load_level) for each in plan.phases}


def no_two_share_a_day(plan: SeasonPlan) -> bool:
    return not any(overlaps(one.starts_on, one.ends_on, other) for one, other in combinations(plan.phases, 2))


@given(asked(BY_HAND))
def test_by_hand_no_two_phases_ever_share_a_day(asks: Asked) -> None:
    assert no_two_share_a_day(plan_of(asks))


@given(asked(BY_HAND), SHIFTS)
def test_a_shift_keeps_lengths_gaps_and_what_starts_earlier(asks: Asked, shift: ShiftPhases) -> None:
    before = plan_of(asks)
    plan, events, _ = outcome(before, shift, NOW)
    first = before.phase(shift.first_phase_id)
    by = shift.first_starts_on - first.starts_on if first and events else timedelta()
    expected = {}
    for phase_id, (starts, ends, *rest) in contents(before).items():
        moved = by if first and starts >= first.starts_on else timedelta()
        expected[phase_id] = (starts + moved, ends + moved, *rest)
    assert contents(plan) == expected


@given(asked(BY_HAND), SHIFTS)
def test_a_shift_takes_no_phase_over_anothers_days_on_its_way(asks: Asked, shift: ShiftPhases) -> None:
    """Readers see the plan after each event."""
    plan = plan_of(asks)
    for event in outcome(plan, shift, NOW).events:
        plan = DECIDER.evolve(plan, event)
        assert no_two_share_a_day(plan)


@given(asked(ANY), UPDATES, INSTANTS)
def test_an_update_is_all_of_it_or_nothing(asks: Asked, update: UpdateSeasonPlan, now: datetime) -> None:
    before = plan_of(asks)
    plan, _, error = outcome(before, update, now)
    if error is not None:
        assert (plan, error.code) == (before, "phases-overlap")
        return
    expected = {phase_id: content for phase_id, content in contents(before).items() if phase_id not in update.removed}
    for phase in update.phases:
        expected[PhaseId(phase.phase_id)] = (phase.starts, phase.ends, phase.phase_type, phase.load_level)
    assert contents(plan) == expected
    if update.fixtures is not None:
        games = {(fixture.fixture_id, fixture.on) for fixture in update.fixtures}
        assert {(fixture.fixture_id, fixture.on) for fixture in plan.fixtures} == games


@given(asked(ANY), ANY, INSTANTS)
def test_any_command_twice_is_once(asks: Asked, command: SeasonPlanCommand, now: datetime) -> None:
    once = outcome(plan_of(asks), command, now)
    twice = outcome(once.plan, command, now)
    assert (twice.plan, twice.events) == (once.plan, ())
    assert type(twice.error) is type(once.error)


@given(asked(ANY, at_most=20))
def test_the_revision_counts_declarations(asks: Asked) -> None:
    plan, declarations = opened(), 0
    for command, now in asks:
        plan, events, _ = outcome(plan, command, now)
        declarations += sum(isinstance(event, get_args(Declaration)) for event in events)
    assert plan.revision == declarations
    assert len({phase.declared for phase in plan.phases}) == len(plan.phases)
    assert all(1 <= phase.declared <= plan.revision for phase in plan.phases)


@pytest.mark.parametrize("event_type", get_args(SeasonPlanEvent)[1:], ids=lambda event_type: event_type.event_name)
def test_each_declaration_and_nothing_else_raises_the_revision(event_type: type[SeasonPlanEvent]) -> None:
    event = Example(event_type, event_type.event_version).decoded()
    raised = DECIDER.evolve(opened(), event).revision
    assert raised == (1 if isinstance(event, get_args(Declaration)) else 0)


def test_what_is_no_declaration() -> None:
    others = set(get_args(SeasonPlanEvent)) - set(get_args(Declaration))
    assert {event.event_name for event in others} == {"season_plan.opened", "season_plan.phase_adjustments_applied"}
