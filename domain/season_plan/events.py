"""What happens to a season plan. Stored shapes: version with care.

Whatever may give workouts another phase is a *declaration*: ``state.py`` and whoever follows the log count them alike.
"""

from collections.abc import Mapping
from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from domain.event import Event, Payload, Upcaster
from domain.ids import AthleteId, FixtureId, PhaseId, SeasonPlanId, TeamId
from domain.rules.intensity import IntensityLevel
from domain.rules.load import LoadLevel, PhaseType


def _no_more_than_a_load_level(payload: Payload) -> Payload:
    """Version 1 said of a phase when it is and how heavy, and no more."""
    return {**payload, "sessionsPerWeek": None, "intensity": None, "focusAreas": []}


class _OfSeasonPlan(Event):
    season_plan_id: SeasonPlanId
    team_id: TeamId


class SeasonPlanOpened(_OfSeasonPlan):
    """A team has a season plan from now on."""

    event_name = "season_plan.opened"

    zone: str = Field(description="IANA time zone in which the phases' days are days.")
    external_id: str | None


class _OfPhase(_OfSeasonPlan):
    phase_id: PhaseId
    phase_type: PhaseType
    starts_on: date
    ends_on: date = Field(description="The last day, inclusive.")
    load_level: LoadLevel
    sessions_per_week: int | None = Field(description="Of each workout that recurs; null: as its type of phase has it.")
    intensity: IntensityLevel | None
    focus_areas: tuple[str, ...]


class PhaseAdded(_OfPhase):
    """A phase was declared; both dates belong to it."""

    event_name = "season_plan.phase_added"
    event_version = 2
    upcasters: ClassVar[Mapping[int, Upcaster]] = {1: _no_more_than_a_load_level}


class PhaseModified(_OfPhase):
    """A phase was declared anew, with other dates or another content."""

    event_name = "season_plan.phase_modified"


class PhaseRemoved(_OfSeasonPlan):
    """A phase is no more: what it had changed is as planned again."""

    event_name = "season_plan.phase_removed"

    phase_id: PhaseId
    starts_on: date
    ends_on: date


class PhaseChanged(_OfPhase):
    """The team is in another phase, or in the same one with other dates: somebody said so."""

    event_name = "season_plan.phase_changed"
    event_version = 2
    upcasters: ClassVar[Mapping[int, Upcaster]] = {1: _no_more_than_a_load_level}

    old_phase_id: PhaseId | None = Field(description="Current until now; for the first, what the message said.")
    auto_apply: bool = Field(description="Whether this change adjusts workouts; the team's setting has no say in it.")
    triggered_by: str


class PhaseBegan(_OfPhase):
    """A phase became the current one by its date, and nobody had said so before."""

    event_name = "season_plan.phase_began"

    old_phase_id: PhaseId | None
    began_on: date


class PhaseEnded(_OfSeasonPlan):
    """By the dates of its phases the team is in none: the one that was current is over, or was put off."""

    event_name = "season_plan.phase_ended"

    phase_id: PhaseId
    ended_on: date = Field(description="The first day without it.")


class FixtureAdded(_OfSeasonPlan):
    """There is a game on that day."""

    event_name = "season_plan.fixture_added"

    fixture_id: FixtureId
    on: date
    title: str | None


class FixtureMoved(_OfSeasonPlan):
    """A game is on another day."""

    event_name = "season_plan.fixture_moved"

    fixture_id: FixtureId
    former: date
    on: date


class FixtureRemoved(_OfSeasonPlan):
    """A game is off."""

    event_name = "season_plan.fixture_removed"

    fixture_id: FixtureId
    on: date


class GameWeekSet(_OfSeasonPlan):
    """The games of the week that is now: what workouts that recur have to go around."""

    event_name = "season_plan.game_week_set"

    week_starts_on: date = Field(description="A Monday.")
    games: tuple[int, ...] = Field(description="Weekdays with a game, 1 Monday to 7 Sunday.")


class AdjustmentsRequested(_OfSeasonPlan):
    """Somebody asked to adjust a phase's workouts once more."""

    event_name = "season_plan.adjustments_requested"

    request_id: UUID
    phase_id: PhaseId
    athlete_ids: tuple[AthleteId, ...] | None = Field(description="Only of these; null: of everybody.")
    force: bool = Field(description="Whatever the team's setting says, and over what was set by hand.")
    triggered_by: str


class PhaseAdjustmentsApplied(_OfSeasonPlan):
    """A change of phases has reached every workout that it touches."""

    event_name = "season_plan.phase_adjustments_applied"

    phase_id: PhaseId
    adjustments_count: int
    triggered_by: str
    cause_event_id: UUID = Field(description="The event whose effect this counts.")


SeasonPlanEvent = (
    SeasonPlanOpened
    | PhaseAdded
    | PhaseModified
    | PhaseRemoved
    | PhaseChanged
    | PhaseBegan
    | PhaseEnded
    | FixtureAdded
    | FixtureMoved
    | FixtureRemoved
    | GameWeekSet
    | AdjustmentsRequested
    | PhaseAdjustmentsApplied
)

Declaration = (
    PhaseAdded
    | PhaseModified
    | PhaseRemoved
    | PhaseChanged
    | PhaseBegan
    | PhaseEnded
    | FixtureAdded
    | FixtureMoved
    | FixtureRemoved
    | GameWeekSet
    | AdjustmentsRequested
)
"""Each of these raises the plan's revision by one."""
