"""The sports that rules tell apart. A rule changes nothing in a sport that it does not know."""

ENDURANCE = frozenset({"run", "bike", "swim", "row", "ski", "walk", "hike", "triathlon"})
"""Paced by zones and by percentages of a threshold."""

WITH_POWER = frozenset({"bike", "run", "row"})
"""Of these the sports in which power is measured on the way."""

RESISTANCE = frozenset({"strength", "gym", "conditioning", "circuit", "core", "plyometrics", "mobility"})
"""Made of exercises that can be left out one by one."""

SYNONYMS = {
    "running": "run",
    "jog": "run",
    "jogging": "run",
    "trail run": "run",
    "trail running": "run",
    "cycling": "bike",
    "cycle": "bike",
    "biking": "bike",
    "ride": "bike",
    "swimming": "swim",
    "rowing": "row",
    "skiing": "ski",
    "cross-country skiing": "ski",
    "walking": "walk",
    "hiking": "hike",
    "weights": "strength",
    "lifting": "strength",
    "weight training": "strength",
    "strength training": "strength",
}


def known(sport: str) -> str:
    """The name by which rules know ``sport``: lower case, single spaces, synonyms joined. A name of no rule stays."""
    plain = " ".join(sport.lower().split())
    return SYNONYMS.get(plain, plain)


def concerns(sports: frozenset[str] | None, sport: str) -> bool:
    """Whether a rule whose ``SPORTS`` these are has a say in ``sport``, however it is written. None is any sport."""
    return sports is None or known(sport) in sports
