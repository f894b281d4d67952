"""Planning of workouts, one or a thousand at once, each with the phase of its day."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from api.access import Asking
from api.changing import CREATED, KNOWN, located
from api.commanding import Asked, Commanded, ToChange, commanded, etag
from api.errors import told_by
from api.models import Answer
from api.problems import PROBLEM, Problem, Refused, told
from api.roster_check import refusals
from api.services import Assigned, Services
from api.wishes import Wish, command_of, fields_of
from domain.assignment import (
    DECIDER,
    AssignmentEvent,
    AssignmentPhaseAdjusted,
    Exercises,
    PlanAssignment,
    PlannedIntensity,
    Sport,
    Weekdays,
)
from domain.errors import DomainError
from domain.fields import Day, Load, Title
from domain.ids import AssignmentId, AthleteId, TeamId, external_id
from domain.ports import Outcome
from domain.prescription import Adjustment, Prescription
from projections.consistency import Token

MOST_AT_ONCE = 1000


class NewAssignment(Wish):
    """A workout on one day (`scheduledOn`), or one that recurs on `weekdays`; without either it is open-ended."""

    assignment_id: AssignmentId | None = Field(
        None, description="Of your own making; left out, one is made: with an Idempotency-Key the same for a repeat."
    )
    team_id: TeamId
    athlete_id: AthleteId = Field(description="On the team's roster on that day; of an open-ended one today.")
    title: Title = Field(examples=["Tempo run"])
    sport: Sport = Field(examples=["run"])
    scheduled_on: Day | None = Field(None, description="The day in the team's zone.")
    load: Load = Field(examples=[60], description="TSS, or the club's own points: as planned, before any phase.")
    weekdays: Weekdays | None = Field(None, examples=[None])
    intensity: PlannedIntensity | None = Field(None, examples=[{"zones": ["3"]}])
    exercises: Exercises | None = None


class ManyAssignments(Wish):
    assignments: list[NewAssignment] = Field(min_length=1, max_length=MOST_AT_ONCE)


class PlannedAssignment(Commanded):
    shown: Prescription = Field(description="What the athlete sees: the plan, as the phase of its day adjusts it.")
    adjustments: list[Adjustment] = Field(description="What the phase changed.")


class ItemStatus(StrEnum):
    CREATED = "created"
    EXISTING = "existing"
    REFUSED = "refused"


class BulkItem(Answer):
    """What became of one of many."""

    id: UUID
    status: ItemStatus = Field(description="Existing: the same was planned before, by a repeated request for one.")
    shown: Prescription | None = Field(description="What the athlete sees; null where it was not created now.")
    adjustments: list[Adjustment] = Field(description="What the phase of its day changed.")
    problem: Problem | None = Field(description="Why it was refused; it kept nothing else back.")


class BulkAnswer(Answer):
    created: int = Field(examples=[24])
    phase_adjustments: int = Field(description="How many adjustments the phases made.", examples=[24])
    refused: int = Field(examples=[0])
    position: str | None = Field(description="Send it as `minPosition` to read them all; null where nothing was made.")
    results: list[BulkItem] = Field(description="In the order of the request.")


def router(services: Services) -> APIRouter:
    routes = APIRouter(prefix="/api/v1/assignments", tags=["assignments"], responses=PROBLEM)

    @routes.post("", status_code=201, summary="Plan a workout", responses=CREATED, dependencies=KNOWN)
    def plan(body: NewAssignment, access: Asking, asked: ToChange, response: Response) -> PlannedAssignment:
        """With the phase of its day at once, where the team lets phases adjust its workouts by themselves.

        `minPosition` waits for what was told of the team a moment ago, such as a new player.
        """
        command = wished(body, body.assignment_id or AssignmentId(services.new_id()))
        [refusal] = refusals(access, [(body.team_id, body.athlete_id, body.scheduled_on)])
        if refusal is not None:
            raise refusal
        outcome = services.assigning.assign_one(
            command, asked.caller, key=asked.key, expected_version=asked.expected_version
        )
        response.headers["etag"] = etag(outcome.version)
        located(response, f"/assignments/{outcome.stream_id}")
        return planned(services, outcome, asked)

    @routes.post("/bulk", summary="Plan up to 1000 workouts", dependencies=KNOWN)
    def plan_many(body: ManyAssignments, access: Asking, asked: ToChange) -> BulkAnswer:
        """Each for itself: what a rule refuses keeps nothing else back. All teams must be yours to plan for.

        With an `Idempotency-Key` a repeat of the request plans nothing twice, and tells what exists by then.
        """
        if asked.expected_version is not None:
            raise Refused(
                HTTPStatus.BAD_REQUEST, "if-match-of-many", "If-Match: many have no version", "Leave If-Match out."
            )
        ids = [item.assignment_id or made_id(services, asked, place) for place, item in enumerate(body.assignments)]
        commands = [
            wished(item, assignment_id, "assignments", place)
            for place, (item, assignment_id) in enumerate(zip(body.assignments, ids, strict=True))
        ]
        against = refusals(access, [(one.team_id, one.athlete_id, one.scheduled_on) for one in commands])
        allowed = [command for command, refusal in zip(commands, against, strict=True) if refusal is None]
        assigned = list(services.assigning.assign(allowed, asked.caller, key=asked.key))
        rest = iter(assigned)
        items = [
            refused(command.assignment_id, refusal) if refusal else item_of(next(rest))
            for command, refusal in zip(commands, against, strict=True)
        ]
        return BulkAnswer(
            created=sum(item.status is ItemStatus.CREATED for item in items),
            phase_adjustments=sum(len(item.adjustments) for item in items),
            refused=sum(item.status is ItemStatus.REFUSED for item in items),
            position=position_of(assigned),
            results=items,
        )

    return routes


def wished(body: NewAssignment, assignment_id: AssignmentId, *place: str | int) -> PlanAssignment:
    return command_of(PlanAssignment, fields_of(body) | {"assignment_id": assignment_id}, *place)


def made_id(services: Services, asked: Asked, place: int) -> AssignmentId:
    """For a repeat under the same key the same."""
    if asked.key is None:
        return AssignmentId(services.new_id())
    named = f"{asked.key.key}\x1f{place}"
    return AssignmentId(external_id(asked.caller.organization_id, asked.principal.subject, "assignment", named))


def planned(services: Services, outcome: Outcome, asked: Asked) -> PlannedAssignment:
    """What is shown after it: for the repeat of a request, what was shown then."""
    events: Iterable[object] = outcome.events
    if not outcome.events:
        history = services.history.explain(outcome.stream_id, asked.caller.organization_id)
        events = [one.change.event for one in history if one.change.version <= outcome.version]
    told = list(of_assignment(events))
    state = DECIDER.fold(told)
    assert state is not None, "who is told of an assignment finds it in the log"
    adjusted = [event for event in told if isinstance(event, AssignmentPhaseAdjusted)]
    return PlannedAssignment(
        **dict(commanded(outcome)),
        shown=state.shown,
        adjustments=list(adjusted[-1].adjustments) if adjusted else [],
    )


def of_assignment(events: Iterable[object]) -> Iterator[AssignmentEvent]:
    for event in events:
        assert isinstance(event, AssignmentEvent), "a stream is of one aggregate"
        yield event


def item_of(one: Assigned) -> BulkItem:
    if one.refusal is not None:
        return refused(one.assignment_id, one.refusal)
    status = ItemStatus.CREATED if one.created else ItemStatus.EXISTING
    return BulkItem(
        id=one.assignment_id, status=status, shown=one.shown, adjustments=list(one.adjustments), problem=None
    )


def refused(assignment_id: UUID, refusal: DomainError) -> BulkItem:
    problem = told(*told_by(refusal))
    return BulkItem(id=assignment_id, status=ItemStatus.REFUSED, shown=None, adjustments=[], problem=problem)


def position_of(assigned: Iterable[Assigned]) -> str | None:
    """Of the last one; of whichever team, as there may be several."""
    positions = [one.position for one in assigned if one.position is not None]
    return str(Token(max(positions))) if positions else None
