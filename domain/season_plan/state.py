"""What a season plan is, as its events have made it."""

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never
from uuid import UUID

from domain.ids import FixtureId, PhaseId, SeasonPlanId, TeamId
from domain.rules.intensity import IntensityLevel
from domain.rules.load import LoadLevel, PhaseType
from domain.season_plan.events import (
    AdjustmentsRequested,
    FixtureAdded,
    FixtureMoved,
    FixtureRemoved,
    GameWeekSet,
    PhaseAdded,
    PhaseAdjustmentsApplied,
    PhaseBegan,
    PhaseChanged,
    PhaseEnded,
    PhaseModified,
    PhaseRemoved,
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
    sessions_per_week: int | None
    intensity: IntensityLevel | None
    focus_areas: tuple[str, ...]
    declared: int


@dataclass(frozen=True, slots=True)
class Fixture:
    """A game."""

    fixture_id: FixtureId
    on: date
    title: str | None


@dataclass(frozen=True, slots=True)
class SeasonPlan:
    """``revision`` counts declarations. ``games`` are the weekdays of games in the week that was last looked at.

    ``announced``: somebody has said that the current phase is current, and nothing about its days since; it need not
    have begun by its dates. ``applied``: and that, as it stands, it adjusts workouts.
    """

    season_plan_id: SeasonPlanId
    team_id: TeamId
    zone: str
    external_id: str | None = None
    phases: tuple[Phase, ...] = ()
    fixtures: tuple[Fixture, ...] = ()
    games: tuple[int, ...] = ()
    revision: int = 0
    current_phase_id: PhaseId | None = None
    announced: bool = False
    applied: bool = False
    requests: tuple[UUID, ...] = ()
    recorded_causes: tuple[UUID, ...] = ()

    def phase(self, phase_id: str | None) -> Phase | None:
        return next((phase for phase in self.phases if phase.phase_id == phase_id), None)

    def fixture(self, fixture_id: str) -> Fixture | None:
        return next((fixture for fixture in self.fixtures if fixture.fixture_id == fixture_id), None)


def evolve(state: SeasonPlan | None, event: SeasonPlanEvent) -> SeasonPlan:
    if isinstance(event, SeasonPlanOpened):
        return SeasonPlan(event.season_plan_id, event.team_id, event.zone, event.external_id)
    assert state is not None, "a season plan is opened first"
    if isinstance(event, PhaseAdjustmentsApplied):
        return replace(state, recorded_causes=(*state.recorded_causes, event.cause_event_id))
    state = replace(state, revision=state.revision + 1)
    match event:
        case PhaseAdded():
            return with_phase(state, event)
        case PhaseModified():
            return modified(state, event)
        case PhaseRemoved():
            return without_phase(state, event.phase_id)
        case PhaseChanged():
            state = replace(with_phase(state, event), current_phase_id=event.phase_id)
            return replace(state, announced=True, applied=event.auto_apply)
        case PhaseBegan():
            return replace(state, current_phase_id=event.phase_id, announced=False, applied=False)
        case PhaseEnded():
            return replace(state, current_phase_id=None, announced=False, applied=False)
        case FixtureAdded():
            return with_fixture(state, Fixture(event.fixture_id, event.on, event.title))
        case FixtureMoved():
            moved = state.fixture(event.fixture_id)
            return with_fixture(state, Fixture(event.fixture_id, event.on, moved.title if moved else None))
        case FixtureRemoved():
            return replace(state, fixtures=tuple(f for f in state.fixtures if f.fixture_id != event.fixture_id))
        case GameWeekSet():
            return replace(state, games=event.games)
        case AdjustmentsRequested():
            return replace(state, requests=(*state.requests, event.request_id))
        case _:
            assert_never(event)


def with_phase(state: SeasonPlan, event: PhaseAdded | PhaseModified | PhaseChanged) -> SeasonPlan:
    declared = Phase(
        event.phase_id,
        event.phase_type,
        event.starts_on,
        event.ends_on,
        event.load_level,
        event.sessions_per_week,
        event.intensity,
        event.focus_areas,
        state.revision,
    )
    others = tuple(phase for phase in state.phases if phase.phase_id != event.phase_id)
    return replace(state, phases=(*others, declared))


def modified(state: SeasonPlan, event: PhaseModified) -> SeasonPlan:
    """Of the current phase: whoever has said that it is current and adjusts workouts has not said so of this."""
    former = state.phase(event.phase_id)
    state = with_phase(state, event)
    if former is None or event.phase_id != state.current_phase_id:
        return state
    same_days = (former.starts_on, former.ends_on) == (event.starts_on, event.ends_on)
    return replace(state, announced=state.announced and same_days, applied=False)


def without_phase(state: SeasonPlan, phase_id: PhaseId) -> SeasonPlan:
    state = replace(state, phases=tuple(phase for phase in state.phases if phase.phase_id != phase_id))
    if phase_id != state.current_phase_id:
        return state
    return replace(state, current_phase_id=None, announced=False, applied=False)


def with_fixture(state: SeasonPlan, fixture: Fixture) -> SeasonPlan:
    others = tuple(other for other in state.fixtures if other.fixture_id != fixture.fixture_id)
    return replace(state, fixtures=(*others, fixture))
