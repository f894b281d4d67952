"""What the domain's surroundings promise each other: positions, recorded events, the runner, the log and the bus.

Adapters live in ``infra/``; consumers and the API see only these.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, NamedTuple, Protocol, TypeVar
from uuid import UUID, uuid5

from domain.decider import Command
from domain.event import Event
from domain.ids import OrganizationId
from domain.position import BEGINNING as BEGINNING
from domain.position import Position as Position

E_co = TypeVar("E_co", bound=Event, covariant=True)


class Recorded(NamedTuple, Generic[E_co]):
    """An event with its envelope. A tuple, as one is made for every event that is read."""

    event: E_co
    event_id: UUID
    stream_id: UUID
    version: int
    position: Position
    organization_id: OrganizationId
    partition_key: UUID
    actor: str
    occurred_at: datetime
    recorded_at: datetime
    correlation_id: UUID
    causation_id: UUID | None


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose behalf a command runs, and what led to it.

    ``causation_id`` is the event or message that caused the command; ``correlation_id`` ties the whole chain together.
    """

    organization_id: OrganizationId
    actor: str
    correlation_id: UUID
    causation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """A client's promise that two requests are one. Kept 7 days, bound to the hash of the request's body."""

    principal: str
    route: str
    key: str
    body_hash: bytes


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """Where a message came from. Each of (source, message id) and (cluster, topic, partition, offset) is taken once."""

    source: str
    message_id: str | None
    cluster_id: str
    topic_id: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Reaction:
    """Makes a reaction's effect happen once: the ids of its events derive from (name, cause, stream).

    The store takes each event id once, so the id is the idempotency key.
    """

    name: str
    cause: UUID

    def event_id(self, stream_id: UUID, index: int) -> UUID:
        """The id of the ``index``-th event that this reaction appends to the stream."""
        return uuid5(self.cause, f"{self.name}:{stream_id.hex}:{index}")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did. ``events`` is empty where it changed nothing; ``repeated`` where it had run before.

    ``position`` is that of its last event (of the stored answer for a repeat), None if it never changed anything.
    """

    stream_id: UUID
    version: int
    partition_key: UUID | None
    position: Position | None
    events: tuple[Event, ...] = ()
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """One item of a bulk run that a rule refused; the others went on."""

    stream_id: UUID
    error: Exception


class CommandRunner(Protocol):
    """Loads, decides, appends, and starts over on a conflict. The one way to change anything."""

    def run(
        self,
        command: Command,
        caller: Caller,
        *,
        key: IdempotencyKey | None = None,
        inbox: InboxEntry | None = None,
        reaction: Reaction | None = None,
        expected_version: int | None = None,
    ) -> Outcome:
        """Raises DomainError where a rule refuses, ConcurrencyConflict when others kept winning.

        VersionMismatch where the stream is not at ``expected_version``; a repeat of ``key`` is answered all the same.
        """

    def run_many(
        self,
        commands: Sequence[Command],
        callers: Sequence[Caller],
        *,
        reactions: Sequence[Reaction | None] = (),
        key: IdempotencyKey | None = None,
    ) -> list[Outcome | Refusal]:
        """Many streams, each at most once, in one load and one append; answers in the order of the commands.

        A repeat of ``key`` is decided anew, so its commands must be such as change nothing when they come again.
        """


class EventLog(Protocol):
    """All events, in one order that never changes and skips nothing."""

    def read(self, after: Position, limit: int) -> Sequence[Recorded[Event]]:
        """Up to ``limit`` events behind ``after``; fewer, or none, when no more are settled."""

    def read_some(
        self, after: Position, limit: int, names: Collection[str]
    ) -> tuple[Sequence[Recorded[Event]], Position]:
        """Likewise, only events of these names; and how far it looked, which is where to go on."""

    def recorded(self, event_ids: Collection[UUID]) -> Collection[UUID]:
        """Those of ``event_ids`` that are in the log."""


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    key: str
    value: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    """A message as delivered. ``offset`` grows within (topic, partition), not always by one."""

    topic: str
    partition: int
    offset: int
    key: str | None
    value: bytes
    headers: Mapping[str, str]
    timestamp: datetime
    cluster_id: str
    topic_id: str


class Subscription(Protocol):
    """One member of a consumer group. A key's messages come in order, to one member at a time."""

    def poll(self, max_messages: int, timeout_s: float) -> Sequence[Message]:
        """The next messages in order; empty when none came within the time."""

    def commit(self, messages: Sequence[Message]) -> None:
        """These, and all before them in their partitions, are done: they are not delivered to the group again."""


class Bus(Protocol):
    """Topics of keyed messages, kept in order per key, delivered at least once to each consumer group."""

    def publish(self, topic: str, messages: Sequence[OutgoingMessage]) -> None:
        """All of them, durably, before it returns; in order per key."""

    def subscribe(self, group: str, topics: Sequence[str]) -> AbstractContextManager[Subscription]:
        """Join ``group``. What the group never committed is delivered (again) from the oldest on."""


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, UTC."""


class Unavailable(Exception):
    """A collaborator (database, bus, planning service) did not answer; the same call may work later."""


class ConcurrencyConflict(Exception):
    """Other writers changed the stream at every attempt."""


class VersionMismatch(Exception):
    """The stream has changed since the caller looked at it. ``version`` is where it is now; 0 where there is none."""

    def __init__(self, stream_id: UUID, expected: int, version: int) -> None:
        super().__init__(f"{stream_id} is at version {version}, not {expected}")
        self.version = version


class IdempotencyKeyReused(Exception):
    """The key was used before with another body: answer 422."""
