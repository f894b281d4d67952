"""`mesocycle token`: a token for development, where this machine holds the secret that signs them."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Annotated
from uuid import UUID

import typer
from psycopg import Connection

from api.principal import TokenRefused, principal_of
from domain.organization import OrganizationFounded
from domain.ports import BEGINNING
from infra.cli_bus import failed
from infra.cli_teams import ACTOR, Opened, reading, team_named
from infra.main import Application
from infra.settings import Settings
from infra.tokens import LONGEST, OwnTokens, own_tokens
from projections.teams import TeamRow, teams

MOST_HOURS = LONGEST.total_seconds() / 3600
WORKDAY = 8.0

RoleName = Annotated[str, typer.Option("--role", help="coach, athlete, service or admin.")]
TeamNames = Annotated[
    list[str] | None, typer.Option("--team", help="A team's id, external id or name; may be given again.")
]
OrganizationName = Annotated[
    str | None, typer.Option("--organization", help="Its id or name; not needed where there is one, or with a team.")
]
Athlete = Annotated[UUID | None, typer.Option("--athlete", help="An athlete's id: who that is, for the role athlete.")]
Subject = Annotated[str, typer.Option("--subject", help="The account's id, under which the log tells of changes.")]
Hours = Annotated[float, typer.Option("--hours", min=0.01, max=MOST_HOURS, help="How long it is good.")]


def token_command(opened: Opened) -> Callable[..., None]:
    def token(
        role: RoleName,
        team: TeamNames = None,
        organization: OrganizationName = None,
        athlete: Athlete = None,
        subject: Subject = ACTOR,
        hours: Hours = WORKDAY,
    ) -> None:
        """Print a token for the API: curl -H "Authorization: Bearer $(mesocycle token --role coach --team U17)" …"""
        with opened() as application:
            tokens = signing(application.settings)
            with reading(application) as connection:
                rows = [team_named(connection, name) for name in team or ()]
                organization_id = organization_of(application, connection, rows, organization)
            claims = {
                "sub": subject,
                "org": organization_id,
                "role": role,
                "teams": [row.team_id for row in rows],
                "athlete": athlete,
            }
            try:
                who = principal_of(claims)
            except TokenRefused as error:
                raise failed(str(error)) from error
            typer.echo(tokens.token(who, application.clock.now(), timedelta(hours=hours)))

    return token


def signing(settings: Settings) -> OwnTokens:
    if settings.auth_jwks_url is not None:
        raise failed(f"tokens come from whoever has the keys of {settings.auth_jwks_url}; ask there")
    return own_tokens(settings, make=False)


def organization_of(
    application: Application, connection: Connection, rows: Sequence[TeamRow], name: str | None
) -> UUID:
    """The one that is named, or that of the teams, or the only one that there is."""
    known = organizations(application, connection)
    of_teams = {row.organization_id for row in rows}
    found = of_teams or set(known)
    if name is not None:
        named = {id for id, called in known.items() if name in (called, str(id))}
        if not named:
            raise failed(f"there is no organization {name}")
        found = named if not of_teams else named & of_teams
        if not found:
            raise failed(f"the team is not one of {name}")
    match sorted(found):
        case [only]:
            return only
        case []:
            raise failed("there is no organization yet")
        case several if of_teams and name is None:
            raise failed(f"these teams are of {len(several)} organizations; a token is for one")
        case several:
            ids = ", ".join(map(str, several))
            raise failed(f"there is more than one organization; name one with --organization: {ids}")


def organizations(application: Application, connection: Connection) -> dict[UUID, str]:
    """Name by id; those that were never founded, but have teams, have an empty name."""
    found = {row.organization_id: "" for row in teams(connection)}
    after = BEGINNING
    while True:
        batch, through = application.log.read_some(after, 1000, (OrganizationFounded.event_name,))
        for recorded in batch:
            if isinstance(recorded.event, OrganizationFounded):
                found[recorded.event.organization_id] = recorded.event.name
        if through == after:
            return found
        after = through
