"""How hard a session with power was (TSS), and what the days of training add up to: fitness, fatigue and form.

Coggan's training stress score and the performance management chart (Allen, Hunter and Coggan, Andrew: "Training and
Racing with a Power Meter"). Nothing is rounded here; who shows or stores a value rounds it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

CTL_DAYS = 42
"""Time constant of fitness (chronic training load), in days."""

ATL_DAYS = 7
"""Time constant of fatigue (acute training load), in days."""


@dataclass(frozen=True, slots=True)
class Fitness:
    """The end of one day, in load a day: fitness (CTL), fatigue (ATL), and the form (TSB) in which the day began."""

    ctl: float
    atl: float
    tsb: float


def tss(seconds: float, normalized_power_w: float, ftp_w: float) -> float:
    """s · NP · IF / (FTP · 3600) · 100, where IF is NP / FTP: an hour at threshold power is 100.

    Raises ValueError when ``ftp_w`` is not above zero.
    """
    if ftp_w <= 0:
        raise ValueError(f"a functional threshold power is above 0 W, not {ftp_w}")
    intensity_factor = normalized_power_w / ftp_w
    return seconds * normalized_power_w * intensity_factor / (ftp_w * 3600) * 100


def fitness(daily_loads: Sequence[float], *, ctl: float = 0.0, atl: float = 0.0) -> list[Fitness]:
    """One value per day, oldest first, from the ``ctl`` and ``atl`` of the evening before the first day.

    A day without training is a load of 0. CTL moves by a 42nd of its distance from the day's load, ATL by a seventh.
    TSB is yesterday's CTL − yesterday's ATL: what the day began with, untouched by its own session.
    """
    days: list[Fitness] = []
    for load in daily_loads:
        tsb = ctl - atl
        ctl += (load - ctl) / CTL_DAYS
        atl += (load - atl) / ATL_DAYS
        days.append(Fitness(ctl, atl, tsb))
    return days
