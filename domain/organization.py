"""An organization: whose data it is, and which planning sources speak for it.

Everything else belongs to exactly one organization; the store loads nothing of another. A planning topic feeds one
organization, so what comes in on it needs no word about whose it is.
"""

from dataclasses import dataclass, replace
from typing import assert_never
from uuid import UUID

from pydantic import Field

from domain.decider import Command, Context, Decider
from domain.errors import AlreadyExists, DomainError, NotFound
from domain.event import Event
from domain.fields import ExternalId, Title
from domain.ids import OrganizationId

# Stored shapes: version with care


class OrganizationFounded(Event):
    """An organization (a club, an academy) began to use the service."""

    event_name = "organization.founded"

    organization_id: OrganizationId
    name: str


class PlanningSourceConnected(Event):
    """A planning service speaks for the organization on a topic of the bus."""

    event_name = "organization.planning_source_connected"

    organization_id: OrganizationId
    source: str = Field(description="What the organization calls that service; its ids are unique within it.")
    topic: str


OrganizationEvent = OrganizationFounded | PlanningSourceConnected


@dataclass(frozen=True, slots=True)
class PlanningSource:
    source: str
    topic: str


@dataclass(frozen=True, slots=True)
class Organization:
    organization_id: OrganizationId
    name: str
    sources: tuple[PlanningSource, ...] = ()


def evolve(state: Organization | None, event: OrganizationEvent) -> Organization:
    match event:
        case OrganizationFounded():
            return Organization(event.organization_id, event.name)
        case PlanningSourceConnected():
            assert state is not None, "an organization is founded first"
            return replace(state, sources=(*state.sources, PlanningSource(event.source, event.topic)))
        case _:
            assert_never(event)


class FoundOrganization(Command):
    organization_id: OrganizationId
    name: Title

    @property
    def stream_id(self) -> UUID:
        return self.organization_id


class ConnectPlanningSource(Command):
    organization_id: OrganizationId
    source: ExternalId
    topic: ExternalId

    @property
    def stream_id(self) -> UUID:
        return self.organization_id


OrganizationCommand = FoundOrganization | ConnectPlanningSource


def decide(
    command: OrganizationCommand, state: Organization | None, _context: Context
) -> tuple[OrganizationEvent, ...]:
    match command:
        case FoundOrganization():
            if state is None:
                return (OrganizationFounded(organization_id=command.organization_id, name=command.name),)
            if state.name == command.name:
                return ()
            raise AlreadyExists(f"organization {state.organization_id} exists already, under the name {state.name!r}")
        case ConnectPlanningSource():
            return connect(command, state)
        case _:
            assert_never(command)


def connect(command: ConnectPlanningSource, state: Organization | None) -> tuple[OrganizationEvent, ...]:
    if state is None:
        raise NotFound(f"there is no organization {command.organization_id}")
    for known in state.sources:
        if known.topic == command.topic:
            if known.source == command.source:
                return ()
            raise TopicTaken(f"topic {command.topic!r} carries the messages of source {known.source!r} already")
    return (PlanningSourceConnected(organization_id=state.organization_id, source=command.source, topic=command.topic),)


class TopicTaken(DomainError):
    code = "topic-taken"
    hint = "Give each planning source a topic of its own."


DECIDER: Decider[OrganizationCommand, Organization, OrganizationEvent] = Decider(
    name="organization",
    commands=(FoundOrganization, ConnectPlanningSource),
    events=(OrganizationFounded, PlanningSourceConnected),
    state=Organization,
    decide=decide,
    evolve=evolve,
    partition_key=lambda state: state.organization_id,
)
