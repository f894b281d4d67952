"""How closely what was done follows what was planned, as a colour (TrainingPeaks' compliance colours)."""

from enum import StrEnum
from fractions import Fraction


class Compliance(StrEnum):
    """Of what was planned was done: green 80–120 %, yellow 50–79 or 121–150, orange less or more; red is missed."""

    GREEN = "green"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"


def compliance(planned: float, executed: float | None) -> Compliance | None:
    """Both in the same unit, whichever it is (load, seconds, metres). ``executed`` is None for a missed session.

    None when nothing was planned: there is nothing to compare with, and nothing to miss. The published bands are in
    whole percent, so the share is rounded half even to a whole percent before it is compared: 79.5 % is 80 and green,
    120.5 % is 120 and green. A session that was done with a load of 0 is orange: it was not missed.
    """
    if planned == 0:
        return None
    if executed is None:
        return Compliance.RED
    # Counted on the decimals that a person reads: 1.1925 of 1.5 is 79.5 %, in binary it would be a little less.
    percent = round(100 * Fraction(repr(executed)) / Fraction(repr(planned)))
    if 80 <= percent <= 120:
        return Compliance.GREEN
    return Compliance.YELLOW if 50 <= percent <= 150 else Compliance.ORANGE
