"""A team's season plan: its phases and games. What they do to workouts follows by itself."""

from datetime import date, datetime
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import Field

from api.access import Access, Asking
from api.changing import CREATED, KNOWN, located
from api.commanding import Commanded, ToChange, etag, run
from api.models import Answer
from api.problems import PROBLEM
from api.reading import TIMEOUT, MinPosition, Timeout, stale
from api.services import Services
from api.wishes import Wish
from domain.fields import Day, ExternalId, ZoneName
from domain.ids import PhaseId, TeamId
from domain.rules.intensity import IntensityLevel
from domain.rules.load import MULTIPLIERS, LoadLevel, PhaseType
from domain.season_plan import (
    AddPhase,
    ModifyPhase,
    OpenSeasonPlan,
    PhaseUnknown,
    RemovePhase,
    SeasonPlanUnknown,
    ShiftPhases,
)
from domain.season_plan.commands import FocusAreas, SessionsPerWeek
from projections.season import READS, SeasonPlanRow, season_plan

ALL_READS = (*READS, "teams")
PhaseInPath = Annotated[ExternalId, Path(description="The phase's id, as it was declared.")]


class PhaseAnswer(Answer):
    """A phase; both dates belong to it."""

    phase_id: str = Field(examples=["2027-preseason"])
    phase_type: PhaseType
    starts_on: date
    ends_on: date = Field(description="The last day, inclusive.")
    load_level: LoadLevel
    load_multiplier: float = Field(description="What a planned load is multiplied by.", examples=[1.2])
    sessions_per_week: int | None = Field(description="Of each workout that recurs; null: as its type of phase has it.")
    intensity: IntensityLevel | None
    focus_areas: list[str] = Field(examples=[["power", "agility"]])
    declared: int = Field(description="The revision that declared it last; where phases overlap the highest wins.")
    is_current: bool


class FixtureAnswer(Answer):
    """A game."""

    fixture_id: str = Field(examples=["cup-1"])
    on: date = Field(description="The day of the game, in the plan's zone.")
    title: str | None = Field(examples=["Cup, first round"])


class SeasonPlanAnswer(Answer):
    """The whole plan, as it was declared last."""

    team_id: UUID
    season_plan_id: UUID
    zone: str = Field(description="IANA time zone in which its days are days.", examples=["Europe/Berlin"])
    external_id: str | None
    current_phase_id: str | None = Field(description="null while the team is in none.")
    games: list[int] = Field(description="Weekdays with a game, 1 Monday to 7 Sunday, in the week of `gamesWeek`.")
    games_week: date | None = Field(description="Its Monday; null before the first week was looked at.")
    revision: int = Field(description="How many declarations there were. The ETag is another number: the version.")
    as_of: datetime = Field(description="When the last of them was made.")
    age_seconds: float = Field(description="How long ago that was.")
    phases: list[PhaseAnswer] = Field(description="By first day.")
    fixtures: list[FixtureAnswer] = Field(description="By day.")
    stale: bool = Field(description="True where something is missing: not there in time, or set aside as an error.")


class NewSeasonPlan(Wish):
    zone: ZoneName | None = Field(None, description="IANA time zone; null: the team's.", examples=["Europe/Berlin"])
    external_id: ExternalId | None = Field(None, description="What the planning service calls it.")


class NewPhase(Wish):
    phase_id: ExternalId = Field(examples=["2027-preseason"], description="Yours to choose; unique in the plan.")
    phase_type: PhaseType
    starts_on: Day = Field(examples=["2027-01-11"])
    ends_on: Day = Field(examples=["2027-02-28"], description="The last day, inclusive.")
    load_level: LoadLevel = Field(description="recovery × 0.6, low × 0.8, medium × 1.0, high × 1.2, peak × 1.4")
    sessions_per_week: SessionsPerWeek | None = None
    intensity: IntensityLevel | None = None
    focus_areas: FocusAreas = Field((), examples=[["power"]], description="Exercises are chosen by these.")


class ChangedPhase(Wish):
    """What is left out, or null, stays as it is."""

    phase_type: PhaseType | None = None
    starts_on: Day | None = Field(None, examples=["2027-01-18"])
    ends_on: Day | None = Field(None, examples=["2027-02-28"], description="The last day, inclusive.")
    load_level: LoadLevel | None = None
    sessions_per_week: SessionsPerWeek | None = None
    intensity: IntensityLevel | None = None
    focus_areas: FocusAreas | None = None


class Shift(Wish):
    """Moves a phase and all that start after it by the same number of days."""

    first_phase_id: ExternalId = Field(examples=["2027-preseason"])
    first_starts_on: Day = Field(examples=["2027-01-18"], description="When that phase is to start.")


