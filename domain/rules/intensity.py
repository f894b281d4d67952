"""How a phase's intensity moves the zones of a workout, and its targets in percent of a threshold.

Percent of a threshold (FTP) or of maximum heart rate, never beats: what an athlete's heart can do is no matter of a
phase.
"""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum

from domain.rules import sports
from domain.rules.load import TENTH

SPORTS: frozenset[str] | None = sports.ENDURANCE


class Zone(StrEnum):
    """Friel's zones by percent of threshold heart rate, easy to hard (Friel, "The Triathlete's Training Bible")."""

    Z1 = "1"
    Z2 = "2"
    Z3 = "3"
    Z4 = "4"
    Z5A = "5a"
    Z5B = "5b"
    Z5C = "5c"


class IntensityLevel(StrEnum):
    """How intense a phase is."""

    RECOVERY = "recovery"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    PEAK = "peak"


SHIFTS = {
    IntensityLevel.RECOVERY: -2,
    IntensityLevel.LOW: -1,
    IntensityLevel.MEDIUM: 0,
    IntensityLevel.HIGH: 1,
    IntensityLevel.PEAK: 2,
}
"""Zones by which a level moves a workout. Ours: seed 000, "Intensity Modifications", names no numbers."""

POINTS_PER_ZONE = 5
"""Percentage points: Friel's zones 2, 3 and 4 for running are 85–89, 90–94 and 95–99 % of threshold heart rate."""

LEAST_PERCENT = 50.0
"""Below it lies no training target: Coggan's active recovery is all that is under 55 % of FTP. A floor for what is
lowered only: a target planned lower than that stays where it is."""

Z2_TOP = 89.0
"""Where Friel's zone 2 ends, in percent of threshold heart rate, running and cycling alike."""

Z2_TOP_OF_FTP = 75.0
"""Where Coggan's endurance zone ends, in percent of FTP: 89 % of FTP is tempo, and not easy."""

LADDER = tuple(Zone)
EASY = frozenset({Zone.Z1, Zone.Z2})


def shifted_zones(zones: Sequence[Zone], level: IntensityLevel) -> tuple[Zone, ...]:
    """``zones`` moved by the level's shift, within zones 1 to 5c. Raising leaves easy zones: an easy day stays easy.

    Neighbours that differed and are now the same are named once.
    """
    return _joined(zones, [_shifted(zone, SHIFTS[level]) for zone in zones])


def shifted_percent(
    low: float, high: float, level: IntensityLevel, *, easy: bool, ceiling: float | None
) -> tuple[float, float]:
    """The range ``low``–``high`` of percentages moved by the level's points, half even to 0.1, order kept.

    What is ``easy`` is never raised. ``ceiling`` is 100 for percent of maximum heart rate, None for percent of FTP
    (sprints are well above it). Lowering stops at ``LEAST_PERCENT``.
    """
    points = SHIFTS[level] * POINTS_PER_ZONE
    if easy:
        points = min(points, 0)
    return _moved(low, points, ceiling), _moved(high, points, ceiling)


def is_hard(zones: Iterable[Zone]) -> bool:
    """Whether any of it is in zone 4 (just under the threshold) or above."""
    return any(LADDER.index(zone) >= LADDER.index(Zone.Z4) for zone in zones)


def eased_zones(zones: Sequence[Zone]) -> tuple[Zone, ...]:
    """``zones`` with all above zone 2 in zone 2. Neighbours that differed and are now the same are named once."""
    return _joined(zones, [zone if zone in EASY else Zone.Z2 for zone in zones])


def eased_percent(low: float, high: float, *, top: float = Z2_TOP) -> tuple[float, float]:
    """The range with nothing above ``top``, the end of zone 2 in the measure of the target; half even to 0.1."""
    return _moved(low, 0, top), _moved(high, 0, top)


def _shifted(zone: Zone, shift: int) -> Zone:
    if zone in EASY and shift > 0:
        return zone
    return LADDER[min(max(LADDER.index(zone) + shift, 0), len(LADDER) - 1)]


def _joined(planned: Sequence[Zone], shown: Sequence[Zone]) -> tuple[Zone, ...]:
    """``shown`` without the zones that only the change made equal to the one before: 2, 1 lowered is 1, not 1, 1."""
    return tuple(
        zone
        for place, zone in enumerate(shown)
        if place == 0 or zone != shown[place - 1] or planned[place] == planned[place - 1]
    )


def _moved(percent: float, points: int, ceiling: float | None) -> float:
    planned = Decimal(repr(percent))
    moved = max(planned + points, min(planned, Decimal(repr(LEAST_PERCENT))))
    if ceiling is not None:
        moved = min(moved, Decimal(repr(ceiling)))
    return float(moved.quantize(TENTH, ROUND_HALF_EVEN))
