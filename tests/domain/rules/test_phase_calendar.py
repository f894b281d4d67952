"""Which phase a day belongs to."""

from datetime import date, timedelta
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from domain.rules.phase_calendar import overlaps, phase_on


class Span(NamedTuple):
    starts_on: date
    ends_on: date
    declared: int


MARCH = Span(date(2026, 3, 1), date(2026, 3, 31), 1)
APRIL = Span(date(2026, 4, 1), date(2026, 4, 30), 2)
EASTER = Span(date(2026, 3, 29), date(2026, 4, 5), 3)


def test_both_ends_belong_to_the_phase() -> None:
    assert phase_on((MARCH, APRIL), date(2026, 3, 1)) is MARCH
    assert phase_on((MARCH, APRIL), date(2026, 3, 31)) is MARCH
    assert phase_on((MARCH, APRIL), date(2026, 4, 1)) is APRIL


def test_a_day_outside_every_phase_has_none() -> None:
    assert phase_on((MARCH, APRIL), date(2026, 5, 1)) is None
    assert phase_on((), date(2026, 5, 1)) is None


def test_where_phases_overlap_the_one_declared_last_wins_in_any_order() -> None:
    assert phase_on((MARCH, APRIL, EASTER), date(2026, 3, 30)) is EASTER
    assert phase_on((EASTER, APRIL, MARCH), date(2026, 4, 3)) is EASTER
    assert phase_on((EASTER._replace(declared=0), MARCH), date(2026, 3, 30)) is MARCH


DAYS = st.integers(0, 40).map(lambda days: date(2026, 1, 1) + timedelta(days=days))


@given(DAYS, DAYS, DAYS, DAYS)
def test_two_spans_overlap_exactly_when_they_share_a_day(a: date, b: date, c: date, d: date) -> None:
    one, other = Span(min(a, b), max(a, b), 1), Span(min(c, d), max(c, d), 2)
    days = [date(2026, 1, 1) + timedelta(days=offset) for offset in range(41)]
    shared = any(phase_on([one], day) and phase_on([other], day) for day in days)
    assert overlaps(one.starts_on, one.ends_on, other) == shared
