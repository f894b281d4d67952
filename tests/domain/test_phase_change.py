"""The team is in another phase: what a message about it decides."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from pydantic import ValidationError

from domain.catalogue import decider_for
from domain.rules.intensity import IntensityLevel
from domain.rules.load import LoadLevel, PhaseType
from domain.rules.phase_calendar import phase_on
from domain.season_plan import (
    AddPhase,
    ChangePhase,
    FollowCalendar,
    OpenSeasonPlan,
    PhaseChanged,
    PhaseContent,
    PhaseEndsBeforeStart,
    PhaseModified,
    PhaseUnknown,
    UpdateSeasonPlan,
)
from tests.domain.known import PLAN_OPENED, TEAM
from tests.domain.season import DECLARED, HISTORY, IN, PRE, began, changed, noon, said, told
from tests.support.scenario import given, played

STARTS, ENDS = IN.starts_on, IN.ends_on
PHASE = DECLARED - {"season_plan_id", "team_id"}


def change(phase_id: str = "in", starts: Any = STARTS, ends: Any = ENDS, **other: Any) -> ChangePhase:
    fields: dict[str, Any] = {"auto_apply": True, "triggered_by": "planner", **other}
    return ChangePhase(team_id=TEAM, phase_id=phase_id, starts=starts, ends=ends, **fields)


def test_the_first_change_brings_what_the_phase_is_from_the_plan() -> None:
    given(*HISTORY).when(change()).then(changed(IN))
    given(*HISTORY).when(change(old_phase_id="last-year")).then(changed(IN, "last-year"))


def test_the_plan_knows_better_than_the_message_which_phase_ends() -> None:
    back = change("pre", PRE.starts_on, PRE.ends_on, old_phase_id="mistaken")
    given(*HISTORY, changed(IN)).when(back).then(changed(PRE, "in"))


@pytest.mark.parametrize("auto_apply", [True, False])
def test_the_messages_own_flag_is_recorded(auto_apply: bool) -> None:
    given(*HISTORY).when(change(auto_apply=auto_apply)).then(changed(IN, auto_apply=auto_apply))


def test_the_current_phase_with_the_same_dates_is_no_change() -> None:
    given(*HISTORY, changed(IN)).when(change(triggered_by="somebody else")).then()
    given(*HISTORY, changed(IN)).when(change(auto_apply=False)).then()


def test_the_current_phase_with_other_dates_is_declared_anew() -> None:
    later = date(2026, 6, 7)
    given(*HISTORY, changed(IN)).when(change(ends=later)).then(changed(IN, "in", ends_on=later))


def test_a_change_that_adjusted_nothing_can_be_applied_after_all_once() -> None:
    given(*HISTORY, changed(IN, auto_apply=False)).when(change()).then(changed(IN, "in"))


def test_known_failure_auto_apply_false_still_adjusted_through_sync() -> None:
    """Neither the calendar nor the plan, told as it stands, says more of a phase that a message has changed to."""
    unapplied = *HISTORY, changed(IN, auto_apply=False)
    given(*unapplied).at(noon(STARTS)).when(FollowCalendar(team_id=TEAM)).then()
    given(*unapplied).when(UpdateSeasonPlan(team_id=TEAM, phases=(told(PRE), told(IN)))).then()
    given(*unapplied).when(change(auto_apply=False)).then()


def test_a_message_adjusts_what_had_only_begun_by_its_date() -> None:
    """Whether a beginning by date adjusts is the team's setting; a message's flag decides for itself."""
    by_date = *HISTORY, began(IN, STARTS)
    given(*by_date).when(change()).then(changed(IN, "in"))
    given(*by_date).when(change(auto_apply=False)).then()


def test_a_message_adjusts_to_what_was_modified_since_the_last_one() -> None:
    harder = said(PhaseModified, IN, load_level=LoadLevel.HIGH)
    given(*HISTORY, changed(IN), harder).when(change()).then(changed(IN, "in", load_level=LoadLevel.HIGH))
    other = said(PhaseModified, PRE, load_level=LoadLevel.LOW)
    given(*HISTORY, changed(IN), other).when(change()).then()


def test_a_message_may_bring_a_phase_that_the_plan_does_not_know() -> None:
    content = PhaseContent.model_validate(IN.model_dump(include=set(PhaseContent.model_fields), by_alias=False))
    given(PLAN_OPENED).when(change(content=content)).then(changed(IN))


def test_what_a_message_brings_replaces_what_the_plan_knew() -> None:
    content = PhaseContent(phase_type=PhaseType.PLAYOFFS, load_level=LoadLevel.PEAK, intensity=IntensityLevel.PEAK)
    news: dict[str, Any] = {
        "phase_type": PhaseType.PLAYOFFS,
        "load_level": LoadLevel.PEAK,
        "intensity": IntensityLevel.PEAK,
    }
    bare: dict[str, Any] = {"sessions_per_week": None, "focus_areas": ()}
    given(*HISTORY, changed(IN)).when(change(content=content)).then(changed(IN, "in", **news, **bare))


def test_a_b_a_are_three_changes_and_repeats_none() -> None:
    opened = OpenSeasonPlan(team_id=TEAM, zone="Europe/Madrid")
    phases = [AddPhase(team_id=TEAM, **phase.model_dump(include=PHASE, by_alias=False)) for phase in (PRE, IN)]
    pre = change("pre", PRE.starts_on, PRE.ends_on)
    _, events = played(opened, *phases, pre, pre, change(), change(), pre, pre)
    changes = [(event.old_phase_id, event.phase_id) for event in events if isinstance(event, PhaseChanged)]
    assert changes == [(None, "pre"), ("pre", "in"), ("in", "pre")]


def test_a_change_moves_a_phase_over_others_and_wins_there() -> None:
    earlier = date(2026, 2, 15)
    given(*HISTORY).when(change(starts=earlier)).then(moved := changed(IN, starts_on=earlier))
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
    given(*HISTORY).when(change(starts=starts)).then(changed(IN, starts_on=day))


def test_summer_time_counts() -> None:
    given(*HISTORY).when(change(ends="2026-06-07T22:00:00Z")).then(changed(IN, ends_on=date(2026, 6, 8)))


@pytest.mark.parametrize(
    "starts",
    [
        datetime(2026, 3, 1),
        datetime(2026, 3, 1, 10),
        "2026-03-01T00:00:00",
        "2026-03-01T10:00",
        "soon",
        "",
        "0001-01-01",
    ],
)
def test_what_is_no_day_is_refused(starts: Any) -> None:
    with pytest.raises(ValidationError):
        change(starts=starts)


def test_an_end_before_the_start_is_refused() -> None:
    error = given(*HISTORY).when(change(starts=ENDS, ends=STARTS)).raises(PhaseEndsBeforeStart)
    assert str(error) == "phase in would end on 2026-03-01, before it starts on 2026-05-31"


def test_an_unknown_phase_is_refused_and_told_what_is_known() -> None:
    error = given(*HISTORY).when(change("playoffs")).raises(PhaseUnknown, "has no phase playoffs .it has: pre, in.")
    assert error.code == "phase-unknown"
    given(PLAN_OPENED).when(change()).raises(PhaseUnknown, "it has: none")
