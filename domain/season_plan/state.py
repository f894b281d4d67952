"""What a season plan is, as its events have made it."""

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never
from uuid import UUID

from domain.ids import PhaseId, SeasonPlanId, TeamId
from domain.rules.load import LoadLevel, PhaseType
from domain.season_plan.events import (
    PhaseAdded,
    PhaseAdjustmentsApplied,
    PhaseChanged,
    SeasonPlanEvent,
    SeasonPlanOpened,
)


@dataclass(frozen=True, slots=True)
class Phase:
    """``declared`` is the plan's revision that declared it last."""

    phase_id: PhaseId
    phase_type: PhaseType
    starts_on: date
    ends_on: date
    load_level: LoadLevel
    declared: int


@dataclass(frozen=True, slots=True)
class SeasonPlan:
    """``revision`` counts the declarations of phases; ``applied`` says if the current phase was to adjust workouts."""

    season_plan_id: SeasonPlanId
    team_id: TeamId
    zone: str
    external_id: str | None = None
    phases: tuple[Phase, ...] = ()
    revision: int = 0
    current_phase_id: PhaseId | None = None
    applied: bool = False
    recorded_causes: tuple[UUID, ...] = ()

    def phase(self, phase_id: str) -> Phase | None:
        return next((phase for phase in self.phases if phase.phase_id == phase_id), None)


def evolve(state: SeasonPlan | None, event: SeasonPlanEvent) -> SeasonPlan:
    if isinstance(event, SeasonPlanOpened):
        return SeasonPlan(event.season_plan_id, event.team_id, event.zone, event.external_id)
    assert state is not None, "a season plan is opened first"
    match event:
        case PhaseAdded():
            return with_phase(state, event)
        case PhaseChanged():
            return replace(with_phase(state, event), current_phase_id=event.phase_id, applied=event.auto_apply)
        case PhaseAdjustmentsApplied():
            return replace(state, recorded_causes=(*state.recorded_causes, event.cause_event_id))
        case _:
            assert_never(event)


def with_phase(state: SeasonPlan, event: PhaseAdded | PhaseChanged) -> SeasonPlan:
    revision = state.revision + 1
    declared = Phase(event.phase_id, event.phase_type, event.starts_on, event.ends_on, event.load_level, revision)
    others = tuple(phase for phase in state.phases if phase.phase_id != event.phase_id)
    return replace(state, phases=(*others, declared), revision=revision)
