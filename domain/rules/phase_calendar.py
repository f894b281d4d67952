"""Which phase a day belongs to. Phases may overlap once messages have moved them; the latest word wins."""

from collections.abc import Iterable
from datetime import date
from typing import Protocol, TypeVar


class Declared(Protocol):
    """A phase with its dates, both inclusive. ``declared`` grows with every declaration of any phase of the plan."""

    @property
    def starts_on(self) -> date: ...

    @property
    def ends_on(self) -> date: ...

    @property
    def declared(self) -> int: ...


P = TypeVar("P", bound=Declared)


def phase_on(phases: Iterable[P], day: date) -> P | None:
    """Of the phases that cover ``day`` the one declared last; None when none covers it."""
    covering = (phase for phase in phases if phase.starts_on <= day <= phase.ends_on)
    return max(covering, key=lambda phase: phase.declared, default=None)


def overlaps(starts_on: date, ends_on: date, phase: Declared) -> bool:
    """Whether the two share a day."""
    return starts_on <= phase.ends_on and phase.starts_on <= ends_on
