"""What is decided about the phases of a season plan.

By hand no phase may overlap another; a gap is allowed, and workouts of its days are as planned. What the planning
service says of one phase may overlap (the latest word wins, ``rules/phase_calendar.py``); a whole plan may not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from typing import TypedDict

from domain.fields import local_day
from domain.ids import PhaseId, SeasonPlanId, TeamId
from domain.rules.intensity import IntensityLevel
from domain.rules.load import LoadLevel, PhaseType
from domain.rules.phase_calendar import overlaps
from domain.season_plan.commands import (
    AddPhase,
    ChangePhase,
    DeclaredPhase,
    ModifyPhase,
    PhaseContent,
    RemovePhase,
    ShiftPhases,
)
from domain.season_plan.errors import PhaseExists, PhasesOverlap, PhaseUnknown, refuse_backwards
from domain.season_plan.events import PhaseAdded, PhaseChanged, PhaseModified, PhaseRemoved
from domain.season_plan.state import Phase, SeasonPlan


class DeclaredFields(TypedDict):
    season_plan_id: SeasonPlanId
    team_id: TeamId
    phase_id: PhaseId
    phase_type: PhaseType
    starts_on: date
    ends_on: date
    load_level: LoadLevel
    sessions_per_week: int | None
    intensity: IntensityLevel | None
    focus_areas: tuple[str, ...]


def add_phase(command: AddPhase, state: SeasonPlan) -> tuple[PhaseAdded, ...]:
    wished = phase_of(command.phase_id, command.starts_on, command.ends_on, command)
    if (known := state.phase(command.phase_id)) is not None:
        if same(known, wished):
            return ()
        raise PhaseExists(f"phase {known.phase_id} exists already, as {described(known)}")
    refuse_overlaps([wished], state.phases)
    return (PhaseAdded(**declared(state, wished)),)


def modify_phase(command: ModifyPhase, state: SeasonPlan) -> tuple[PhaseModified, ...]:
    known = known_phase(command.phase_id, state)
    wished = replace(known, **command.model_dump(exclude={"team_id", "phase_id"}, exclude_none=True, by_alias=False))
    refuse_backwards(wished.phase_id, wished.starts_on, wished.ends_on)
    if same(known, wished):
        return ()
    if (known.starts_on, known.ends_on) != (wished.starts_on, wished.ends_on):
        refuse_overlaps([wished], state.phases)
    return (PhaseModified(**declared(state, wished)),)


def remove_phase(command: RemovePhase, state: SeasonPlan) -> tuple[PhaseRemoved, ...]:
    """Nothing for a phase that is not there (any more): gone is what was asked for."""
    known = state.phase(command.phase_id)
    return () if known is None else (removed(state, known),)


def shift_phases(command: ShiftPhases, state: SeasonPlan) -> tuple[PhaseModified, ...]:
    """Those that go ahead of the others are told first, so that none is on another's days on the way."""
    first = known_phase(command.first_phase_id, state)
    days = command.first_starts_on - first.starts_on
    if not days:
        return ()
    moving = [phase for phase in state.phases if phase.starts_on >= first.starts_on]
    moved = [replace(each, starts_on=each.starts_on + days, ends_on=each.ends_on + days) for each in moving]
    refuse_overlaps(moved, state.phases)
    moved.sort(key=lambda phase: phase.starts_on, reverse=days > timedelta())
    return tuple(PhaseModified(**declared(state, phase)) for phase in moved)


def change_phase(command: ChangePhase, state: SeasonPlan) -> tuple[PhaseChanged, ...]:
    """Nothing for the phase that is current and just so, unless its workouts are to be adjusted after all."""
    first, last = local_day(command.starts, state.zone), local_day(command.ends, state.zone)
    refuse_backwards(command.phase_id, first, last)
    known = state.phase(command.phase_id)
    if command.content is not None:
        wished = phase_of(command.phase_id, first, last, command.content)
    else:
        wished = replace(known_phase(command.phase_id, state), starts_on=first, ends_on=last)
    former = state.current_phase_id or command.old_phase_id
    as_it_is = state.current_phase_id == wished.phase_id and known is not None and same(known, wished)
    if as_it_is and (state.applied or not command.auto_apply):
        return ()
    return (
        PhaseChanged(
            **declared(state, wished),
            old_phase_id=None if former is None else PhaseId(former),
            auto_apply=command.auto_apply,
            triggered_by=command.triggered_by,
        ),
    )


