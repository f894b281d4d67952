"""Ids and first events that the tests of the domain share."""

from datetime import date
from typing import Any
from uuid import UUID

from domain.assignment import AdjustForPhase, AdjustForWorkload, AssignmentPlanned, PhaseRef, PlanAssignment
from domain.ids import AssignmentId, AthleteId, PhaseId, TeamId, season_plan_id, workload_id
from domain.prescription import Prescription
from domain.rules.intensity import IntensityLevel
from domain.rules.load import LoadLevel, PhaseType
from domain.season_plan import PhaseAdded, SeasonPlanOpened
from domain.team import TeamFormed

TEAM = TeamId(UUID("0a000000-0000-7000-8000-000000000011"))
OTHER_TEAM = TeamId(UUID("0a000000-0000-7000-8000-000000000012"))
ATHLETE = AthleteId(UUID("0a000000-0000-7000-8000-000000000021"))
OTHER_ATHLETE = AthleteId(UUID("0a000000-0000-7000-8000-000000000022"))
ASSIGNMENT = AssignmentId(UUID("0a000000-0000-7000-8000-000000000031"))
SEASON_PLAN = season_plan_id(TEAM)
WORKLOAD = workload_id(TEAM, ATHLETE)
CAUSE = UUID("0a000000-0000-7000-8000-000000000041")

TEAM_FORMED = TeamFormed(
    team_id=TEAM,
    name="U19",
    zone="Europe/Madrid",
    auto_apply_adjustments=True,
    external_source="planning",
    external_id="17",
)

PLAN_OPENED = SeasonPlanOpened(season_plan_id=SEASON_PLAN, team_id=TEAM, zone="Europe/Madrid", external_id=None)


def phase_added(
    phase_id: str,
    starts_on: date,
    ends_on: date,
    load_level: LoadLevel,
    phase_type: PhaseType = PhaseType.PRESEASON,
    *,
    sessions_per_week: int | None = None,
    intensity: IntensityLevel | None = None,
    focus_areas: tuple[str, ...] = (),
) -> PhaseAdded:
    return PhaseAdded(
        season_plan_id=SEASON_PLAN,
        team_id=TEAM,
        phase_id=PhaseId(phase_id),
        phase_type=phase_type,
        starts_on=starts_on,
        ends_on=ends_on,
        load_level=load_level,
        sessions_per_week=sessions_per_week,
        intensity=intensity,
        focus_areas=focus_areas,
    )


def planned(
    load: float = 100.0, scheduled_on: date | None = date(2026, 3, 10), *, sport: str = "run", **baseline: Any
) -> AssignmentPlanned:
    """``baseline``: weekdays, intensity, exercises."""
    return AssignmentPlanned(
        assignment_id=ASSIGNMENT,
        team_id=TEAM,
        athlete_id=ATHLETE,
        title="Threshold intervals",
        sport=sport,
        scheduled_on=scheduled_on,
        baseline=Prescription(load=load, **baseline),
    )


def plan(load: float = 100.0, scheduled_on: date | None = date(2026, 3, 10), **more: Any) -> PlanAssignment:
    """``more``: sport, weekdays, intensity, exercises, season."""
    given = {
        "assignment_id": ASSIGNMENT,
        "team_id": TEAM,
        "athlete_id": ATHLETE,
        "title": "Threshold intervals",
        "sport": "run",
        "scheduled_on": scheduled_on,
        "load": load,
    }
    return PlanAssignment.model_validate({**given, **more})


def adjust(revision: int, phase_id: str, load_level: LoadLevel, **more: Any) -> AdjustForPhase:
    """``more``: of the phase its phase_type, sessions_per_week, intensity, focus_areas; of the command all else."""
    of_phase = {name: more.pop(name) for name in tuple(more) if name in PhaseRef.model_fields}
    phase = {"phase_id": phase_id, "phase_type": PhaseType.PRESEASON, "load_level": load_level, **of_phase}
    given = {"assignment_id": ASSIGNMENT, "season_plan_id": SEASON_PLAN, "season_revision": revision, "phase": phase}
    return AdjustForPhase.model_validate({**given, **more})


def lift(revision: int) -> AdjustForPhase:
    return AdjustForPhase(assignment_id=ASSIGNMENT, season_plan_id=SEASON_PLAN, season_revision=revision, phase=None)


def restrict(revision: int, fraction: float = 1.0, *, skip: bool = False, easy_only: bool = False) -> AdjustForWorkload:
    return AdjustForWorkload(
        assignment_id=ASSIGNMENT,
        workload_id=WORKLOAD,
        workload_revision=revision,
        restricted=True,
        skip=skip,
        fraction=0.0 if skip else fraction,
        easy_only=easy_only,
    )


def release(revision: int) -> AdjustForWorkload:
    """No restriction holds any more."""
    return AdjustForWorkload(
        assignment_id=ASSIGNMENT, workload_id=WORKLOAD, workload_revision=revision, restricted=False
    )
