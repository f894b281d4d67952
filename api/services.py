"""What the routes need from outside. The composition root makes one and gives it to ``create_app``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol
from uuid import UUID

from api.operation import Operation
from api.principal import Nobody, Tokens
from domain.assignment import PlanAssignment
from domain.errors import DomainError
from domain.event import Event
from domain.ids import OrganizationId, TeamId, TemplateId
from domain.ports import (
    Caller,
    Clock,
    CommandRunner,
    IdempotencyKey,
    Outcome,
    OutgoingMessage,
    Position,
    Recorded,
    Unavailable,
)
from domain.prescription import Adjustment, Prescription
from domain.template_application import Customizations
from projections.projection import Connect, Reading


class Explained(Protocol):
    """A change and what caused it, nearest cause first. ``origin``: a cause outside the log, such as a message."""

    @property
    def change(self) -> Recorded[Event]: ...
    @property
    def causes(self) -> Sequence[Recorded[Event]]: ...
    @property
    def origin(self) -> UUID | None: ...


class History(Protocol):
    def explain(self, stream_id: UUID, organization_id: OrganizationId) -> Sequence[Explained]:
        """Every change of the stream in its order; empty where the organization has no such stream."""


class Assigned(Protocol):
    """What became of one of many. ``refusal`` is what a rule said against it; nothing was created then."""

    @property
    def assignment_id(self) -> UUID: ...
    @property
    def created(self) -> bool: ...
    @property
    def shown(self) -> Prescription | None: ...
    @property
    def adjustments(self) -> Sequence[Adjustment]: ...
    @property
    def position(self) -> Position | None: ...
    @property
    def refusal(self) -> DomainError | None: ...


class Assigning(Protocol):
    def assign_one(
        self,
        command: PlanAssignment,
        caller: Caller,
        *,
        key: IdempotencyKey | None = None,
        expected_version: int | None = None,
    ) -> Outcome:
        """Plans it with the phase of its day. Raises DomainError."""

    def assign(
        self, commands: Sequence[PlanAssignment], caller: Caller, *, key: IdempotencyKey | None = None
    ) -> Sequence[Assigned]:
        """Plans them with the phases of their days, and answers in their order."""


class Templating(Protocol):
    def apply(
        self,
        team_id: TeamId,
        template_id: TemplateId,
        starts_on: date,
        customizations: Customizations,
        caller: Caller,
        version: int | None = None,
        *,
        key: IdempotencyKey | None = None,
        expected_version: int | None = None,
    ) -> Outcome:
        """Raises DomainError."""


def publish_nowhere(topic: str, _: OutgoingMessage) -> None:
    raise Unavailable(f"there is no bus here to publish to {topic}")


@dataclass(frozen=True, slots=True)
class Services:
    """``connect`` lends autocommit connections, and gives up soon where there are none.

    ``reading`` lends one that sees what belongs to an organization and nothing else, inside a read-only transaction.
    Whatever a route shows is read there.

    ``outages`` are the errors by which the database says that it is away. ``pending_migrations`` are the names of those
    not applied yet. ``tokens`` tells who asks; nobody is let in where there are none.

    ``publish`` puts a message on a topic of the bus, and raises Unavailable where that is away. ``planning_topic`` is
    the one on which the planning service speaks.
    """

    connect: Connect
    reading: Reading
    history: History
    runner: CommandRunner
    assigning: Assigning
    templating: Templating
    clock: Clock
    new_id: Callable[[], UUID]
    outages: tuple[type[Exception], ...]
    pending_migrations: Callable[[], Sequence[str]]
    longest_lag_s: float = 60.0
    tokens: Tokens = field(default_factory=Nobody)
    operation: Operation = field(default_factory=Operation)
    publish: Callable[[str, OutgoingMessage], None] = field(default=publish_nowhere)
    planning_topic: str = "planning.events"
