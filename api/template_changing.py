"""Changes of phase templates: defining one, revising and withdrawing it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from api.access import Asking
from api.changing import CREATED, located
from api.commanding import Commanded, ToChange, run
from api.problems import PROBLEM
from api.reading import TIMEOUT, MinPosition, Timeout, stale
from api.services import Services
from api.wishes import Wish, command_of, fields_of
from domain.fields import Title
from domain.ids import TemplateId
from domain.phase_template import DefineTemplate, PlannedWorkouts, ReviseTemplate, WithdrawTemplate
from projections.template_library import READS

WORKOUTS = [[{"week": 1, "weekday": 2, "title": "Easy run", "sport": "run", "load": 40}]]


class NewTemplate(Wish):
    name: Title = Field(examples=["Base, four weeks"])
    workouts: PlannedWorkouts = Field(examples=WORKOUTS, description="By week, from 1, and weekday, 1 Monday.")


class Revision(Wish):
    """What is left out stays as it is; at least one of the two."""

    name: Title | None = Field(None, examples=["Base, five weeks"])
    workouts: PlannedWorkouts | None = Field(None, examples=WORKOUTS, description="All of them, as they shall be.")


def changeable(
    access: Asking, templateId: UUID, min_position: MinPosition = None, timeout: Timeout = TIMEOUT
) -> TemplateId:
    """Of a template that the caller may change. Waits for one that was defined a moment ago, where it is told to."""
    if min_position is not None:
        stale(access.services, READS, min_position, timeout)
    return TemplateId(access.template(templateId, change=True).template_id)


Changeable = Annotated[TemplateId, Depends(changeable)]


def router(services: Services) -> APIRouter:
    routes = APIRouter(prefix="/api/v1/templates", tags=["templates"], responses=PROBLEM)

    @routes.post("", status_code=201, summary="Define a template", responses=CREATED)
    def define(body: NewTemplate, access: Asking, asked: ToChange, response: Response) -> Commanded:
        """For coaches and administrators. Any team of the organization may follow it then."""
        access.templates(change=True)
        command = command_of(DefineTemplate, {"template_id": services.new_id(), **fields_of(body)})
        defined = run(services, command, asked, response)
        located(response, f"/templates/{defined.id}")
        return defined

    @routes.put("/{templateId}", summary="Revise a template")
    def revise(template_id: Changeable, body: Revision, asked: ToChange, response: Response) -> Commanded:
        """Another version from now on. Teams that follow an earlier one keep what they got; a withdrawn one is back."""
        command = command_of(ReviseTemplate, {"template_id": template_id, **fields_of(body)})
        return run(services, command, asked, response)

    @routes.delete("/{templateId}", summary="Withdraw a template")
    def withdraw(template_id: Changeable, asked: ToChange, response: Response) -> Commanded:
        """Nobody may apply it any more; it stays readable, and what teams got from it stays."""
        return run(services, WithdrawTemplate(template_id=template_id), asked, response)

    return routes
