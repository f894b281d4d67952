"""What people do to an assignment: adjust it, take layers off, begin it, do it, leave it out, give it up."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from api.access import Asking
from api.commanding import Commanded, ToChange, run
from api.problems import PROBLEM
from api.reading import TIMEOUT, MinPosition, Timeout, stale
from api.services import Services
from api.wishes import Wish, command_of, fields_of
from domain.assignment import (
    AdjustByHand,
    CancelAssignment,
    CompleteAssignment,
    Exercises,
    Layer,
    PlannedIntensity,
    RevertAssignment,
    SkipAssignment,
    StartAssignment,
    Weekdays,
)
from domain.fields import Day, Load, Reason
from domain.ids import AssignmentId

READS = ("assignment_board", "teams")


class ByHand(Wish):
    """What is left out stays as it is; what was set by hand before, too. At least one thing besides the reason."""

    load: Load | None = Field(None, examples=[45.0], description="TSS, or the club's own points, as planned.")
    weekdays: Weekdays | None = Field(None, examples=[[1, 4]])
    intensity: PlannedIntensity | None = Field(None, examples=[{"zones": ["2"]}])
    exercises: Exercises | None = None
    reason: Reason = Field(examples=["school trip"])


class Reverting(Wish):
    layers: tuple[Layer, ...] = Field(
        tuple(Layer), min_length=1, max_length=len(Layer), description="Which come off; left out: all of them."
    )


class Done(Wish):
    load: Load = Field(examples=[58.5], description="As executed, in the unit of the planned load.")
    rpe: float | None = Field(
        None, ge=0, le=10, allow_inf_nan=False, examples=[6], description="Rate of perceived exertion."
    )
    duration_min: float | None = Field(None, ge=0, le=2880, allow_inf_nan=False, examples=[50])
    completed_on: Day | None = Field(
        None, description="The athlete's local day; left out: the day for which it was planned."
    )


class Because(Wish):
    reason: Reason = Field(examples=["caught a cold"])


EVERYTHING = Reverting()


def changeable(
    access: Asking, assignmentId: UUID, min_position: MinPosition = None, timeout: Timeout = TIMEOUT
) -> AssignmentId:
    """Of an assignment that the caller may change. Waits for one that was planned a moment ago, where it is told to."""
    waited(access.services, min_position, timeout)
    return AssignmentId(access.assignment(assignmentId, change=True).assignment_id)


def tellable(
    access: Asking, assignmentId: UUID, min_position: MinPosition = None, timeout: Timeout = TIMEOUT
) -> AssignmentId:
    """Likewise, of one about which the caller may tell what happened: the athlete may."""
    waited(access.services, min_position, timeout)
    return AssignmentId(access.assignment(assignmentId, tell=True).assignment_id)


def waited(services: Services, min_position: str | None, timeout_s: float) -> None:
    if min_position is not None:
        stale(services, READS, min_position, timeout_s)


Changeable = Annotated[AssignmentId, Depends(changeable)]
Tellable = Annotated[AssignmentId, Depends(tellable)]


def router(services: Services) -> APIRouter:
    routes = APIRouter(prefix="/api/v1/assignments/{assignmentId}", tags=["assignments"], responses=PROBLEM)

    @routes.post("/adjust", summary="Set some of it by hand")
    def adjust(assignment_id: Changeable, asked: ToChange, wish: ByHand, response: Response) -> Commanded:
        """Wins over every phase and workload until it is reverted. Only of what nobody has begun yet."""
        said = {"assignment_id": assignment_id, **fields_of(wish)}
        return run(services, command_of(AdjustByHand, said), asked, response)

    @routes.post("/revert", summary="Take layers off")
    def revert(
        assignment_id: Changeable, asked: ToChange, response: Response, wish: Reverting = EVERYTHING
    ) -> Commanded:
        """What lies beneath shows again; a phase or the workload may come back when they call anew."""
        return run(services, RevertAssignment(assignment_id=assignment_id, layers=wish.layers), asked, response)

    @routes.post("/start", summary="Begin it")
    def start(assignment_id: Tellable, asked: ToChange, response: Response) -> Commanded:
        """No phase, no workload and no hand touches it any more. Athletes begin their own."""
        return run(services, StartAssignment(assignment_id=assignment_id), asked, response)

    @routes.post("/complete", summary="Tell that it was done")
    def complete(assignment_id: Tellable, asked: ToChange, wish: Done, response: Response) -> Commanded:
        """The planning service is told of it, too. It need not have been started here; athletes tell of their own."""
        said = {"assignment_id": assignment_id, **fields_of(wish)}
        return run(services, command_of(CompleteAssignment, said), asked, response)

    @routes.post("/skip", summary="Tell that it was left out")
    def skip(assignment_id: Tellable, asked: ToChange, wish: Because, response: Response) -> Commanded:
        """Athletes tell of their own."""
        return run(services, SkipAssignment(assignment_id=assignment_id, reason=wish.reason), asked, response)

    @routes.post("/cancel", summary="Give it up")
    def cancel(assignment_id: Changeable, asked: ToChange, wish: Because, response: Response) -> Commanded:
        """It will not take place. What was done or skipped stays as it is."""
        return run(services, CancelAssignment(assignment_id=assignment_id, reason=wish.reason), asked, response)

    return routes
