"""What a game does to the days before it and to its week. Days are the team's own calendar days."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from domain.rules.load import TENTH

SPORTS: frozenset[str] | None = None

EVE_FRACTION = 0.6
"""Of the planned load on the day before a game, as in a recovery phase (seed 000, "Load Multipliers"); ours."""


def eve_load(planned: float, phase_load: float) -> float:
    """The load on the day before a game: what the phase makes of it, at most ``EVE_FRACTION`` of the plan.

    Half even to 0.1, in the unit of the loads.
    """
    most = Decimal(repr(planned)) * Decimal(repr(EVE_FRACTION))
    return float(min(Decimal(repr(phase_load)), most).quantize(TENTH, ROUND_HALF_EVEN))


def is_eve(day: date, games: Iterable[date]) -> bool:
    """Whether there is a game on the day after ``day``."""
    return any((game - day).days == 1 for game in games)


def week_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def games_in_week(week_start: date, games: Iterable[date]) -> tuple[int, ...]:
    """The weekdays (1 = Monday … 7 = Sunday), sorted, with games in the seven days from ``week_start``.

    A day with two games is named once: it can take the place of only one session.
    """
    return tuple(sorted({game.isoweekday() for game in games if 0 <= (game - week_start).days < 7}))
