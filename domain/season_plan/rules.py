"""What may be asked of a season plan, and the rules that decide it."""

from datetime import date
from typing import assert_never
from uuid import UUID

from pydantic import Field

from domain.decider import Command, Context
from domain.errors import AlreadyExists, DomainError, NotFound
from domain.fields import DayOrInstant, ExternalId, ZoneName, local_day
from domain.ids import PhaseId, TeamId, season_plan_id
from domain.rules.load import LoadLevel, PhaseType
from domain.rules.phase_calendar import overlaps
from domain.season_plan.events import (
    PhaseAdded,
    PhaseAdjustmentsApplied,
    PhaseChanged,
    SeasonPlanEvent,
    SeasonPlanOpened,
)
from domain.season_plan.state import Phase, SeasonPlan


class _ToSeasonPlan(Command):
    team_id: TeamId

    @property
    def stream_id(self) -> UUID:
        return season_plan_id(self.team_id)


class OpenSeasonPlan(_ToSeasonPlan):
    zone: ZoneName
    external_id: ExternalId | None = None


class AddPhase(_ToSeasonPlan):
    phase_id: ExternalId
    phase_type: PhaseType
    starts_on: date
    ends_on: date = Field(description="The last day, inclusive.")
    load_level: LoadLevel


class ChangePhase(_ToSeasonPlan):
    phase_id: ExternalId
    starts: DayOrInstant
    ends: DayOrInstant = Field(description="The last day, inclusive, or an instant on it.")
    old_phase_id: ExternalId | None = None
    auto_apply: bool
    triggered_by: ExternalId


class RecordPhaseAdjustments(_ToSeasonPlan):
    phase_id: ExternalId
    adjustments_count: int = Field(ge=0)
    triggered_by: ExternalId
    cause_event_id: UUID


SeasonPlanCommand = OpenSeasonPlan | AddPhase | ChangePhase | RecordPhaseAdjustments


def decide(command: SeasonPlanCommand, state: SeasonPlan | None, _context: Context) -> tuple[SeasonPlanEvent, ...]:
    if isinstance(command, OpenSeasonPlan):
        return open_plan(command, state)
    if state is None:
        raise SeasonPlanUnknown(f"team {command.team_id} has no season plan")
    match command:
        case AddPhase():
            return add_phase(command, state)
        case ChangePhase():
            return change_phase(command, state)
        case RecordPhaseAdjustments():
            return record_adjustments(command, state)
        case _:
            assert_never(command)


def open_plan(command: OpenSeasonPlan, state: SeasonPlan | None) -> tuple[SeasonPlanEvent, ...]:
    if state is None:
        plan_id = season_plan_id(command.team_id)
        return (
            SeasonPlanOpened(
                season_plan_id=plan_id, team_id=command.team_id, zone=command.zone, external_id=command.external_id
            ),
        )
    if (state.zone, state.external_id) == (command.zone, command.external_id):
        return ()
    raise AlreadyExists(f"team {state.team_id} has a season plan already, in {state.zone}")


def add_phase(command: AddPhase, state: SeasonPlan) -> tuple[SeasonPlanEvent, ...]:
    first, last = command.starts_on, command.ends_on
    refuse_backwards(command.phase_id, first, last)
    if (known := state.phase(command.phase_id)) is not None:
        if (known.phase_type, known.starts_on, known.ends_on, known.load_level) == (
            command.phase_type,
            first,
            last,
            command.load_level,
        ):
            return ()
        raise PhaseExists(f"phase {known.phase_id} exists already, as {described(known)}")
    for other in state.phases:
        if overlaps(first, last, other):
            raise PhasesOverlap(
                f"phase {command.phase_id} ({first} to {last}) overlaps phase {other.phase_id}, {described(other)}"
            )
    return (PhaseAdded(season_plan_id=state.season_plan_id, **dict(command)),)


def change_phase(command: ChangePhase, state: SeasonPlan) -> tuple[SeasonPlanEvent, ...]:
    """Nothing for the phase that is current with these dates, unless its workouts are to be adjusted after all."""
    first, last = local_day(command.starts, state.zone), local_day(command.ends, state.zone)
    refuse_backwards(command.phase_id, first, last)
    phase = state.phase(command.phase_id)
    if phase is None:
        known = ", ".join(phase.phase_id for phase in state.phases) or "none"
        raise PhaseUnknown(f"the season plan of team {state.team_id} has no phase {command.phase_id} (it has: {known})")
    former = state.current_phase_id or command.old_phase_id
    as_it_is = state.current_phase_id == phase.phase_id and (phase.starts_on, phase.ends_on) == (first, last)
    if as_it_is and (state.applied or not command.auto_apply):
        return ()
    return (
        PhaseChanged(
            season_plan_id=state.season_plan_id,
            team_id=state.team_id,
            old_phase_id=None if former is None else PhaseId(former),
            phase_id=phase.phase_id,
            phase_type=phase.phase_type,
            starts_on=first,
            ends_on=last,
            load_level=phase.load_level,
            auto_apply=command.auto_apply,
            triggered_by=command.triggered_by,
        ),
    )


def record_adjustments(command: RecordPhaseAdjustments, state: SeasonPlan) -> tuple[SeasonPlanEvent, ...]:
    if command.cause_event_id in state.recorded_causes:
        return ()
    return (PhaseAdjustmentsApplied(season_plan_id=state.season_plan_id, **dict(command)),)


def described(phase: Phase) -> str:
    return f"{phase.phase_type.value}, {phase.starts_on} to {phase.ends_on}, {phase.load_level.value} load"


def refuse_backwards(phase_id: str, first: date, last: date) -> None:
    if last < first:
        raise PhaseEndsBeforeStart(f"phase {phase_id} would end on {last}, before it starts on {first}")


class SeasonPlanUnknown(NotFound):
    code = "season-plan-unknown"
    hint = "Open the team's season plan (and see that the team is known under this id), then send it again."


class PhaseUnknown(NotFound):
    code = "phase-unknown"
    hint = "Add the phase to the team's season plan, then send it again."


class PhaseExists(AlreadyExists):
    code = "phase-exists"
    hint = "Use another phase id; the dates of a phase move by a phase change."


class PhasesOverlap(DomainError):
    code = "phases-overlap"
    hint = "Choose dates that no other phase of the plan covers."


class PhaseEndsBeforeStart(DomainError):
    code = "phase-ends-before-start"
    hint = "Both dates belong to the phase: the end is on the day of the start at the earliest."
