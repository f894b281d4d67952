"""The organization on whose behalf one asks."""

from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from api.access import Asking
from api.commanding import etag
from api.models import Answer
from api.problems import PROBLEM
from api.services import Services
from domain.errors import NotFound
from domain.organization import DECIDER, OrganizationFounded, PlanningSourceConnected


class PlanningSource(Answer):
    """A planning service that speaks for the organization."""

    source: str = Field(description="What the organization calls it; its ids are unique within it.", examples=["plan"])
    topic: str = Field(description="Where its messages come in.", examples=["planning.events"])


class OrganizationAnswer(Answer):
    """A club, an academy: whose data it is."""

    organization_id: UUID
    name: str = Field(examples=["SV Nord"])
    planning_sources: list[PlanningSource]


def router(services: Services) -> APIRouter:
    routes = APIRouter(prefix="/api/v1", tags=["organizations"], responses=PROBLEM)

    @routes.get("/organization", summary="Your organization")
    def get_organization(access: Asking, response: Response) -> OrganizationAnswer:
        """The one that your token names. Read from the events themselves: it is never stale."""
        organization_id = access.organization()
        changes = [each.change for each in services.history.explain(organization_id, organization_id)]
        events = [each.event for each in changes]
        state = DECIDER.fold([e for e in events if isinstance(e, OrganizationFounded | PlanningSourceConnected)])
        if state is None:
            raise NotFound(
                "the organization that your token names is not known here",
                hint="Check the claim `org` of your token: it is the id under which the organization was founded.",
            )
        response.headers["etag"] = etag(changes[-1].version)
        return OrganizationAnswer(
            organization_id=state.organization_id,
            name=state.name,
            planning_sources=[PlanningSource(source=each.source, topic=each.topic) for each in state.sources],
        )

    return routes
