"""What a breach of a workload threshold does to the workouts of a while: less of them, easier, or none.

A breach restricts what shows beneath it. The strictest restriction in force holds; breaches do not stack.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from typing import assert_never

from domain.rules.load import TENTH

SPORTS: frozenset[str] | None = None


class ThresholdType(StrEnum):
    """What the planning service saw (seed 000, "Workload Threshold Event")."""

    HIGH_LOAD = "high_load"
    RECOVERY_NEEDED = "recovery_needed"
    INJURY_RISK = "injury_risk"


class ResponseType(StrEnum):
    """What it recommends (seed 000, likewise)."""

    REDUCE_LOAD = "reduce_load"
    INCREASE_RECOVERY = "increase_recovery"
    SKIP_TRAINING = "skip_training"


@dataclass(frozen=True, slots=True)
class Restriction:
    """``fraction`` (0–1) of the load beneath remains, 0.0 with ``skip``; with ``easy_only`` in zones 1 and 2 alone."""

    skip: bool
    fraction: float
    easy_only: bool


DAYS_IN_FORCE = {
    ThresholdType.HIGH_LOAD: 7,
    ThresholdType.RECOVERY_NEEDED: 3,
    ThresholdType.INJURY_RISK: 14,
}
"""Ours, from no published source. A high load is one of a week: after one microcycle the week that was too much has
left the sum, and the acute load's time constant is 7 days. Tiredness is a matter of days: three make room for the
easy days between two hard ones. A risk of injury is given two microcycles, one to unload and one to come back. What
still holds after that comes as a new breach."""


def restriction_for(response: ResponseType, magnitude: float) -> Restriction:
    """The restriction that a recommendation of ``magnitude`` asks for; a ValueError when that is outside 0–1."""
    if not 0 <= magnitude <= 1:
        raise ValueError(f"a magnitude lies between 0 and 1, and this is {magnitude}")
    remains = float(1 - Decimal(repr(magnitude)))  # in decimals, as 1 - 0.9 in binary is 0.09999999999999998
    match response:
        case ResponseType.REDUCE_LOAD:
            return Restriction(skip=False, fraction=remains, easy_only=False)
        case ResponseType.INCREASE_RECOVERY:
            return Restriction(skip=False, fraction=remains, easy_only=True)
        case ResponseType.SKIP_TRAINING:
            return Restriction(skip=True, fraction=0.0, easy_only=False)
        case _:
            assert_never(response)


def days_in_force(threshold: ThresholdType) -> int:
    """Days, the first included, after which a breach's restriction expires by itself."""
    return DAYS_IN_FORCE[threshold]


def strictest(restrictions: Iterable[Restriction]) -> Restriction | None:
    """What holds under all of them: a skip if any skips, the least fraction, easy if any is. None without any."""
    held = tuple(restrictions)
    if not held:
        return None
    return Restriction(
        skip=any(one.skip for one in held),
        fraction=min(one.fraction for one in held),
        easy_only=any(one.easy_only for one in held),
    )


def restricted_load(load: float, restriction: Restriction) -> float:
    """What remains of ``load``, in its unit, half even to 0.1."""
    return float((Decimal(repr(load)) * Decimal(repr(restriction.fraction))).quantize(TENTH, ROUND_HALF_EVEN))
