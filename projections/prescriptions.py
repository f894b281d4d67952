"""Prescriptions as PostgreSQL is given them: a column each, JSON and weekdays as text that the statement casts.

An array of arrays would need all weekdays to be equally many; and what most workouts leave out, NULL, costs nothing.
"""

from collections.abc import Sequence
from typing import Any

from domain.prescription import Exercise, Intensity, Prescription

Value = float | tuple[int, ...] | Intensity | tuple[Exercise, ...]
"""What one kind of adjustment is about: a load, weekdays, an intensity, exercises."""


def prescription_columns(prescriptions: Sequence[Prescription]) -> dict[str, list[Any]]:
    """``load``, ``weekdays``, ``intensity``, ``exercises``."""
    return {
        "load": [one.load for one in prescriptions],
        "weekdays": [None if one.weekdays is None else weekdays_text(one.weekdays) for one in prescriptions],
        "intensity": [None if one.intensity is None else json_text(one.intensity) for one in prescriptions],
        "exercises": [None if one.exercises is None else json_text(one.exercises) for one in prescriptions],
    }


def weekdays_text(weekdays: tuple[int, ...]) -> str:
    """As PostgreSQL writes an array."""
    return "{" + ",".join(map(str, weekdays)) + "}"


def json_text(value: Value) -> str:
    match value:
        case Intensity():
            return value.model_dump_json()
        case tuple():
            return (
                "[" + ",".join(one.model_dump_json() if isinstance(one, Exercise) else str(one) for one in value) + "]"
            )
        case _:
            return repr(value)
