"""Batches of a season plan's events as columns, which the statements of its projections take."""

from collections.abc import Sequence
from typing import Any

from psycopg.types.json import Jsonb

from domain.ports import Recorded

Batch = Sequence[Recorded[Any]]


def stamps(batch: Batch) -> dict[str, list[Any]]:
    """Whose plan it is, and what every declaration leaves on it."""
    return {
        "team": [recorded.event.team_id for recorded in batch],
        "at": [recorded.occurred_at for recorded in batch],
        "version": [recorded.version for recorded in batch],
    }


def phases(batch: Batch) -> dict[str, list[Any]]:
    return stamps(batch) | {"phase": [recorded.event.phase_id for recorded in batch]}


def contents(batch: Batch) -> dict[str, list[Any]]:
    """All that a declared phase is."""
    events = [recorded.event for recorded in batch]
    return phases(batch) | {
        "type": [event.phase_type.value for event in events],
        "starts": [event.starts_on for event in events],
        "ends": [event.ends_on for event in events],
        "level": [event.load_level.value for event in events],
        "sessions": [event.sessions_per_week for event in events],
        "intensity": [event.intensity and event.intensity.value for event in events],
        "focus": [Jsonb(list(event.focus_areas)) for event in events],
    }


def fixtures(batch: Batch) -> dict[str, list[Any]]:
    return stamps(batch) | {"fixture": [recorded.event.fixture_id for recorded in batch]}


def days(batch: Batch) -> dict[str, list[Any]]:
    return fixtures(batch) | {"day": [recorded.event.on for recorded in batch]}