def update_phases(
    wished: Sequence[DeclaredPhase], gone: Iterable[str], state: SeasonPlan
) -> list[PhaseRemoved | PhaseAdded | PhaseModified]:
    """The differences to what the planning service says, the removals first; a phase told as it stands is none."""
    given = [
        phase_of(each.phase_id, local_day(each.starts, state.zone), local_day(each.ends, state.zone), each)
        for each in wished
    ]
    leaving = set(gone)
    staying = {phase.phase_id: phase for phase in state.phases if phase.phase_id not in leaving}
    differing = [phase for phase in given if phase.phase_id not in staying or not same(staying[phase.phase_id], phase)]
    refuse_overlaps(differing, staying.values())
    return [
        *(removed(state, phase) for phase in state.phases if phase.phase_id in leaving),
        *(
            (PhaseModified if phase.phase_id in staying else PhaseAdded)(**declared(state, phase))
            for phase in differing
        ),
    ]


def declared(state: SeasonPlan, phase: Phase) -> DeclaredFields:
    """What every event that declares a phase says of it."""
    return {
        "season_plan_id": state.season_plan_id,
        "team_id": state.team_id,
        "phase_id": phase.phase_id,
        "phase_type": phase.phase_type,
        "starts_on": phase.starts_on,
        "ends_on": phase.ends_on,
        "load_level": phase.load_level,
        "sessions_per_week": phase.sessions_per_week,
        "intensity": phase.intensity,
        "focus_areas": phase.focus_areas,
    }


def phase_of(phase_id: str, first: date, last: date, content: PhaseContent | AddPhase) -> Phase:
    refuse_backwards(phase_id, first, last)
    return Phase(
        PhaseId(phase_id),
        content.phase_type,
        first,
        last,
        content.load_level,
        content.sessions_per_week,
        content.intensity,
        content.focus_areas,
        declared=0,
    )


def known_phase(phase_id: str, state: SeasonPlan) -> Phase:
    phase = state.phase(phase_id)
    if phase is None:
        known = ", ".join(phase.phase_id for phase in state.phases) or "none"
        raise PhaseUnknown(f"the season plan of team {state.team_id} has no phase {phase_id} (it has: {known})")
    return phase


def same(one: Phase, other: Phase) -> bool:
    """But for when they were declared."""
    return replace(one, declared=0) == replace(other, declared=0)


def refuse_overlaps(given: Sequence[Phase], others: Iterable[Phase]) -> None:
    """Among those given, and with any of the others; a phase given replaces the one of its id."""
    replaced = {phase.phase_id for phase in given}
    beside = [phase for phase in others if phase.phase_id not in replaced]
    pairs = [*combinations(given, 2), *((phase, other) for phase in given for other in beside)]
    for phase, other in pairs:
        if overlaps(phase.starts_on, phase.ends_on, other):
            raise PhasesOverlap(
                f"phase {phase.phase_id} ({phase.starts_on} to {phase.ends_on}) overlaps phase {other.phase_id}, "
                f"{described(other)}"
            )


def described(phase: Phase) -> str:
    return f"{phase.phase_type.value}, {phase.starts_on} to {phase.ends_on}, {phase.load_level.value} load"


def removed(state: SeasonPlan, phase: Phase) -> PhaseRemoved:
    return PhaseRemoved(
        season_plan_id=state.season_plan_id,
        team_id=state.team_id,
        phase_id=phase.phase_id,
        starts_on=phase.starts_on,
        ends_on=phase.ends_on,
    )
