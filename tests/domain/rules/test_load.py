"""The load that a phase makes of a baseline."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.load import MULTIPLIERS, LoadLevel, adjusted_load

LEVELS = st.sampled_from(LoadLevel)
TENTHS = st.integers(0, 20_000).map(lambda tenths: tenths / 10)


@pytest.mark.parametrize(
    ("level", "load"),
    [
        (LoadLevel.RECOVERY, 60.0),
        (LoadLevel.LOW, 80.0),
        (LoadLevel.MEDIUM, 100.0),
        (LoadLevel.HIGH, 120.0),
        (LoadLevel.PEAK, 140.0),
    ],
)
def test_the_multipliers_of_the_seed(level: LoadLevel, load: float) -> None:
    assert adjusted_load(100.0, level) == load


def test_every_level_has_a_multiplier() -> None:
    assert set(MULTIPLIERS) == set(LoadLevel)


@pytest.mark.parametrize(
    ("baseline", "level", "load"),
    [
        (0.25, LoadLevel.MEDIUM, 0.2),  # a half, to the even neighbour below
        (0.35, LoadLevel.MEDIUM, 0.4),  # and above; its binary double is below 0.35, and would go to 0.3
        (52.75, LoadLevel.MEDIUM, 52.8),
        (33.3, LoadLevel.HIGH, 40.0),  # 39.96
        (20.5, LoadLevel.RECOVERY, 12.3),  # in binary 20.5 * 0.6 is 12.299999999999999
        (0.0, LoadLevel.PEAK, 0.0),
        (2000.0, LoadLevel.PEAK, 2800.0),
    ],
)
def test_half_even_in_decimals(baseline: float, level: LoadLevel, load: float) -> None:
    assert adjusted_load(baseline, level) == load


@given(st.floats(0, 2000) | TENTHS, LEVELS)
def test_it_is_the_exact_product_rounded(baseline: float, level: LoadLevel) -> None:
    """`round` of a Fraction is exact, and half even."""
    exact = Fraction(repr(baseline)) * Fraction(MULTIPLIERS[level])
    assert adjusted_load(baseline, level) == float(Fraction(round(exact * 10), 10))


@given(TENTHS)
def test_medium_changes_no_load_planned_in_tenths(baseline: float) -> None:
    assert adjusted_load(baseline, LoadLevel.MEDIUM) == baseline


@given(st.floats(0, 2000), st.floats(0, 2000), LEVELS)
def test_more_planned_is_never_less_shown(one: float, other: float, level: LoadLevel) -> None:
    assert adjusted_load(min(one, other), level) <= adjusted_load(max(one, other), level)
