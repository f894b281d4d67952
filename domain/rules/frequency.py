"""How often in a week, and on which days. The days are the frequency: no interval is kept beside them.

Weekdays are 1 = Monday … 7 = Sunday. The week is a circle: Monday follows Sunday, for a plan repeats.
"""

from collections.abc import Collection, Sequence
from itertools import combinations
from typing import assert_never

from domain.rules.load import PhaseType

SPORTS: frozenset[str] | None = None

WEEK = range(1, 8)
MOST_BY_DEFAULT = 6
"""One day of rest, unless the phase itself asks for seven sessions."""
MOST_IN_RECOVERY = 2
"""Seed 000 says "minimal frequency" of recovery; the number is ours."""


def sessions_in(phase_type: PhaseType, planned: int, *, wanted: int | None = None, games: int = 0) -> int:
    """Sessions a week, 1–7, for a workout planned ``planned`` times a week; 0 only where none is planned.

    ``wanted`` is the phase's own number and wins over the default of its type (seed 000, "Frequency Adjustments"; it
    says higher and reduced, the steps of one are ours). In season and in the playoffs each of the week's ``games``
    takes the place of a session; the most that a week holds is applied before that, as a game is no rest.
    """
    if planned == 0:
        return 0
    most = min(_by_default(phase_type, planned), MOST_BY_DEFAULT) if wanted is None else min(wanted, len(WEEK))
    played = games if phase_type in (PhaseType.IN_SEASON, PhaseType.PLAYOFFS) else 0
    return max(1, most - played)


def _by_default(phase_type: PhaseType, planned: int) -> int:
    match phase_type:
        case PhaseType.PRESEASON:
            return planned + 1
        case PhaseType.IN_SEASON | PhaseType.OFFSEASON:
            return planned
        case PhaseType.PLAYOFFS:
            return planned - 1
        case PhaseType.RECOVERY:
            return min(planned, MOST_IN_RECOVERY)
        case _:
            assert_never(phase_type)


def moved_days(days: Sequence[int], sessions: int, *, avoid: Collection[int] = ()) -> tuple[int, ...]:
    """The sorted weekdays for that many sessions, as near to the planned ``days`` as they can be; at most seven.

    Fewer sessions than days: some of the planned days, the best spread. More: all of them, and days in the widest
    gaps. ``avoid`` (days of games) are left out while others are free: where the other planned days are not enough, an
    avoided one moves to the nearest free day. Applied to its own answer it changes nothing.
    """
    planned, avoided = set(days), set(avoid)
    moved = _moved(planned, avoided)

    def cost(week: tuple[int, ...]) -> tuple[int, int, int, int, tuple[int, ...]]:
        return (
            len(avoided.intersection(week)),
            -len(planned.intersection(week)),
            -len(moved.intersection(week)),
            sum(gap * gap for gap in _gaps(week)),
            week,
        )

    return min(combinations(WEEK, min(sessions, len(WEEK))), key=cost)


def _moved(planned: set[int], avoided: set[int]) -> set[int]:
    """Where the planned days that are avoided go, one after the other, while there are free days.

    Of two free days equally near the later is taken: the earlier is nearer to the eve of the game.
    """
    free = set(WEEK) - planned - avoided
    taken: set[int] = set()
    for day in sorted(planned & avoided):
        if not free:
            break
        nearest = min(free, key=lambda other: (min((other - day) % 7, (day - other) % 7), (other - day) % 7))
        free.remove(nearest)
        taken.add(nearest)
    return taken


def _gaps(week: tuple[int, ...]) -> list[int]:
    """Days from each session to the next around the circle; their sum is seven, so their squares measure evenness."""
    return [(after - day - 1) % 7 + 1 for day, after in zip(week, week[1:] + week[:1], strict=True)]
