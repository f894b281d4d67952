"""What a heart rate says of a session: Banister's training impulse (TRIMP), and Friel's zones.

Beats are only read here, never scaled: a maximum is a fact of the body (seed 000's intensity adjustment made 1.4 times
as many beats of it).
"""

from enum import StrEnum
from math import exp

from domain.rules.intensity import Zone
from domain.rules.sports import known


class Sex(StrEnum):
    """As Banister's weighting knows it: blood lactate rises otherwise with the heart rate in men and in women."""

    FEMALE = "female"
    MALE = "male"


WEIGHTS = {Sex.MALE: (0.64, 1.92), Sex.FEMALE: (0.86, 1.67)}
"""Factor and exponent of Banister's weighting (Banister 1991)."""

STARTS = {
    "run": ((Zone.Z2, 85), (Zone.Z3, 90), (Zone.Z4, 95), (Zone.Z5A, 100), (Zone.Z5B, 103)),
    "bike": ((Zone.Z2, 81), (Zone.Z3, 90), (Zone.Z4, 94), (Zone.Z5A, 100), (Zone.Z5B, 103)),
}
"""The percentage of threshold heart rate with which a zone begins (Friel); below the first is zone 1."""

SPORTS = frozenset(STARTS)
"""The sports that Friel's table has percentages for; TRIMP is for any sport."""

Z5B_ENDS = 106
"""5c is printed as more than 106, in both sports."""


def trimp(minutes: float, heart_rate: float, *, resting: float, maximum: float, sex: Sex) -> float:
    """min · HRr · a · e^(b · HRr), where HRr is the share of the heart rate reserve in use.

    Heart rates are in beats a minute. HRr is kept within 0–1: below the resting rate nothing was done, and an average
    above the maximum says that the maximum on file is too low, not that there was more than all of the reserve. Not
    rounded. Raises ValueError when there is no reserve (``maximum`` not above ``resting``).
    """
    if maximum <= resting:
        raise ValueError(f"a maximum heart rate is above the resting one: {maximum} against {resting}")
    reserve = min(max((heart_rate - resting) / (maximum - resting), 0.0), 1.0)
    factor, exponent = WEIGHTS[sex]
    return minutes * reserve * factor * exp(exponent * reserve)


def friel_zone(percent: float, sport: str) -> Zone:
    """The zone of a heart rate in percent of the athlete's threshold heart rate in ``sport``, by any of its names.

    The printed table has whole percents (85–89, 90–94). Between two of them the zone below goes on: zone 3 begins at
    90, so 89.5 is still zone 2, and 84.9 is "<85". Only 5c has no printed beginning but ">106": 106.0 is 5b, 106.1 is
    5c. Raises ValueError for a sport without a table.
    """
    name = known(sport)
    if name not in SPORTS:
        raise ValueError(f"Friel's heart rate zones are for {' and '.join(sorted(SPORTS))}, not {sport!r}")
    if percent > Z5B_ENDS:
        return Zone.Z5C
    return next((zone for zone, start in reversed(STARTS[name]) if percent >= start), Zone.Z1)
