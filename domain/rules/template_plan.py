"""From a template's weeks to days on the calendar, with what a team has asked for otherwise.

Week 1 is the week that the start date is in: a template has whole weeks from Monday to Sunday, and what lies before the
start is left out (seed 003's start + offset holds for a Monday start only).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from domain.rules.frequency import moved_days
from domain.rules.game_day import week_of
from domain.rules.load import TENTH


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a workout stands in a template. ``week`` counts from 1, ``weekday`` is 1 Monday to 7 Sunday."""

    week: int
    weekday: int
    load: float


@dataclass(frozen=True, slots=True)
class Dated:
    """A workout of the calendar: which of the template's workouts it is, on what day, with what load."""

    source: int
    day: date
    load: float


def laid_out(
    slots: Sequence[Slot], starts_on: date, *, load_multiplier: float = 1.0, training_frequency: int | None = None
) -> list[Dated]:
    """The template's workouts from ``starts_on`` on, in the order of their days.

    ``training_frequency``: days with training a week. Fewer than planned: the days that stay are the best spread. More:
    the easiest workout of that week is repeated on the days in the widest gaps (``rules/frequency.py``).
    """
    monday = week_of(starts_on)
    dated = [
        Dated(source, day, multiplied(slots[source].load, load_multiplier))
        for week in sorted({slot.week for slot in slots})
        for source, weekday in week_of_slots(slots, week, training_frequency)
        if (day := monday + timedelta(weeks=week - 1, days=weekday - 1)) >= starts_on
    ]
    return sorted(dated, key=lambda each: (each.day, each.source))


def week_of_slots(slots: Sequence[Slot], week: int, training_frequency: int | None) -> list[tuple[int, int]]:
    """Of one week: which workout, on which weekday."""
    planned = [(source, slot.weekday) for source, slot in enumerate(slots) if slot.week == week]
    days = {weekday for _, weekday in planned}
    if training_frequency is None or training_frequency == len(days):
        return planned
    wanted = moved_days(sorted(days), training_frequency)
    easiest = min(planned, key=lambda place: (slots[place[0]].load, place[0]))[0]
    kept = [(source, weekday) for source, weekday in planned if weekday in wanted]
    return kept + [(easiest, weekday) for weekday in wanted if weekday not in days]


def multiplied(load: float, multiplier: float) -> float:
    """Half even to 0.1, counted in decimals; in the unit of ``load``."""
    return float((Decimal(repr(load)) * Decimal(repr(multiplier))).quantize(TENTH, ROUND_HALF_EVEN))
