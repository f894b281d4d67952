"""Phase templates as they are read: the list, one as it holds now, and each version that there was."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from api.access import Asking
from api.commanding import etag
from api.cursors import Cursor, Limit, named_cursor, paged, text_of
from api.models import Answer
from api.problems import PROBLEM
from api.reading import TIMEOUT, MinPosition, Timeout, stale
from api.services import Services
from domain.phase_template import TemplateWorkout
from projections.people import NameCursor
from projections.template_library import READS, TemplateContent, TemplateCursor, templates

HIGHEST = 1_000_000
TemplateVersion = Annotated[int, Field(ge=1, le=HIGHEST)]


class TemplateEntry(Answer):
    """A template, as it holds now."""

    template_id: UUID
    name: str = Field(examples=["Base, four weeks"])
    template_version: int = Field(description="From 1; each revision makes another.", examples=[2])
    withdrawn: bool = Field(description="Nobody may apply it any more; a revision brings it back.")
    changed_at: datetime
    changed_by: str


class TemplateList(Answer):
    templates: list[TemplateEntry] = Field(description="By name.")
    next_cursor: str | None = Field(description="For the next page; null on the last.")
    stale: bool = Field(description="True where what `minPosition` names was not there in time.")


class TemplateAnswer(Answer):
    """One version of a template, whole."""

    template_id: UUID
    template_version: int
    name: str = Field(examples=["Base, four weeks"])
    workouts: Sequence[TemplateWorkout]
    defined_at: datetime = Field(description="When this version came to be.")
    defined_by: str
    latest: bool = Field(description="Whether this is the version that holds now.")
    withdrawn: bool = Field(description="Nobody may apply the template any more, in whichever version.")
    version: int = Field(description="How many changes the template has had, its withdrawal too; also the ETag.")
    stale: bool = Field(description="True where something is missing: not there in time, or set aside as an error.")


def router(services: Services) -> APIRouter:
    routes = APIRouter(prefix="/api/v1/templates", tags=["templates"], responses=PROBLEM)

    @routes.get("", summary="The organization's templates")
    def list_templates(
        access: Asking,
        withdrawn: Annotated[bool, Query(description="Also those that were withdrawn.")] = False,
        limit: Limit = 100,
        cursor: Cursor = None,
        min_position: MinPosition = None,
        timeout: Timeout = TIMEOUT,
    ) -> TemplateList:
        """For coaches, administrators and services."""
        organization_id = access.templates()
        place = named_cursor(cursor)
        after = None if place is None else TemplateCursor(place.name, place.id)
        is_stale = stale(services, READS, min_position, timeout)
        with access.reading() as connection:
            rows = templates(connection, organization_id, withdrawn=withdrawn, after=after, limit=limit + 1)
        page, last = paged(rows, limit)
        return TemplateList(
            templates=[TemplateEntry.model_validate(row._asdict()) for row in page],
            next_cursor=None if last is None else text_of(NameCursor(last.name, last.template_id)),
            stale=is_stale,
        )

    @routes.get("/{templateId}", summary="A template as it holds now")
    def get_template(
        access: Asking,
        response: Response,
        templateId: UUID,
        min_position: MinPosition = None,
        timeout: Timeout = TIMEOUT,
    ) -> TemplateAnswer:
        """With all its workouts. The `ETag` is for `If-Match` of a change."""
        is_stale = stale(services, READS, min_position, timeout, templateId)
        content = access.template(templateId)
        response.headers["etag"] = etag(content.version)
        return answer(content, is_stale)

    @routes.get("/{templateId}/versions/{version}", summary="A template as it was, or is")
    def get_version(
        access: Asking,
        templateId: UUID,
        version: Annotated[TemplateVersion, Path()],
        min_position: MinPosition = None,
        timeout: Timeout = TIMEOUT,
    ) -> TemplateAnswer:
        """Versions never change: what a team got from an earlier one can be read here."""
        is_stale = stale(services, READS, min_position, timeout, templateId)
        return answer(access.template(templateId, version=version), is_stale)

    return routes


def answer(content: TemplateContent, is_stale: bool) -> TemplateAnswer:
    told = {name: value for name, value in content._asdict().items() if name != "organization_id"}
    return TemplateAnswer(**told, stale=is_stale)
