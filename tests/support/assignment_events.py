"""Events of assignments, and the read models that are made of them."""

from datetime import date
from typing import Any
from uuid import UUID

from domain.assignment import (
    AssignmentAdjustedByHand,
    AssignmentCompleted,
    AssignmentHandLayerLifted,
    AssignmentPhaseAdjusted,
    AssignmentPhaseLifted,
    AssignmentPlanned,
    AssignmentWorkloadAdjusted,
    AssignmentWorkloadLifted,
)
from domain.event import Event
from domain.ids import AssignmentId, AthleteId, PhaseId, TeamId, season_plan_id, workload_id
from domain.prescription import Adjustment, Exercise, Intensity, LoadAdjustment, Prescription, Range
from domain.rules.intensity import Zone
from domain.rules.load import LoadLevel
from projections import adjustment_history, assignment_board, athlete_directory
from tests.support import read_models
from tests.support.read_models import ReadModels

TEAM, OTHER_TEAM = TeamId(UUID(int=0x1)), TeamId(UUID(int=0x2))
ANA, BEN = AthleteId(UUID(int=0xA)), AthleteId(UUID(int=0xB))
FIRST, SECOND, THIRD, FOURTH = (AssignmentId(UUID(int=0xA00 + count)) for count in range(4))
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)

EASY = Intensity(zones=(Zone.Z1, Zone.Z2), heart_rate_pct_max=Range(low=60.0, high=75.0))
HARD = Intensity(zones=(Zone.Z3,), heart_rate_pct_max=Range(low=70.0, high=85.0))
SQUAT = Exercise(name="Squat", focus="strength", sets=3, reps=8)
PLANK = Exercise(name="Plank", focus="core")

PROJECTIONS = (assignment_board.PROJECTION, adjustment_history.PROJECTION, athlete_directory.PROJECTION)


def given(database_url: str, *events: Event) -> ReadModels:
    """The read models that lists of assignments are read from, and no others."""
    return read_models.given(database_url, *events, projections=PROJECTIONS)


def ids(assignment_id: AssignmentId, team_id: TeamId, athlete_id: AthleteId) -> Any:
    return {"assignment_id": assignment_id, "team_id": team_id, "athlete_id": athlete_id}


IDS = ids(FIRST, TEAM, ANA)


def planned(
    assignment_id: AssignmentId = FIRST,
    *,
    team_id: TeamId = TEAM,
    athlete_id: AthleteId = ANA,
    day: date | None = MONDAY,
    load: float = 60.0,
    **baseline: Any,
) -> AssignmentPlanned:
    """``baseline``: weekdays, intensity, exercises."""
    return AssignmentPlanned(
        **ids(assignment_id, team_id, athlete_id),
        title="Tempo run",
        sport="run",
        scheduled_on=day,
        baseline=Prescription(load=load, **baseline),
    )


def adjusted(
    phase_id: str,
    after: float,
    revision: int,
    *,
    of: Any = IDS,
    level: LoadLevel = LoadLevel.HIGH,
    more: tuple[Adjustment, ...] = (),
    **shown: Any,
) -> AssignmentPhaseAdjusted:
    """By a phase: the load from 60, and ``more``. ``shown``: what else shows afterwards."""
    load = LoadAdjustment(original=60.0, adjusted=after, reason=f"because of {phase_id}")
    return AssignmentPhaseAdjusted(
        **of,
        phase_id=PhaseId(phase_id),
        season_plan_id=season_plan_id(of["team_id"]),
        season_revision=revision,
        load_level=level,
        adjustments=(load, *more),
        load_before=60.0,
        shown=Prescription(load=after, **shown),
    )


def lifted(phase_id: str, revision: int, *, of: Any = IDS, **shown: Any) -> AssignmentPhaseLifted:
    return AssignmentPhaseLifted(
        **of,
        phase_id=PhaseId(phase_id),
        season_revision=revision,
        load_before=72.0,
        shown=Prescription(load=60.0, **shown),
        reason="no phase",
    )


def restricted(
    after: float, revision: int, *, of: Any = IDS, skip: bool = False, fraction: float = 0.5
) -> AssignmentWorkloadAdjusted:
    return AssignmentWorkloadAdjusted(
        **of,
        workload_id=workload_id(of["team_id"], of["athlete_id"]),
        workload_revision=revision,
        skip=skip,
        fraction=fraction,
        easy_only=True,
        adjustments=(LoadAdjustment(original=60.0, adjusted=after, reason="workload"),),
        load_before=60.0,
        shown=Prescription(load=after),
    )


def unrestricted(revision: int, *, of: Any = IDS) -> AssignmentWorkloadLifted:
    return AssignmentWorkloadLifted(
        **of, workload_revision=revision, load_before=30.0, shown=Prescription(load=60.0), reason="rested"
    )


def by_hand(shown: Prescription, *, of: Any = IDS, **parts: Any) -> AssignmentAdjustedByHand:
    """``parts``: load, weekdays, intensity, exercises."""
    left = {"load": None, "weekdays": None, "intensity": None, "exercises": None}
    return AssignmentAdjustedByHand(**of, **left | parts, load_before=60.0, shown=shown, reason="sore knee")


def hand_lifted(shown: Prescription, *, of: Any = IDS) -> AssignmentHandLayerLifted:
    return AssignmentHandLayerLifted(**of, load_before=20.0, shown=shown)


def completed(
    load: float, *, of: Any = IDS, on: date | None = MONDAY, plan: float | None = 60.0
) -> AssignmentCompleted:
    return AssignmentCompleted(**of, completed_on=on, planned_load=plan, load=load, rpe=6.0, duration_min=40.0)
