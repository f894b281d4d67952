"""Identities. What a message from outside creates has an id that the same message gives again."""

from typing import NewType
from uuid import UUID, uuid5

OrganizationId = NewType("OrganizationId", UUID)
TeamId = NewType("TeamId", UUID)
AthleteId = NewType("AthleteId", UUID)
SeasonPlanId = NewType("SeasonPlanId", UUID)
AssignmentId = NewType("AssignmentId", UUID)

PhaseId = NewType("PhaseId", str)
"""Opaque, unique within one season plan: the planning service's own id, or one made here."""


def external_id(organization_id: UUID, source: str, kind: str, external: str) -> UUID:
    """The id of what ``source`` calls ``external``: uuid5, so that a second telling means the same thing.

    ``kind`` keeps a team "17" and a player "17" of one source apart.
    """
    return uuid5(organization_id, f"{source}\x1f{kind}\x1f{external}")


def season_plan_id(team_id: TeamId) -> SeasonPlanId:
    """Each team has one rolling season plan, so a message that names a team names its plan too."""
    return SeasonPlanId(uuid5(team_id, "season-plan"))
