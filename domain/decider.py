"""The shape of every aggregate: decide what happens, evolve what is. Both are pure.

``state`` is None for a stream without events. Idempotent commands decide ``()``.
"""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from domain.event import Event
from domain.ids import OrganizationId


class Command(BaseModel):
    """A wish. Constraints live here; unknown fields are refused."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )

    @property
    @abstractmethod
    def stream_id(self) -> UUID:
        """The aggregate that this command addresses."""


@dataclass(frozen=True, slots=True)
class Context:
    """What ``decide`` may know beside command and state: now (UTC, aware), who asks, whose data, fresh ids."""

    now: datetime
    actor: str
    organization_id: OrganizationId
    new_id: Callable[[], UUID]


C = TypeVar("C", bound=Command)
S = TypeVar("S")
E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Decider(Generic[C, S, E]):
    """One aggregate, as its file defines it. ``partition_key`` gives the scope within which order is kept."""

    name: str
    commands: Sequence[type[C]]
    events: Sequence[type[E]]
    state: type[S]
    decide: Callable[[C, S | None, Context], tuple[E, ...]]
    evolve: Callable[[S | None, E], S]
    partition_key: Callable[[S], UUID]
    snapshot_every: int = 0
    """Keep a snapshot each so many events; 0 for streams that stay short."""

    def fold(self, events: Sequence[E], state: S | None = None) -> S | None:
        """The state after ``events``; ``state`` itself when there are none."""
        return reduce(self.evolve, events, state)
