"""What a breach of a workload threshold leaves of a workout."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.workload_response import (
    DAYS_IN_FORCE,
    ResponseType,
    Restriction,
    ThresholdType,
    days_in_force,
    restricted_load,
    restriction_for,
    strictest,
)

MAGNITUDES = st.floats(0, 1) | st.integers(0, 100).map(lambda percent: percent / 100)
RESTRICTIONS = st.builds(restriction_for, st.sampled_from(ResponseType), MAGNITUDES)
LOADS = st.floats(0, 2000) | st.integers(0, 20_000).map(lambda tenths: tenths / 10)


@pytest.mark.parametrize(
    ("response", "restriction"),
    [
        (ResponseType.REDUCE_LOAD, Restriction(skip=False, fraction=0.7, easy_only=False)),
        (ResponseType.INCREASE_RECOVERY, Restriction(skip=False, fraction=0.7, easy_only=True)),
        (ResponseType.SKIP_TRAINING, Restriction(skip=True, fraction=0.0, easy_only=False)),
    ],
)
def test_three_tenths_by_each_response(response: ResponseType, restriction: Restriction) -> None:
    assert restriction_for(response, 0.3) == restriction


@pytest.mark.parametrize(("magnitude", "fraction"), [(0.0, 1.0), (1.0, 0.0), (0.9, 0.1), (0.58, 0.42), (0.333, 0.667)])
def test_what_remains_is_counted_in_decimals(magnitude: float, fraction: float) -> None:
    assert restriction_for(ResponseType.REDUCE_LOAD, magnitude).fraction == fraction


@pytest.mark.parametrize("response", ResponseType)
@pytest.mark.parametrize("magnitude", [-0.01, 1.01, 30.0, float("nan"), float("inf")])
def test_a_magnitude_outside_0_to_1_is_refused(response: ResponseType, magnitude: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        restriction_for(response, magnitude)


@pytest.mark.parametrize(
    ("threshold", "days"),
    [(ThresholdType.HIGH_LOAD, 7), (ThresholdType.RECOVERY_NEEDED, 3), (ThresholdType.INJURY_RISK, 14)],
)
def test_each_threshold_has_its_days(threshold: ThresholdType, days: int) -> None:
    assert days_in_force(threshold) == days


def test_every_threshold_expires() -> None:
    assert set(DAYS_IN_FORCE) == set(ThresholdType)
    assert all(days >= 1 for days in DAYS_IN_FORCE.values())


@pytest.mark.parametrize("response", ResponseType)
def test_known_failure_a_workload_threshold_was_only_logged(response: ResponseType) -> None:
    restriction = restriction_for(response, 0.2)
    assert restricted_load(100.0, restriction) < 100.0


def test_known_failure_repeated_breaches_stacked() -> None:
    breach = restriction_for(ResponseType.REDUCE_LOAD, 0.5)
    held = strictest([breach, breach, breach])
    assert held is not None
    assert restricted_load(100.0, held) == 50.0


def test_the_strictest_takes_the_hardest_of_each() -> None:
    light_but_easy = restriction_for(ResponseType.INCREASE_RECOVERY, 0.1)
    half = restriction_for(ResponseType.REDUCE_LOAD, 0.5)
    none = restriction_for(ResponseType.SKIP_TRAINING, 0.0)
    assert strictest([light_but_easy, half]) == Restriction(skip=False, fraction=0.5, easy_only=True)
    assert strictest([half, none]) == Restriction(skip=True, fraction=0.0, easy_only=False)
    assert strictest([]) is None


@given(st.lists(RESTRICTIONS, min_size=1, max_size=5))
def test_breaches_in_any_order_and_number_are_the_same(restrictions: list[Restriction]) -> None:
    assert strictest([*restrictions[::-1], *restrictions]) == strictest(restrictions)


@given(RESTRICTIONS, RESTRICTIONS, RESTRICTIONS)
def test_breaches_may_be_joined_one_by_one(one: Restriction, two: Restriction, three: Restriction) -> None:
    first = strictest([one, two])
    assert first is not None
    assert strictest([first, three]) == strictest([one, two, three])


@given(LOADS, st.lists(RESTRICTIONS, min_size=1, max_size=5))
def test_all_together_leave_what_the_strictest_alone_would(load: float, restrictions: list[Restriction]) -> None:
    held = strictest(restrictions)
    assert held is not None
    assert restricted_load(load, held) == min(restricted_load(load, one) for one in restrictions)
    assert held.easy_only == any(one.easy_only for one in restrictions)


@given(LOADS, RESTRICTIONS)
def test_the_load_is_the_exact_product_rounded(load: float, restriction: Restriction) -> None:
    exact = Fraction(repr(load)) * Fraction(repr(restriction.fraction))
    assert restricted_load(load, restriction) == float(Fraction(round(exact * 10), 10))


@pytest.mark.parametrize(("load", "magnitude", "left"), [(0.5, 0.5, 0.2), (0.7, 0.5, 0.4), (20.5, 0.4, 12.3)])
def test_half_even_in_decimals(load: float, magnitude: float, left: float) -> None:
    """0.25 and 0.35, and a product whose binary neighbour is 12.299999999999999."""
    assert restricted_load(load, restriction_for(ResponseType.REDUCE_LOAD, magnitude)) == left


@given(st.integers(0, 20_000).map(lambda tenths: tenths / 10), RESTRICTIONS)
def test_a_restriction_never_adds_and_a_skip_leaves_nothing(load: float, restriction: Restriction) -> None:
    assert 0 <= restricted_load(load, restriction) <= load
    assert not restriction.skip or restricted_load(load, restriction) == 0.0
