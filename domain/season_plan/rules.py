"""What is decided about a season plan: of its phases in ``phases.py``, of games and days in ``calendar.py``."""

from datetime import datetime
from typing import assert_never

from domain.decider import Context
from domain.errors import AlreadyExists
from domain.ids import season_plan_id
from domain.season_plan.calendar import add_fixture, follow_calendar, move_fixture, remove_fixture, update_fixtures
from domain.season_plan.commands import (
    AddFixture,
    AddPhase,
    ChangePhase,
    FollowCalendar,
    ModifyPhase,
    MoveFixture,
    OpenSeasonPlan,
    RecordPhaseAdjustments,
    RemoveFixture,
    RemovePhase,
    RequestAdjustments,
    SeasonPlanCommand,
    ShiftPhases,
    UpdateSeasonPlan,
)
from domain.season_plan.errors import NoCurrentPhase, SeasonPlanUnknown
from domain.season_plan.events import (
    AdjustmentsRequested,
    PhaseAdjustmentsApplied,
    SeasonPlanEvent,
    SeasonPlanOpened,
)
from domain.season_plan.phases import (
    add_phase,
    change_phase,
    known_phase,
    modify_phase,
    remove_phase,
    shift_phases,
    update_phases,
)
from domain.season_plan.state import SeasonPlan, evolve

Events = tuple[SeasonPlanEvent, ...]


def decide(command: SeasonPlanCommand, state: SeasonPlan | None, context: Context) -> Events:
    if isinstance(command, OpenSeasonPlan):
        return open_plan(command, state)
    if state is None:
        raise SeasonPlanUnknown(f"team {command.team_id} has no season plan")
    match command:
        case AddPhase():
            return add_phase(command, state)
        case ModifyPhase():
            return modify_phase(command, state)
        case RemovePhase():
            return remove_phase(command, state)
        case ShiftPhases():
            return shift_phases(command, state)
        case ChangePhase():
            return change_phase(command, state)
        case UpdateSeasonPlan():
            return update(command, state, context.now)
        case FollowCalendar():
            return follow_calendar(state, context.now)
        case AddFixture():
            return add_fixture(command, state, context.now)
        case MoveFixture():
            return move_fixture(command, state, context.now)
        case RemoveFixture():
            return remove_fixture(command, state, context.now)
        case RequestAdjustments():
            return request_adjustments(command, state)
        case RecordPhaseAdjustments():
            return record_adjustments(command, state)
        case _:
            assert_never(command)


def open_plan(command: OpenSeasonPlan, state: SeasonPlan | None) -> Events:
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


def update(command: UpdateSeasonPlan, state: SeasonPlan, now: datetime) -> Events:
    events: list[SeasonPlanEvent] = [*update_phases(command.phases, command.removed, state)]
    if command.fixtures is not None:
        after = state
        for event in events:
            after = evolve(after, event)
        events += update_fixtures(command.fixtures, after, now)
    return tuple(events)


def request_adjustments(command: RequestAdjustments, state: SeasonPlan) -> Events:
    if command.request_id in state.requests:
        return ()
    phase_id = command.phase_id or state.current_phase_id
    if phase_id is None:
        raise NoCurrentPhase(f"team {state.team_id} is in no phase, so there is none to adjust for")
    return (
        AdjustmentsRequested(
            season_plan_id=state.season_plan_id,
            team_id=state.team_id,
            request_id=command.request_id,
            phase_id=known_phase(phase_id, state).phase_id,
            athlete_ids=command.athlete_ids,
            force=command.force,
            triggered_by=command.triggered_by,
        ),
    )


def record_adjustments(command: RecordPhaseAdjustments, state: SeasonPlan) -> Events:
    if command.cause_event_id in state.recorded_causes:
        return ()
    return (PhaseAdjustmentsApplied(season_plan_id=state.season_plan_id, **dict(command)),)
