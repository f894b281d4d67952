"""Foster's session load, monotony and strain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.session_load import monotony, session_load, strain

PUBLISHED = [300.0, 0.0, 450.0, 0.0, 600.0, 0.0, 0.0]
TENTHS = st.integers(0, 20_000).map(lambda tenths: tenths / 10)
WEEKS = st.lists(TENTHS, min_size=7, max_size=7)
UNEVEN = WEEKS.filter(lambda week: len(set(week)) > 1)


def test_published_session_load_is_rpe_times_minutes() -> None:
    assert session_load(5, 60) == 300
    assert session_load(7.5, 60) == 450
    assert session_load(0, 60) == 0


def test_published_week_by_the_populations_deviation() -> None:
    assert monotony(PUBLISHED) == pytest.approx(0.8148, abs=5e-5)
    assert strain(PUBLISHED) == pytest.approx(1100.0, abs=0.05)


def test_published_week_by_the_samples_deviation() -> None:
    assert monotony(PUBLISHED, sample=True) == pytest.approx(0.7544, abs=5e-5)
    assert strain(PUBLISHED, sample=True) == pytest.approx(1018.4, abs=0.05)


@given(st.floats(0, 2000), st.booleans())
def test_days_all_alike_have_no_monotony(load: float, sample: bool) -> None:
    assert monotony([load] * 7, sample=sample) is None
    assert strain([load] * 7, sample=sample) is None


@pytest.mark.parametrize("days", [0, 1, 6, 8])
def test_a_week_has_seven_days(days: int) -> None:
    with pytest.raises(ValueError, match=f"7 daily loads, not {days}"):
        monotony([100.0, 50.0] * 4 if days == 8 else PUBLISHED[:days])
    with pytest.raises(ValueError, match=f"7 daily loads, not {days}"):
        strain([100.0, 50.0] * 4 if days == 8 else PUBLISHED[:days])


@given(st.permutations(PUBLISHED))
def test_the_order_of_the_days_changes_nothing(week: list[float]) -> None:
    assert monotony(week) == monotony(PUBLISHED)
    assert strain(week) == strain(PUBLISHED)


@given(UNEVEN, st.integers(2, 20))
def test_monotony_knows_no_unit_and_strain_has_the_loads(week: list[float], k: int) -> None:
    plain, scaled = monotony(week), monotony([k * load for load in week])
    assert plain is not None
    assert scaled == pytest.approx(plain)
    assert strain([k * load for load in week]) == pytest.approx(k * sum(week) * plain)


@given(UNEVEN)
def test_the_samples_deviation_is_the_wider_one(week: list[float]) -> None:
    wide, narrow = monotony(week, sample=True), monotony(week)
    assert wide is not None
    assert narrow is not None
    assert wide == pytest.approx(narrow * (6 / 7) ** 0.5)


@given(UNEVEN, st.integers(1, 5000))
def test_the_same_load_more_every_day_is_more_monotonous(week: list[float], more: int) -> None:
    plain, raised = monotony(week), monotony([load + more for load in week])
    assert plain is not None
    assert raised is not None
    assert raised > plain
