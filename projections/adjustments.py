"""Adjustments as they are read: a team's latest, an assignment's from the first on, and its planning metadata.

What a person set has as its original what was planned; the board has that, so it is joined as it is read.
"""

from datetime import datetime
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import args_row

from projections.board import LATEST

LARGEST_PAGE = 1000
EVERYBODY = UUID(int=2**128 - 1)


class Adjusted(NamedTuple):
    """A row of the history. ``original`` and ``adjusted`` are a load, weekdays, an intensity or exercises, by kind."""

    assignment_id: UUID
    version: int
    number: int
    team_id: UUID
    athlete_id: UUID
    layer: str
    kind: str
    original: Any
    adjusted: Any
    phase_id: str | None
    reason: str
    applied_at: datetime
    applied_by: str
    cause_id: UUID | None


class HistoryCursor(NamedTuple):
    """The place of a row in a team's history."""

    applied_at: datetime
    assignment_id: UUID
    version: int
    number: int


ROWS: LiteralString = """
SELECT h.assignment_id, h.version, h.number, h.team_id, h.athlete_id, h.layer, h.kind,
       coalesce(h.original, CASE WHEN h.layer = 'hand' THEN CASE h.kind
           WHEN 'load' THEN to_jsonb(b.baseline_load)
           WHEN 'frequency' THEN to_jsonb(b.baseline_weekdays)
           WHEN 'intensity' THEN b.baseline_intensity
           WHEN 'exercise_selection' THEN b.baseline_exercises END END),
       h.adjusted, h.phase_id, h.reason, h.applied_at, h.applied_by, h.cause_id
FROM read_models.adjustment_history AS h LEFT JOIN read_models.assignment_board AS b USING (assignment_id)
"""
OF_TEAM: LiteralString = f"""{ROWS}
WHERE h.team_id = %(team)s
  AND (h.applied_at, h.assignment_id, h.version, h.number)
      < (%(at)s::timestamptz, %(assignment)s::uuid, %(version)s::int, %(number)s::smallint)
ORDER BY h.applied_at DESC, h.assignment_id DESC, h.version DESC, h.number DESC
LIMIT %(limit)s
"""
OF_ASSIGNMENT: LiteralString = f"""{ROWS}
WHERE h.assignment_id = %(assignment)s AND (h.version, h.number) > (%(version)s::int, %(number)s::smallint)
ORDER BY h.version, h.number
LIMIT %(limit)s
"""
READS = ("adjustment_history", "assignment_board")


def of_team(
    connection: Connection, team_id: UUID, *, after: HistoryCursor | None = None, limit: int = LARGEST_PAGE
) -> list[Adjusted]:
    """The latest first."""
    there: dict[str, Any] = {"at": LATEST, "assignment": EVERYBODY, "version": 0, "number": 0}
    if after is not None:
        there = {"at": after.applied_at, "assignment": after.assignment_id, "version": after.version}
        there["number"] = after.number
    with connection.cursor(row_factory=args_row(Adjusted)) as cursor:
        return cursor.execute(OF_TEAM, {"team": team_id, "limit": limit} | there).fetchall()


def of_assignment(
    connection: Connection, assignment_id: UUID, *, after: tuple[int, int] = (0, 0), limit: int = LARGEST_PAGE
) -> list[Adjusted]:
    """The first first. ``after``: version and number of the last row seen."""
    version, number = after
    parameters = {"assignment": assignment_id, "version": version, "number": number, "limit": limit}
    with connection.cursor(row_factory=args_row(Adjusted)) as cursor:
        return cursor.execute(OF_ASSIGNMENT, parameters).fetchall()


class PhaseAdjustment(NamedTuple):
    """Seed 000's ``phaseAdjustments``."""

    adjustment_type: str
    original_value: Any
    adjusted_value: Any
    reason: str
    applied_at: datetime
    applied_by: str
    phase_id: str


class OriginalPlanningData(NamedTuple):
    """Seed 000's ``originalPlanningData``. The frequency is how many days a week; None for what is on one day."""

    base_load: float
    original_frequency: int | None
    original_intensity: Any


class PlanningMetadata(NamedTuple):
    """What seed 000 keeps in an assignment's metadata, and never replaces here: every adjustment by a phase so far."""

    planning_phase_id: str | None
    season_plan_id: UUID | None
    last_phase_adjustment: datetime | None
    phase_adjustments: list[PhaseAdjustment]
    original_planning_data: OriginalPlanningData


PLANNING: LiteralString = """
SELECT phase_id, season_plan_id, last_phase_adjustment, baseline_load, cardinality(baseline_weekdays),
       baseline_intensity
FROM read_models.assignment_board WHERE assignment_id = %(assignment)s
"""
BY_PHASES: LiteralString = """
SELECT kind, original, adjusted, reason, applied_at, applied_by, phase_id
FROM read_models.adjustment_history
WHERE assignment_id = %(assignment)s AND layer = 'phase' AND kind <> 'lifted'
ORDER BY version, number
"""


def planning_metadata(connection: Connection, assignment_id: UUID) -> PlanningMetadata | None:
    """None where there is no such assignment."""
    parameters = {"assignment": assignment_id}
    row = connection.execute(PLANNING, parameters).fetchone()
    if row is None:
        return None
    with connection.cursor(row_factory=args_row(PhaseAdjustment)) as cursor:
        adjustments = cursor.execute(BY_PHASES, parameters).fetchall()
    phase_id, season_plan_id, last_phase_adjustment, *original = row
    return PlanningMetadata(
        phase_id, season_plan_id, last_phase_adjustment, adjustments, OriginalPlanningData(*original)
    )
