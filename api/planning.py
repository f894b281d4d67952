"""What was last said about a team's phase."""

from datetime import date, datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from api.access import Asking
from api.models import Answer
from api.problems import PROBLEM
from api.reading import TIMEOUT, MinPosition, Timeout, stale
from api.services import Services
from domain.errors import NotFound
from domain.rules.intensity import IntensityLevel
from domain.rules.load import MULTIPLIERS, LoadLevel, PhaseType
from projections.current_phase import READS, CurrentPhase, current_phase


class CurrentPhaseAnswer(Answer):
    """The phase that the team is in."""

    team_id: UUID
    season_plan_id: UUID
    phase_id: str = Field(examples=["2027-preseason"])
    phase_type: PhaseType
    starts_on: date
    ends_on: date = Field(description="The last day, inclusive.")
    load_level: LoadLevel
    load_multiplier: float = Field(description="What a planned load is multiplied by.", examples=[1.2])
    sessions_per_week: int | None = Field(description="Of each workout that recurs; null: as its type of phase has it.")
    intensity: IntensityLevel | None
    focus_areas: list[str]
    old_phase_id: str | None = Field(description="The phase before.")
    auto_apply: bool = Field(
        description="Whether it adjusts workouts by itself: as the change said, or else the team's setting."
    )
    triggered_by: str = Field(description="Who said so: as the change tells, or whoever made it.")
    since: datetime = Field(description="When the team came into this phase.")
    as_of: datetime = Field(description="When planning service, person or calendar last spoke about it.")
    age_seconds: float = Field(description="How long ago that was.")
    change_id: UUID = Field(description="The event that says so.")
    adjustments_count: int | None = Field(description="How many assignments it adjusted; null while that is not known.")
    stale: bool = Field(description="True where something is missing: not there in time, or set aside as an error.")


def router(services: Services) -> APIRouter:
    routes = APIRouter(prefix="/api/v1/training/planning", tags=["planning"], responses=PROBLEM)

    @routes.get("/current-phase/{teamId}", summary="The phase that a team is in")
    def get_current_phase(
        access: Asking,
        teamId: UUID,
        min_position: MinPosition = None,
        timeout: Timeout = TIMEOUT,
    ) -> CurrentPhaseAnswer:
        """The last word about the team's phase, and how old it is; the planning service need not be there."""
        is_stale = stale(services, READS, min_position, timeout, teamId)
        with access.reading() as connection:
            access.team(teamId, on=connection)
            phase = current_phase(connection, teamId)
        if phase is None:
            hint = (
                "Check the team's id; a phase is current from the first phase change on that names the team, or from "
                "its first day on, until it is over or removed."
            )
            raise NotFound(f"no phase of team {teamId} is known to be current", hint=hint)
        return answer(phase, services.clock.now(), is_stale)

    return routes


def answer(phase: CurrentPhase, now: datetime, is_stale: bool) -> CurrentPhaseAnswer:
    return CurrentPhaseAnswer(
        **phase._asdict(),
        load_multiplier=float(MULTIPLIERS[LoadLevel(phase.load_level)]),
        age_seconds=max(0.0, (now - phase.as_of).total_seconds()),
        stale=is_stale,
    )
