"""Identities. What a message from outside creates has an id that the same message gives again."""

from datetime import date
from typing import NewType
from uuid import UUID, uuid5

OrganizationId = NewType("OrganizationId", UUID)
TeamId = NewType("TeamId", UUID)
AthleteId = NewType("AthleteId", UUID)
SeasonPlanId = NewType("SeasonPlanId", UUID)
AssignmentId = NewType("AssignmentId", UUID)
WorkloadId = NewType("WorkloadId", UUID)
TemplateId = NewType("TemplateId", UUID)
TemplateApplicationId = NewType("TemplateApplicationId", UUID)

PhaseId = NewType("PhaseId", str)
"""Opaque, unique within one season plan: the planning service's own id, or one made here."""

FixtureId = NewType("FixtureId", str)
"""Opaque, unique within one season plan."""


def external_id(organization_id: UUID, source: str, kind: str, external: str) -> UUID:
    """The id of what ``source`` calls ``external``: uuid5, so that a second telling means the same thing.

    ``kind`` keeps a team "17" and an athlete "17" of one source apart.
    """
    return uuid5(organization_id, f"{source}\x1f{kind}\x1f{external}")


def season_plan_id(team_id: TeamId) -> SeasonPlanId:
    """Each team has one rolling season plan, so a message that names a team names its plan too."""
    return SeasonPlanId(uuid5(team_id, "season-plan"))


def workload_id(team_id: TeamId, athlete_id: AthleteId) -> WorkloadId:
    """What restricts an athlete's workouts in one team."""
    return WorkloadId(uuid5(team_id, f"workload\x1f{athlete_id.hex}"))


def template_application_id(team_id: TeamId, template_id: str, starts_on: date) -> TemplateApplicationId:
    """A team follows a template from one day on once, however often somebody asks."""
    return TemplateApplicationId(uuid5(team_id, f"template\x1f{starts_on}\x1f{template_id}"))


def assignment_of_template(application_id: UUID, athlete_id: UUID, number: int) -> AssignmentId:
    """The ``number``-th workout of a template, as that athlete gets it."""
    return AssignmentId(uuid5(application_id, f"{athlete_id.hex}\x1f{number}"))
