"""The phase that each team is in: the last word about it, who said it, and how old it is.

Written from the team's season plan alone: the planning service, a person and the calendar all have a say in it. The
age takes the place of a cache's lifetime: the reader decides whether the word is too old, and the word is there even
while the planning service is not. The last phase of a team that is in none any more stays in its row.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from psycopg import Connection, Cursor
from psycopg.rows import args_row

from domain.ports import Recorded
from domain.season_plan import (
    PhaseAdjustmentsApplied,
    PhaseBegan,
    PhaseChanged,
    PhaseEnded,
    PhaseModified,
    PhaseRemoved,
)
from projections.projection import Projection
from projections.season_columns import contents

DDL: LiteralString = """
CREATE TABLE current_phase (
    team_id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    season_plan_id uuid NOT NULL,
    phase_id text NOT NULL,
    phase_type text NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    load_level text NOT NULL,
    sessions_per_week integer,
    intensity text,
    focus_areas jsonb NOT NULL,
    old_phase_id text,
    auto_apply boolean, -- as the change said; NULL: the team's setting decides
    triggered_by text NOT NULL, -- as the change said, or who made it
    since timestamptz NOT NULL, -- when this phase became the current one
    as_of timestamptz NOT NULL, -- when the last word about it came
    is_current boolean NOT NULL, -- false: the team is in none, and this was the last one
    change_id uuid NOT NULL, -- the event that brought the last word
    adjustments_count integer, -- how many assignments that event has adjusted; NULL: not known yet
    version integer NOT NULL -- of the stream
);
"""
BECAME_CURRENT: LiteralString = """
INSERT INTO current_phase AS c (
    team_id, organization_id, season_plan_id, phase_id, phase_type, starts_on, ends_on, load_level, sessions_per_week,
    intensity, focus_areas, old_phase_id, auto_apply, triggered_by, since, as_of, is_current, change_id, version)
SELECT team_id, organization_id, season_plan_id, phase_id, phase_type, starts_on, ends_on, load_level, sessions,
       intensity, focus_areas, old_phase_id, auto_apply, triggered_by, at, at, true, event_id, version
FROM unnest(%(team)b::uuid[], %(organization)b::uuid[], %(plan)b::uuid[], %(phase)b::text[], %(type)b::text[],
            %(starts)b::date[], %(ends)b::date[], %(level)b::text[], %(sessions)b::int[], %(intensity)b::text[],
            %(focus)b::jsonb[], %(old)b::text[], %(auto_apply)b::bool[], %(by)b::text[], %(at)b::timestamptz[],
            %(event)b::uuid[], %(version)b::int[])
    AS e (team_id, organization_id, season_plan_id, phase_id, phase_type, starts_on, ends_on, load_level, sessions,
          intensity, focus_areas, old_phase_id, auto_apply, triggered_by, at, event_id, version)
ON CONFLICT (team_id) DO UPDATE
SET phase_id = excluded.phase_id, phase_type = excluded.phase_type, starts_on = excluded.starts_on,
    ends_on = excluded.ends_on, load_level = excluded.load_level, sessions_per_week = excluded.sessions_per_week,
    intensity = excluded.intensity, focus_areas = excluded.focus_areas, old_phase_id = excluded.old_phase_id,
    auto_apply = excluded.auto_apply, triggered_by = excluded.triggered_by,
    since = CASE WHEN c.is_current AND c.phase_id = excluded.phase_id THEN c.since ELSE excluded.since END,
    as_of = excluded.as_of, is_current = true, change_id = excluded.change_id, adjustments_count = NULL,
    version = excluded.version
WHERE c.version < excluded.version
"""
MODIFIED: LiteralString = """
UPDATE current_phase AS c
SET phase_type = e.phase_type, starts_on = e.starts_on, ends_on = e.ends_on, load_level = e.load_level,
    sessions_per_week = e.sessions, intensity = e.intensity, focus_areas = e.focus_areas, auto_apply = NULL,
    triggered_by = e.by, as_of = e.at, change_id = e.event_id, adjustments_count = NULL, version = e.version
FROM unnest(%(team)b::uuid[], %(phase)b::text[], %(type)b::text[], %(starts)b::date[], %(ends)b::date[],
            %(level)b::text[], %(sessions)b::int[], %(intensity)b::text[], %(focus)b::jsonb[], %(by)b::text[],
            %(at)b::timestamptz[], %(event)b::uuid[], %(version)b::int[])
    AS e (team_id, phase_id, phase_type, starts_on, ends_on, load_level, sessions, intensity, focus_areas, by, at,
          event_id, version)
WHERE c.team_id = e.team_id AND c.is_current AND c.phase_id = e.phase_id AND c.version < e.version
"""
OVER: LiteralString = """
UPDATE current_phase AS c
SET is_current = false, auto_apply = NULL, triggered_by = e.by, as_of = e.at, change_id = e.event_id,
    adjustments_count = NULL, version = e.version
