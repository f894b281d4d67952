"""Templates as they are read: an organization's list, one with its workouts, and what a team follows."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import LiteralString, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import args_row

from domain.phase_template import TemplateWorkout


class TemplateRow(NamedTuple):
    """As it holds now."""

    template_id: UUID
    organization_id: UUID
    name: str
    template_version: int
    withdrawn: bool
    changed_at: datetime
    changed_by: str


class TemplateContent(NamedTuple):
    """One version. ``withdrawn`` is said of the template, whichever version this is; ``latest``: it holds now.

    ``version`` counts the template's changes, its withdrawal too.
    """

    template_id: UUID
    organization_id: UUID
    template_version: int
    name: str
    workouts: tuple[TemplateWorkout, ...]
    defined_at: datetime
    defined_by: str
    latest: bool
    withdrawn: bool
    version: int


class ApplicationRow(NamedTuple):
    """A team follows a template. ``assignments_count`` is None while its workouts are still being planned."""

    application_id: UUID
    team_id: UUID
    template_id: str
    template_version: int
    name: str
    starts_on: date
    ends_on: date
    load_multiplier: float
    training_frequency: int | None
    workouts_count: int
    triggered_by: str
    applied_at: datetime
    assignments_count: int | None
    players_count: int | None
    created_at: datetime | None


class TemplateCursor(NamedTuple):
    """The place of a template in the list."""

    name: str
    template_id: UUID


class ApplicationCursor(NamedTuple):
    """The place of an application in a team's list."""

    starts_on: date
    application_id: UUID


TEMPLATES: LiteralString = """
SELECT template_id, organization_id, name, template_version, withdrawn, changed_at, changed_by
FROM read_models.phase_templates
WHERE organization_id = %(organization)s AND (%(withdrawn)s OR NOT withdrawn)
  AND (name, template_id) > (%(name)s::text, coalesce(%(template)s::uuid, '00000000-0000-0000-0000-000000000000'))
ORDER BY name, template_id LIMIT %(limit)s
"""
TEMPLATE: LiteralString = """
SELECT t.template_id, t.organization_id, v.template_version, v.name, v.workouts, v.defined_at, v.defined_by,
       v.template_version = t.template_version, t.withdrawn, t.version
FROM read_models.phase_templates AS t
JOIN read_models.phase_template_versions AS v
  ON v.template_id = t.template_id AND v.template_version = coalesce(%(version)s::int, t.template_version)
WHERE t.template_id = %(template)s
"""
APPLICATIONS: LiteralString = """
SELECT application_id, team_id, template_id, template_version, name, starts_on, ends_on, load_multiplier,
       training_frequency, workouts_count, triggered_by, applied_at, assignments_count, players_count, created_at
FROM read_models.template_applications
WHERE team_id = %(team)s AND (starts_on, application_id) < (
    coalesce(%(day)s::date, 'infinity'), coalesce(%(application)s::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
ORDER BY starts_on DESC, application_id DESC LIMIT %(limit)s
"""
READS = ("templates",)


def templates(
    connection: Connection,
    organization_id: UUID,
    *,
    withdrawn: bool = False,
    after: TemplateCursor | None = None,
    limit: int = 100,
) -> list[TemplateRow]:
    """By name; those that were withdrawn only where they are asked for."""
    place = {"name": after.name if after else "", "template": after and after.template_id}
    parameters = {"organization": organization_id, "withdrawn": withdrawn, "limit": limit}
    with connection.cursor(row_factory=args_row(TemplateRow)) as cursor:
        return cursor.execute(TEMPLATES, parameters | place).fetchall()


def template(connection: Connection, template_id: UUID, version: int | None = None) -> TemplateContent | None:
    """That version, or the one that holds now; None where there is none, or not known yet."""
    with connection.cursor(row_factory=args_row(content)) as cursor:
        return cursor.execute(TEMPLATE, {"template": template_id, "version": version}).fetchone()


def content(
    template_id: UUID,
    organization_id: UUID,
    template_version: int,
    name: str,
    workouts: Sequence[object],
    defined_at: datetime,
    defined_by: str,
    latest: bool,
    withdrawn: bool,
    version: int,
) -> TemplateContent:
    planned = tuple(TemplateWorkout.model_validate(workout) for workout in workouts)
    return TemplateContent(
        template_id,
        organization_id,
        template_version,
        name,
        planned,
        defined_at,
        defined_by,
        latest,
        withdrawn,
        version,
    )


def applications(
    connection: Connection, team_id: UUID, *, before: ApplicationCursor | None = None, limit: int = 100
) -> list[ApplicationRow]:
    """What the team follows and has followed, by first day, the latest first."""
    place = {"day": before and before.starts_on, "application": before and before.application_id}
    with connection.cursor(row_factory=args_row(ApplicationRow)) as cursor:
        return cursor.execute(APPLICATIONS, {"team": team_id, "limit": limit} | place).fetchall()
