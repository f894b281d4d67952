"""Assignments: a team's board, and why one assignment is as it is."""

import base64
import binascii
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from api.access import Asking
from api.models import Answer
from api.problems import PROBLEM, Refused
from api.reading import TIMEOUT, MinPosition, Timeout, stale
from api.services import Explained, Services
from domain.assignment import AssignmentPlanned, AssignmentStatus
from domain.errors import NotFound
from domain.event import Event
from domain.ports import Recorded
from domain.prescription import Kind, Prescription
from domain.rules.load import LoadLevel
from projections.board import READS, BoardCursor, BoardRow, board

PARTS = {
    "load": Kind.LOAD,
    "weekdays": Kind.FREQUENCY,
    "intensity": Kind.INTENSITY,
    "exercises": Kind.EXERCISE_SELECTION,
}
"""Of a prescription, and the kind of adjustment that changes each."""

FORGOTTEN = "forgotten athlete"
LARGEST_PAGE = 1000


class BoardEntry(Answer):
    """One assignment: what was planned, what it is now, and why."""

    assignment_id: UUID
    athlete_id: UUID
    athlete_name: str | None = Field(examples=["Ana Ruiz"], description=f"'{FORGOTTEN}' for one who asked to be.")
    title: str = Field(examples=["Tempo run"])
    sport: str = Field(examples=["run"])
    scheduled_on: date | None = Field(description="The day in the team's zone; null for an open-ended assignment.")
    planned: Prescription = Field(description="As it was planned, before any layer.")
    shown: Prescription = Field(description="As it is now: after phase, workload and hand.")
    adjusted: list[Kind] = Field(description="In what it differs from the plan.", examples=[[Kind.LOAD]])
    planned_load: float = Field(examples=[60.0])
    load: float = Field(examples=[72.0], description="As it is now.")
    phase_id: str | None = Field(description="The phase that it follows.")
    load_level: LoadLevel | None
    season_plan_id: UUID | None = Field(description="Whose phase it follows, or followed last.")
    last_phase_adjustment: datetime | None = Field(description="When a phase was last put on or taken off.")
    workload_skip: bool = Field(description="The athlete's workload forbids to train.")
    workload_fraction: float | None = Field(description="The share that the workload leaves; null: all of it.")
    set_by_hand: bool = Field(description="What was set by hand wins over every phase and workload.")
    status: AssignmentStatus
    completed_on: date | None = Field(description="The day on which it was done; null while it is not.")
    executed_load: float | None
    rpe: float | None = Field(description="Rate of perceived exertion, 0 to 10.")
    duration_min: float | None
    version: int = Field(description="How many changes there have been.")
    changed_at: datetime
    changed_by: str
    cause_id: UUID | None = Field(description="The event or message that led to the last change.")
    reason: str | None = Field(examples=["phase 2027-preseason: high load, planned × 1.2"])


class Board(Answer):
    team_id: UUID
    entries: list[BoardEntry] = Field(description="By day and athlete; open-ended assignments come last.")
    next_cursor: str | None = Field(description="For the next page; null on the last.")
    stale: bool = Field(description="True where something is missing: not there in time, or set aside as an error.")


class Fact(Answer):
    """An event, as it is stored."""

    event: str = Field(examples=["assignment.phase_adjusted"])
    event_id: UUID
    subject_id: UUID
    version: int
    occurred_at: datetime
    actor: str = Field(examples=["reaction:phase-fan-out"])
    data: dict[str, Any]


class Change(Fact):
    causes: list[Fact] = Field(description="What led to it, the nearest cause first.")
    origin: UUID | None = Field(description="What lies before the last of these: a message, or a request.")
    correlation_id: UUID


class AssignmentHistory(Answer):
    assignment_id: UUID
    changes: list[Change]


