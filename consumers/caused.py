"""On whose behalf a reaction acts: that of whoever caused it, in the chain of what led to it."""

from typing import Protocol
from uuid import UUID

from domain.ids import OrganizationId
from domain.ports import Caller


class Caused(Protocol):
    """Work that an event has set going."""

    @property
    def cause_event_id(self) -> UUID: ...
    @property
    def organization_id(self) -> UUID: ...
    @property
    def correlation_id(self) -> UUID: ...


def caller_of(reaction: str, work: Caused) -> Caller:
    return Caller(
        organization_id=OrganizationId(work.organization_id),
        actor=f"reaction:{reaction}",
        correlation_id=work.correlation_id,
        causation_id=work.cause_event_id,
    )
