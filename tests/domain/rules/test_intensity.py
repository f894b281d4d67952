"""Zones and percentages under a phase's intensity."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.intensity import (
    EASY,
    LADDER,
    LEAST_PERCENT,
    SHIFTS,
    Z2_TOP,
    Z2_TOP_OF_FTP,
    IntensityLevel,
    Zone,
    eased_percent,
    eased_zones,
    is_hard,
    shifted_percent,
    shifted_zones,
)

LEVELS = st.sampled_from(IntensityLevel)
ZONES = st.lists(st.sampled_from(Zone), max_size=6).map(tuple)
CEILINGS = st.sampled_from((None, 100.0))
TENTHS = st.integers(0, 2000).map(lambda tenths: tenths / 10)
RANGES = st.tuples(st.floats(0, 200) | TENTHS, st.floats(0, 200) | TENTHS).map(lambda pair: (min(pair), max(pair)))
LOWERED, KEPT, RAISED = IntensityLevel.RECOVERY, IntensityLevel.MEDIUM, IntensityLevel.PEAK


def rank(zone: Zone) -> int:
    return LADDER.index(zone)


def test_every_level_has_a_shift_that_grows_with_it() -> None:
    assert [SHIFTS[level] for level in IntensityLevel] == [-2, -1, 0, 1, 2]


@pytest.mark.parametrize(
    ("level", "shown"),
    [
        (IntensityLevel.RECOVERY, (Zone.Z1, Zone.Z2)),
        (IntensityLevel.LOW, (Zone.Z1, Zone.Z3)),
        (IntensityLevel.MEDIUM, (Zone.Z2, Zone.Z4)),
        (IntensityLevel.HIGH, (Zone.Z2, Zone.Z5A)),
        (IntensityLevel.PEAK, (Zone.Z2, Zone.Z5B)),
    ],
)
def test_a_threshold_session_with_its_easy_part_by_level(level: IntensityLevel, shown: tuple[Zone, ...]) -> None:
    assert shifted_zones((Zone.Z2, Zone.Z4), level) == shown


def test_the_ends_of_the_ladder_hold_and_neighbours_made_alike_are_named_once() -> None:
    assert shifted_zones((Zone.Z5B, Zone.Z5C), RAISED) == (Zone.Z5C,)
    assert shifted_zones((Zone.Z2, Zone.Z1, Zone.Z3), LOWERED) == (Zone.Z1,)


def test_a_zone_planned_twice_stays_planned_twice() -> None:
    assert shifted_zones((Zone.Z3, Zone.Z3), IntensityLevel.HIGH) == (Zone.Z4, Zone.Z4)


@given(ZONES)
def test_a_medium_phase_moves_no_zone(zones: tuple[Zone, ...]) -> None:
    assert shifted_zones(zones, KEPT) == zones


@given(st.sampled_from(Zone), LEVELS)
def test_a_zone_moves_by_no_more_than_the_shift_and_its_way(zone: Zone, level: IntensityLevel) -> None:
    (shown,) = shifted_zones((zone,), level)
    assert min(0, SHIFTS[level]) <= rank(shown) - rank(zone) <= max(0, SHIFTS[level])


@given(st.lists(st.sampled_from((Zone.Z1, Zone.Z2))), LEVELS)
def test_an_easy_day_stays_easy(zones: list[Zone], level: IntensityLevel) -> None:
    assert set(shifted_zones(zones, level)) <= EASY
    assert SHIFTS[level] < 0 or shifted_zones(zones, level) == tuple(zones)


@given(st.sampled_from(Zone), st.sampled_from(Zone), LEVELS)
def test_a_harder_zone_never_becomes_the_easier_of_two(one: Zone, other: Zone, level: IntensityLevel) -> None:
    easier, harder = sorted((one, other), key=rank)
    assert rank(shifted_zones((easier,), level)[0]) <= rank(shifted_zones((harder,), level)[0])


@pytest.mark.parametrize(
    ("level", "shown"),
    [
        (IntensityLevel.RECOVERY, (80.0, 85.0)),
        (IntensityLevel.LOW, (85.0, 90.0)),
        (IntensityLevel.MEDIUM, (90.0, 95.0)),
        (IntensityLevel.HIGH, (95.0, 100.0)),
        (IntensityLevel.PEAK, (100.0, 105.0)),
    ],
)
def test_a_target_in_percent_of_ftp_by_level(level: IntensityLevel, shown: tuple[float, float]) -> None:
    assert shifted_percent(90.0, 95.0, level, easy=False, ceiling=None) == shown


def test_the_floor_holds_what_is_lowered_and_lifts_nothing() -> None:
    assert shifted_percent(52.0, 58.0, LOWERED, easy=True, ceiling=None) == (LEAST_PERCENT, LEAST_PERCENT)
    assert shifted_percent(40.0, 60.0, LOWERED, easy=True, ceiling=None) == (40.0, 50.0)


def test_half_even_in_decimals() -> None:
    assert shifted_percent(90.25, 90.35, KEPT, easy=False, ceiling=None) == (90.2, 90.4)
    assert eased_percent(70.25, 70.35) == (70.2, 70.4)


@given(RANGES, LEVELS, st.booleans())
def test_known_failure_the_heart_rate_maximum_was_scaled_by_1_4(
    planned: tuple[float, float], level: IntensityLevel, easy: bool
) -> None:
    """A maximum is the athlete's: no phase asks for more than 100 percent of it, whatever was planned."""
    assert max(shifted_percent(*planned, level, easy=easy, ceiling=100.0)) <= 100.0
    assert shifted_percent(*planned, RAISED, easy=False, ceiling=None)[1] <= planned[1] + 10.05


