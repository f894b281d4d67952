"""The phase that each team is in: the planning service's last word, and how old it is.

Written from the team's season plan alone. The age takes the place of a cache's lifetime: the reader decides whether
the word is too old, and the word is there even while the planning service is not.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from psycopg import Connection, Cursor
from psycopg.rows import args_row

from domain.ports import Recorded
from domain.season_plan import PhaseAdjustmentsApplied, PhaseChanged
from projections.projection import Projection

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
    old_phase_id text,
    auto_apply boolean NOT NULL,
    triggered_by text NOT NULL,
    since timestamptz NOT NULL, -- when this phase became the current one
    as_of timestamptz NOT NULL, -- when the last word about it came
    change_id uuid NOT NULL, -- the event that brought it
    adjustments_count integer, -- how many assignments that event has adjusted; NULL: not known yet
    version integer NOT NULL -- of the stream
);
"""

PHASE_CHANGED: LiteralString = """
INSERT INTO current_phase AS c (
    team_id, organization_id, season_plan_id, phase_id, phase_type, starts_on, ends_on, load_level, old_phase_id,
    auto_apply, triggered_by, since, as_of, change_id, version)
SELECT team_id, organization_id, season_plan_id, phase_id, phase_type, starts_on, ends_on, load_level, old_phase_id,
       auto_apply, triggered_by, at, at, event_id, version
FROM unnest(%(team)b::uuid[], %(organization)b::uuid[], %(plan)b::uuid[], %(phase)b::text[], %(type)b::text[],
            %(starts)b::date[], %(ends)b::date[], %(level)b::text[], %(old)b::text[], %(auto_apply)b::bool[],
            %(by)b::text[], %(at)b::timestamptz[], %(event)b::uuid[], %(version)b::int[])
    AS e (team_id, organization_id, season_plan_id, phase_id, phase_type, starts_on, ends_on, load_level, old_phase_id,
          auto_apply, triggered_by, at, event_id, version)
ON CONFLICT (team_id) DO UPDATE
SET phase_id = excluded.phase_id, phase_type = excluded.phase_type, starts_on = excluded.starts_on,
    ends_on = excluded.ends_on, load_level = excluded.load_level, old_phase_id = excluded.old_phase_id,
    auto_apply = excluded.auto_apply, triggered_by = excluded.triggered_by,
    since = CASE WHEN c.phase_id = excluded.phase_id THEN c.since ELSE excluded.since END,
    as_of = excluded.as_of, change_id = excluded.change_id, adjustments_count = NULL, version = excluded.version
WHERE c.version < excluded.version
"""
ADJUSTMENTS_APPLIED: LiteralString = """
UPDATE current_phase AS c SET adjustments_count = e.adjustments_count, version = e.version
FROM unnest(%(team)b::uuid[], %(cause)b::uuid[], %(count)b::int[], %(version)b::int[])
    AS e (team_id, cause_id, adjustments_count, version)
WHERE c.team_id = e.team_id AND c.change_id = e.cause_id AND c.version < e.version
"""


def on_phase_changed(cursor: Cursor[Any], batch: Sequence[Recorded[PhaseChanged]]) -> None:
    events = [recorded.event for recorded in batch]
    cursor.execute(
        PHASE_CHANGED,
        {
            "team": [event.team_id for event in events],
            "organization": [recorded.organization_id for recorded in batch],
            "plan": [event.season_plan_id for event in events],
            "phase": [event.phase_id for event in events],
            "type": [event.phase_type.value for event in events],
            "starts": [event.starts_on for event in events],
            "ends": [event.ends_on for event in events],
            "level": [event.load_level.value for event in events],
            "old": [event.old_phase_id for event in events],
            "auto_apply": [event.auto_apply for event in events],
            "by": [event.triggered_by for event in events],
            "at": [recorded.occurred_at for recorded in batch],
            "event": [recorded.event_id for recorded in batch],
            "version": [recorded.version for recorded in batch],
        },
    )


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
    handlers={PhaseChanged: on_phase_changed, PhaseAdjustmentsApplied: on_phase_adjustments_applied},
)


class CurrentPhase(NamedTuple):
    """``since``: when the team came into this phase. ``as_of``: when the planning service last spoke about it."""

    team_id: UUID
    season_plan_id: UUID
    phase_id: str
    phase_type: str
    starts_on: date
    ends_on: date
    load_level: str
    old_phase_id: str | None
    auto_apply: bool
    triggered_by: str
    since: datetime
    as_of: datetime
    change_id: UUID
    adjustments_count: int | None


CURRENT_PHASE: LiteralString = """
SELECT team_id, season_plan_id, phase_id, phase_type, starts_on, ends_on, load_level, old_phase_id, auto_apply,
       triggered_by, since, as_of, change_id, adjustments_count
FROM read_models.current_phase WHERE team_id = %(team)s
"""
READS = ("current_phase",)


def current_phase(connection: Connection, team_id: UUID) -> CurrentPhase | None:
    """None when no phase change of the team has been seen."""
    with connection.cursor(row_factory=args_row(CurrentPhase)) as cursor:
        return cursor.execute(CURRENT_PHASE, {"team": team_id}).fetchone()
