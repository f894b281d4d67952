"""What a message means as a command; where it names content that is not in it, with what the planning service says.

What is fetched goes into the command, and so into the event (decision 13): a replay asks nobody. What is known here is
not asked for: a phase that the plan has, a team's zone, who is on its roster.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Protocol, assert_never
from uuid import UUID

from consumers.dead_letters import Unprocessable
from consumers.parking import NotYetKnown
from consumers.planning_content import built, content_of, declared, fixtures, refuse_missing, workouts
from consumers.planning_messages import (
    PhaseChange,
    PlanningMessage,
    SeasonPlanUpdate,
    TemplateApplication,
    UpdateType,
    WorkloadThreshold,
)
from consumers.planning_service import PlanningService, PlanningServiceRefused
from domain.decider import Command
from domain.fields import local_day
from domain.ids import AthleteId, OrganizationId, PhaseId, TeamId, external_id
from domain.season_plan import ChangePhase, UpdateSeasonPlan
from domain.template_application import ApplyTemplate
from domain.workload import RecordThresholdBreach


class TeamDirectory(Protocol):
    """What the read models know of teams."""

    def zone_of(self, team_id: TeamId) -> str | None:
        """None for a team that is not known (yet)."""

    def on_roster(self, team_id: TeamId, athlete_id: AthleteId, day: date) -> bool: ...


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose message it is. ``source`` is what the organization calls the planning service, ``sent_at`` when it came."""

    organization_id: OrganizationId
    source: str
    sent_at: datetime
    correlation_id: UUID

    def team_id(self, external: str) -> TeamId:
        return TeamId(external_id(self.organization_id, self.source, "team", external))

    def athlete_id(self, external: str) -> AthleteId:
        return AthleteId(external_id(self.organization_id, self.source, "athlete", external))


@dataclass(frozen=True, slots=True)
class Meaning:
    """``command`` is what is known here, None where that is too little; ``completed`` asks the planning service."""

    command: Command | None
    completed: Callable[[], Command] | None = None


class Completing:
    """Threads may share it."""

    def __init__(self, service: PlanningService, teams: TeamDirectory) -> None:
        self._service = service
        self._teams = teams

    def meaning(self, said: PlanningMessage, origin: Origin) -> Meaning:
        """Asks nobody but the read models. Raises NotYetKnown, or Malformed."""
        match said:
            case PhaseChange():
                # Whether the plan knows the phase, only the plan can tell.
                return Meaning(change_of(said, origin), partial(self._change_with_content, said, origin))
            case SeasonPlanUpdate(update_type=UpdateType.PHASE_REMOVED):
                removed = built(
                    UpdateSeasonPlan, "message", team_id=origin.team_id(said.team_id), removed=said.updated_phases
                )
                return Meaning(removed)
            case SeasonPlanUpdate():
                return Meaning(None, partial(self._season_plan_update, said, origin))
            case WorkloadThreshold():
                return Meaning(self._breach(said, origin))
            case TemplateApplication():
                zone = self._zone(said.team_id, origin)
                return Meaning(None, partial(self._template_application, said, origin, zone))
            case _:
                assert_never(said)

    def _change_with_content(self, said: PhaseChange, origin: Origin) -> ChangePhase:
        try:
            plan = self._service.season_plan(said.team_id, origin.correlation_id)
        except PlanningServiceRefused as error:
            raise Unprocessable(f"the season plan has no phase {said.new_phase_id!r}, and {error}") from error
        refuse_missing(plan, (said.new_phase_id,))
        phase = next(each for each in plan.phases if each.phase_id == said.new_phase_id)
        return change_of(said, origin, content_of(phase))

    def _season_plan_update(self, said: SeasonPlanUpdate, origin: Origin) -> UpdateSeasonPlan:
        plan = self._service.season_plan(said.team_id, origin.correlation_id)
        refuse_missing(plan, said.updated_phases)
        return built(
            UpdateSeasonPlan,
            "planning service's season plan",
            team_id=origin.team_id(said.team_id),
            phases=[declared(phase) for phase in plan.phases],
            fixtures=fixtures(plan),
        )

    def _breach(self, said: WorkloadThreshold, origin: Origin) -> RecordThresholdBreach:
        team_id, athlete_id = origin.team_id(said.team_id), origin.athlete_id(said.player_id)
        zone = self._zone(said.team_id, origin)
        on = said.occurred_at or origin.sent_at
        day = local_day(on, zone)
        if not self._teams.on_roster(team_id, athlete_id, day):
            raise NotYetKnown(
                f"player {said.player_id!r} is not on the roster of team {said.team_id!r} on {day}. "
                "Add the player to the team (and see that both are known under these ids), then retry."
            )
        return built(
            RecordThresholdBreach,
            "message",
            team_id=team_id,
            athlete_id=athlete_id,
            threshold_type=said.threshold_type,
            current_value=said.current_value,
            threshold_value=said.threshold_value,
            response=said.recommended_adjustment.type,
            magnitude=said.recommended_adjustment.magnitude,
            on=on,
            zone=zone,
            triggered_by=said.triggered_by or origin.source,
        )

    def _template_application(self, said: TemplateApplication, origin: Origin, zone: str) -> ApplyTemplate:
        template = self._service.template(said.template_id, origin.correlation_id)
        wish = said.customizations
        return built(
            ApplyTemplate,
            "planning service's template",
            team_id=origin.team_id(said.team_id),
            zone=zone,
            template_id=template.template_id,
            template_version=template.version,
            name=template.name,
            workouts=workouts(template),
            starts=said.start_date,
            customizations=wish.model_dump(by_alias=False) if wish else {},
            triggered_by=said.triggered_by,
        )

    def _zone(self, external: str, origin: Origin) -> str:
        zone = self._teams.zone_of(origin.team_id(external))
        if zone is None:
            raise NotYetKnown(
                f"there is no team {external!r} of source {origin.source!r}. "
                "Form the team (and see that it is known under this id), then retry."
            )
        return zone


def change_of(said: PhaseChange, origin: Origin, content: dict[str, object] | None = None) -> ChangePhase:
    """The message's own dates: they are the last word, also over those of the planning service's plan."""
    return built(
        ChangePhase,
        "message" if content is None else "planning service's season plan",
        team_id=origin.team_id(said.team_id),
        phase_id=PhaseId(said.new_phase_id),
        starts=said.phase_start_date,
        ends=said.phase_end_date,
        old_phase_id=None if said.old_phase_id is None else PhaseId(said.old_phase_id),
        auto_apply=said.auto_apply_adjustments,
        triggered_by=said.triggered_by,
        content=content,
    )
