"""Games: when they are, and what the week that is now has to go around. It is Monday, 2 March, in Madrid."""

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from domain.ids import FixtureId
from domain.season_plan import (
    AddFixture,
    FixtureExists,
    FixtureMoved,
    FixtureOutsideSeason,
    FixtureRemoved,
    FixtureUnknown,
    FollowCalendar,
    MoveFixture,
    RemoveFixture,
)
from tests.domain.known import PLAN_OPENED, SEASON_PLAN, TEAM
from tests.domain.season import HISTORY, IN, PRE, changed, game, game_week, noon, plan_after
from tests.support.scenario import given

MONDAY, SATURDAY, SUNDAY = date(2026, 3, 2), date(2026, 3, 7), date(2026, 3, 8)
LATER = date(2026, 4, 11)
IN_NOW = *HISTORY, changed(IN)


def add(fixture_id: str, on: date, title: str | None = None) -> AddFixture:
    return AddFixture(team_id=TEAM, fixture_id=fixture_id, on=on, title=title)


def move(fixture_id: str, on: date) -> MoveFixture:
    return MoveFixture(team_id=TEAM, fixture_id=fixture_id, on=on)


def moved(fixture_id: str, former: date, on: date) -> FixtureMoved:
    return FixtureMoved(
        season_plan_id=SEASON_PLAN, team_id=TEAM, fixture_id=FixtureId(fixture_id), former=former, on=on
    )


def off(fixture_id: str, on: date) -> FixtureRemoved:
    return FixtureRemoved(season_plan_id=SEASON_PLAN, team_id=TEAM, fixture_id=FixtureId(fixture_id), on=on)


def test_a_game_of_a_later_week_leaves_this_one_alone() -> None:
    given(*IN_NOW).when(add("g1", LATER, "Away")).then(game("g1", LATER, "Away"))


def test_a_game_of_this_week_is_gone_around_at_once() -> None:
    given(*IN_NOW).when(add("g1", SATURDAY)).then(game("g1", SATURDAY), game_week(MONDAY, 6))
    given(*IN_NOW).when(add("g1", SUNDAY)).then(game("g1", SUNDAY), game_week(MONDAY, 7))
    given(*IN_NOW).when(add("g1", MONDAY + timedelta(weeks=1))).then(game("g1", MONDAY + timedelta(weeks=1)))


def test_a_second_game_on_the_day_is_another_game_in_the_same_week() -> None:
    before = *IN_NOW, game("g1", SATURDAY), game_week(MONDAY, 6)
    given(*before).when(add("g2", SATURDAY)).then(game("g2", SATURDAY))
    given(*before, game("g2", SATURDAY)).when(RemoveFixture(team_id=TEAM, fixture_id="g1")).then(off("g1", SATURDAY))


def test_moving_a_game_within_out_of_and_into_this_week() -> None:
    before = *IN_NOW, game("g1", SATURDAY, "Away"), game_week(MONDAY, 6)
    given(*before).when(move("g1", SUNDAY)).then(moved("g1", SATURDAY, SUNDAY), game_week(MONDAY, 7))
    given(*before).when(move("g1", LATER)).then(moved("g1", SATURDAY, LATER), game_week(MONDAY))
    given(*IN_NOW, game("g1", LATER)).when(move("g1", SUNDAY)).then(moved("g1", LATER, SUNDAY), game_week(MONDAY, 7))
    given(*before).when(move("g1", SATURDAY)).then()


def test_a_game_that_is_moved_keeps_its_title() -> None:
    plan = plan_after(*IN_NOW, game("g1", SATURDAY, "Away"), moved("g1", SATURDAY, LATER))
    assert [(each.on, each.title) for each in plan.fixtures] == [(LATER, "Away")]


def test_removing_a_game_and_one_that_is_not_there() -> None:
    before = *IN_NOW, game("g1", SATURDAY), game_week(MONDAY, 6)
    given(*before).when(RemoveFixture(team_id=TEAM, fixture_id="g1")).then(off("g1", SATURDAY), game_week(MONDAY))
    given(*IN_NOW).when(RemoveFixture(team_id=TEAM, fixture_id="g1")).then()


def test_each_week_has_its_own_games() -> None:
    follow = FollowCalendar(team_id=TEAM)
    before = *IN_NOW, game("g1", SATURDAY), game("g2", date(2026, 3, 18)), game("g3", date(2026, 3, 21))
    given(*before).when(follow).then(this := game_week(MONDAY, 6))
    given(*before, this).at(noon(SUNDAY)).when(follow).then()
    given(*before, this).at(noon(date(2026, 3, 9))).when(follow).then(free := game_week(date(2026, 3, 9)))
    given(*before, this, free).at(noon(date(2026, 3, 17))).when(follow).then(game_week(date(2026, 3, 16), 3, 6))


def test_a_week_like_the_one_before_says_nothing_new() -> None:
    before = *IN_NOW, game("g1", SATURDAY), game("g2", SATURDAY + timedelta(weeks=1)), game_week(MONDAY, 6)
    given(*before).at(noon(date(2026, 3, 9))).when(FollowCalendar(team_id=TEAM)).then()


def test_a_game_that_is_there_already() -> None:
    before = *IN_NOW, game("g1", LATER, "Away")
    given(*before).when(add("g1", LATER, "Away")).then()
    error = given(*before).when(add("g1", SATURDAY, "Away")).raises(FixtureExists, "g1 exists already, on 2026-04-11")
    assert (error.code, "move" in error.hint) == ("fixture-exists", True)
    given(*before).when(add("g1", LATER, "Home")).raises("fixture-exists")


def test_a_game_that_is_not_there() -> None:
    error = given(*IN_NOW).when(move("g1", SATURDAY)).raises(FixtureUnknown, "has no fixture g1")
    assert (error.code, "Add the fixture" in error.hint) == ("fixture-unknown", True)


@pytest.mark.parametrize("day", [PRE.starts_on, date(2026, 1, 4), date(2026, 6, 1), date(2026, 7, 1)])
def test_a_game_is_in_a_phase_and_so_is_the_day_before(day: date) -> None:
    error = given(*IN_NOW).when(add("g1", day)).raises(FixtureOutsideSeason, f"covers .* game on {day}")
    assert (error.code, "day before" in error.hint) == ("fixture-outside-season", True)
    given(*IN_NOW, game("g1", LATER)).when(move("g1", day)).raises("fixture-outside-season", str(day))


def test_the_first_days_that_a_game_can_be_on() -> None:
    day = PRE.starts_on + timedelta(days=1)
    given(PLAN_OPENED, PRE).when(add("g1", day)).then(game("g1", day))
    given(*IN_NOW).when(add("g1", IN.starts_on)).then(game("g1", IN.starts_on))
    given(*IN_NOW).when(add("g1", IN.ends_on)).then(game("g1", IN.ends_on))


@pytest.mark.parametrize("wrong", [{"on": date(2200, 1, 1)}, {"on": "saturday"}, {"title": " "}, {"fixture_id": ""}])
def test_what_no_game_can_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        AddFixture(**{"team_id": TEAM, "fixture_id": "g1", "on": LATER, **wrong})
