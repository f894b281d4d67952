"""Whether a team is in step with what was said about its season: by the planning service, and by anybody.

Written from the team's season plan alone: the last declaration, the last one that came from the planning service, and
the last that has reached every workout. What is joined as it is read: the current phase, the team's setting, how far
the reactions are, and what was set aside on its way here. A message that changed nothing leaves no trace in it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString, NamedTuple, get_args
from uuid import UUID

from psycopg import Connection, Cursor
from psycopg.rows import args_row

from domain.ports import Recorded
from domain.season_plan import Declaration, PhaseAdjustmentsApplied
from projections.projection import Projection

DDL: LiteralString = """
CREATE TABLE sync_status (
    team_id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    season_plan_id uuid NOT NULL,
    declaration text, -- the name of the last event that may give workouts another phase
    declaration_id uuid,
    declared_at timestamptz,
    declared_by text,
    era integer, -- its place in the log
    xid bigint,
    ordinal integer,
    planning_id uuid, -- the last of these that a message from the planning service brought
    planning_at timestamptz,
    applied_id uuid, -- the last of these that has reached every workout
    applied_phase_id text,
    applied_count integer, -- how many workouts it has adjusted
    applied_at timestamptz,
    version integer NOT NULL -- of the stream
);
"""
DECLARED: LiteralString = """
INSERT INTO sync_status AS s (
    team_id, organization_id, season_plan_id, declaration, declaration_id, declared_at, declared_by, era, xid, ordinal,
    planning_id, planning_at, version)
SELECT team_id, organization_id, season_plan_id, declaration, event_id, at, by, era, xid, ordinal,
       CASE WHEN by LIKE 'planning:%%' THEN event_id END, CASE WHEN by LIKE 'planning:%%' THEN at END, version
FROM unnest(%(team)b::uuid[], %(organization)b::uuid[], %(plan)b::uuid[], %(name)b::text[], %(event)b::uuid[],
            %(at)b::timestamptz[], %(by)b::text[], %(era)b::int[], %(xid)b::bigint[], %(ordinal)b::int[],
            %(version)b::int[])
    AS e (team_id, organization_id, season_plan_id, declaration, event_id, at, by, era, xid, ordinal, version)
ON CONFLICT (team_id) DO UPDATE
SET declaration = excluded.declaration, declaration_id = excluded.declaration_id, declared_at = excluded.declared_at,
    declared_by = excluded.declared_by, era = excluded.era, xid = excluded.xid, ordinal = excluded.ordinal,
    planning_id = coalesce(excluded.planning_id, s.planning_id),
    planning_at = coalesce(excluded.planning_at, s.planning_at), version = excluded.version
WHERE s.version < excluded.version
"""
APPLIED: LiteralString = """
UPDATE sync_status AS s
SET applied_id = e.cause_id, applied_phase_id = e.phase_id, applied_count = e.applied_count, applied_at = e.at,
    version = e.version
FROM unnest(%(team)b::uuid[], %(cause)b::uuid[], %(phase)b::text[], %(count)b::int[], %(at)b::timestamptz[],
            %(version)b::int[]) AS e (team_id, cause_id, phase_id, applied_count, at, version)
WHERE s.team_id = e.team_id AND s.version < e.version
"""


def on_declaration(cursor: Cursor[Any], batch: Sequence[Recorded[Any]]) -> None:
    columns = {
        "team": [recorded.event.team_id for recorded in batch],
        "organization": [recorded.organization_id for recorded in batch],
        "plan": [recorded.event.season_plan_id for recorded in batch],
        "name": [recorded.event.event_name for recorded in batch],
        "event": [recorded.event_id for recorded in batch],
        "at": [recorded.occurred_at for recorded in batch],
        "by": [recorded.actor for recorded in batch],
        "era": [recorded.position.era for recorded in batch],
        "xid": [recorded.position.xid for recorded in batch],
        "ordinal": [recorded.position.ordinal for recorded in batch],
        "version": [recorded.version for recorded in batch],
    }
    cursor.execute(DECLARED, columns)


def on_phase_adjustments_applied(cursor: Cursor[Any], batch: Sequence[Recorded[PhaseAdjustmentsApplied]]) -> None:
    columns = {
        "team": [recorded.event.team_id for recorded in batch],
        "cause": [recorded.event.cause_event_id for recorded in batch],
        "phase": [recorded.event.phase_id for recorded in batch],
        "count": [recorded.event.adjustments_count for recorded in batch],
        "at": [recorded.occurred_at for recorded in batch],
        "version": [recorded.version for recorded in batch],
    }
    cursor.execute(APPLIED, columns)


PROJECTION = Projection(
    name="sync_status",
    ddl=DDL,
    handlers={
        **dict.fromkeys(get_args(Declaration), on_declaration),
        PhaseAdjustmentsApplied: on_phase_adjustments_applied,
    },
)


class SetAside(NamedTuple):
    """What one consumer has not processed of this team: how many messages, since when, and why the first was not.

    ``status``: dead (a person decides), waiting (behind one), or parked (it is tried again by itself, next time at
    ``next_attempt_at``).
    """

    consumer: str
    status: str
    messages: int
    since: datetime
    next_attempt_at: datetime | None
    reason: str


class SyncStatus(NamedTuple):
    """``planning_*``: the planning service's last word that changed something; ``is_applying``: workouts still follow.

    All of ``declaration*``, ``planning_*`` and ``applied_*`` is None where nothing of the kind has happened yet.
    """

    team_id: UUID
    auto_apply: bool
    current_phase_id: str | None
    phase_as_of: datetime | None
    declaration: str | None
    declaration_id: UUID | None
    declared_at: datetime | None
    declared_by: str | None
    planning_id: UUID | None
    planning_at: datetime | None
    applied_id: UUID | None
    applied_phase_id: str | None
    applied_count: int | None
    applied_at: datetime | None
    is_applying: bool
    set_aside: Sequence[SetAside] = ()

    def planning_age_s(self, now: datetime) -> float | None:
        """Seconds since the planning service's last word; None where it never said one."""
        return None if self.planning_at is None else max(0.0, (now - self.planning_at).total_seconds())


