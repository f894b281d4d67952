"""The planning service's view: a team's phase and plan, and what can be asked for or told (seed 000, "API Endpoints").

Ids in these paths and bodies are this service's own.
"""

from datetime import date, datetime
from http import HTTPStatus
from uuid import UUID, uuid5

from fastapi import APIRouter, Response
from pydantic import Field

from api.access import Asking
from api.changing import CREATED, KNOWN, located
from api.commanding import Asked, Commanded, ToChange, commanded, etag, run
from api.models import Answer
from api.problems import PROBLEM, Refused
from api.reading import TIMEOUT, MinPosition, Timeout, stale
from api.season_plans import SeasonPlanAnswer, shown
from api.services import Services
from api.wishes import Wish
from domain.assignment import CompleteAssignment
from domain.errors import NotFound
from domain.fields import Day, ExternalId, Load
from domain.ids import AssignmentId, AthleteId, TeamId, TemplateId
from domain.rules.intensity import IntensityLevel
from domain.rules.load import MULTIPLIERS, LoadLevel, PhaseType
from domain.season_plan import RequestAdjustments
from domain.template_application import Customizations
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


class SyncAdjustments(Wish):
    """Whose workouts shall be adjusted once more, and for which phase."""

    team_id: TeamId
    phase_id: ExternalId | None = Field(None, description="null: the current one.", examples=["2027-preseason"])
    player_ids: tuple[AthleteId, ...] | None = Field(
        None, min_length=1, max_length=1000, description="Athletes' ids; null: everybody."
    )
    force_update: bool = Field(False, description="Whatever the team's setting says, and over what was set by hand.")


class ApplyTemplate(Wish):
    team_id: TeamId
    template_id: TemplateId
    start_date: Day = Field(examples=["2027-01-11"], description="The first day, in the team's zone.")
    customizations: Customizations = Field(
        Customizations(),
        description="What the team wants otherwise.",
        examples=[{"loadMultiplier": 1.2, "trainingFrequency": 4}],
    )


class NotifyCompletion(Wish):
    """A workout was done. What is null was not measured."""

    assignment_id: AssignmentId
    load: Load = Field(examples=[68.0], description="As executed: TSS, or the club's own points.")
    rpe: float | None = Field(
        None, ge=0, le=10, allow_inf_nan=False, examples=[6.0], description="Rate of perceived exertion."
    )
    duration_min: float | None = Field(None, ge=0, le=2880, allow_inf_nan=False, examples=[55.0])
    completed_on: Day | None = Field(
        None, description="The athlete's day; null: the day for which it was planned (an open-ended one has none: 409)."
    )


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

    @routes.get("/season-plan/{teamId}", summary="A team's season plan, with all phases")
    def get_plan(
        teamId: UUID, access: Asking, response: Response, min_position: MinPosition = None, timeout: Timeout = TIMEOUT
    ) -> SeasonPlanAnswer:
        """Also at `/api/v1/teams/{teamId}/season-plan`, where it can be changed."""
        return shown(services, access, teamId, response, min_position, timeout)

    @routes.post(
        "/sync-phase-adjustments", status_code=202, summary="Adjust workouts for a phase once more", dependencies=KNOWN
    )
    def sync_phase_adjustments(body: SyncAdjustments, access: Asking, asked: ToChange, response: Response) -> Commanded:
        """Accepted: the workouts follow a moment later, and `sync-status` tells when. `id` is that of the season plan.

        409 `auto-apply-off` where the team wants no adjustments by themselves and `forceUpdate` is not set;
        409 `no-current-phase`, 404 `phase-unknown` or `season-plan-unknown` where there is nothing to adjust for.
        """
        team = access.team(body.team_id, tell=True)
        if not (team.auto_apply_adjustments or body.force_update):
            raise Refused(
                HTTPStatus.CONFLICT,
                "auto-apply-off",
                f"team {team.name} wants no adjustments by themselves",
                "Send forceUpdate: true to have them made all the same, or switch the team's auto-apply on.",
            )
        command = RequestAdjustments(
            team_id=body.team_id,
            request_id=request_id(services, body, asked),
            phase_id=body.phase_id,
            athlete_ids=body.player_ids,
            force=body.force_update,
            triggered_by=asked.caller.actor,
        )
        return run(services, command, asked, response)

    @routes.post(
        "/apply-phase-template",
        status_code=201,
        summary="Have a team follow a template",
        responses=CREATED,
        dependencies=KNOWN,
    )
    def apply_template(body: ApplyTemplate, access: Asking, asked: ToChange, response: Response) -> Commanded:
        """Everybody on the roster on the day of a workout gets it, a moment later. `id` is that of the application.

        Asked again for the same team, template and first day it changes nothing; 409 `template-withdrawn`.
        """
        access.team(body.team_id, change=True)
        access.template(body.template_id)
        outcome = services.templating.apply(
            body.team_id, body.template_id, body.start_date, body.customizations, asked.caller, key=asked.key
        )
        response.headers["etag"] = etag(outcome.version)
        located(response, f"/teams/{body.team_id}/template-applications")
        return commanded(outcome)

    @routes.post("/notify-completion", summary="A workout was done")
    def notify_completion(body: NotifyCompletion, access: Asking, asked: ToChange, response: Response) -> Commanded:
        """Recorded as an event; the planning service is told of it by itself, also where it is away at the moment.

        Told again in the same words it changes nothing; 409 `assignment-closed` in other words, or for one given up.
        """
        access.assignment(body.assignment_id, tell=True)
        return run(services, CompleteAssignment(**dict(body)), asked, response)

    return routes


def request_id(services: Services, body: SyncAdjustments, asked: Asked) -> UUID:
    """A repeat of the request is the same one, also long after its answer was kept."""
    if asked.key is None:
        return services.new_id()
    return uuid5(body.team_id, f"sync\x1f{asked.key.principal}\x1f{asked.key.key}")


def answer(phase: CurrentPhase, now: datetime, is_stale: bool) -> CurrentPhaseAnswer:
    return CurrentPhaseAnswer(
        **phase._asdict(),
        load_multiplier=float(MULTIPLIERS[LoadLevel(phase.load_level)]),
        age_seconds=max(0.0, (now - phase.as_of).total_seconds()),
        stale=is_stale,
    )
