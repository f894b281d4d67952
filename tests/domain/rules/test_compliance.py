"""The colour of what was done against what was planned."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.compliance import Compliance, compliance

GREEN, YELLOW, ORANGE, RED = Compliance.GREEN, Compliance.YELLOW, Compliance.ORANGE, Compliance.RED
PLANNED = st.integers(1, 20_000).map(lambda tenths: tenths / 10)
EXECUTED = st.integers(0, 60_000).map(lambda tenths: tenths / 10)


@pytest.mark.parametrize(
    ("executed", "colour"),
    [
        (80.0, GREEN),
        (100.0, GREEN),
        (120.0, GREEN),
        (50.0, YELLOW),
        (79.0, YELLOW),
        (121.0, YELLOW),
        (150.0, YELLOW),
        (49.0, ORANGE),
        (0.0, ORANGE),
        (151.0, ORANGE),
        (1000.0, ORANGE),
        (None, RED),
    ],
)
def test_published_bands(executed: float | None, colour: Compliance) -> None:
    assert compliance(100.0, executed) is colour


@pytest.mark.parametrize(
    ("executed", "colour"),
    [
        (79.4, YELLOW),
        (79.5, GREEN),  # a half, to the even 80
        (120.5, GREEN),  # and to the even 120
        (120.6, YELLOW),
        (49.5, YELLOW),
        (49.4, ORANGE),
        (150.5, YELLOW),
        (150.6, ORANGE),
    ],
)
def test_the_percent_is_rounded_half_even_before_it_is_compared(executed: float, colour: Compliance) -> None:
    assert compliance(100.0, executed) is colour


def test_it_is_counted_in_decimals() -> None:
    """In binary the first is 79.49999999999999 %, the second 120.50000000000001 %."""
    assert compliance(1.5, 1.1925) is GREEN
    assert compliance(0.7, 0.8435) is GREEN


@pytest.mark.parametrize("executed", [None, 0.0, 50.0])
def test_nothing_planned_nothing_to_compare(executed: float | None) -> None:
    assert compliance(0.0, executed) is None


@given(PLANNED, EXECUTED)
def test_it_is_the_exact_share(planned: float, executed: float) -> None:
    percent = 100 * Fraction(repr(executed)) / Fraction(repr(planned))
    colour = compliance(planned, executed)
    assert (colour is GREEN) == (Fraction("79.5") <= percent <= Fraction("120.5"))
    assert (colour is ORANGE) == (percent < Fraction("49.5") or percent > Fraction("150.5"))
    assert colour is not RED


@given(PLANNED)
def test_as_planned_is_green_and_missed_is_red(planned: float) -> None:
    assert compliance(planned, planned) is GREEN
    assert compliance(planned, None) is RED


@given(PLANNED, EXECUTED, st.integers(2, 60))
def test_the_unit_changes_nothing(planned: float, executed: float, k: int) -> None:
    assert compliance(round(k * planned, 1), round(k * executed, 1)) is compliance(planned, executed)
