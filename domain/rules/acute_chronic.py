"""The acute to chronic workload ratio (ACWR), three ways: how the last week compares with the last four.

A contested heuristic. The bands are Gabbett's ("The training-injury prevention paradox", Br J Sports Med 2016);
Impellizzeri and others ("Acute:chronic workload ratio: conceptual issues and fundamental pitfalls", Int J Sports
Physiol Perform 2020) find neither cause nor prediction of injury in it. Whoever shows a ratio or a band shows
``CONTESTED`` beside it.

Daily loads come oldest first, the last one today's, a day without training as 0. Nothing is rounded here.
"""

from collections.abc import Sequence
from enum import StrEnum
from math import fsum

ACUTE_DAYS = 7
CHRONIC_DAYS = 28
"""Also the least history that a ratio is given for: before, the chronic load is that of a season not yet begun."""

CONTESTED = "contested heuristic (Gabbett 2016; Impellizzeri 2020): describes load, does not predict injury"


class Band(StrEnum):
    """Where a ratio lies. Both ends of the sweet spot belong to it."""

    LOW = "low"
    SWEET_SPOT = "sweet_spot"
    ELEVATED = "elevated"
    HIGH = "high"


def coupled(daily_loads: Sequence[float]) -> float | None:
    """Mean of the last 7 days over the mean of the last 28, which contain them: at most 4.

    None under 28 days, or when the chronic load is 0; so do the other two.
    """
    chronic = daily_loads[-CHRONIC_DAYS:]
    return _ratio(daily_loads, _mean(daily_loads[-ACUTE_DAYS:]), _mean(chronic))


def uncoupled(daily_loads: Sequence[float]) -> float | None:
    """Mean of the last 7 days over the mean of the 21 days before them (Windt and Gabbett 2019)."""
    chronic = daily_loads[-CHRONIC_DAYS:-ACUTE_DAYS]
    return _ratio(daily_loads, _mean(daily_loads[-ACUTE_DAYS:]), _mean(chronic))


def ewma(daily_loads: Sequence[float]) -> float | None:
    """Exponentially weighted means of 7 and of 28 days over the whole history (Williams and others 2017)."""
    return _ratio(daily_loads, _weighted(daily_loads, ACUTE_DAYS), _weighted(daily_loads, CHRONIC_DAYS))


def band(ratio: float) -> Band:
    """Low below 0.8, sweet spot to 1.3, elevated to 1.5, high above."""
    if ratio < 0.8:
        return Band.LOW
    if ratio <= 1.3:
        return Band.SWEET_SPOT
    return Band.ELEVATED if ratio <= 1.5 else Band.HIGH


def _ratio(history: Sequence[float], acute: float, chronic: float) -> float | None:
    return acute / chronic if len(history) >= CHRONIC_DAYS and chronic else None


def _mean(loads: Sequence[float]) -> float:
    return fsum(loads) / len(loads) if loads else 0.0


def _weighted(loads: Sequence[float], days: int) -> float:
    """λ = 2 / (days + 1), seeded with the first day's load."""
    weight = 2 / (days + 1)
    mean = loads[0] if loads else 0.0
    for load in loads[1:]:
        mean += weight * (load - mean)
    return mean
