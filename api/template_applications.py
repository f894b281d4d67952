"""Teams that follow templates: from when on, with how many workouts."""

from datetime import date, datetime
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from api.access import Asking
from api.changing import CREATED, located
from api.commanding import Commanded, ToChange, commanded, etag
from api.cursors import Cursor, Limit, named_cursor, paged, text_of
from api.models import Answer
from api.problems import PROBLEM, Refused
from api.reading import TIMEOUT, MinPosition, Timeout, stale
from api.services import Services
from api.templates import TemplateVersion
from api.wishes import Wish
from domain.fields import Day
from domain.ids import TeamId, TemplateId
from domain.template_application import Customizations
from projections import belonging, template_library
from projections.people import NameCursor
from projections.template_library import ApplicationCursor, applications

AS_IT_IS = Customizations()


class NewApplication(Wish):
    team_id: TeamId
    starts_on: Day = Field(description="The first day; weeks of the template begin on its Monday.")
    customizations: Customizations = Field(AS_IT_IS, examples=[{"loadMultiplier": 1.2, "trainingFrequency": 4}])
    version: TemplateVersion | None = Field(None, description="Of the template; left out: the one that holds now.")


class ApplicationEntry(Answer):
    """A team follows a template."""

    application_id: UUID
    team_id: UUID
    template_id: str = Field(description="As whoever keeps the template calls it.")
    template_version: int
    name: str = Field(examples=["Base, four weeks"])
    starts_on: date
    ends_on: date = Field(description="The day of the last workout.")
    load_multiplier: float
    training_frequency: int | None = Field(description="Days with training a week; null: as the template has it.")
    workouts_count: int = Field(description="Of each player.")
    triggered_by: str
    applied_at: datetime
    assignments_count: int | None = Field(description="How many were planned; null while that is going on.")
    players_count: int | None = Field(description="For how many players; null while that is going on.")
    created_at: datetime | None = Field(description="When all of them were planned.")


class ApplicationList(Answer):
    applications: list[ApplicationEntry] = Field(description="By first day, the latest first.")
    next_cursor: str | None = Field(description="For the next page; null on the last.")
    stale: bool = Field(description="True where something is missing: not there in time, or set aside as an error.")


def until_known(access: Asking, min_position: MinPosition = None, timeout: Timeout = TIMEOUT) -> None:
    """Team and template may have been made a moment ago: with ``minPosition`` they are waited for."""
    if min_position is not None:
        stale(access.services, (*belonging.READS, *template_library.READS), min_position, timeout)


def router(services: Services) -> APIRouter:
    routes = APIRouter(prefix="/api/v1", tags=["templates"], responses=PROBLEM)

    @routes.post(
        "/templates/{templateId}/applications",
        status_code=201,
        summary="Let a team follow a template",
        responses=CREATED,
        dependencies=[Depends(until_known)],
    )
    def apply(templateId: UUID, body: NewApplication, access: Asking, asked: ToChange, response: Response) -> Commanded:
        """Whoever is on the roster on the day of a workout gets it, by itself.

        Once for a team, a template and a first day: again it changes nothing, with other customizations it is refused.
        """
        access.template(templateId, version=body.version)
        access.team(body.team_id, change=True)
        outcome = services.templating.apply(
            body.team_id,
            TemplateId(templateId),
            body.starts_on,
            body.customizations,
            asked.caller,
            body.version,
            key=asked.key,
            expected_version=asked.expected_version,
        )
        response.headers["etag"] = etag(outcome.version)
        located(response, f"/teams/{body.team_id}/template-applications")
        return commanded(outcome)

    @routes.get("/teams/{teamId}/template-applications", summary="What templates a team follows")
    def list_applications(
        teamId: UUID,
        access: Asking,
        limit: Limit = 100,
        cursor: Cursor = None,
        min_position: MinPosition = None,
        timeout: Timeout = TIMEOUT,
    ) -> ApplicationList:
        """And has followed."""
        before = application_cursor(cursor)
        is_stale = stale(services, (*belonging.READS, *template_library.READS), min_position, timeout, teamId)
        with access.reading() as connection:
            access.team(teamId, on=connection)
            rows = applications(connection, teamId, before=before, limit=limit + 1)
        page, last = paged(rows, limit)
        return ApplicationList(
            applications=[ApplicationEntry(**row._asdict()) for row in page],
            next_cursor=None if last is None else text_of(NameCursor(last.starts_on.isoformat(), last.application_id)),
            stale=is_stale,
        )

    return routes


def application_cursor(text: str | None) -> ApplicationCursor | None:
    place = named_cursor(text)
    try:
        return None if place is None else ApplicationCursor(date.fromisoformat(place.name), place.id)
    except ValueError as error:
        raise Refused(
            HTTPStatus.BAD_REQUEST,
            "bad-cursor",
            "cursor: it is not the nextCursor of a team's template applications",
            "Send nextCursor as it came, or leave it out for the first page.",
        ) from error
