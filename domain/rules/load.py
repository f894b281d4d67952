"""How a phase's load level turns a planned load into the load of the day.

Loads are in the unit in which they were planned (TSS, or the club's own points): the rule only scales them.
"""

from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum

TENTH = Decimal("0.1")


class PhaseType(StrEnum):
    """The seasons of a team's year (seed 000)."""

    PRESEASON = "preseason"
    IN_SEASON = "in_season"
    PLAYOFFS = "playoffs"
    OFFSEASON = "offseason"
    RECOVERY = "recovery"


class LoadLevel(StrEnum):
    """How hard a phase is."""

    RECOVERY = "recovery"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    PEAK = "peak"


MULTIPLIERS = {
    LoadLevel.RECOVERY: Decimal("0.6"),
    LoadLevel.LOW: Decimal("0.8"),
    LoadLevel.MEDIUM: Decimal("1.0"),
    LoadLevel.HIGH: Decimal("1.2"),
    LoadLevel.PEAK: Decimal("1.4"),
}
"""Seed 000, "Load Multipliers"."""


def adjusted_load(baseline: float, level: LoadLevel) -> float:
    """``baseline`` × the level's multiplier, rounded half even to 0.1.

    Counted in decimals, on the baseline as a person reads it: 20.5 × 0.6 is 12.3 and 0.25 × 1.0 is 0.2, whatever
    their binary neighbours are. Costs about a microsecond.
    """
    return float((Decimal(repr(baseline)) * MULTIPLIERS[level]).quantize(TENTH, ROUND_HALF_EVEN))
