"""A workout planned for somebody from what is stored: in another team, or from a template."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from domain.assignment import PlanAssignment, PlannedExercise, PlannedIntensity
from domain.assignment.commands import PercentRange
from domain.ids import AssignmentId, AthleteId, TeamId
from domain.prescription import Intensity, Prescription, Range


def as_planned(
    assignment_id: UUID,
    team_id: UUID,
    athlete_id: UUID,
    *,
    title: str,
    sport: str,
    scheduled_on: date | None,
    baseline: Mapping[str, Any],
) -> PlanAssignment:
    """``baseline`` is a Prescription as JSON. Not validated anew: it was when it was planned, and a rule tightened
    since must not lose it.
    """
    stored = Prescription.model_validate(baseline)
    return PlanAssignment.model_construct(
        assignment_id=AssignmentId(assignment_id),
        team_id=TeamId(team_id),
        athlete_id=AthleteId(athlete_id),
        title=title,
        sport=sport,
        scheduled_on=scheduled_on,
        load=stored.load,
        weekdays=stored.weekdays,
        intensity=None if stored.intensity is None else intensity(stored.intensity),
        exercises=None
        if stored.exercises is None
        else tuple(PlannedExercise.model_construct(**dict(exercise)) for exercise in stored.exercises),
    )


def intensity(stored: Intensity) -> PlannedIntensity:
    return PlannedIntensity.model_construct(
        zones=stored.zones,
        power_pct_ftp=percent(stored.power_pct_ftp),
        heart_rate_pct_max=percent(stored.heart_rate_pct_max),
    )


def percent(stored: Range | None) -> PercentRange | None:
    return None if stored is None else PercentRange.model_construct(low=stored.low, high=stored.high)
