"""What the routes need from outside. The composition root makes one and gives it to ``create_app``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from domain.event import Event
from domain.ports import Clock, Recorded
from projections.projection import Connect


class Explained(Protocol):
    """A change and what caused it, nearest cause first. ``origin``: a cause outside the log, such as a message."""

    @property
    def change(self) -> Recorded[Event]: ...
    @property
    def causes(self) -> Sequence[Recorded[Event]]: ...
    @property
    def origin(self) -> UUID | None: ...


class History(Protocol):
    def explain(self, stream_id: UUID) -> Sequence[Explained]:
        """Every change of the stream in its order; empty where there is no such stream."""


@dataclass(frozen=True, slots=True)
class Services:
    """``connect`` lends autocommit connections, and gives up soon where there are none.

    ``outages`` are the errors by which the database says that it is away. ``pending_migrations`` are the names of those
    not applied yet.
    """

    connect: Connect
    history: History
    clock: Clock
    new_id: Callable[[], UUID]
    outages: tuple[type[Exception], ...]
    pending_migrations: Callable[[], Sequence[str]]
    longest_lag_s: float = 60.0
