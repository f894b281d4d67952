"""The demo's workouts: six weeks that were trained, four that are planned, and what recurs every week.

Every id derives from what it names, and every number from an id, so that making them again adds only what is
missing: new days, as time goes by.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple
from uuid import uuid5

from domain.assignment import (
    CompleteAssignment,
    PlanAssignment,
    PlannedExercise,
    PlannedIntensity,
    SkipAssignment,
)
from domain.ids import AssignmentId, AthleteId, TeamId
from domain.rules.intensity import Zone

WEEKS = 4
PAST_WEEKS = 6
SKIPS_EACH = 11
"""Of the workouts of the past weeks about one in so many was left out."""

EXERCISES = (
    PlannedExercise(name="Back squat", focus="strength", sets=4, reps=6),
    PlannedExercise(name="Box jump", focus="power", sets=5, reps=4),
    PlannedExercise(name="Nordic curl", focus="injury prevention", sets=3, reps=6),
    PlannedExercise(name="Hip mobility", focus="mobility", sets=2, reps=10),
)


class Kind(NamedTuple):
    title: str
    sport: str
    load: float
    intensity: PlannedIntensity | None = None
    exercises: tuple[PlannedExercise, ...] | None = None


WORKOUTS = {
    0: Kind("Tempo run", "run", 60.0, PlannedIntensity(zones=(Zone.Z2, Zone.Z3))),
    2: Kind("Intervals", "run", 75.0, PlannedIntensity(zones=(Zone.Z2, Zone.Z4))),
    4: Kind("Gym, lower body", "strength", 45.0, exercises=EXERCISES),
}
"""Weekday (0 = Monday) → what is planned on it."""

TEAM_TRAINING = Kind("Team training", "football", 50.0)
TEAM_TRAINING_DAYS = (2, 4, 6)
"""Tuesday, Thursday, Saturday: a workout that recurs."""


def planned(team_id: TeamId, athlete_id: AthleteId, today: date) -> Iterator[PlanAssignment]:
    """From today on, and what recurs."""
    yield recurring(team_id, athlete_id)
    for offset in range(7 * WEEKS):
        day = today + timedelta(days=offset)
        if day.weekday() in WORKOUTS:
            yield workout(team_id, athlete_id, day)


def past(team_id: TeamId, athlete_id: AthleteId, today: date) -> Iterator[PlanAssignment]:
    """From a Monday on, until yesterday."""
    day = today - timedelta(days=today.weekday(), weeks=PAST_WEEKS)
    while day < today:
        if day.weekday() in WORKOUTS:
            yield workout(team_id, athlete_id, day)
        day += timedelta(days=1)


def outcome(command: PlanAssignment) -> CompleteAssignment | SkipAssignment:
    """What became of a workout of the past: done, some harder and some easier than planned, or left out."""
    number = command.assignment_id.int % 1000
    if number % SKIPS_EACH == SKIPS_EACH - 1:
        return SkipAssignment(assignment_id=command.assignment_id, reason="ill")
    percent = 80 + (number * 7) % 41
    load = round(command.load * percent / 100, 1)
    return CompleteAssignment(
        assignment_id=command.assignment_id, load=load, rpe=4 + number % 5, duration_min=40 + (number * 5) % 35
    )


def workout(team_id: TeamId, athlete_id: AthleteId, day: date) -> PlanAssignment:
    kind = WORKOUTS[day.weekday()]
    return PlanAssignment(
        assignment_id=AssignmentId(uuid5(athlete_id, f"{day} {kind.title}")),
        team_id=team_id,
        athlete_id=athlete_id,
        title=kind.title,
        sport=kind.sport,
        scheduled_on=day,
        load=kind.load,
        intensity=kind.intensity,
        exercises=kind.exercises,
    )


def recurring(team_id: TeamId, athlete_id: AthleteId) -> PlanAssignment:
    return PlanAssignment(
        assignment_id=AssignmentId(uuid5(athlete_id, TEAM_TRAINING.title)),
        team_id=team_id,
        athlete_id=athlete_id,
        title=TEAM_TRAINING.title,
        sport=TEAM_TRAINING.sport,
        load=TEAM_TRAINING.load,
        weekdays=TEAM_TRAINING_DAYS,
    )