def router(services: Services) -> APIRouter:
    routes = APIRouter(prefix="/api/v1", tags=["assignments"], responses=PROBLEM)

    @routes.get("/teams/{teamId}/assignment-board", summary="A team's assignments, planned and now")
    def get_board(
        access: Asking,
        teamId: UUID,
        first: Annotated[date | None, Query(alias="from", description="The first day.")] = None,
        last: Annotated[date | None, Query(alias="to", description="The last day, inclusive.")] = None,
        limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="At most so many entries.")] = 200,
        cursor: Annotated[str | None, Query(description="The `nextCursor` of the page before.")] = None,
        min_position: MinPosition = None,
        timeout: Timeout = TIMEOUT,
    ) -> Board:
        """Each assignment of these days with the planned load, the load now, and what changed it last.

        An athlete sees their own.
        """
        after = None if cursor is None else cursor_of(cursor)
        is_stale = stale(services, READS, min_position, timeout, teamId)
        with access.reading() as connection:
            access.team(teamId, on=connection)
            whose = access.only_athlete
            rows = board(connection, teamId, first=first, last=last, athlete_id=whose, after=after, limit=limit + 1)
        page = rows[:limit]
        return Board(
            team_id=teamId,
            entries=[entry_of(row) for row in page],
            next_cursor=text_of(page[-1]) if len(rows) > limit else None,
            stale=is_stale,
        )

    @routes.get("/assignments/{assignmentId}/history", summary="Why an assignment is as it is")
    def get_history(access: Asking, assignmentId: UUID) -> AssignmentHistory:
        """Every change, each with the chain of what led to it. Read from the events themselves: it is never stale."""
        explained = services.history.explain(assignmentId, access.organization_id)
        planned = explained[0].change.event if explained else None
        if not isinstance(planned, AssignmentPlanned):
            raise NotFound(f"there is no assignment {assignmentId}")
        access.planned(planned)
        return AssignmentHistory(assignment_id=assignmentId, changes=[change_of(change) for change in explained])

    return routes


def entry_of(row: BoardRow) -> BoardEntry:
    values = row._asdict()
    values["athlete_name"] = FORGOTTEN if row.forgotten else row.athlete_name
    values["planned_load"] = row.baseline_load  # the row's own is what was shown when the workout was done
    planned = {name: values[f"baseline_{name}"] for name in PARTS}
    shown = {name: values[name] for name in PARTS}
    return BoardEntry(
        planned=Prescription.model_validate(planned),
        shown=Prescription.model_validate(shown),
        adjusted=[kind for name, kind in PARTS.items() if shown[name] != planned[name]],
        set_by_hand=row.hand,
        **values,
    )


def change_of(explained: Explained) -> Change:
    return Change(
        **dict(fact_of(explained.change)),
        causes=[fact_of(cause) for cause in explained.causes],
        origin=explained.origin,
        correlation_id=explained.change.correlation_id,
    )


def fact_of(recorded: Recorded[Event]) -> Fact:
    return Fact(
        event=recorded.event.event_name,
        event_id=recorded.event_id,
        subject_id=recorded.stream_id,
        version=recorded.version,
        occurred_at=recorded.occurred_at,
        actor=recorded.actor,
        data=recorded.event.model_dump(mode="json"),
    )


def text_of(row: BoardRow) -> str:
    place = f"{row.scheduled_on or ''}|{row.athlete_id}|{row.assignment_id}"
    return base64.urlsafe_b64encode(place.encode()).decode()


def cursor_of(text: str) -> BoardCursor:
    try:
        day, athlete, assignment = base64.b64decode(text, b"-_", validate=True).decode().split("|")
        return BoardCursor(date.fromisoformat(day) if day else None, UUID(athlete), UUID(assignment))
    except (ValueError, binascii.Error) as error:
        raise Refused(
            HTTPStatus.BAD_REQUEST,
            "bad-cursor",
            f"cursor: {text!r} is not the nextCursor of a board",
            "Send nextCursor as it came, or leave it out for the first page.",
        ) from error
