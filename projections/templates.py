"""Phase templates in all their versions, and which team follows which, from when, with how many workouts.

Each row is written from one stream: of a template, or of its application to a team, which says itself what the
template was then.
"""

from collections.abc import Sequence
from typing import Any, LiteralString

from psycopg import Cursor
from psycopg.types.json import Jsonb

from domain.phase_template import TemplateDefined, TemplateRevised, TemplateWithdrawn
from domain.ports import Recorded
from domain.template_application import TemplateApplied, TemplateAssignmentsCreated
from projections.projection import Projection

DDL: LiteralString = """
CREATE TABLE phase_templates (
    template_id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    name text NOT NULL, -- in the version that holds now, like the rest
    template_version integer NOT NULL,
    withdrawn boolean NOT NULL, -- nobody may apply it any more
    changed_at timestamptz NOT NULL,
    changed_by text NOT NULL,
    version integer NOT NULL -- of the stream
);
CREATE INDEX phase_templates_organization ON phase_templates (organization_id, name, template_id);
CREATE TABLE phase_template_versions (
    template_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    template_version integer NOT NULL,
    name text NOT NULL,
    workouts jsonb NOT NULL, -- as the event has them
    defined_at timestamptz NOT NULL,
    defined_by text NOT NULL,
    PRIMARY KEY (template_id, template_version)
);
CREATE TABLE template_applications (
    application_id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    team_id uuid NOT NULL,
    template_id text NOT NULL, -- as whoever keeps the template calls it
    template_version integer NOT NULL,
    name text NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL, -- the day of the last workout
    load_multiplier double precision NOT NULL,
    training_frequency integer,
    workouts_count integer NOT NULL, -- of each player
    triggered_by text NOT NULL,
    applied_at timestamptz NOT NULL,
    assignments_count integer, -- NULL: they are still being planned
    players_count integer,
    created_at timestamptz
);
CREATE INDEX template_applications_team ON template_applications (team_id, starts_on, application_id);
"""
VERSION_ADDED: LiteralString = """
INSERT INTO phase_template_versions (
    template_id, organization_id, template_version, name, workouts, defined_at, defined_by)
SELECT * FROM unnest(%(template)b::uuid[], %(organization)b::uuid[], %(number)b::int[], %(name)b::text[],
                     %(workouts)b::jsonb[], %(at)b::timestamptz[], %(by)b::text[])
ON CONFLICT (template_id, template_version) DO NOTHING
"""
HOLDS_NOW: LiteralString = """
INSERT INTO phase_templates AS t (
    template_id, organization_id, name, template_version, withdrawn, changed_at, changed_by, version)
SELECT template_id, organization_id, name, template_version, false, at, by, version
FROM unnest(%(template)b::uuid[], %(organization)b::uuid[], %(name)b::text[], %(number)b::int[],
            %(at)b::timestamptz[], %(by)b::text[], %(version)b::int[])
    AS e (template_id, organization_id, name, template_version, at, by, version)
ON CONFLICT (template_id) DO UPDATE
SET name = excluded.name, template_version = excluded.template_version, withdrawn = false,
    changed_at = excluded.changed_at, changed_by = excluded.changed_by, version = excluded.version
WHERE t.version < excluded.version
"""
WITHDRAWN: LiteralString = """
UPDATE phase_templates AS t
SET withdrawn = true, changed_at = e.at, changed_by = e.by, version = e.version
FROM unnest(%(template)b::uuid[], %(at)b::timestamptz[], %(by)b::text[], %(version)b::int[])
    AS e (template_id, at, by, version)
WHERE t.template_id = e.template_id AND t.version < e.version
"""
APPLIED: LiteralString = """
INSERT INTO template_applications (
    application_id, organization_id, team_id, template_id, template_version, name, starts_on, ends_on, load_multiplier,
    training_frequency, workouts_count, triggered_by, applied_at)
SELECT * FROM unnest(
    %(application)b::uuid[], %(organization)b::uuid[], %(team)b::uuid[], %(template)b::text[], %(number)b::int[],
    %(name)b::text[], %(starts)b::date[], %(ends)b::date[], %(multiplier)b::float8[], %(frequency)b::int[],
    %(workouts)b::int[], %(by)b::text[], %(at)b::timestamptz[])
ON CONFLICT (application_id) DO NOTHING
"""
CREATED: LiteralString = """
UPDATE template_applications AS a
SET assignments_count = e.assignments, players_count = e.players, created_at = e.at
FROM unnest(%(application)b::uuid[], %(assignments)b::int[], %(players)b::int[], %(at)b::timestamptz[])
    AS e (application_id, assignments, players, at)
WHERE a.application_id = e.application_id
"""


def stamps(batch: Sequence[Recorded[Any]]) -> dict[str, list[Any]]:
    return {
        "template": [recorded.event.template_id for recorded in batch],
        "at": [recorded.occurred_at for recorded in batch],
        "by": [recorded.actor for recorded in batch],
        "version": [recorded.version for recorded in batch],
    }


def on_template_version(
    cursor: Cursor[Any], batch: Sequence[Recorded[TemplateDefined]] | Sequence[Recorded[TemplateRevised]]
) -> None:
    columns = stamps(batch) | {
        "organization": [recorded.organization_id for recorded in batch],
        "number": [recorded.event.template_version for recorded in batch],
        "name": [recorded.event.name for recorded in batch],
        "workouts": [Jsonb(recorded.event.model_dump(mode="json")["workouts"]) for recorded in batch],
    }
    cursor.execute(VERSION_ADDED, columns)
    cursor.execute(HOLDS_NOW, columns)


def on_template_withdrawn(cursor: Cursor[Any], batch: Sequence[Recorded[TemplateWithdrawn]]) -> None:
    cursor.execute(WITHDRAWN, stamps(batch))


def on_template_applied(cursor: Cursor[Any], batch: Sequence[Recorded[TemplateApplied]]) -> None:
    events = [recorded.event for recorded in batch]
    columns = {
        "application": [event.application_id for event in events],
        "organization": [recorded.organization_id for recorded in batch],
        "team": [event.team_id for event in events],
        "template": [event.template_id for event in events],
        "number": [event.template_version for event in events],
        "name": [event.name for event in events],
        "starts": [event.starts_on for event in events],
        "ends": [max((workout.day for workout in event.workouts), default=event.starts_on) for event in events],
        "multiplier": [event.load_multiplier for event in events],
        "frequency": [event.training_frequency for event in events],
        "workouts": [len(event.workouts) for event in events],
        "by": [event.triggered_by for event in events],
        "at": [recorded.occurred_at for recorded in batch],
    }
    cursor.execute(APPLIED, columns)


def on_assignments_created(cursor: Cursor[Any], batch: Sequence[Recorded[TemplateAssignmentsCreated]]) -> None:
    columns = {
        "application": [recorded.event.application_id for recorded in batch],
        "assignments": [recorded.event.assignments_count for recorded in batch],
        "players": [recorded.event.players_count for recorded in batch],
        "at": [recorded.occurred_at for recorded in batch],
    }
    cursor.execute(CREATED, columns)


PROJECTION = Projection(
    name="templates",
    ddl=DDL,
    handlers={
        TemplateDefined: on_template_version,
        TemplateRevised: on_template_version,
        TemplateWithdrawn: on_template_withdrawn,
        TemplateApplied: on_template_applied,
        TemplateAssignmentsCreated: on_assignments_created,
    },
)
