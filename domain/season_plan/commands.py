"""What may be asked of a season plan."""

from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from domain.decider import Command
from domain.fields import Day, DayOrInstant, ExternalId, FocusArea, Title, ZoneName
from domain.ids import AthleteId, TeamId, season_plan_id
from domain.rules.intensity import IntensityLevel
from domain.rules.load import LoadLevel, PhaseType

SessionsPerWeek = Annotated[int, Field(ge=1, le=7, description="Of each workout that recurs.")]
FocusAreas = Annotated[tuple[FocusArea, ...], Field(max_length=20)]
MOST_PHASES = 200
MOST_FIXTURES = 1000


class _ToSeasonPlan(Command):
    team_id: TeamId

    @property
    def stream_id(self) -> UUID:
        return season_plan_id(self.team_id)


class OpenSeasonPlan(_ToSeasonPlan):
    zone: ZoneName
    external_id: ExternalId | None = None


class PhaseContent(BaseModel):
    """What a phase is, whole."""

    model_config = Command.model_config

    phase_type: PhaseType
    load_level: LoadLevel
    sessions_per_week: SessionsPerWeek | None = None
    intensity: IntensityLevel | None = None
    focus_areas: FocusAreas = ()


class DeclaredPhase(PhaseContent):
    """A phase as the planning service tells of it; both days belong to it, or the days on which the instants are."""

    phase_id: ExternalId
    starts: DayOrInstant
    ends: DayOrInstant


class DeclaredFixture(BaseModel):
    model_config = Command.model_config

    fixture_id: ExternalId
    on: DayOrInstant
    title: Title | None = None


class AddPhase(_ToSeasonPlan):
    phase_id: ExternalId
    phase_type: PhaseType
    starts_on: Day
    ends_on: Day = Field(description="The last day, inclusive.")
    load_level: LoadLevel
    sessions_per_week: SessionsPerWeek | None = None
    intensity: IntensityLevel | None = None
    focus_areas: FocusAreas = ()


class ModifyPhase(_ToSeasonPlan):
    """What is null stays as it is."""

    phase_id: ExternalId
    phase_type: PhaseType | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    load_level: LoadLevel | None = None
    sessions_per_week: SessionsPerWeek | None = None
    intensity: IntensityLevel | None = None
    focus_areas: FocusAreas | None = None


class RemovePhase(_ToSeasonPlan):
    phase_id: ExternalId


class ShiftPhases(_ToSeasonPlan):
    """Moves a phase and all that start after it, so that the schedule keeps its shape."""

    first_phase_id: ExternalId
    first_starts_on: Day = Field(description="When that phase is to start; the others follow by as many days.")


class ChangePhase(_ToSeasonPlan):
    """``content``: what the phase is, where the plan does not know it, or the planning service has told it anew."""

    phase_id: ExternalId
    starts: DayOrInstant
    ends: DayOrInstant = Field(description="The last day, inclusive, or an instant on it.")
    old_phase_id: ExternalId | None = None
    auto_apply: bool
    triggered_by: ExternalId
    content: PhaseContent | None = None


class UpdateSeasonPlan(_ToSeasonPlan):
    """What the planning service says of its plan: these phases are so, those are no more. All of it or nothing.

    What it says of a phase or a game must be one thing: said twice, the order of the words would decide.
    """

    phases: tuple[DeclaredPhase, ...] = Field(default=(), max_length=MOST_PHASES)
    removed: tuple[ExternalId, ...] = Field(default=(), max_length=MOST_PHASES)
    fixtures: tuple[DeclaredFixture, ...] | None = Field(
        default=None, max_length=MOST_FIXTURES, description="All that there are; null: nothing is said of them."
    )

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        _refuse_twice("phases", [*(phase.phase_id for phase in self.phases), *set(self.removed)])
        _refuse_twice("fixtures", (fixture.fixture_id for fixture in self.fixtures or ()))
        return self


def _refuse_twice(what: str, ids: Iterable[str]) -> None:
    if twice := [each for each, times in Counter(ids).items() if times > 1]:
        raise ValueError(f"more than one thing is said of {what} {', '.join(twice)}; name each once")


class FollowCalendar(_ToSeasonPlan):
    """Today may be the first or the last day of a phase, or of a week with games. The plan finds out for itself."""


class AddFixture(_ToSeasonPlan):
    fixture_id: ExternalId
    on: Day
    title: Title | None = None


class MoveFixture(_ToSeasonPlan):
    fixture_id: ExternalId
    on: Day


class RemoveFixture(_ToSeasonPlan):
    fixture_id: ExternalId


class RequestAdjustments(_ToSeasonPlan):
    """``request_id`` makes a request one, however often it is sent. Without a phase it is about the current one."""

    request_id: UUID
    phase_id: ExternalId | None = None
    athlete_ids: tuple[AthleteId, ...] | None = Field(default=None, min_length=1, max_length=1000)
    force: bool = False
    triggered_by: ExternalId


class RecordPhaseAdjustments(_ToSeasonPlan):
    phase_id: ExternalId
    adjustments_count: int = Field(ge=0)
    triggered_by: ExternalId
    cause_event_id: UUID


SeasonPlanCommand = (
    OpenSeasonPlan
    | AddPhase
    | ModifyPhase
    | RemovePhase
    | ShiftPhases
    | ChangePhase
    | UpdateSeasonPlan
    | FollowCalendar
    | AddFixture
    | MoveFixture
    | RemoveFixture
    | RequestAdjustments
    | RecordPhaseAdjustments
)