def router(services: Services) -> APIRouter:
    routes = APIRouter(prefix="/api/v1/teams/{teamId}/season-plan", tags=["season plans"], responses=PROBLEM)

    @routes.get("", summary="A team's season plan")
    def get_season_plan(
        teamId: UUID, access: Asking, response: Response, min_position: MinPosition = None, timeout: Timeout = TIMEOUT
    ) -> SeasonPlanAnswer:
        """All phases and games. Its `ETag` is for `If-Match` with whatever changes the plan."""
        return shown(services, access, teamId, response, min_position, timeout)

    @routes.post("", status_code=201, summary="Open a season plan", responses=CREATED, dependencies=KNOWN)
    def open_plan(teamId: UUID, body: NewSeasonPlan, access: Asking, asked: ToChange, response: Response) -> Commanded:
        """A team has one rolling plan; 409 where it has one already, with another zone or external id."""
        team = access.team(teamId, change=True)
        command = OpenSeasonPlan(team_id=TeamId(teamId), zone=body.zone or team.zone, external_id=body.external_id)
        opened = run(services, command, asked, response)
        located(response, f"/teams/{teamId}/season-plan")
        return opened

    @routes.post("/phases", status_code=201, summary="Declare a phase", responses=CREATED, dependencies=KNOWN)
    def add_phase(teamId: UUID, body: NewPhase, access: Asking, asked: ToChange, response: Response) -> Commanded:
        """Workouts on its days take it on by themselves where the team's setting wants that.

        409 `phases-overlap`, `phase-exists` or `phase-ends-before-start`; 404 `season-plan-unknown` before one is open.
        """
        access.team(teamId, change=True)
        added = run(services, AddPhase(team_id=TeamId(teamId), **dict(body)), asked, response)
        located(response, f"/teams/{teamId}/season-plan/phases/{quote(body.phase_id, safe='')}")
        return added

    @routes.get("/phases/{phaseId:path}", summary="One phase")
    def get_phase(
        teamId: UUID,
        phaseId: PhaseInPath,
        access: Asking,
        response: Response,
        min_position: MinPosition = None,
        timeout: Timeout = TIMEOUT,
    ) -> PhaseAnswer:
        """As it was declared last."""
        plan = shown(services, access, teamId, response, min_position, timeout)
        found = next((phase for phase in plan.phases if phase.phase_id == phaseId), None)
        if found is None:
            raise PhaseUnknown(f"team {teamId} has no phase of that id")
        return found

    @routes.patch("/phases/{phaseId:path}", summary="Change a phase", dependencies=KNOWN)
    def modify_phase(
        teamId: UUID, phaseId: PhaseInPath, body: ChangedPhase, access: Asking, asked: ToChange, response: Response
    ) -> Commanded:
        """Workouts that it touches, before or after, follow by themselves. A phase in place may not overlap another."""
        access.team(teamId, change=True)
        command = ModifyPhase(team_id=TeamId(teamId), phase_id=PhaseId(phaseId), **dict(body))
        return run(services, command, asked, response)

    @routes.delete("/phases/{phaseId:path}", summary="Remove a phase", dependencies=KNOWN)
    def remove_phase(
        teamId: UUID, phaseId: PhaseInPath, access: Asking, asked: ToChange, response: Response
    ) -> Commanded:
        """What it had changed is as planned, or as another phase on the same day has it. Again it changes nothing."""
        access.team(teamId, change=True)
        return run(services, RemovePhase(team_id=TeamId(teamId), phase_id=PhaseId(phaseId)), asked, response)

    @routes.post("/shift", summary="Move the schedule", dependencies=KNOWN)
    def shift(teamId: UUID, body: Shift, access: Asking, asked: ToChange, response: Response) -> Commanded:
        """409 `phases-overlap` where the shift would run into a phase before it."""
        access.team(teamId, change=True)
        return run(services, ShiftPhases(team_id=TeamId(teamId), **dict(body)), asked, response)

    return routes


def shown(
    services: Services,
    access: Access,
    team_id: UUID,
    response: Response,
    min_position: str | None,
    timeout_s: float,
) -> SeasonPlanAnswer:
    """Also behind the planning service's path of it. Raises NotFound, SeasonPlanUnknown."""
    is_stale = stale(services, ALL_READS, min_position, timeout_s, team_id)
    with access.reading() as connection:
        access.team(team_id, on=connection)
        plan = season_plan(connection, team_id)
    if plan is None:
        raise SeasonPlanUnknown(f"team {team_id} has no season plan")
    response.headers["etag"] = etag(plan.version)
    return answer(plan, services.clock.now(), is_stale)


def answer(plan: SeasonPlanRow, now: datetime, is_stale: bool) -> SeasonPlanAnswer:
    values = plan._asdict()
    values["phases"] = [
        PhaseAnswer(**phase._asdict(), load_multiplier=float(MULTIPLIERS[LoadLevel(phase.load_level)]))
        for phase in plan.phases
    ]
    values["fixtures"] = [
        FixtureAnswer(fixture_id=fixture.fixture_id, on=fixture.day, title=fixture.title) for fixture in plan.fixtures
    ]
    return SeasonPlanAnswer(**values, age_seconds=max(0.0, (now - plan.as_of).total_seconds()), stale=is_stale)
