"""Workouts of templates that several tests share."""

from uuid import UUID

from domain.assignment import PlannedExercise, PlannedIntensity
from domain.assignment.commands import PercentRange
from domain.ids import TemplateId
from domain.phase_template import PlannedWorkout
from domain.rules.intensity import Zone

TEMPLATE = TemplateId(UUID("0a000000-0000-7000-8000-000000000061"))

INTERVALS = PlannedWorkout(
    week=1,
    weekday=2,
    title="Threshold intervals",
    sport="run",
    load=80.5,
    intensity=PlannedIntensity(zones=(Zone.Z2, Zone.Z4), power_pct_ftp=PercentRange(low=88, high=94)),
)
GYM = PlannedWorkout(
    week=1,
    weekday=4,
    title="Gym",
    sport="strength",
    load=40.0,
    exercises=(
        PlannedExercise(name="Back squat", focus="strength", sets=5, reps=5),
        PlannedExercise(name="Hips", focus="mobility"),
    ),
)
LONG = PlannedWorkout(week=2, weekday=6, title="Long run", sport="run", load=110.0)
