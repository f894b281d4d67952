"""What may be asked of an assignment."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator

from domain.decider import Command
from domain.fields import WITHOUT_NUL, FocusArea, Load, Reason, Title
from domain.ids import AssignmentId, AthleteId, PhaseId, SeasonPlanId, TeamId, WorkloadId
from domain.prescription import Prescription
from domain.rules.intensity import IntensityLevel, Zone
from domain.rules.load import LoadLevel, PhaseType

Sport = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50, pattern=WITHOUT_NUL)]


def _each_once(days: Sequence[int]) -> tuple[int, ...]:
    if len(set(days)) != len(days):
        raise ValueError("each weekday may be named once")
    return tuple(sorted(days))


Weekdays = Annotated[
    tuple[Annotated[int, Field(ge=1, le=7)], ...],
    Field(min_length=1, max_length=7, description="1 Monday to 7 Sunday"),
    AfterValidator(_each_once),
]


class _Part(BaseModel):
    model_config = Command.model_config


class PercentRange(_Part):
    """Both ends inclusive, in percent."""

    low: float = Field(ge=0, le=400, allow_inf_nan=False)
    high: float = Field(ge=0, le=400, allow_inf_nan=False)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.high < self.low:
            raise ValueError(f"a range from {self.low} to {self.high} ends before it begins")
        return self


class PlannedIntensity(_Part):
    zones: tuple[Zone, ...] = Field(default=(), max_length=20)
    power_pct_ftp: PercentRange | None = None
    heart_rate_pct_max: PercentRange | None = None

    @model_validator(mode="after")
    def _within_the_possible(self) -> Self:
        if self.heart_rate_pct_max is not None and self.heart_rate_pct_max.high > 100:
            raise ValueError("no heart beats above 100 % of its maximum")
        if not (self.zones or self.power_pct_ftp or self.heart_rate_pct_max):
            raise ValueError("name zones, a power target or a heart-rate target; or leave the intensity out")
        return self


class PlannedExercise(_Part):
    name: Title
    focus: FocusArea
    sets: int | None = Field(default=None, ge=1, le=100)
    reps: int | None = Field(default=None, ge=1, le=1000)


Exercises = Annotated[tuple[PlannedExercise, ...], Field(min_length=1, max_length=50)]


class PhaseRef(_Part):
    """A phase, as much of it as an assignment needs to know."""

    phase_id: PhaseId
    phase_type: PhaseType
    load_level: LoadLevel
    sessions_per_week: int | None = None
    intensity: IntensityLevel | None = None
    focus_areas: tuple[str, ...] = ()


class _ToAssignment(Command):
    assignment_id: AssignmentId

    @property
    def stream_id(self) -> UUID:
        return self.assignment_id


class AdjustForPhase(_ToAssignment):
    """``season_revision`` tells which declaration of phases this follows: an older one than the last is ignored."""

    season_plan_id: SeasonPlanId
    season_revision: int
    phase: PhaseRef | None = Field(description="The phase that covers the assignment; null when none does any more.")
    eve_of_game: bool = Field(default=False, description="The workout is on the day before a game.")
    games: tuple[int, ...] = Field(default=(), description="For one that recurs: weekdays of this week's games.")
    force: bool = Field(default=False, description="Lifts off what was set by hand.")


class PlanAssignment(_ToAssignment):
    """``season``: what the season calls for on that day, where that is known already; else it follows by itself."""

    team_id: TeamId
    athlete_id: AthleteId
    title: Title
    sport: Sport
    scheduled_on: date | None = None
    load: Load
    weekdays: Weekdays | None = None
    intensity: PlannedIntensity | None = None
    exercises: Exercises | None = None
    season: AdjustForPhase | None = None

    @model_validator(mode="after")
    def _one_day_or_weekdays(self) -> Self:
        if self.scheduled_on is not None and self.weekdays is not None:
            raise ValueError("a workout is on one day (scheduledOn), or recurs on weekdays; not both")
        return self

    @model_validator(mode="after")
    def _season_of_this_one(self) -> Self:
        if self.season is not None and self.season.assignment_id != self.assignment_id:
            raise ValueError(f"the season is told of assignment {self.season.assignment_id}, another one")
        return self

    @property
    def baseline(self) -> Prescription:
        if self.weekdays is None and self.intensity is None and self.exercises is None:
            return Prescription(load=self.load)
        return Prescription.model_validate(
            self.model_dump(include={"load", "weekdays", "intensity", "exercises"}, by_alias=False)
        )


class AdjustForWorkload(_ToAssignment):
    """``workload_revision`` tells which change of the athlete's restrictions this follows; an older one is ignored."""

    workload_id: WorkloadId
    workload_revision: int
    restricted: bool = Field(description="False where no restriction holds for the assignment any more.")
    skip: bool = Field(default=False, description="No training at all, whatever the fraction.")
    fraction: float = Field(default=1.0, ge=0, le=1, allow_inf_nan=False)
    easy_only: bool = False


class AdjustByHand(_ToAssignment):
    """What is null stays as it is; what was set before by hand, too. It may add what was not planned at all."""

    load: Load | None = None
    weekdays: Weekdays | None = None
    intensity: PlannedIntensity | None = None
    exercises: Exercises | None = None
    reason: Reason

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.load is None and self.weekdays is None and self.intensity is None and self.exercises is None:
            raise ValueError("set at least one of load, weekdays, intensity, exercises")
        return self


class Layer(StrEnum):
    """What lies upon the baseline, the lowest first."""

    PHASE = "phase"
    WORKLOAD = "workload"
    HAND = "hand"


class RevertAssignment(_ToAssignment):
    """Takes layers off, by default all: the workout is as planned, until a phase or the workload calls anew."""

    layers: tuple[Layer, ...] = Field(default=tuple(Layer), min_length=1)


class StartAssignment(_ToAssignment):
    pass


class CompleteAssignment(_ToAssignment):
    load: Load
    rpe: float | None = Field(default=None, ge=0, le=10, allow_inf_nan=False)
    duration_min: float | None = Field(default=None, ge=0, le=2880, allow_inf_nan=False)
    completed_on: date | None = Field(
        default=None, description="The athlete's local day; without it the day for which it was planned."
    )


class SkipAssignment(_ToAssignment):
    reason: Reason


class CancelAssignment(_ToAssignment):
    reason: Reason


class WithdrawAssignment(_ToAssignment):
    """Cancels what nobody has begun, and leaves all else as it is."""

    reason: Reason | None = Field(description="Null for an athlete who was forgotten.")


AssignmentCommand = (
    PlanAssignment
    | AdjustForPhase
    | AdjustForWorkload
    | AdjustByHand
    | RevertAssignment
    | StartAssignment
    | CompleteAssignment
    | SkipAssignment
    | CancelAssignment
    | WithdrawAssignment
)
