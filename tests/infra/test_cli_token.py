"""`mesocycle token`, as a person types it: for whom, of which organization, and where there is no secret."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from api.principal import Principal, Role
from domain.ids import OrganizationId, TeamId
from domain.organization import FoundOrganization
from domain.team import FormTeam
from infra.cli_token import token_command
from infra.main import Application
from tests.support.club import ORGANIZATION, SECRET, TOKENS, application, coach, run_all, team
from tests.support.command_line import typed

TEAM, ABROAD = TeamId(UUID(int=17)), OrganizationId(UUID(int=0xB))


@pytest.fixture
def app(database_url: str) -> Iterator[Application]:
    with application(database_url, auth_secret=SECRET.decode()) as opened:
        run_all(opened, FoundOrganization(organization_id=ORGANIZATION, name="SV Nord"), *team(TEAM))
        opened.projector.process_available()
        yield opened


def abroad(app: Application) -> None:
    """Another organization, with a team."""
    for command in (
        FoundOrganization(organization_id=ABROAD, name="FC Süd"),
        FormTeam(
            team_id=TeamId(uuid4()), name="U19", zone="Europe/Berlin", external_source="planning", external_id="u19"
        ),
    ):
        app.runner.run(command, coach(ABROAD))
    app.projector.process_available()


def printed(app: Application, *arguments: object) -> Principal:
    code, output = typed(app, token_command, *arguments)
    assert code == 0, output
    assert len(output.split()) == 1, "only the token: it goes into a header"
    return asyncio.run(TOKENS.principal(output))


def refused(app: Application, *arguments: object) -> str:
    code, output = typed(app, token_command, *arguments)
    assert code == 1, output
    return output


def test_a_coach_of_a_team_by_its_name_or_id(app: Application) -> None:
    expected = Principal("command-line", Role.COACH, ORGANIZATION, frozenset({TEAM}))
    assert printed(app, "--role", "coach", "--team", "U17") == expected
    assert printed(app, "--role", "coach", "--team", TEAM) == expected


def test_the_only_organization_is_found_and_of_two_one_is_named(app: Application) -> None:
    assert printed(app, "--role", "admin").organization_id == ORGANIZATION
    abroad(app)
    told = refused(app, "--role", "admin")
    assert "more than one organization" in told
    assert {str(ORGANIZATION), str(ABROAD)} <= set(told.replace(",", " ").split())
    for name in ("FC Süd", ABROAD):
        assert printed(app, "--role", "admin", "--organization", name).organization_id == ABROAD
    assert printed(app, "--role", "coach", "--team", "u19").organization_id == ABROAD, "that of the team"
    assert "no organization FC West" in refused(app, "--role", "admin", "--organization", "FC West")
    assert "not one of FC Süd" in refused(app, "--role", "coach", "--team", "U17", "--organization", "FC Süd")
    assert "of 2 organizations" in refused(app, "--role", "coach", "--team", "U17", "--team", "U19")


def test_athlete_subject_and_hours(app: Application) -> None:
    ana = uuid4()
    who = printed(app, "--role", "athlete", "--athlete", ana, "--subject", "athlete:ana", "--hours", 24)
    assert (who.subject, who.role, who.athlete_id) == ("athlete:ana", Role.ATHLETE, ana)
    assert "who that is" in refused(app, "--role", "athlete")
    assert "role: Input should be" in refused(app, "--role", "owner")
    assert "there is no team U99" in refused(app, "--role", "coach", "--team", "U99")
    code, output = typed(app, token_command, "--role", "admin", "--hours", 25)
    assert (code, "less than or equal to 24" in output) == (2, True)


def test_where_tokens_come_from_somebody_else_none_is_printed(database_url: str, tmp_path: Path) -> None:
    url = "https://issuer.example/keys"
    with application(database_url, auth_jwks_url=url, auth_issuer="x", data_dir=tmp_path) as app:
        assert f"whoever has the keys of {url}; ask there" in refused(app, "--role", "admin")
    assert list(tmp_path.iterdir()) == []