# The reactions take in an event and open what it causes in one transaction, which this sees whole or not at all.
STATUS: LiteralString = """
SELECT t.team_id, t.auto_apply_adjustments, c.phase_id, c.as_of, s.declaration, s.declaration_id, s.declared_at,
       s.declared_by, s.planning_id, s.planning_at, s.applied_id, s.applied_phase_id, s.applied_count, s.applied_at,
       EXISTS (SELECT FROM phase_fan_outs AS f WHERE f.team_id = t.team_id)
       OR (s.declaration_id IS NOT NULL AND NOT EXISTS (
           SELECT FROM checkpoints AS r
           WHERE r.consumer = 'reactions' AND r.partition = 0
             AND (r.era, r.xid, r.ordinal) >= (s.era, s.xid, s.ordinal)))
FROM read_models.teams AS t
LEFT JOIN read_models.sync_status AS s USING (team_id)
LEFT JOIN read_models.current_phase AS c ON c.team_id = t.team_id AND c.is_current
WHERE t.team_id = %(team)s
"""
# On a topic a team has the planning service's own id, which another organization's planning service may use too.
SET_ASIDE: LiteralString = """
WITH team AS MATERIALIZED (
    SELECT team_id::text AS key, external_id, organization_id FROM read_models.teams WHERE team_id = %(team)s
), letters AS (
    SELECT d.id, d.consumer, d.status, d.set_aside_at, d.next_attempt_at, d.reason
    FROM team JOIN dead_letters AS d ON md5(d.key) = md5(team.key) AND d.key = team.key
    WHERE d.status IN ('dead', 'waiting', 'parked') AND d.consumer LIKE 'projection:%%'
    UNION ALL
    SELECT d.id, d.consumer, d.status, d.set_aside_at, d.next_attempt_at, d.reason
    FROM team JOIN dead_letters AS d ON md5(d.key) = md5(team.external_id) AND d.key = team.external_id
    WHERE d.status IN ('dead', 'waiting', 'parked') AND d.consumer = 'planning-listener'
      AND team.organization_id = (SELECT p.organization_id FROM read_models.planning_sources AS p
                                  WHERE p.topic = d.topic ORDER BY p.connected_at, p.organization_id LIMIT 1)
)
SELECT consumer, status, count(*), min(set_aside_at), min(next_attempt_at), (array_agg(reason ORDER BY id))[1]
FROM letters GROUP BY consumer, status ORDER BY consumer, status
"""
READS = ("sync_status", "current_phase", "teams", "planning_sources")


def sync_status(connection: Connection, team_id: UUID) -> SyncStatus | None:
    """None for a team that is not known. For whoever may read dead letters: they are nobody's, and no reader's."""
    status = team_status(connection, team_id)
    return None if status is None else status._replace(set_aside=set_aside(connection, team_id))


def team_status(connection: Connection, team_id: UUID) -> SyncStatus | None:
    """Likewise, without what was set aside."""
    with connection.cursor(row_factory=args_row(SyncStatus)) as cursor:
        return cursor.execute(STATUS, {"team": team_id}).fetchone()


def set_aside(connection: Connection, team_id: UUID) -> list[SetAside]:
    """Of a team that whoever asks may see: who that is, is not looked at here."""
    with connection.cursor(row_factory=args_row(SetAside)) as cursor:
        return cursor.execute(SET_ASIDE, {"team": team_id}).fetchall()
