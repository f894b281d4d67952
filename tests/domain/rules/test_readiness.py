"""A player's row of the readiness table, and the team's."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.readiness import Average, Readiness, TeamReadiness, readiness, team_readiness

TODAY = date(2026, 11, 21)
LOADS = st.one_of(st.just(0.0), st.integers(0, 20_000).map(lambda tenths: tenths / 10))
HISTORIES = st.lists(LOADS, min_size=1, max_size=60)


def until_today(loads: Sequence[float]) -> dict[date, float]:
    """One load a day, the last one today's."""
    return {TODAY - timedelta(days=ago): load for ago, load in enumerate(reversed(loads))}


def test_the_published_values_in_one_row() -> None:
    assert readiness(until_today([100.0] * 21 + [200.0] * 7), TODAY) == Readiness(
        day=TODAY,
        load_7d=1400.0,
        load_28d=3500.0,
        ctl=64.6,
        atl=164.7,
        tsb=-97.5,
        monotony=None,  # seven days alike
        strain=None,
        acwr_coupled=1.6,
        acwr_uncoupled=2.0,
        acwr_ewma=1.34,
        days_of_data=28,
    )


def test_fosters_week_is_the_last_seven_days() -> None:
    row = readiness(until_today([900.0, 900.0, 300.0, 0.0, 450.0, 0.0, 600.0, 0.0, 0.0]), TODAY)
    assert (row.load_7d, row.monotony, row.strain) == (1350.0, 0.81, 1100.0)
    assert row.load_28d == 3150.0


def test_published_fitness_after_forty_two_days() -> None:
    row = readiness(until_today([100.0] * 42), TODAY)
    assert (row.ctl, row.atl) == (63.7, 99.8)
    assert (row.load_7d, row.load_28d) == (700.0, 2800.0)


def test_without_history_there_is_no_load_and_no_ratio() -> None:
    nothing = Readiness(TODAY, 0.0, 0.0, 0.0, 0.0, 0.0, None, None, None, None, None, 0)
    assert readiness({}, TODAY) == nothing
    assert readiness({TODAY + timedelta(days=1): 100.0}, TODAY) == nothing
    assert readiness({}, TODAY, first_day=TODAY + timedelta(days=5)) == nothing


@pytest.mark.parametrize(
    ("days", "monotony", "ratio"), [(6, None, None), (7, 0.41, None), (27, 0.41, None), (28, 0.41, 4.0)]
)
def test_what_too_few_days_do_not_tell(days: int, monotony: float | None, ratio: float | None) -> None:
    row = readiness({TODAY: 100.0}, TODAY, first_day=TODAY - timedelta(days=days - 1))
    assert (row.days_of_data, row.monotony, row.acwr_coupled) == (days, monotony, ratio)
    assert row.acwr_uncoupled is None  # nothing in the weeks before


def test_history_begins_with_the_earlier_of_the_first_day_and_the_first_load() -> None:
    daily = until_today([100.0] * 10)
    assert readiness(daily, TODAY, first_day=TODAY).days_of_data == 10
    assert readiness(daily, TODAY, first_day=TODAY - timedelta(days=29)).days_of_data == 30


def test_tomorrow_is_not_looked_at() -> None:
    daily = until_today([100.0, 50.0])
    assert readiness({**daily, TODAY + timedelta(days=1): 999.0}, TODAY) == readiness(daily, TODAY)


def test_noise_below_a_tenth_is_no_difference_between_days() -> None:
    week = until_today([0.3, 0.1 + 0.2] * 3 + [0.3])
    assert readiness(week, TODAY).monotony is None
    assert readiness(until_today([1.1] * 7), TODAY).load_7d == 7.7  # added up in binary 7.699999999999999
    assert readiness(until_today([1e-320] * 21 + [100.0] * 7), TODAY).acwr_uncoupled is None


def test_a_form_of_almost_nothing_is_no_negative_zero() -> None:
    row = readiness({TODAY - timedelta(days=1): 0.3}, TODAY)
    assert str(row.tsb) == "0.0"


@given(HISTORIES)
def test_explicit_zeros_change_nothing(loads: list[float]) -> None:
    daily = until_today(loads)
    trained = {day: load for day, load in daily.items() if load}
    assert readiness(trained, TODAY, first_day=min(daily)) == readiness(daily, TODAY)


