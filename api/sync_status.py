"""Whether a team's workouts follow what was said last about its season (seed 000, "Get Sync Status")."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from api.access import Asking
from api.models import Answer
from api.problems import PROBLEM
from api.reading import TIMEOUT, MinPosition, Timeout, stale
from api.services import Services
from projections.sync_status import READS, set_aside, team_status


class SetAsideAnswer(Answer):
    """Messages or events that were not processed."""

    consumer: str = Field(examples=["planning-listener"])
    status: str = Field(
        description="dead: a person decides; waiting: behind one; parked: tried again by itself.", examples=["parked"]
    )
    messages: int = Field(description="How many.", examples=[1])
    since: datetime
    next_attempt_at: datetime | None
    reason: str = Field(description="Why the first of them was not.")


class SyncStatusAnswer(Answer):
    """What is null has not happened yet."""

    team_id: UUID
    in_step: bool = Field(description="Workouts follow the last declaration, and nothing was set aside.")
    is_applying: bool = Field(description="Workouts are still on their way to it.")
    auto_apply: bool = Field(description="The team's setting: phases adjust workouts by themselves.")
    current_phase_id: str | None
    phase_as_of: datetime | None = Field(description="When somebody last spoke about that phase.")
    declaration: str | None = Field(description="The last one, by its event.", examples=["season_plan.phase_changed"])
    declaration_id: UUID | None = Field(description="That event.")
    declared_at: datetime | None
    declared_by: str | None = Field(examples=["planning:plan"])
    planning_id: UUID | None = Field(description="The event of the planning service's last word.")
    planning_at: datetime | None
    planning_age_seconds: float | None = Field(description="How long ago the planning service last said something.")
    applied_id: UUID | None = Field(description="The event that was last followed to its end.")
    applied_phase_id: str | None
    applied_count: int | None = Field(description="How many assignments it adjusted.")
    applied_at: datetime | None
    set_aside: list[SetAsideAnswer] = Field(description="What stands in the way; not told to athletes.")
    stale: bool = Field(description="True where something is missing: not there in time, or set aside as an error.")


def router(services: Services) -> APIRouter:
    routes = APIRouter(prefix="/api/v1/training/planning", tags=["planning"], responses=PROBLEM)

    @routes.get("/sync-status/{teamId}", summary="Whether a team's workouts are in step")
    def get_sync_status(
        teamId: UUID, access: Asking, min_position: MinPosition = None, timeout: Timeout = TIMEOUT
    ) -> SyncStatusAnswer:
        """What was declared last, what was applied last, and what stands in the way.

        Asking changes nothing: updates come by themselves, and `sync-phase-adjustments` asks for one.
        """
        is_stale = stale(services, READS, min_position, timeout, teamId)
        with access.reading() as connection:
            access.team(teamId, on=connection)
            status = team_status(connection, teamId)
        assert status is not None, "it is there for every team that access has found"
        aside = []
        if access.only_athlete is None:
            with services.connect() as connection:  # of a team that was found above: what is set aside is no reader's
                aside = set_aside(connection, teamId)
        values = status._asdict()
        values["set_aside"] = [SetAsideAnswer(**each._asdict()) for each in aside]
        return SyncStatusAnswer(
            **values,
            in_step=not (status.is_applying or aside),
            planning_age_seconds=status.planning_age_s(services.clock.now()),
            stale=is_stale,
        )

    return routes
