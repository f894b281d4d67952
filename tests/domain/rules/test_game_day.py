"""The day before a game, and the days of games in a week."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.game_day import EVE_FRACTION, eve_load, games_in_week, is_eve, week_of
from domain.rules.load import MULTIPLIERS, LoadLevel, adjusted_load

SATURDAY = date(2026, 10, 31)
DAYS = st.dates(date(2026, 10, 20), date(2026, 11, 12))
ALL_DAYS = st.dates() | st.sampled_from((date.min, date.max))
TENTHS = st.integers(0, 20_000).map(lambda tenths: tenths / 10)
LOADS = st.floats(0, 2000) | TENTHS


def test_the_fraction_is_the_multiplier_of_a_recovery_phase() -> None:
    assert float(MULTIPLIERS[LoadLevel.RECOVERY]) == EVE_FRACTION


@pytest.mark.parametrize(
    ("planned", "phase_load", "load"),
    [
        (100.0, 140.0, 60.0),
        (100.0, 60.0, 60.0),
        (100.0, 40.0, 40.0),  # the phase already asks for less
        (20.5, 24.6, 12.3),  # in binary 20.5 * 0.6 is 12.299999999999999
        (100.0, 0.25, 0.2),
        (100.0, 0.35, 0.4),
        (0.0, 0.0, 0.0),
    ],
)
def test_the_load_on_the_eve(planned: float, phase_load: float, load: float) -> None:
    assert eve_load(planned, phase_load) == load


@given(LOADS, LOADS)
def test_it_is_the_lesser_of_both_rounded(planned: float, phase_load: float) -> None:
    exact = min(Fraction(repr(phase_load)), Fraction(repr(planned)) * Fraction(6, 10))
    assert eve_load(planned, phase_load) == float(Fraction(round(exact * 10), 10))


@given(TENTHS, st.sampled_from(LoadLevel))
def test_no_level_makes_the_eve_harder_than_a_recovery_phase(planned: float, level: LoadLevel) -> None:
    assert eve_load(planned, adjusted_load(planned, level)) == adjusted_load(planned, LoadLevel.RECOVERY)


def test_the_eve_is_the_day_before_alone() -> None:
    assert is_eve(date(2026, 10, 30), [SATURDAY])
    assert not is_eve(SATURDAY, [SATURDAY])
    assert not is_eve(date(2026, 10, 29), [SATURDAY])
    assert not is_eve(date(2026, 11, 1), [SATURDAY])
    assert not is_eve(SATURDAY, [])


def test_a_game_on_the_first_of_a_month_has_its_eve_in_the_month_before() -> None:
    assert is_eve(SATURDAY, [date(2026, 11, 1)])


@given(ALL_DAYS, st.lists(DAYS, max_size=4))
def test_a_day_is_an_eve_exactly_when_a_game_follows_it(day: date, games: list[date]) -> None:
    assert is_eve(day, games) == (day in {game - timedelta(days=1) for game in games})


@given(ALL_DAYS)
def test_a_week_begins_on_the_monday_at_or_before_the_day(day: date) -> None:
    monday = week_of(day)
    assert monday.isoweekday() == 1
    assert 0 <= (day - monday).days < 7


def test_the_weekdays_of_the_games_of_a_week() -> None:
    monday = date(2026, 10, 26)
    assert games_in_week(monday, [SATURDAY, date(2026, 10, 28), date(2026, 11, 1), monday]) == (1, 3, 6, 7)
    assert games_in_week(monday, [date(2026, 10, 25), date(2026, 11, 2), SATURDAY]) == (6,)  # a Sunday too early


def test_two_games_on_a_day_are_one_day_of_games() -> None:
    assert games_in_week(week_of(SATURDAY), [SATURDAY, SATURDAY]) == (6,)


@given(DAYS, st.lists(DAYS, max_size=8))
def test_every_game_is_in_its_own_week_alone(day: date, games: list[date]) -> None:
    weekdays = games_in_week(week_of(day), games)
    assert weekdays == tuple(sorted(set(weekdays)))
    assert (day.isoweekday() in weekdays) == (day in games)
