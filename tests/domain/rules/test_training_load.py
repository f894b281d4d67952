"""TSS, and fitness, fatigue and form after days of it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.training_load import Fitness, fitness, tss

LOADS = st.lists(st.floats(0, 2000), min_size=1, max_size=100)
WATTS = st.floats(50, 600)


@pytest.mark.parametrize(
    ("seconds", "normalized_power_w", "ftp_w", "expected"),
    [
        (3600, 250, 250, 100.0),  # the score's definition: an hour at threshold
        (1800, 250, 250, 50.0),
        (7200, 200, 250, 128.0),  # two hours at an intensity factor of 0.8
        (3600, 0, 250, 0.0),
    ],
)
def test_tss(seconds: float, normalized_power_w: float, ftp_w: float, expected: float) -> None:
    assert tss(seconds, normalized_power_w, ftp_w) == pytest.approx(expected)


@pytest.mark.parametrize("ftp_w", [0.0, -1.0])
def test_tss_needs_a_threshold_power(ftp_w: float) -> None:
    with pytest.raises(ValueError, match="functional threshold power"):
        tss(3600, 200, ftp_w)


@given(st.floats(1, 36_000), WATTS, WATTS, st.floats(0.5, 2))
def test_tss_grows_with_time_and_with_the_square_of_power(seconds: float, np_w: float, ftp_w: float, k: float) -> None:
    assert tss(k * seconds, np_w, ftp_w) == pytest.approx(k * tss(seconds, np_w, ftp_w))
    assert tss(seconds, k * np_w, ftp_w) == pytest.approx(k**2 * tss(seconds, np_w, ftp_w))


def test_published_forty_two_days_of_100_from_nothing() -> None:
    last = fitness([100.0] * 42)[-1]
    assert round(last.ctl, 3) == 63.654
    assert round(last.atl, 3) == 99.846


def test_form_is_yesterdays() -> None:
    days = fitness([100.0, 0.0, 300.0])
    assert days[0] == Fitness(ctl=100 / 42, atl=100 / 7, tsb=0.0)
    for yesterday, today in pairwise(days):
        assert today.tsb == yesterday.ctl - yesterday.atl


def test_it_goes_on_from_the_evening_before() -> None:
    assert fitness([42.0], ctl=84.0, atl=49.0) == [Fitness(ctl=83.0, atl=48.0, tsb=35.0)]


def test_no_days_no_values() -> None:
    assert fitness([]) == []


@given(LOADS, st.data())
def test_it_can_be_cut_anywhere_and_continued(loads: list[float], data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(loads)))
    before = fitness(loads[:cut])
    assert before + fitness(loads[cut:], ctl=before[-1].ctl, atl=before[-1].atl) == fitness(loads)


@given(LOADS)
def test_fitness_and_fatigue_stay_within_the_loads(loads: list[float]) -> None:
    for day in fitness(loads):
        assert 0 <= day.ctl <= max(loads) * (1 + 1e-9)
        assert 0 <= day.atl <= max(loads) * (1 + 1e-9)


@given(st.floats(0, 2000), st.integers(1, 60))
def test_a_load_that_is_what_one_is_used_to_changes_nothing(load: float, days: int) -> None:
    assert fitness([load] * days, ctl=load, atl=load) == [Fitness(load, load, 0.0)] * days


@given(LOADS, st.floats(0.1, 10))
def test_twice_the_loads_twice_the_values(loads: list[float], k: float) -> None:
    for scaled, plain in zip(fitness([k * load for load in loads]), fitness(loads), strict=True):
        assert scaled.ctl == pytest.approx(k * plain.ctl)
        assert scaled.atl == pytest.approx(k * plain.atl)
        assert scaled.tsb == pytest.approx(k * plain.tsb, abs=1e-6)
