"""A season plan is opened, gets phases, and records how far their effects went. Changes have their own file."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from domain.catalogue import decider_for
from domain.ids import PhaseId
from domain.rules.load import LoadLevel, PhaseType
from domain.season_plan import (
    AddFixture,
    AddPhase,
    ChangePhase,
    FollowCalendar,
    ModifyPhase,
    MoveFixture,
    OpenSeasonPlan,
    PhaseAdjustmentsApplied,
    PhaseEndsBeforeStart,
    PhaseExists,
    PhasesOverlap,
    RecordPhaseAdjustments,
    RemoveFixture,
    RemovePhase,
    RequestAdjustments,
    SeasonPlanCommand,
    SeasonPlanOpened,
    SeasonPlanUnknown,
    ShiftPhases,
    UpdateSeasonPlan,
)
from tests.domain.known import CAUSE, PLAN_OPENED, SEASON_PLAN, TEAM, phase_added
from tests.domain.season import IN, told
from tests.support.scenario import given

PRESEASON = phase_added("pre", date(2026, 1, 5), date(2026, 2, 28), LoadLevel.HIGH)


def add(phase_id: str, starts_on: date, ends_on: date, **other: Any) -> AddPhase:
    fields: dict[str, Any] = {"phase_type": PhaseType.PRESEASON, "load_level": LoadLevel.HIGH, **other}
    return AddPhase(team_id=TEAM, phase_id=phase_id, starts_on=starts_on, ends_on=ends_on, **fields)


def record(count: int = 12) -> RecordPhaseAdjustments:
    return RecordPhaseAdjustments(
        team_id=TEAM, phase_id="pre", adjustments_count=count, triggered_by="coach-1", cause_event_id=CAUSE
    )


APPLIED = PhaseAdjustmentsApplied(
    season_plan_id=SEASON_PLAN,
    team_id=TEAM,
    phase_id=PhaseId("pre"),
    adjustments_count=12,
    triggered_by="coach-1",
    cause_event_id=CAUSE,
)


def test_opening() -> None:
    given().when(OpenSeasonPlan(team_id=TEAM, zone="Europe/Madrid")).then(PLAN_OPENED)
    given().when(OpenSeasonPlan(team_id=TEAM, zone="UTC", external_id="s-26")).then(
        SeasonPlanOpened(season_plan_id=SEASON_PLAN, team_id=TEAM, zone="UTC", external_id="s-26")
    )


def test_opening_it_otherwise_is_refused() -> None:
    given(PLAN_OPENED).when(OpenSeasonPlan(team_id=TEAM, zone="Asia/Tokyo")).raises("already-exists", "Europe/Madrid")
    given(PLAN_OPENED).when(OpenSeasonPlan(team_id=TEAM, zone="Europe/Madrid", external_id="s")).raises(
        "already-exists"
    )


def test_adding_phases_side_by_side() -> None:
    given(PLAN_OPENED).when(add("pre", date(2026, 1, 5), date(2026, 2, 28))).then(PRESEASON)
    given(PLAN_OPENED, PRESEASON).when(add("next", date(2026, 3, 1), date(2026, 3, 1))).then(
        phase_added("next", date(2026, 3, 1), date(2026, 3, 1), LoadLevel.HIGH)
    )


@pytest.mark.parametrize("level", LoadLevel)
@pytest.mark.parametrize("phase_type", PhaseType)
def test_every_type_and_level(phase_type: PhaseType, level: LoadLevel) -> None:
    days = date(2026, 1, 5), date(2026, 2, 28)
    given(PLAN_OPENED).when(add("p", *days, phase_type=phase_type, load_level=level)).then(
        phase_added("p", *days, level, phase_type)
    )


def test_a_phase_with_all_that_it_prescribes() -> None:
    content = IN.model_dump(include={"sessions_per_week", "intensity", "focus_areas", "load_level"}, by_alias=False)
    command = add("in", IN.starts_on, IN.ends_on, phase_type=IN.phase_type, **content)
    given(PLAN_OPENED).when(command).then(IN)
    given(PLAN_OPENED, IN).when(command.model_copy(update={"focus_areas": ("power",)})).raises(PhaseExists, "medium")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sessions_per_week", 0),
        ("sessions_per_week", 8),
        ("focus_areas", (" ",)),
        ("focus_areas", ("power",) * 21),
        ("intensity", "brutal"),
        ("load_level", 1.2),
        ("phase_type", "summer"),
        ("starts_on", date(1899, 12, 31)),
        ("ends_on", date(2200, 1, 1)),
        ("phase_id", ""),
        ("color", "red"),
    ],
)
def test_what_no_phase_can_be(field: str, value: Any) -> None:
    fields = {"starts_on": date(2026, 3, 1), "ends_on": date(2026, 3, 7)}
    with pytest.raises(ValidationError):
        add(**{"phase_id": "p", **fields, field: value})


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [
        (date(2026, 2, 28), date(2026, 3, 31)),
        (date(2025, 12, 1), date(2026, 1, 5)),
        (date(2026, 2, 1), date(2026, 2, 2)),
        (date(2025, 12, 1), date(2026, 12, 1)),
    ],
)
def test_an_overlap_is_refused_and_names_both(starts_on: date, ends_on: date) -> None:
    error = given(PLAN_OPENED, PRESEASON).when(add("next", starts_on, ends_on)).raises(PhasesOverlap)
    assert str(error) == (
        f"phase next ({starts_on} to {ends_on}) overlaps phase pre, preseason, 2026-01-05 to 2026-02-28, high load"
    )


def test_an_end_before_the_start_is_refused() -> None:
    error = given(PLAN_OPENED).when(add("pre", date(2026, 2, 28), date(2026, 1, 5))).raises(PhaseEndsBeforeStart)
    assert str(error) == "phase pre would end on 2026-01-05, before it starts on 2026-02-28"


def test_a_phase_id_is_used_once() -> None:
    given(PLAN_OPENED, PRESEASON).when(add("pre", date(2026, 5, 1), date(2026, 6, 1))).raises(PhaseExists, "2026-02-28")


def test_each_declaration_counts() -> None:
    second = phase_added("in", date(2026, 3, 1), date(2026, 6, 1), LoadLevel.MEDIUM, PhaseType.IN_SEASON)
    plan = decider_for(AddPhase).fold([PLAN_OPENED, PRESEASON, second])
    assert plan is not None
    assert [(phase.phase_id, phase.declared) for phase in plan.phases] == [("pre", 1), ("in", 2)]
    assert plan.revision == 2
    assert plan.current_phase_id is None


def test_recording_what_a_change_did() -> None:
    given(PLAN_OPENED, PRESEASON).when(record()).then(APPLIED)


def test_a_cause_is_recorded_once_even_when_others_came_between() -> None:
    other = APPLIED.model_copy(update={"cause_event_id": TEAM})
    given(PLAN_OPENED, PRESEASON, APPLIED, other).when(record(0)).then()


def test_another_cause_with_the_same_phase_is_another_record() -> None:
    other = APPLIED.model_copy(update={"cause_event_id": TEAM})
    given(PLAN_OPENED, PRESEASON, other).when(record()).then(APPLIED)


WITHOUT_A_PLAN: list[SeasonPlanCommand] = [
    add("pre", date(2026, 1, 5), date(2026, 2, 28)),
    ModifyPhase(team_id=TEAM, phase_id="pre"),
    RemovePhase(team_id=TEAM, phase_id="pre"),
    ShiftPhases(team_id=TEAM, first_phase_id="pre", first_starts_on=date(2026, 1, 6)),
    ChangePhase(
        team_id=TEAM, phase_id="in", starts=IN.starts_on, ends=IN.ends_on, auto_apply=True, triggered_by="planner"
    ),
    UpdateSeasonPlan(team_id=TEAM, phases=(told(IN),)),
    FollowCalendar(team_id=TEAM),
    AddFixture(team_id=TEAM, fixture_id="g", on=date(2026, 3, 14)),
    MoveFixture(team_id=TEAM, fixture_id="g", on=date(2026, 3, 14)),
    RemoveFixture(team_id=TEAM, fixture_id="g"),
    RequestAdjustments(team_id=TEAM, request_id=CAUSE, triggered_by="coach-1"),
    record(),
]


@pytest.mark.parametrize("command", WITHOUT_A_PLAN, ids=lambda command: type(command).__name__)
def test_a_team_without_a_plan(command: SeasonPlanCommand) -> None:
    assert given().when(command).raises(SeasonPlanUnknown, str(TEAM)).code == "season-plan-unknown"


def test_every_command_but_the_first_was_tried_without_a_plan() -> None:
    commands = set(decider_for(OpenSeasonPlan).commands)
    assert commands - {type(command) for command in WITHOUT_A_PLAN} == {OpenSeasonPlan}
