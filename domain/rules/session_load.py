"""Foster's session load, and how much alike and how straining the days of a week were.

Foster, C.: "Monitoring training in athletes with reference to overtraining syndrome", Med Sci Sports Exerc 1998. Loads
are in arbitrary units (RPE × minutes), though monotony and strain work on any load. Nothing is rounded here.
"""

from collections.abc import Sequence
from math import fsum
from statistics import fmean, pstdev, stdev

WEEK_DAYS = 7


def session_load(rpe: float, minutes: float) -> float:
    """Rating of perceived exertion (0–10) × duration in minutes."""
    return rpe * minutes


def monotony(week: Sequence[float], *, sample: bool = False) -> float | None:
    """The mean of a week's seven daily loads over their standard deviation. A day without training counts, as 0.

    Foster does not say which standard deviation: the population's (÷ 7) by default, with ``sample`` the sample's (÷ 6),
    which many spreadsheets take. None when the days are all alike: there is no deviation to divide by. Raises
    ValueError when there are not seven days.
    """
    if len(week) != WEEK_DAYS:
        raise ValueError(f"monotony is a week's: {WEEK_DAYS} daily loads, not {len(week)}")
    # Both are counted in fractions, so seven equal days deviate by exactly 0, not by a rounding error.
    deviation = stdev(week) if sample else pstdev(week)
    return fmean(week) / deviation if deviation else None


def strain(week: Sequence[float], *, sample: bool = False) -> float | None:
    """The week's load × its monotony; None, and ValueError, where ``monotony`` has them."""
    alike = monotony(week, sample=sample)
    return None if alike is None else fsum(week) * alike
