"""The planning service tells of its plan: differences are decided, all of them or none."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from domain.ids import FixtureId
from domain.rules.load import LoadLevel, PhaseType
from domain.season_plan import (
    DeclaredFixture,
    FixtureMoved,
    FixtureRemoved,
    PhaseEndsBeforeStart,
    PhaseModified,
    PhasesOverlap,
    UpdateSeasonPlan,
)
from tests.domain.known import PLAN_OPENED, SEASON_PLAN, TEAM, phase_added
from tests.domain.season import HISTORY, IN, PRE, changed, game, game_week, removed, said, told
from tests.support.scenario import given

PLAYOFFS = phase_added("po", date(2026, 6, 1), date(2026, 6, 28), LoadLevel.PEAK, PhaseType.PLAYOFFS)


def update(*phases: Any, **other: Any) -> UpdateSeasonPlan:
    return UpdateSeasonPlan(team_id=TEAM, phases=phases, **other)


def fixture(fixture_id: str, on: date, title: str | None = None) -> DeclaredFixture:
    return DeclaredFixture(fixture_id=fixture_id, on=on, title=title)


def test_a_plan_told_for_the_first_time() -> None:
    given(PLAN_OPENED).when(update(told(PRE), told(IN))).then(PRE, IN)


def test_only_differences_are_decided() -> None:
    harder = said(PhaseModified, IN, load_level=LoadLevel.HIGH)
    given(*HISTORY).when(update(told(PRE), told(harder), told(PLAYOFFS))).then(harder, PLAYOFFS)
    given(*HISTORY).when(update(told(PRE), told(IN))).then()
    given(*HISTORY).when(update()).then()


def test_what_is_told_replaces_the_whole_of_a_phase() -> None:
    bare = {"sessions_per_week": None, "intensity": None, "focus_areas": ()}
    given(*HISTORY).when(update(told(IN, **bare))).then(said(PhaseModified, IN, **bare))


def test_removals_come_first_and_make_room() -> None:
    wider = said(PhaseModified, PRE, ends_on=date(2026, 4, 30))
    given(*HISTORY).when(update(told(wider), removed=("in", "in", "never-known"))).then(removed(IN), wider)


def test_phases_may_change_places() -> None:
    first = said(PhaseModified, IN, starts_on=PRE.starts_on, ends_on=PRE.ends_on)
    second = said(PhaseModified, PRE, starts_on=IN.starts_on, ends_on=IN.ends_on)
    given(*HISTORY).when(update(told(first), told(second))).then(first, second)


def test_an_instant_is_the_day_in_the_plans_zone() -> None:
    starts = datetime(2026, 5, 31, 22, 0, tzinfo=UTC)  # midnight in Madrid, in summer
    given(*HISTORY).when(update(told(PLAYOFFS, starts=starts))).then(PLAYOFFS)


def test_an_overlap_among_what_is_told_or_with_what_stays_leaves_all_as_it_was() -> None:
    early = told(PLAYOFFS, starts=date(2026, 5, 31))
    given(PLAN_OPENED).when(update(told(PRE), told(IN), early)).raises(PhasesOverlap, "phase in .* phase po")
    given(*HISTORY).when(update(told(PRE, load_level=LoadLevel.LOW), early)).raises(PhasesOverlap, "po .* phase in")


def test_what_overlaps_already_and_is_told_as_it_stands_is_no_error() -> None:
    """A message may have moved one phase over another; the plan's next message need not answer for it."""
    over = changed(IN, starts_on=date(2026, 2, 20))
    given(*HISTORY, over).when(update(told(over), told(PLAYOFFS))).then(PLAYOFFS)


def test_a_phase_told_backwards_leaves_all_as_it_was() -> None:
    backwards = told(IN, ends=date(2026, 2, 1))
    given(PLAN_OPENED).when(update(told(PRE), backwards)).raises(PhaseEndsBeforeStart, "phase in")


@pytest.mark.parametrize(
    "twice",
    [
        {"phases": (told(PRE), told(PRE, starts=date(2026, 6, 1), ends=date(2026, 6, 7)))},
        {"phases": (told(PRE),), "removed": ("pre",)},
        {"fixtures": (fixture("g1", date(2026, 3, 14)), fixture("g1", date(2026, 3, 21)))},
    ],
)
def test_two_words_about_one_thing_are_refused(twice: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=r"more than one thing is said of (phases pre|fixtures g1)"):
        UpdateSeasonPlan(team_id=TEAM, **twice)


def test_all_games_are_told_at_once_and_the_week_that_is_now_goes_around_them() -> None:
    """It is Monday, 2 March. The first game is off, the second on another day, the third is new."""
    before = *HISTORY, game("off", date(2026, 3, 4)), game("moves", date(2026, 3, 14))
    told_now = (fixture("moves", date(2026, 3, 7)), fixture("new", date(2026, 3, 21), "Away"))
    given(*before).when(update(fixtures=told_now)).then(
        FixtureRemoved(season_plan_id=SEASON_PLAN, team_id=TEAM, fixture_id=FixtureId("off"), on=date(2026, 3, 4)),
        FixtureMoved(
            season_plan_id=SEASON_PLAN,
            team_id=TEAM,
            fixture_id=FixtureId("moves"),
            former=date(2026, 3, 14),
            on=date(2026, 3, 7),
        ),
        game("new", date(2026, 3, 21), "Away"),
        game_week(date(2026, 3, 2), 6),
    )


def test_games_of_which_nothing_is_said_stay_and_none_at_all_are_told_by_an_empty_list() -> None:
    before = *HISTORY, game("g1", date(2026, 3, 14))
    gone = FixtureRemoved(season_plan_id=SEASON_PLAN, team_id=TEAM, fixture_id=FixtureId("g1"), on=date(2026, 3, 14))
    given(*before).when(update()).then()
    given(*before).when(update(fixtures=(fixture("g1", date(2026, 3, 14), "Another title"),))).then()
    given(*before).when(update(fixtures=())).then(gone)


def test_a_game_may_be_told_before_the_phase_that_will_cover_it() -> None:
    given(PLAN_OPENED).when(update(told(PRE), fixtures=(fixture("g1", date(2026, 7, 1)),))).then(
        PRE, game("g1", date(2026, 7, 1))
    )
