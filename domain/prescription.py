"""What an athlete is to do: load, weekdays, intensity, exercises. Stored shapes: version with care.

A workout's baseline is one, each layer upon it changes parts of it, and what is shown is one again.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from domain.event import StoredModel
from domain.rules.intensity import Zone


class Range(StoredModel):
    """From ``low`` to ``high``, both inclusive, in percent."""

    low: float
    high: float


class Intensity(StoredModel):
    """How hard, as zones and as shares of what the athlete can do; never in beats or watts of a person."""

    zones: tuple[Zone, ...] = Field(default=(), description="Friel's zones, in the order of the workout.")
    power_pct_ftp: Range | None = Field(default=None, description="Power target, % of functional threshold power.")
    heart_rate_pct_max: Range | None = Field(default=None, description="Heart-rate target, % of the maximum.")


class Exercise(StoredModel):
    """One exercise, and what it is for."""

    name: str
    focus: str = Field(description="Such as strength, power, mobility: what a phase's focus areas choose by.")
    sets: int | None = None
    reps: int | None = None


class Prescription(StoredModel):
    """All of it. What a workout does not prescribe is null; a hand may add it, no phase and no workload does."""

    load: float
    weekdays: tuple[int, ...] | None = Field(
        default=None, description="Of a workout that recurs weekly: its days, 1 Monday to 7 Sunday."
    )
    intensity: Intensity | None = None
    exercises: tuple[Exercise, ...] | None = None


class Kind(StrEnum):
    """What an adjustment adjusts (seed 000)."""

    LOAD = "load"
    FREQUENCY = "frequency"
    INTENSITY = "intensity"
    EXERCISE_SELECTION = "exercise_selection"


class LoadAdjustment(StoredModel):
    """``original`` is from the baseline, here and in the other kinds; never from an earlier adjustment."""

    kind: Literal["load"] = "load"
    original: float
    adjusted: float
    reason: str


class FrequencyAdjustment(StoredModel):
    """Weekdays, 1 Monday to 7 Sunday: how often follows from how many there are."""

    kind: Literal["frequency"] = "frequency"
    original: tuple[int, ...]
    adjusted: tuple[int, ...]
    reason: str


class IntensityAdjustment(StoredModel):
    kind: Literal["intensity"] = "intensity"
    original: Intensity
    adjusted: Intensity
    reason: str


class ExerciseAdjustment(StoredModel):
    kind: Literal["exercise_selection"] = "exercise_selection"
    original: tuple[Exercise, ...]
    adjusted: tuple[Exercise, ...]
    reason: str


Adjustment = Annotated[
    LoadAdjustment | FrequencyAdjustment | IntensityAdjustment | ExerciseAdjustment, Field(discriminator="kind")
]
"""One thing that a layer changed in a workout."""