FROM unnest(%(team)b::uuid[], %(phase)b::text[], %(by)b::text[], %(at)b::timestamptz[], %(event)b::uuid[],
            %(version)b::int[]) AS e (team_id, phase_id, by, at, event_id, version)
WHERE c.team_id = e.team_id AND c.is_current AND c.phase_id = e.phase_id AND c.version < e.version
"""
ADJUSTMENTS_APPLIED: LiteralString = """
UPDATE current_phase AS c SET adjustments_count = e.adjustments_count, version = e.version
FROM unnest(%(team)b::uuid[], %(cause)b::uuid[], %(count)b::int[], %(version)b::int[])
    AS e (team_id, cause_id, adjustments_count, version)
WHERE c.team_id = e.team_id AND c.change_id = e.cause_id AND c.version < e.version
"""
Batch = Sequence[Recorded[Any]]


def stamps(batch: Batch) -> dict[str, list[Any]]:
    """Who said it, when, and by which event."""
    return {
        "team": [recorded.event.team_id for recorded in batch],
        "phase": [recorded.event.phase_id for recorded in batch],
        "by": [recorded.actor for recorded in batch],
        "at": [recorded.occurred_at for recorded in batch],
        "event": [recorded.event_id for recorded in batch],
        "version": [recorded.version for recorded in batch],
    }


def became(batch: Batch) -> dict[str, list[Any]]:
    return (
        stamps(batch)
        | contents(batch)
        | {
            "organization": [recorded.organization_id for recorded in batch],
            "plan": [recorded.event.season_plan_id for recorded in batch],
            "old": [recorded.event.old_phase_id for recorded in batch],
        }
    )


def on_phase_changed(cursor: Cursor[Any], batch: Sequence[Recorded[PhaseChanged]]) -> None:
    columns = {
        "auto_apply": [recorded.event.auto_apply for recorded in batch],
        "by": [recorded.event.triggered_by for recorded in batch],
    }
    cursor.execute(BECAME_CURRENT, became(batch) | columns)


def on_phase_began(cursor: Cursor[Any], batch: Sequence[Recorded[PhaseBegan]]) -> None:
    cursor.execute(BECAME_CURRENT, became(batch) | {"auto_apply": [None] * len(batch)})


def on_phase_modified(cursor: Cursor[Any], batch: Sequence[Recorded[PhaseModified]]) -> None:
    cursor.execute(MODIFIED, stamps(batch) | contents(batch))


def on_phase_over(cursor: Cursor[Any], batch: Sequence[Recorded[PhaseEnded | PhaseRemoved]]) -> None:
    cursor.execute(OVER, stamps(batch))


def on_phase_adjustments_applied(cursor: Cursor[Any], batch: Sequence[Recorded[PhaseAdjustmentsApplied]]) -> None:
    cursor.execute(
        ADJUSTMENTS_APPLIED,
        {
            "team": [recorded.event.team_id for recorded in batch],
            "cause": [recorded.event.cause_event_id for recorded in batch],
            "count": [recorded.event.adjustments_count for recorded in batch],
            "version": [recorded.version for recorded in batch],
        },
    )


PROJECTION = Projection(
    name="current_phase",
    ddl=DDL,
    handlers={
        PhaseChanged: on_phase_changed,
        PhaseBegan: on_phase_began,
        PhaseModified: on_phase_modified,
        PhaseEnded: on_phase_over,
        PhaseRemoved: on_phase_over,
        PhaseAdjustmentsApplied: on_phase_adjustments_applied,
    },
)


class CurrentPhase(NamedTuple):
    """``since``: when the team came into this phase. ``as_of``: when ``triggered_by`` said the last word about it."""

    team_id: UUID
    season_plan_id: UUID
    phase_id: str
    phase_type: str
    starts_on: date
    ends_on: date
    load_level: str
    sessions_per_week: int | None
    intensity: str | None
    focus_areas: Sequence[str]
    old_phase_id: str | None
    auto_apply: bool
    triggered_by: str
    since: datetime
    as_of: datetime
    change_id: UUID
    adjustments_count: int | None


CURRENT_PHASE: LiteralString = """
SELECT c.team_id, c.season_plan_id, c.phase_id, c.phase_type, c.starts_on, c.ends_on, c.load_level,
       c.sessions_per_week, c.intensity, c.focus_areas, c.old_phase_id,
       coalesce(c.auto_apply, t.auto_apply_adjustments, true), c.triggered_by, c.since, c.as_of, c.change_id,
       c.adjustments_count
FROM read_models.current_phase AS c LEFT JOIN read_models.teams AS t USING (team_id)
WHERE c.team_id = %(team)s AND c.is_current
"""
READS = ("current_phase", "teams")


def current_phase(connection: Connection, team_id: UUID) -> CurrentPhase | None:
    """None for a team that is in no phase: it never was in one, or the last one is over or was removed.

    ``auto_apply`` is what the change said of itself, and else the team's setting.
    """
    with connection.cursor(row_factory=args_row(CurrentPhase)) as cursor:
        return cursor.execute(CURRENT_PHASE, {"team": team_id}).fetchone()
