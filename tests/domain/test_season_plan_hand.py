"""A person modifies, removes and shifts the phases of a season: none overlaps another, and gaps are allowed."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.rules.intensity import IntensityLevel
from domain.rules.load import LoadLevel, PhaseType
from domain.season_plan import (
    ModifyPhase,
    PhaseEndsBeforeStart,
    PhaseModified,
    PhasesOverlap,
    PhaseUnknown,
    RemovePhase,
    ShiftPhases,
)
from tests.domain.known import PLAN_OPENED, TEAM, phase_added
from tests.domain.season import HISTORY, IN, PRE, changed, ended, plan_after, removed, said
from tests.support.scenario import given

WEEK = timedelta(weeks=1)
PLAYOFFS = phase_added("po", date(2026, 6, 8), date(2026, 6, 28), LoadLevel.PEAK, PhaseType.PLAYOFFS)
SEASON = *HISTORY, PLAYOFFS


def modify(phase_id: str, **other: Any) -> ModifyPhase:
    return ModifyPhase(team_id=TEAM, phase_id=phase_id, **other)


def shift(phase_id: str, to: date) -> ShiftPhases:
    return ShiftPhases(team_id=TEAM, first_phase_id=phase_id, first_starts_on=to)


def moved(phase: Any, by: timedelta) -> PhaseModified:
    return said(PhaseModified, phase, starts_on=phase.starts_on + by, ends_on=phase.ends_on + by)


@pytest.mark.parametrize(
    "other",
    [
        {"phase_type": PhaseType.RECOVERY},
        {"load_level": LoadLevel.PEAK},
        {"sessions_per_week": 5},
        {"intensity": IntensityLevel.LOW},
        {"focus_areas": ("mobility",)},
        {"focus_areas": ()},
        {"ends_on": date(2026, 6, 7)},
        {"starts_on": date(2026, 3, 8), "ends_on": date(2026, 5, 3), "load_level": LoadLevel.LOW},
    ],
)
def test_what_is_named_changes_and_all_else_stays(other: dict[str, Any]) -> None:
    given(*SEASON).when(modify("in", **other)).then(said(PhaseModified, IN, **other))


def test_modifying_nothing() -> None:
    given(*SEASON).when(modify("in")).then()
    given(*SEASON).when(modify("in", load_level=IN.load_level, starts_on=IN.starts_on)).then()


@pytest.mark.parametrize(("field", "day"), [("starts_on", date(2026, 2, 28)), ("ends_on", date(2026, 6, 8))])
def test_modifying_it_onto_anothers_days_is_refused(field: str, day: date) -> None:
    error = given(*SEASON).when(modify("in", **{field: day})).raises(PhasesOverlap, "phase in .* overlaps phase p")
    assert (error.code, "gap" in error.hint) == ("phases-overlap", True)


def test_modifying_it_backwards_is_refused() -> None:
    error = given(*SEASON).when(modify("in", ends_on=date(2026, 2, 1))).raises(PhaseEndsBeforeStart)
    assert str(error) == "phase in would end on 2026-02-01, before it starts on 2026-03-01"
    assert (error.code, "both dates" in error.hint.lower()) == ("phase-ends-before-start", True)


def test_content_can_be_modified_where_a_message_has_made_phases_overlap() -> None:
    over = changed(IN, starts_on=date(2026, 2, 20))
    given(*HISTORY, over).when(modify("pre", load_level=LoadLevel.LOW)).then(
        said(PhaseModified, PRE, load_level=LoadLevel.LOW)
    )


def test_a_phase_that_is_not_there() -> None:
    error = given(*HISTORY).when(modify("po")).raises(PhaseUnknown, "no phase po .it has: pre, in.")
    assert (error.code, error.hint[:13]) == ("phase-unknown", "Add the phase")
    given(PLAN_OPENED).when(shift("po", date(2026, 6, 1))).raises(PhaseUnknown, "it has: none")


def test_removing() -> None:
    given(*SEASON).when(RemovePhase(team_id=TEAM, phase_id="in")).then(removed(IN))
    given(*SEASON, removed(IN)).when(RemovePhase(team_id=TEAM, phase_id="in")).then()
    assert [phase.phase_id for phase in plan_after(*SEASON, removed(IN)).phases] == ["pre", "po"]


def test_the_current_phase_removed_leaves_the_team_in_none_and_another_leaves_it_where_it_is() -> None:
    current = changed(IN)
    assert plan_after(*SEASON, current, removed(IN)).current_phase_id is None
    assert plan_after(*SEASON, current, removed(PRE)).current_phase_id == "in"


def test_what_was_removed_can_be_added_again_and_is_not_current_by_that() -> None:
    assert plan_after(*SEASON, changed(IN), removed(IN), IN).current_phase_id is None
    assert plan_after(*SEASON, changed(IN), ended("in", date(2026, 6, 1))).current_phase_id is None


def test_shifting_later_tells_the_last_first() -> None:
    given(*SEASON).when(shift("in", IN.starts_on + WEEK)).then(moved(PLAYOFFS, WEEK), moved(IN, WEEK))


def test_shifting_earlier_tells_the_first_first() -> None:
    gap = *HISTORY[:2], moved(PRE, -WEEK), IN, PLAYOFFS
    given(*gap).when(shift("in", IN.starts_on - WEEK)).then(moved(IN, -WEEK), moved(PLAYOFFS, -WEEK))


def test_shifting_the_last_one_alone_and_nothing_by_no_days() -> None:
    given(*SEASON).when(shift("po", PLAYOFFS.starts_on + WEEK)).then(moved(PLAYOFFS, WEEK))
    given(*SEASON).when(shift("po", PLAYOFFS.starts_on)).then()


def test_shifting_onto_an_earlier_phase_is_refused() -> None:
    error = given(*SEASON).when(shift("in", IN.starts_on - WEEK)).raises(PhasesOverlap)
    assert str(error).startswith("phase in (2026-02-22 to 2026-05-24) overlaps phase pre, preseason, ")


def test_shifting_phases_that_a_message_has_made_overlap_is_refused_until_one_is_modified() -> None:
    over = changed(IN, starts_on=date(2026, 2, 20))
    given(*HISTORY, over).when(shift("pre", PRE.starts_on + WEEK)).raises(PhasesOverlap, "phase pre .* phase in")
    put_right = said(PhaseModified, PRE, ends_on=date(2026, 2, 19))
    given(*HISTORY, over).when(modify("pre", ends_on=date(2026, 2, 19))).then(put_right)
