"""Tokens for tests, as the application of tests takes them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from api.principal import Principal, Role
from domain.ids import AthleteId, OrganizationId, TeamId
from tests.support.club import ORGANIZATION, TOKENS


def principal(
    role: Role = Role.ADMIN,
    *,
    subject: str = "account:17",
    organization_id: UUID = ORGANIZATION,
    teams: tuple[UUID, ...] = (),
    athlete_id: UUID | None = None,
) -> Principal:
    return Principal(
        subject,
        role,
        OrganizationId(organization_id),
        frozenset(map(TeamId, teams)),
        None if athlete_id is None else AthleteId(athlete_id),
    )


def token(who: Principal, *, begun: timedelta = timedelta(), good_for: timedelta = timedelta(hours=1)) -> str:
    """``begun``: how long ago it was made."""
    return TOKENS.token(who, datetime.now(UTC) - begun, good_for)


def bearing(who: Principal) -> dict[str, str]:
    """The header of a request."""
    return {"Authorization": f"Bearer {token(who)}"}
