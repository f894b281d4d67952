"""The weekdays of a changed number of sessions."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.frequency import WEEK, moved_days, sessions_in
from domain.rules.load import PhaseType

DAYS = st.sets(st.sampled_from(WEEK)).map(lambda days: tuple(sorted(days)))
SESSIONS = st.integers(0, 9)
AVOID = st.frozensets(st.sampled_from(WEEK))


def rests(days: tuple[int, ...]) -> list[int]:
    """Days from each session to the next around the week, the longest first."""
    doubled = (*days, *(day + 7 for day in days))
    return sorted((doubled[place + 1] - day for place, day in enumerate(days)), reverse=True)


@pytest.mark.parametrize(
    ("days", "sessions", "moved"),
    [
        ((1, 3, 5), 3, (1, 3, 5)),
        ((1, 3, 5), 2, (1, 5)),  # four and three days apart, not two and five
        ((1, 2, 4, 6), 3, (1, 4, 6)),
        ((2, 4), 1, (2,)),
        ((1, 4), 3, (1, 4, 6)),  # in the gap of four days, not in the one of three
        ((1, 3, 5), 4, (1, 3, 5, 6)),
        ((6, 7), 3, (3, 6, 7)),
        ((3,), 2, (3, 6)),
        ((), 2, (1, 4)),
        ((5, 1, 3, 1), 3, (1, 3, 5)),
        ((1, 3), 0, ()),
        ((1, 3), 12, (1, 2, 3, 4, 5, 6, 7)),
    ],
)
def test_the_days_of_a_week_by_sessions(days: tuple[int, ...], sessions: int, moved: tuple[int, ...]) -> None:
    assert moved_days(days, sessions) == moved


@pytest.mark.parametrize(
    ("days", "sessions", "avoid", "moved"),
    [
        ((1, 3, 6), 2, (6,), (1, 3)),  # the game takes the place of Saturday's session
        ((1, 3, 6), 3, (6,), (1, 3, 7)),  # of Friday and Sunday the day after the game
        ((1, 3, 6), 3, (6, 7), (1, 3, 5)),
        ((1, 3, 7), 3, (7,), (1, 3, 6)),  # Monday, the day after, is planned already
        ((2, 5, 7), 3, (7,), (1, 2, 5)),  # around the week: Monday is the day after Sunday
        ((1, 3), 3, (6,), (1, 3, 5)),
        ((6, 7), 2, (6, 7), (1, 5)),
        ((3, 6), 2, (6, 7), (3, 5)),  # Sunday is as near, and has a game
        ((3, 5), 2, (3, 5, 6), (4, 7)),  # Thursday is the nearest of both, and there is but one
        ((1, 3, 5), 3, (1, 2, 3, 4, 5, 6, 7), (1, 3, 5)),  # nothing is free: nothing moves
        ((1, 3, 5), 3, (1, 2, 3, 4, 5), (3, 6, 7)),  # two days are free; of the plan's own the one farthest from them
    ],
)
def test_days_of_games_are_left_out_while_others_are_free(
    days: tuple[int, ...], sessions: int, avoid: tuple[int, ...], moved: tuple[int, ...]
) -> None:
    assert moved_days(days, sessions, avoid=avoid) == moved


@given(st.sampled_from(PhaseType), DAYS.filter(bool), AVOID)
def test_known_failure_the_interval_changed_while_the_days_stayed_and_both_fired(
    phase_type: PhaseType, days: tuple[int, ...], games: frozenset[int]
) -> None:
    """There is one frequency, and it is the number of days: nothing beside them can fire as well."""
    sessions = sessions_in(phase_type, len(days), games=len(games))
    assert len(moved_days(days, sessions, avoid=games)) == sessions


@given(DAYS, SESSIONS, AVOID)
def test_as_many_distinct_sorted_days_as_sessions(days: tuple[int, ...], sessions: int, avoid: frozenset[int]) -> None:
    moved = moved_days(days, sessions, avoid=avoid)
    assert len(moved) == min(sessions, 7)
    assert set(moved) <= set(WEEK)
    assert list(moved) == sorted(set(moved))


@given(DAYS, SESSIONS, AVOID)
def test_moving_twice_is_moving_once(days: tuple[int, ...], sessions: int, avoid: frozenset[int]) -> None:
    moved = moved_days(days, sessions, avoid=avoid)
    assert moved_days(moved, sessions, avoid=avoid) == moved


@given(DAYS, SESSIONS, AVOID)
def test_the_order_of_the_plan_makes_no_difference(days: tuple[int, ...], sessions: int, avoid: frozenset[int]) -> None:
    assert moved_days(days[::-1], sessions, avoid=sorted(avoid)) == moved_days(days, sessions, avoid=avoid)


@given(DAYS)
def test_the_planned_number_changes_no_day(days: tuple[int, ...]) -> None:
    assert moved_days(days, len(days)) == days


@given(DAYS, st.integers(1, 7))
def test_fewer_are_the_best_spread_of_the_plan_and_more_keep_all_of_it(days: tuple[int, ...], sessions: int) -> None:
    moved = moved_days(days, sessions)
    if sessions <= len(days):
        others = list(combinations(days, sessions))
    else:
        others = [week for week in combinations(WEEK, sessions) if set(days) <= set(week)]
    assert moved in others
    assert rests(moved) == min(rests(other) for other in others)


@given(DAYS, SESSIONS, AVOID)
def test_an_avoided_day_is_used_only_when_no_other_is_left(
    days: tuple[int, ...], sessions: int, avoid: frozenset[int]
) -> None:
    free = set(WEEK) - avoid
    moved = set(moved_days(days, sessions, avoid=avoid))
    assert not moved & avoid or free < moved


@given(DAYS, AVOID)
def test_days_that_are_not_avoided_stay_where_they_are(days: tuple[int, ...], avoid: frozenset[int]) -> None:
    assert set(days) - avoid <= set(moved_days(days, len(days), avoid=avoid))
