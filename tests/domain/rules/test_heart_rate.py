"""Banister's training impulse and Friel's zones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.heart_rate import SPORTS, Sex, friel_zone, trimp
from domain.rules.intensity import Zone

ORDER = [Zone.Z1, Zone.Z2, Zone.Z3, Zone.Z4, Zone.Z5A, Zone.Z5B, Zone.Z5C]
PERCENTS = st.floats(0, 150)
BEATS = st.floats(0, 250)


def test_published_man_45_minutes_at_150() -> None:
    assert round(trimp(45, 150, resting=60, maximum=190, sex=Sex.MALE), 2) == 75.33


def test_the_same_for_a_woman_by_the_published_formula() -> None:
    """45 · 9/13 · 0.86 · e^(1.67 · 9/13)."""
    assert round(trimp(45, 150, resting=60, maximum=190, sex=Sex.FEMALE), 2) == 85.14


@pytest.mark.parametrize(("sex", "whole_reserve"), [(Sex.MALE, 0.64 * 6.820958), (Sex.FEMALE, 0.86 * 5.312168)])
def test_a_minute_at_the_maximum_and_beyond_it(sex: Sex, whole_reserve: float) -> None:
    assert trimp(1, 190, resting=60, maximum=190, sex=sex) == pytest.approx(whole_reserve, rel=1e-6)
    assert trimp(1, 199, resting=60, maximum=190, sex=sex) == trimp(1, 190, resting=60, maximum=190, sex=sex)


@pytest.mark.parametrize("heart_rate", [60, 59, 0])
def test_at_rest_nothing_is_done(heart_rate: float) -> None:
    assert trimp(45, heart_rate, resting=60, maximum=190, sex=Sex.MALE) == 0


@pytest.mark.parametrize("maximum", [60, 59])
def test_without_a_reserve_there_is_no_impulse(maximum: float) -> None:
    with pytest.raises(ValueError, match="above the resting one"):
        trimp(45, 150, resting=60, maximum=maximum, sex=Sex.MALE)


@given(BEATS, BEATS, st.floats(0, 600), st.sampled_from(Sex))
def test_a_higher_heart_rate_is_never_less(one: float, other: float, minutes: float, sex: Sex) -> None:
    low, high = (trimp(minutes, beats, resting=50, maximum=195, sex=sex) for beats in sorted((one, other)))
    assert 0 <= low <= high


@given(BEATS, st.floats(0, 600), st.floats(0, 600), st.sampled_from(Sex))
def test_two_halves_of_a_session_are_the_session(beats: float, first: float, second: float, sex: Sex) -> None:
    parts = [trimp(minutes, beats, resting=50, maximum=195, sex=sex) for minutes in (first, second)]
    assert trimp(first + second, beats, resting=50, maximum=195, sex=sex) == pytest.approx(sum(parts))


RUN = [(0, 84), (85, 89), (90, 94), (95, 99), (100, 102), (103, 106), (107, 130)]
BIKE = [(0, 80), (81, 89), (90, 93), (94, 99), (100, 102), (103, 106), (107, 130)]


@pytest.mark.parametrize(("sport", "table"), [("run", RUN), ("bike", BIKE)])
def test_published_zones(sport: str, table: list[tuple[int, int]]) -> None:
    for zone, (first, last) in zip(ORDER, table, strict=True):
        assert {friel_zone(percent, sport) for percent in range(first, last + 1)} == {zone}


@pytest.mark.parametrize(
    ("percent", "sport", "zone"),
    [
        (84.9, "run", Zone.Z1),
        (89.5, "run", Zone.Z2),
        (89.99, "run", Zone.Z2),
        (80.9, "bike", Zone.Z1),
        (93.5, "bike", Zone.Z3),
        (93.5, "run", Zone.Z3),
        (94.5, "bike", Zone.Z4),
        (94.5, "run", Zone.Z3),
        (99.9, "run", Zone.Z4),
        (102.9, "bike", Zone.Z5A),
        (106.0, "run", Zone.Z5B),
        (106.1, "run", Zone.Z5C),  # the table says ">106"
    ],
)
def test_between_the_printed_percents_the_zone_below_goes_on(percent: float, sport: str, zone: Zone) -> None:
    assert friel_zone(percent, sport) is zone


@given(PERCENTS, PERCENTS, st.sampled_from(sorted(SPORTS)))
def test_zones_rise_with_the_heart_rate(one: float, other: float, sport: str) -> None:
    low, high = (ORDER.index(friel_zone(percent, sport)) for percent in sorted((one, other)))
    assert low <= high


@given(PERCENTS)
def test_a_bikes_zone_is_a_runs_or_the_next_one(percent: float) -> None:
    """The bike's table begins its zones at the same percents or earlier."""
    assert ORDER.index(friel_zone(percent, "bike")) - ORDER.index(friel_zone(percent, "run")) in (0, 1)


def test_a_sport_goes_by_its_other_names() -> None:
    assert friel_zone(84, "Running") is Zone.Z1
    assert friel_zone(84, "cycling") is Zone.Z2


@pytest.mark.parametrize("sport", ["swim", "strength", ""])
def test_a_sport_without_a_table_is_refused(sport: str) -> None:
    with pytest.raises(ValueError, match="are for bike and run"):
        friel_zone(90, sport)