@given(HISTORIES, st.data())
def test_the_order_of_the_days_in_the_mapping_changes_nothing(loads: list[float], data: st.DataObject) -> None:
    shuffled = dict(data.draw(st.permutations(list(until_today(loads).items()))))
    assert readiness(shuffled, TODAY) == readiness(until_today(loads), TODAY)


@given(HISTORIES, st.integers(2, 20))
def test_another_unit_scales_loads_and_leaves_ratios(loads: list[float], k: int) -> None:
    plain, scaled = (readiness(until_today([factor * load for load in loads]), TODAY) for factor in (1, k))
    rounding = 0.05 * (k + 1) + 1e-6
    for figure in ("load_7d", "load_28d", "ctl", "atl", "tsb"):
        assert getattr(scaled, figure) == pytest.approx(k * getattr(plain, figure), abs=rounding)
    for ratio in ("monotony", "acwr_coupled", "acwr_uncoupled", "acwr_ewma"):
        assert getattr(scaled, ratio) == pytest.approx(getattr(plain, ratio), abs=0.0101)


ANA = Readiness(TODAY, 1300.0, 3400.0, 62.3, 149.8, -93.5, 5.31, 6903.0, 1.53, 1.86, 1.29, 28)
BEA = Readiness(TODAY, 210.0, 210.0, 4.7, 20.4, -13.4, 1.17, 246.3, None, None, None, 7)
CLEO = Readiness(TODAY, 700.0, 2801.0, 50.0, 99.0, -48.7, None, None, 1.0, 0.99, 1.02, 60)
NEW = readiness({}, TODAY)


def test_a_team_is_the_mean_and_median_of_those_who_have_the_figure() -> None:
    assert team_readiness([ANA, BEA, CLEO, NEW]) == TeamReadiness(
        players=4,
        load_7d=Average(mean=736.7, median=700.0, players=3),
        load_28d=Average(mean=2137.0, median=2801.0, players=3),
        ctl=Average(mean=39.0, median=50.0, players=3),
        atl=Average(mean=89.7, median=99.0, players=3),
        tsb=Average(mean=-51.9, median=-48.7, players=3),
        monotony=Average(mean=3.24, median=3.24, players=2),
        strain=Average(mean=3574.6, median=3574.6, players=2),  # 3 574.65
        acwr_coupled=Average(mean=1.26, median=1.26, players=2),  # 1.265
        acwr_uncoupled=Average(mean=1.42, median=1.42, players=2),  # 1.425
        acwr_ewma=Average(mean=1.16, median=1.16, players=2),  # 1.155
    )


def test_a_figure_that_nobody_has_is_none() -> None:
    assert team_readiness([BEA]).acwr_ewma is None
    nobody = TeamReadiness(0, None, None, None, None, None, None, None, None, None, None)
    assert team_readiness([]) == nobody
    assert team_readiness([NEW, NEW]) == replace(nobody, players=2)


def test_halves_go_to_the_even_tenth() -> None:
    team = team_readiness([replace(BEA, ctl=0.1), replace(BEA, ctl=0.4)])
    assert team.ctl == Average(0.2, 0.2, 2)  # 0.25
    assert team_readiness([replace(BEA, ctl=0.3), replace(BEA, ctl=0.4)]).ctl == Average(0.4, 0.4, 2)  # 0.35


ROWS = st.lists(HISTORIES.map(lambda loads: readiness(until_today(loads), TODAY)), max_size=5)


@given(ROWS, st.data())
def test_the_order_of_the_players_changes_nothing(rows: list[Readiness], data: st.DataObject) -> None:
    assert team_readiness(data.draw(st.permutations(rows))) == team_readiness(rows)


@given(HISTORIES, st.integers(1, 5))
def test_a_team_of_twins_is_any_one_of_them(loads: list[float], players: int) -> None:
    row = readiness(until_today(loads), TODAY)
    team = team_readiness([row] * players)
    assert team.load_28d == Average(row.load_28d, row.load_28d, players)
    assert team.tsb == Average(row.tsb, row.tsb, players)
    if row.strain is not None:
        assert team.strain == Average(row.strain, row.strain, players)
