"""Which exercises of a workout a phase keeps: those whose focus it names."""

from collections.abc import Sequence

from domain.rules import sports

SPORTS: frozenset[str] | None = sports.RESISTANCE


def selected(focuses: Sequence[str], phase_focus: Sequence[str]) -> tuple[int, ...]:
    """The places, in planned order, of the exercises that stay, by the focus of each and the focus areas of the phase.

    All that the phase names. Where these are fewer than half (rounded up) of what is planned, the first others fill up
    to half: a session shorter than that is another session (our choice). All stay where the phase names none of them.
    """
    areas = {_plain(area) for area in phase_focus} - {""}
    named = [place for place, focus in enumerate(focuses) if _plain(focus) in areas]
    if not named:
        return tuple(range(len(focuses)))
    others = [place for place in range(len(focuses)) if place not in named]
    missing = max(0, (len(focuses) + 1) // 2 - len(named))
    return tuple(sorted(named + others[:missing]))


def _plain(focus: str) -> str:
    """As compared: without case, and with spaces, underscores and hyphens alike."""
    return " ".join(focus.casefold().replace("_", " ").replace("-", " ").split())
