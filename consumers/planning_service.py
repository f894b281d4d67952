"""The planning service as the consumers see it: what may be asked of it, what it answers, and how it fails.

Shapes are those of ``docs/planning-contract.md``. Every answer is checked whole: with one wrong field, none of it is
used. The adapter that speaks HTTP is ``infra/planning_service``.
"""

from collections.abc import Hashable, Iterable
from datetime import date, datetime
from itertools import pairwise
from typing import Annotated, Protocol, TypeVar
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic.alias_generators import to_camel

from domain.fields import WITHOUT_NUL, DayOrInstant, ExternalId, Load, Title
from domain.ports import Unavailable
from domain.rules.intensity import IntensityLevel, Zone
from domain.rules.load import LoadLevel, PhaseType

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50, pattern=WITHOUT_NUL)]

H = TypeVar("H", bound=Hashable)


def _rising(bounds: tuple[float, float]) -> tuple[float, float]:
    if bounds[0] > bounds[1]:
        raise ValueError(f"its lower bound {bounds[0]:g} is above its upper bound {bounds[1]:g}")
    return bounds


# An all-out sprint of some seconds is up to four times what a rider holds for an hour.
PercentOfFtp = Annotated[float, Field(ge=0, le=400, allow_inf_nan=False)]
PercentOfMaximum = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]


class Content(BaseModel):
    """Fields that the planning service adds later are ignored; those that are known are of the very type told here."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        extra="ignore",
        frozen=True,
        strict=True,
    )


class PhaseContent(Content):
    """A phase. Its dates are both inclusive, and both days or both instants; ``team_id`` may be left out."""

    phase_id: ExternalId
    team_id: ExternalId | None = None
    type: PhaseType
    start_date: DayOrInstant
    end_date: DayOrInstant
    load_level: LoadLevel
    sessions_per_week: Annotated[int, Field(ge=1, le=7)] | None = None
    intensity: IntensityLevel | None = None
    focus_areas: Annotated[tuple[Word, ...], Field(max_length=20)] = ()

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> "PhaseContent":
        if is_after(self.start_date, self.end_date):
            raise ValueError(f"phase {self.phase_id!r} ends on {self.end_date}, before it starts on {self.start_date}")
        return self


class FixtureContent(Content):
    """A game, on a day or at an instant."""

    fixture_id: ExternalId
    date: DayOrInstant
    title: Title | None = None


class SeasonPlanContent(Content):
    """A team's season. No two phases share a day, no two phases or fixtures an id."""

    season_plan_id: ExternalId
    team_id: ExternalId
    phases: tuple[PhaseContent, ...]
    fixtures: tuple[FixtureContent, ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> "SeasonPlanContent":
        if (phase_id := repeated(phase.phase_id for phase in self.phases)) is not None:
            raise ValueError(f"phases: phase {phase_id!r} is there twice")
        if (fixture_id := repeated(fixture.fixture_id for fixture in self.fixtures)) is not None:
            raise ValueError(f"fixtures: fixture {fixture_id!r} is there twice")
        for phase in self.phases:
            if phase.team_id not in (None, self.team_id):
                raise ValueError(f"phases: phase {phase.phase_id!r} is of team {phase.team_id!r}")
        if len({isinstance(phase.start_date, datetime) for phase in self.phases}) > 1:
            raise ValueError("phases: some have days, others instants")
        for earlier, later in pairwise(sorted(self.phases, key=lambda phase: phase.start_date)):
            if not is_after(later.start_date, earlier.end_date):
                raise ValueError(
                    f"phases: {later.phase_id!r} starts on {later.start_date}, "
                    f"when {earlier.phase_id!r} has not ended: that ends on {earlier.end_date}"
                )
        return self


class IntensityContent(Content):
    """How hard a workout is: zones, and ranges in percent of thresholds; never watts or beats of a person."""

    zones: Annotated[tuple[Zone, ...], Field(max_length=7)] = ()
    power_pct_ftp: Annotated[tuple[PercentOfFtp, PercentOfFtp], AfterValidator(_rising)] | None = None
    heart_rate_pct_max: Annotated[tuple[PercentOfMaximum, PercentOfMaximum], AfterValidator(_rising)] | None = None


class ExerciseContent(Content):
    name: Title
    focus: Word
    sets: Annotated[int, Field(ge=1, le=100)] | None = None
    reps: Annotated[int, Field(ge=1, le=1000)] | None = None


class TemplateWorkoutContent(Content):
    """A workout on a weekday (1 Monday to 7 Sunday) of the template's n-th week, from 1 on."""

    week: int = Field(ge=1, le=52)
    weekday: int = Field(ge=1, le=7)
    title: Title
    sport: Word
    load: Load
    intensity: IntensityContent | None = None
    exercises: Annotated[tuple[ExerciseContent, ...], Field(max_length=100)] = ()


class TemplateContent(Content):
    """``weeks`` may be more than the workouts fill, never fewer."""

    template_id: ExternalId
    version: int = Field(ge=1)
    name: Title
    weeks: Annotated[int, Field(ge=1, le=52)] | None = None
    workouts: tuple[TemplateWorkoutContent, ...]

    @model_validator(mode="after")
    def _workouts_are_within_its_weeks(self) -> "TemplateContent":
        last = max((workout.week for workout in self.workouts), default=0)
        if self.weeks is not None and last > self.weeks:
            raise ValueError(f"workouts: one is in week {last}, but the template has {self.weeks} weeks")
        return self


class CompletionNotice(Content):
    """A workout was done. ``notice_id`` is the same at every attempt; team and player are the planning service's ids.

    Loads are in the unit in which the workout was planned; ``rpe`` is Borg's CR10 scale, from 0 to 10.
    """

    notice_id: UUID
    assignment_id: UUID
    team_id: ExternalId
    player_id: ExternalId
    completed_at: AwareDatetime
    load: Load
    rpe: Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)] | None = None
    duration_min: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    planned_load: Load


