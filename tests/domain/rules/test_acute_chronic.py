"""The acute to chronic workload ratio, three ways."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.acute_chronic import CONTESTED, Band, band, coupled, ewma, uncoupled

Ratio = Callable[[Sequence[float]], float | None]
WAYS = pytest.mark.parametrize("way", [coupled, uncoupled, ewma])
TENTHS = st.integers(0, 20_000).map(lambda tenths: tenths / 10)
TRAINED = st.integers(1, 20_000).map(lambda tenths: tenths / 10)
HISTORIES = st.lists(TENTHS, min_size=27, max_size=90).flatmap(lambda rest: TRAINED.map(lambda first: [first, *rest]))

PUBLISHED = [100.0] * 21 + [200.0] * 7


@pytest.mark.parametrize(("way", "ratio"), [(ewma, 1.3394), (coupled, 1.60), (uncoupled, 2.00)])
def test_published_three_weeks_of_100_then_one_of_200(way: Ratio, ratio: float) -> None:
    assert way(PUBLISHED) == pytest.approx(ratio, abs=5e-5)


@WAYS
@pytest.mark.parametrize("days", [0, 1, 7, 8, 27])
def test_suppressed_under_28_days(way: Ratio, days: int) -> None:
    assert way([100.0] * days) is None


@WAYS
def test_without_a_chronic_load_there_is_no_ratio(way: Ratio) -> None:
    assert way([0.0] * 28) is None
    assert way([0.0] * 100) is None


def test_a_week_after_three_without_training() -> None:
    returned = [0.0] * 21 + [100.0] * 7
    assert uncoupled(returned) is None
    assert coupled(returned) == 4.0


def test_rolling_means_forget_what_is_older_than_28_days_and_ewma_does_not() -> None:
    older = [900.0, *PUBLISHED]
    assert coupled(older) == coupled(PUBLISHED)
    assert uncoupled(older) == uncoupled(PUBLISHED)
    assert ewma(older) != ewma(PUBLISHED)


def test_ewma_is_seeded_with_the_first_day() -> None:
    """Seeded with 0 the chronic mean would lag far behind after 28 days of 100, and the ratio be about 1.16."""
    assert ewma([100.0] * 28) == 1.0


@WAYS
@given(load=TRAINED, days=st.integers(28, 100))
def test_the_same_load_every_day_is_one(way: Ratio, load: float, days: int) -> None:
    assert way([load] * days) == pytest.approx(1.0)


@WAYS
@given(loads=HISTORIES, k=st.integers(2, 20))
def test_a_ratio_knows_no_unit(way: Ratio, loads: list[float], k: int) -> None:
    assert way([k * load for load in loads]) == pytest.approx(way(loads))


@WAYS
@given(loads=HISTORIES, more=TRAINED)
def test_more_today_is_more(way: Ratio, loads: list[float], more: float) -> None:
    before, after = way(loads), way([*loads[:-1], loads[-1] + more])
    if before is not None:
        assert after is not None
        assert after > before or after == pytest.approx(before)


@given(HISTORIES)
def test_one_ratio_gives_the_other(loads: list[float]) -> None:
    """Coupled is 4u / (u + 3), when uncoupled is u: so never above 4 (Windt and Gabbett 2019)."""
    apart, together = uncoupled(loads), coupled(loads)
    if apart is not None:
        assert together == pytest.approx(4 * apart / (apart + 3))


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [
        (0.0, Band.LOW),
        (0.79, Band.LOW),
        (0.8, Band.SWEET_SPOT),
        (1.3, Band.SWEET_SPOT),
        (1.31, Band.ELEVATED),
        (1.5, Band.ELEVATED),
        (1.51, Band.HIGH),
    ],
)
def test_bands(ratio: float, expected: Band) -> None:
    assert band(ratio) is expected


@given(st.floats(0, 10), st.floats(0, 10))
def test_bands_rise_with_the_ratio(one: float, other: float) -> None:
    order = list(Band)
    assert order.index(band(min(one, other))) <= order.index(band(max(one, other)))


def test_the_label_names_both_sides() -> None:
    assert "contested" in CONTESTED
    assert "Gabbett 2016" in CONTESTED
    assert "Impellizzeri 2020" in CONTESTED
