"""Assignments as they stand: one with its planning metadata, and lists."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, Field

from api.access import Access, Asking
from api.assignments import LARGEST_PAGE, BoardEntry, cursor_of, entry_of, text_of
from api.commanding import etag
from api.models import Answer
from api.principal import Role
from api.problems import PROBLEM, Refused
from api.reading import TIMEOUT, MinPosition, Timeout, stale
from api.services import Services
from domain.assignment import AssignmentStatus
from domain.errors import NotFound
from domain.fields import Day, ExternalId
from domain.prescription import Kind
from projections import adjustments, assignment_lists
from projections.adjustments import PlanningMetadata
from projections.assignment_lists import Wanted
from projections.board import BoardRow

READS = ("assignment_board", "adjustment_history", "athlete_directory", "teams")


class PhaseAdjustment(Answer):
    """What a phase changed once; later adjustments and lifts took nothing of it from here."""

    adjustment_type: Kind
    original_value: Any = Field(description="From the plan: a load, weekdays, an intensity or exercises.")
    adjusted_value: Any
    reason: str = Field(examples=["phase 2027-preseason: high load, planned × 1.2"])
    applied_at: datetime
    applied_by: str
    phase_id: str


class OriginalPlanningData(Answer):
    base_load: float = Field(examples=[60.0])
    original_frequency: int | None = Field(description="Days a week; null for what is on one day, or open-ended.")
    original_intensity: Any = Field(description="As planned; null where none was.")


class Planning(Answer):
    """What the phases made of the assignment, from the first one on."""

    planning_phase_id: str | None
    season_plan_id: UUID | None
    last_phase_adjustment: datetime | None
    phase_adjustments: list[PhaseAdjustment] = Field(description="All there ever were, the oldest first.")
    original_planning_data: OriginalPlanningData


class ListedAssignment(BoardEntry):
    team_id: UUID


class AssignmentAnswer(ListedAssignment):
    """An assignment, with all that its planning did to it."""

    planning: Planning
    stale: bool = Field(description="True where something is missing: not there in time, or set aside as an error.")


class AssignmentList(Answer):
    assignments: list[ListedAssignment] = Field(description="By day and athlete; open-ended ones come last.")
    next_cursor: str | None = Field(description="For the next page; null on the last.")
    stale: bool = Field(description="True where something is missing: not there in time, or set aside as an error.")


def router(services: Services) -> APIRouter:
    routes = APIRouter(prefix="/api/v1/assignments", tags=["assignments"], responses=PROBLEM)

    @routes.get("", summary="Assignments of a team, or of an athlete")
    def list_assignments(
        access: Asking,
        team_id: Annotated[UUID | None, Query(alias="teamId", description="Needed where no athlete is named.")] = None,
        athlete_id: Annotated[
            UUID | None, Query(alias="athleteId", description="In the team, or without one in all; coaches name both.")
        ] = None,
        phase_id: Annotated[ExternalId | None, Query(alias="phaseId", description="Those that follow it now.")] = None,
        season_plan_id: Annotated[
            UUID | None,
            Query(alias="seasonPlanId", description="Those that follow a phase of it, or followed one last."),
        ] = None,
        status: Annotated[AssignmentStatus | None, Query(description="Those that are so now.")] = None,
        first: Annotated[
            Day | None, Query(alias="from", description="The first day; open-ended ones come along.")
        ] = None,
        last: Annotated[
            Day | None, Query(alias="to", description="The last day, inclusive; open-ended ones come along.")
        ] = None,
        adjusted_since: Annotated[
            AwareDatetime | None,
            Query(
                alias="adjustedSince", description="Those whose phase was put on or taken off at that moment or later."
            ),
        ] = None,
        limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="At most so many.")] = 200,
        cursor: Annotated[str | None, Query(description="The `nextCursor` of the page before.")] = None,
        min_position: MinPosition = None,
        timeout: Timeout = TIMEOUT,
    ) -> AssignmentList:
        """All filters that are given hold together. An athlete sees their own."""
        after = None if cursor is None else cursor_of(cursor)
        whose = athlete_asked_for(access, team_id, athlete_id)
        wanted = Wanted(team_id, whose, season_plan_id, phase_id, status, first, last, adjusted_since)
        is_stale = stale(services, READS, min_position, timeout, team_id)
        with access.reading() as connection:
            if team_id is not None:
                access.team(team_id, on=connection)
            elif whose is not None and whose != access.only_athlete:
                access.athlete(whose, on=connection)
            rows = assignment_lists.assignments(connection, wanted, after=after, limit=limit + 1)
        page = rows[:limit]
        return AssignmentList(
            assignments=[listed(row) for row in page],
            next_cursor=text_of(page[-1]) if len(rows) > limit else None,
            stale=is_stale,
        )

    # A UUID and nothing else: what stands beside it, such as /bulk, is no assignment that could be read.
    @routes.get("/{assignmentId:uuid}", summary="One assignment")
    def get_assignment(
        access: Asking,
        response: Response,
        assignmentId: UUID,
        min_position: MinPosition = None,
        timeout: Timeout = TIMEOUT,
    ) -> AssignmentAnswer:
        """As planned and as it is now, and what its phases changed. The `ETag` is for `If-Match` of a change."""
        late = min_position is not None and stale(services, READS, min_position, timeout)
        with access.reading() as connection:
            access.assignment(assignmentId, on=connection)
            row = assignment_lists.assignment(connection, assignmentId)
            planning = adjustments.planning_metadata(connection, assignmentId)
        if row is None or planning is None:
            raise NotFound(f"there is no assignment {assignmentId}")
        response.headers["etag"] = etag(row.version)
        is_stale = late or stale(services, READS, None, 0, row.team_id)
        return AssignmentAnswer(**dict(listed(row)), planning=planning_of(planning), stale=is_stale)

    return routes


def athlete_asked_for(access: Access, team_id: UUID | None, athlete_id: UUID | None) -> UUID | None:
    """Whose are to be listed; None for everybody in the team. Raises NotFound for an athlete who asks for another."""
    if access.only_athlete is not None:
        if athlete_id not in (None, access.only_athlete):
            raise NotFound(f"there is no athlete {athlete_id}")
        return access.only_athlete
    if team_id is None and (athlete_id is None or access.principal.role is Role.COACH):
        raise Refused(
            HTTPStatus.BAD_REQUEST,
            "team-wanted",
            "nobody says of which team the assignments are wanted",
            "Send teamId; only who sees all teams may ask for an athlete's in all of them by athleteId alone.",
        )
    return athlete_id


def listed(row: BoardRow) -> ListedAssignment:
    return ListedAssignment(**dict(entry_of(row)), team_id=row.team_id)


def planning_of(metadata: PlanningMetadata) -> Planning:
    return Planning(
        planning_phase_id=metadata.planning_phase_id,
        season_plan_id=metadata.season_plan_id,
        last_phase_adjustment=metadata.last_phase_adjustment,
        phase_adjustments=[PhaseAdjustment(**one._asdict()) for one in metadata.phase_adjustments],
        original_planning_data=OriginalPlanningData(**metadata.original_planning_data._asdict()),
    )