@given(RANGES, LEVELS, st.booleans(), CEILINGS)
def test_a_range_stays_a_range(
    planned: tuple[float, float], level: IntensityLevel, easy: bool, ceiling: float | None
) -> None:
    low, high = shifted_percent(*planned, level, easy=easy, ceiling=ceiling)
    assert 0 <= low <= high
    assert low >= min(round(planned[0], 1), LEAST_PERCENT) - 0.1


@given(RANGES, LEVELS, CEILINGS)
def test_what_is_easy_is_never_raised(
    planned: tuple[float, float], level: IntensityLevel, ceiling: float | None
) -> None:
    shown = shifted_percent(*planned, level, easy=True, ceiling=ceiling)
    unmoved = shifted_percent(*planned, KEPT, easy=True, ceiling=ceiling)
    assert shown[0] <= unmoved[0]
    assert shown[1] <= unmoved[1]


@given(RANGES, LEVELS, LEVELS, st.booleans(), CEILINGS)
def test_a_more_intense_phase_never_shows_less(
    planned: tuple[float, float], one: IntensityLevel, other: IntensityLevel, easy: bool, ceiling: float | None
) -> None:
    milder, harder = sorted((one, other), key=lambda level: SHIFTS[level])
    below = shifted_percent(*planned, milder, easy=easy, ceiling=ceiling)
    above = shifted_percent(*planned, harder, easy=easy, ceiling=ceiling)
    assert below[0] <= above[0]
    assert below[1] <= above[1]


@pytest.mark.parametrize("zone", Zone)
def test_zone_4_and_above_is_hard(zone: Zone) -> None:
    hard = zone in (Zone.Z4, Zone.Z5A, Zone.Z5B, Zone.Z5C)
    assert is_hard((Zone.Z1, zone)) is hard


def test_nothing_is_not_hard() -> None:
    assert is_hard(()) is False


def test_an_eased_workout_names_zone_2_once_where_hard_parts_stood_side_by_side() -> None:
    assert eased_zones((Zone.Z2, Zone.Z4, Zone.Z5A, Zone.Z1)) == (Zone.Z2, Zone.Z1)
    assert eased_zones((Zone.Z4, Zone.Z1, Zone.Z4)) == (Zone.Z2, Zone.Z1, Zone.Z2)


@given(ZONES)
def test_eased_is_easy_and_easing_twice_is_easing_once(zones: tuple[Zone, ...]) -> None:
    eased = eased_zones(zones)
    assert set(eased) <= EASY
    assert bool(eased) == bool(zones)
    assert eased_zones(eased) == eased
    assert eased == zones or not set(zones) <= EASY


def test_the_end_of_zone_2_is_friels_for_heart_rate_and_coggans_for_power() -> None:
    assert eased_percent(95.0, 102.0) == (89.0, 89.0)
    assert eased_percent(70.0, 95.0, top=Z2_TOP_OF_FTP) == (70.0, 75.0)


@given(RANGES, st.sampled_from((Z2_TOP, Z2_TOP_OF_FTP)))
def test_eased_percent_ends_with_zone_2_and_raises_nothing(planned: tuple[float, float], top: float) -> None:
    low, high = eased_percent(*planned, top=top)
    assert low <= high <= top
    assert eased_percent(low, high, top=top) == (low, high)
    assert low == pytest.approx(min(planned[0], top), abs=0.051)
    assert high == pytest.approx(min(planned[1], top), abs=0.051)