class PlanningServiceAway(Unavailable):
    """It does not answer, or says that it cannot now; the same call may work later.

    ``retry_after_s`` is how long it makes no sense to ask again, in seconds; None where nobody said.
    """

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class PlanningServiceRefused(Exception):
    """It understood and said no, and will do so again until somebody does what ``hint`` says."""

    def __init__(self, message: str, *, status: int, hint: str) -> None:
        super().__init__(f"{message}. {hint}")
        self.status = status
        self.hint = hint


class PlanningServiceMalformed(Exception):
    """Its answer breaks the contract. The text says where; nothing of the answer was used."""


class PlanningService(Protocol):
    """Ids are the planning service's own. ``correlation_id`` is sent along, so that both sides' logs can be joined.

    Every call raises PlanningServiceAway, PlanningServiceRefused or PlanningServiceMalformed.
    """

    def current_phase(self, team: str, correlation_id: UUID) -> PhaseContent:
        """The phase that the team is in today. Refused with status 404 where there is none."""

    def season_plan(self, team: str, correlation_id: UUID) -> SeasonPlanContent:
        """All of the team's phases and fixtures. Refused with status 404 where it has no plan."""

    def template(self, template_id: str, correlation_id: UUID) -> TemplateContent:
        """The template's newest version. Refused with status 404 where there is none."""

    def notify_completion(self, notice: CompletionNotice, correlation_id: UUID) -> None:
        """Returns once it is accepted, also where it was before: a notice may be sent any number of times."""


def is_after(one: date | datetime, other: date | datetime) -> bool:
    """Days compare with days and instants with instants; one of each is a ValueError: only a zone would tell."""
    if isinstance(one, datetime) != isinstance(other, datetime):
        raise ValueError(f"{one} and {other} are a day and an instant; give both in one way")
    return one > other


def repeated(ids: Iterable[H]) -> H | None:
    """The first that is there for the second time."""
    seen: set[H] = set()
    for one in ids:
        if one in seen:
            return one
        seen.add(one)
    return None
