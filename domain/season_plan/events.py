"""What happens to a season plan. Stored shapes: version with care."""

from datetime import date
from uuid import UUID

from pydantic import Field

from domain.event import Event
from domain.ids import PhaseId, SeasonPlanId, TeamId
from domain.rules.load import LoadLevel, PhaseType


class SeasonPlanOpened(Event):
    """A team has a season plan from now on."""

    event_name = "season_plan.opened"

    season_plan_id: SeasonPlanId
    team_id: TeamId
    zone: str = Field(description="IANA time zone in which the phases' days are days.")
    external_id: str | None


class PhaseAdded(Event):
    """A phase was declared; both dates belong to it."""

    event_name = "season_plan.phase_added"

    season_plan_id: SeasonPlanId
    team_id: TeamId
    phase_id: PhaseId
    phase_type: PhaseType
    starts_on: date
    ends_on: date
    load_level: LoadLevel


class PhaseChanged(Event):
    """The team is in another phase, or in the same one with other dates."""

    event_name = "season_plan.phase_changed"

    season_plan_id: SeasonPlanId
    team_id: TeamId
    old_phase_id: PhaseId | None = Field(description="Current until now; for the first, what the message said.")
    phase_id: PhaseId
    phase_type: PhaseType
    starts_on: date
    ends_on: date
    load_level: LoadLevel
    auto_apply: bool = Field(description="Whether this change adjusts workouts; the team's setting has no say in it.")
    triggered_by: str


class PhaseAdjustmentsApplied(Event):
    """A phase change has reached every workout that it touches."""

    event_name = "season_plan.phase_adjustments_applied"

    season_plan_id: SeasonPlanId
    team_id: TeamId
    phase_id: PhaseId
    adjustments_count: int
    triggered_by: str
    cause_event_id: UUID = Field(description="The event whose effect this counts.")


SeasonPlanEvent = SeasonPlanOpened | PhaseAdded | PhaseChanged | PhaseAdjustmentsApplied
