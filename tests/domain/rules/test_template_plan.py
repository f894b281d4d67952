"""A template's weeks, laid out on the calendar."""

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.game_day import week_of
from domain.rules.template_plan import Dated, Slot, laid_out, multiplied

MONDAY = date(2026, 3, 2)
TEMPLATE = [Slot(1, 2, 80.0), Slot(1, 4, 40.0), Slot(1, 6, 60.0), Slot(3, 1, 50.0), Slot(3, 1, 20.0)]

TENTHS = st.integers(0, 20_000).map(lambda tenths: tenths / 10)
SLOTS = st.lists(st.builds(Slot, st.integers(1, 6), st.integers(1, 7), TENTHS), min_size=1, max_size=20)
STARTS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
FREQUENCIES = st.integers(1, 7)
MULTIPLIERS = st.floats(0.1, 3) | st.integers(1, 30).map(lambda tenths: tenths / 10)


def on(offset: int) -> date:
    return MONDAY + timedelta(days=offset)


def test_each_workout_on_its_weekday_of_its_week() -> None:
    laid = laid_out(TEMPLATE, MONDAY)
    assert laid == [
        Dated(0, on(1), 80.0),
        Dated(1, on(3), 40.0),
        Dated(2, on(5), 60.0),
        Dated(3, on(14), 50.0),
        Dated(4, on(14), 20.0),
    ]


def test_week_one_is_the_week_of_the_start() -> None:
    assert [each.source for each in laid_out(TEMPLATE, on(3))] == [1, 2, 3, 4]
    assert [each.source for each in laid_out(TEMPLATE, on(6))] == [3, 4]
    assert [each.day for each in laid_out(TEMPLATE, on(7))][:1] == [on(8)]


def test_over_the_end_of_a_year() -> None:
    slots = [Slot(1, 4, 10.0), Slot(2, 7, 10.0)]
    assert [each.day for each in laid_out(slots, date(2026, 12, 28))] == [date(2026, 12, 31), date(2027, 1, 10)]


def test_fewer_days_keep_the_best_spread_and_more_repeat_the_easiest() -> None:
    fewer = laid_out(TEMPLATE[:3], MONDAY, training_frequency=2)
    assert [(each.source, each.day) for each in fewer] == [(0, on(1)), (2, on(5))]
    more = laid_out(TEMPLATE[:3], MONDAY, training_frequency=4)
    assert [(each.source, each.day.isoweekday()) for each in more] == [(1, 1), (0, 2), (1, 4), (2, 6)]


def test_two_workouts_of_a_day_are_one_training_day() -> None:
    twice = laid_out(TEMPLATE[3:], MONDAY, training_frequency=1)
    assert [(each.source, each.day) for each in twice] == [(0, MONDAY + timedelta(weeks=2)), (1, on(14))]


@pytest.mark.parametrize(
    ("load", "multiplier", "expected"),
    [(80.5, 1.2, 96.6), (20.5, 0.6, 12.3), (0.25, 1.0, 0.2), (0.5, 0.7, 0.4), (0.5, 0.5, 0.2), (100.0, 1.1, 110.0)],
)
def test_loads_are_multiplied_in_decimals_half_even(load: float, multiplier: float, expected: float) -> None:
    assert multiplied(load, multiplier) == expected


@given(SLOTS, STARTS)
def test_all_from_the_start_on_are_there_on_their_day_and_in_order(slots: list[Slot], starts_on: date) -> None:
    laid = laid_out(slots, starts_on)
    for each in laid:
        slot = slots[each.source]
        assert each.day.isoweekday() == slot.weekday
        assert (week_of(each.day) - week_of(starts_on)).days == 7 * (slot.week - 1)
    assert [each.day for each in laid] == sorted(each.day for each in laid)
    late = {source for source, slot in enumerate(slots) if slot.week > 1 or slot.weekday >= starts_on.isoweekday()}
    assert sorted(each.source for each in laid) == sorted(late)


@given(SLOTS, STARTS, FREQUENCIES)
def test_nothing_is_before_the_start(slots: list[Slot], starts_on: date, frequency: int) -> None:
    assert all(each.day >= starts_on for each in laid_out(slots, starts_on, training_frequency=frequency))


@given(SLOTS, FREQUENCIES)
def test_known_failure_a_training_frequency_left_the_days_as_they_were(slots: list[Slot], frequency: int) -> None:
    """Each week of the template that has workouts has exactly that many days with training."""
    laid = laid_out(slots, MONDAY, training_frequency=frequency)
    weeks = Counter((day - MONDAY).days // 7 + 1 for day in {each.day for each in laid})
    assert weeks == {slot.week: frequency for slot in slots}


@given(SLOTS, FREQUENCIES)
def test_fewer_days_drop_workouts_and_more_only_add(slots: list[Slot], frequency: int) -> None:
    """What stays is on its own day. The day that is added has the week's easiest workout, alone."""
    plain = laid_out(slots, MONDAY)
    laid = laid_out(slots, MONDAY, training_frequency=frequency)
    for week in {slot.week for slot in slots}:
        planned = {(each.source, each.day) for each in plain if slots[each.source].week == week}
        now = [(each.source, each.day) for each in laid if slots[each.source].week == week]
        days = {day for _, day in planned}
        assert len(now) == len(set(now))
        assert set(now) <= planned if len(days) >= frequency else planned <= set(now)
        easiest = min(slot.load for slot in slots if slot.week == week)
        added = [(source, day) for source, day in now if day not in days]
        assert all(slots[source].load == easiest for source, _ in added)
        assert len({day for _, day in added}) == len(added)


@given(SLOTS, STARTS, MULTIPLIERS, FREQUENCIES | st.none())
def test_a_multiplier_changes_every_load_and_nothing_else(
    slots: list[Slot], starts_on: date, multiplier: float, frequency: int | None
) -> None:
    plain = laid_out(slots, starts_on, training_frequency=frequency)
    laid = laid_out(slots, starts_on, load_multiplier=multiplier, training_frequency=frequency)
    assert [(each.source, each.day) for each in laid] == [(each.source, each.day) for each in plain]
    for each in laid:
        exact = Fraction(repr(slots[each.source].load)) * Fraction(repr(multiplier))
        assert each.load == float(Fraction(round(exact * 10), 10))
