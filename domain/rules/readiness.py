"""What a coach's readiness table shows of a player and a team: load, fitness, form, monotony, and the contested ACWR.

Loads are in one unit throughout (TSS, RPE × minutes, or the club's own points): every figure only compares them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from statistics import mean, median

from domain.rules.acute_chronic import ACUTE_DAYS, CHRONIC_DAYS, coupled, ewma, uncoupled
from domain.rules.load import TENTH
from domain.rules.session_load import WEEK_DAYS, monotony, strain
from domain.rules.training_load import Fitness, fitness

HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Readiness:
    """A player at the end of ``day``. Loads, CTL, ATL, TSB and strain to 0.1; monotony and ratios to 0.01; half even.

    ``load_7d`` and ``load_28d`` are sums, of fewer days where ``days_of_data`` is less. ``tsb`` is the form in which
    the day began. ``monotony`` and ``strain`` need seven days that are not all alike, the ratios 28 days and a chronic
    load; they are None otherwise.
    """

    day: date
    load_7d: float
    load_28d: float
    ctl: float
    atl: float
    tsb: float
    monotony: float | None
    strain: float | None
    acwr_coupled: float | None
    acwr_uncoupled: float | None
    acwr_ewma: float | None
    days_of_data: int


@dataclass(frozen=True, slots=True)
class Average:
    """One figure over the ``players`` who have it, rounded like theirs."""

    mean: float
    median: float
    players: int


@dataclass(frozen=True, slots=True)
class TeamReadiness:
    """Each figure over the players who have it; None when nobody has. ``players`` counts all, with data or without."""

    players: int
    load_7d: Average | None
    load_28d: Average | None
    ctl: Average | None
    atl: Average | None
    tsb: Average | None
    monotony: Average | None
    strain: Average | None
    acwr_coupled: Average | None
    acwr_uncoupled: Average | None
    acwr_ewma: Average | None


def readiness(daily: Mapping[date, float], today: date, *, first_day: date | None = None) -> Readiness:
    """Of the load of each day, as of the end of ``today``; what lies after it is not looked at.

    History begins with ``first_day`` or the earliest day in ``daily``, whichever is earlier: from there on a day that
    ``daily`` does not name is a day without training, with a load of 0. CTL and ATL begin at 0. Without any history
    every load is 0 and every ratio None.
    """
    known = [*daily] if first_day is None else [*daily, first_day]
    days_of_data = max((today - min(known)).days + 1, 0) if known else 0
    # To 0.1 as everywhere: 0.1 + 0.2 beside a 0.3 would be a week of different days, with a monotony of 10 to the 16th.
    loads = [_rounded(daily.get(today - timedelta(days=ago), 0.0), TENTH) for ago in range(days_of_data - 1, -1, -1)]
    last = fitness(loads)[-1] if loads else Fitness(0.0, 0.0, 0.0)
    week = loads[-WEEK_DAYS:]
    whole_week = len(week) == WEEK_DAYS
    return Readiness(
        day=today,
        load_7d=_rounded(sum(loads[-ACUTE_DAYS:]), TENTH),
        load_28d=_rounded(sum(loads[-CHRONIC_DAYS:]), TENTH),
        ctl=_rounded(last.ctl, TENTH),
        atl=_rounded(last.atl, TENTH),
        tsb=_rounded(last.tsb, TENTH),
        monotony=_if_known(monotony(week) if whole_week else None, HUNDREDTH),
        strain=_if_known(strain(week) if whole_week else None, TENTH),
        acwr_coupled=_if_known(coupled(loads), HUNDREDTH),
        acwr_uncoupled=_if_known(uncoupled(loads), HUNDREDTH),
        acwr_ewma=_if_known(ewma(loads), HUNDREDTH),
        days_of_data=days_of_data,
    )


def team_readiness(players: Iterable[Readiness]) -> TeamReadiness:
    """Mean and median of the players' own figures, all of the same day: a ratio is the mean of ratios, not of loads.

    What a player lacks leaves the mean, it is not a zero: a suppressed ratio, and every figure of a player without a
    single day of data. The median says what the mean does not when one player's load is far off.
    """
    everybody = list(players)
    known = [player for player in everybody if player.days_of_data]
    return TeamReadiness(
        players=len(everybody),
        load_7d=_average((player.load_7d for player in known), TENTH),
        load_28d=_average((player.load_28d for player in known), TENTH),
        ctl=_average((player.ctl for player in known), TENTH),
        atl=_average((player.atl for player in known), TENTH),
        tsb=_average((player.tsb for player in known), TENTH),
        monotony=_average((player.monotony for player in known), HUNDREDTH),
        strain=_average((player.strain for player in known), TENTH),
        acwr_coupled=_average((player.acwr_coupled for player in known), HUNDREDTH),
        acwr_uncoupled=_average((player.acwr_uncoupled for player in known), HUNDREDTH),
        acwr_ewma=_average((player.acwr_ewma for player in known), HUNDREDTH),
    )


def _average(values: Iterable[float | None], step: Decimal) -> Average | None:
    # In decimals, so that the order of the players changes nothing.
    known = [Decimal(repr(value)) for value in values if value is not None]
    if not known:
        return None
    return Average(_rounded(mean(known), step), _rounded(median(known), step), len(known))


def _if_known(value: float | None, step: Decimal) -> float | None:
    return None if value is None else _rounded(value, step)


def _rounded(value: float | Decimal, step: Decimal) -> float:
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    return float(exact.quantize(step, ROUND_HALF_EVEN)) + 0.0  # a TSB of -0.04 is 0.0, not -0.0
