"""Ids and first events that the tests of the domain share."""

from datetime import date
from uuid import UUID

from domain.assignment import AdjustForPhase, AssignmentPlanned, Baseline, PhaseRef, PlanAssignment
from domain.ids import AssignmentId, AthleteId, PhaseId, TeamId, season_plan_id
from domain.rules.load import LoadLevel, PhaseType
from domain.season_plan import PhaseAdded, SeasonPlanOpened
from domain.team import TeamFormed

TEAM = TeamId(UUID("0a000000-0000-7000-8000-000000000011"))
OTHER_TEAM = TeamId(UUID("0a000000-0000-7000-8000-000000000012"))
ATHLETE = AthleteId(UUID("0a000000-0000-7000-8000-000000000021"))
OTHER_ATHLETE = AthleteId(UUID("0a000000-0000-7000-8000-000000000022"))
ASSIGNMENT = AssignmentId(UUID("0a000000-0000-7000-8000-000000000031"))
SEASON_PLAN = season_plan_id(TEAM)
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
    phase_id: str, starts_on: date, ends_on: date, load_level: LoadLevel, phase_type: PhaseType = PhaseType.PRESEASON
) -> PhaseAdded:
    return PhaseAdded(
        season_plan_id=SEASON_PLAN,
        team_id=TEAM,
        phase_id=PhaseId(phase_id),
        phase_type=phase_type,
        starts_on=starts_on,
        ends_on=ends_on,
        load_level=load_level,
    )


def planned(load: float = 100.0, scheduled_on: date | None = date(2026, 3, 10)) -> AssignmentPlanned:
    return AssignmentPlanned(
        assignment_id=ASSIGNMENT,
        team_id=TEAM,
        athlete_id=ATHLETE,
        title="Threshold intervals",
        sport="run",
        scheduled_on=scheduled_on,
        baseline=Baseline(load=load),
    )


def plan(load: float = 100.0, scheduled_on: date | None = date(2026, 3, 10)) -> PlanAssignment:
    return PlanAssignment(
        assignment_id=ASSIGNMENT,
        team_id=TEAM,
        athlete_id=ATHLETE,
        title="Threshold intervals",
        sport="run",
        scheduled_on=scheduled_on,
        load=load,
    )


def adjust(revision: int, phase_id: str, load_level: LoadLevel) -> AdjustForPhase:
    phase = PhaseRef(phase_id=PhaseId(phase_id), load_level=load_level)
    return AdjustForPhase(assignment_id=ASSIGNMENT, season_plan_id=SEASON_PLAN, season_revision=revision, phase=phase)


def lift(revision: int) -> AdjustForPhase:
    return AdjustForPhase(assignment_id=ASSIGNMENT, season_plan_id=SEASON_PLAN, season_revision=revision, phase=None)
