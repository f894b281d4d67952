"""The team is in another phase: what a message about it decides."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from pydantic import ValidationError

from domain.catalogue import decider_for
from domain.ids import PhaseId
from domain.rules.load import LoadLevel, PhaseType
from domain.rules.phase_calendar import phase_on
from domain.season_plan import (
    AddPhase,
    ChangePhase,
    OpenSeasonPlan,
    PhaseChanged,
    PhaseEndsBeforeStart,
    PhaseUnknown,
    SeasonPlanUnknown,
)
from tests.domain.known import PLAN_OPENED, SEASON_PLAN, TEAM, phase_added
from tests.support.scenario import given, played

STARTS, ENDS = date(2026, 3, 1), date(2026, 5, 31)
PRESEASON = phase_added("pre", date(2026, 1, 5), date(2026, 2, 28), LoadLevel.HIGH)
IN_SEASON = phase_added("in", STARTS, ENDS, LoadLevel.MEDIUM, PhaseType.IN_SEASON)
PHASE = {"phase_id", "phase_type", "starts_on", "ends_on", "load_level"}
HISTORY = PLAN_OPENED, PRESEASON, IN_SEASON


def change(phase_id: str = "in", starts: Any = STARTS, ends: Any = ENDS, **other: Any) -> ChangePhase:
    fields: dict[str, Any] = {"auto_apply": True, "triggered_by": "planner", **other}
    return ChangePhase(team_id=TEAM, phase_id=phase_id, starts=starts, ends=ends, **fields)


def changed(**other: Any) -> PhaseChanged:
    event = PhaseChanged(
        season_plan_id=SEASON_PLAN,
        team_id=TEAM,
        old_phase_id=None,
        phase_id=PhaseId("in"),
        phase_type=PhaseType.IN_SEASON,
        starts_on=STARTS,
        ends_on=ENDS,
        load_level=LoadLevel.MEDIUM,
        auto_apply=True,
        triggered_by="planner",
    )
    return event.model_copy(update=other)


def test_the_first_change_brings_type_and_level_from_the_plan() -> None:
    given(*HISTORY).when(change()).then(changed())
    given(*HISTORY).when(change(old_phase_id="last-year")).then(changed(old_phase_id="last-year"))


def test_the_plan_knows_better_than_the_message_which_phase_ends() -> None:
    back = changed(phase_id="pre", phase_type=PhaseType.PRESEASON, load_level=LoadLevel.HIGH, old_phase_id="in")
    given(*HISTORY, changed()).when(change("pre", old_phase_id="mistaken")).then(back)


@pytest.mark.parametrize("auto_apply", [True, False])
def test_the_messages_own_flag_is_recorded(auto_apply: bool) -> None:
    given(*HISTORY).when(change(auto_apply=auto_apply)).then(changed(auto_apply=auto_apply))


def test_the_current_phase_with_the_same_dates_is_no_change() -> None:
    given(*HISTORY, changed()).when(change(triggered_by="somebody else")).then()
    given(*HISTORY, changed()).when(change(auto_apply=False)).then()


def test_the_current_phase_with_other_dates_is_declared_anew() -> None:
    later = date(2026, 6, 7)
    given(*HISTORY, changed()).when(change(ends=later)).then(changed(ends_on=later, old_phase_id="in"))


def test_a_change_that_adjusted_nothing_can_be_applied_after_all_once() -> None:
    given(*HISTORY, changed(auto_apply=False)).when(change()).then(changed(old_phase_id="in"))


def test_a_b_a_are_three_changes_and_repeats_none() -> None:
    opened = OpenSeasonPlan(team_id=TEAM, zone="Europe/Madrid")
    phases = [
        AddPhase(team_id=TEAM, **PRESEASON.model_dump(include=PHASE, by_alias=False)),
        AddPhase(team_id=TEAM, **IN_SEASON.model_dump(include=PHASE, by_alias=False)),
    ]
    pre = change("pre", date(2026, 1, 5), date(2026, 2, 28))
    _, events = played(opened, *phases, pre, pre, change(), change(), pre, pre)
    changes = [(event.old_phase_id, event.phase_id) for event in events if isinstance(event, PhaseChanged)]
    assert changes == [(None, "pre"), ("pre", "in"), ("in", "pre")]


def test_a_change_moves_a_phase_over_others_and_wins_there() -> None:
    earlier = date(2026, 2, 15)
    given(*HISTORY).when(change(starts=earlier)).then(moved := changed(starts_on=earlier))
    plan = decider_for(ChangePhase).fold([*HISTORY, moved])
    assert plan is not None
    assert plan.current_phase_id == "in"
    assert plan.revision == 3
    on = {day: phase_on(plan.phases, date(2026, 2, day)) for day in (14, 15)}
    assert [phase and phase.phase_id for phase in on.values()] == ["pre", "in"]


@pytest.mark.parametrize(
    ("starts", "day"),
    [
        (datetime(2026, 2, 28, 23, 0, tzinfo=UTC), date(2026, 3, 1)),  # midnight in Madrid, in winter
        (datetime(2026, 2, 28, 22, 59, tzinfo=UTC), date(2026, 2, 28)),
        (datetime(2026, 3, 1, 0, 0, tzinfo=timezone(timedelta(hours=-8))), date(2026, 3, 1)),
        (datetime(2026, 3, 1, 0, 0, tzinfo=timezone(timedelta(hours=12))), date(2026, 2, 28)),
        ("2026-02-28T23:00:00Z", date(2026, 3, 1)),
        ("2026-02-28T23:00:00.000Z", date(2026, 3, 1)),  # as a JavaScript Date prints it
        ("2026-03-01T00:00:00+00:00", date(2026, 3, 1)),
        ("2026-03-01", date(2026, 3, 1)),
    ],
)
def test_an_instant_means_the_local_date_there(starts: Any, day: date) -> None:
    given(*HISTORY).when(change(starts=starts)).then(changed(starts_on=day))


def test_summer_time_counts() -> None:
    given(*HISTORY).when(change(ends="2026-06-07T22:00:00Z")).then(changed(ends_on=date(2026, 6, 8)))


@pytest.mark.parametrize(
    "starts", [datetime(2026, 3, 1), datetime(2026, 3, 1, 10), "2026-03-01T00:00:00", "2026-03-01T10:00", "soon", ""]
)
def test_an_instant_without_a_zone_is_refused(starts: Any) -> None:
    with pytest.raises(ValidationError):
        change(starts=starts)


def test_an_end_before_the_start_is_refused() -> None:
    error = given(*HISTORY).when(change(starts=ENDS, ends=STARTS)).raises(PhaseEndsBeforeStart)
    assert str(error) == "phase in would end on 2026-03-01, before it starts on 2026-05-31"


def test_an_unknown_phase_is_refused_and_told_what_is_known() -> None:
    error = given(*HISTORY).when(change("playoffs")).raises(PhaseUnknown, "has no phase playoffs .it has: pre, in.")
    assert error.code == "phase-unknown"
    given(PLAN_OPENED).when(change()).raises(PhaseUnknown, "it has: none")


def test_an_unknown_plan_is_refused() -> None:
    assert given().when(change()).raises(SeasonPlanUnknown).code == "season-plan-unknown"
