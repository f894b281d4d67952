"""`mesocycle notices` and `mesocycle refusals`, as a person types them."""

from collections.abc import Iterator
from contextlib import closing
from uuid import UUID

import pytest

from consumers.completion_notices import NoticeSender, notices
from consumers.refusals import refusals
from domain.assignment import CompleteAssignment
from domain.athlete import RegisterAthlete
from domain.ids import AthleteId, TeamId, assignment_of_template
from domain.team import FormTeam
from infra.cli_notices import notices_app, refusals_app
from infra.main import Application
from tests.support.club import application, run_all, team, workout
from tests.support.command_line import cells, typed
from tests.support.planning_client import client_of
from tests.support.planning_server import FaultyPlanningServer, status
from tests.support.templates import EASY, apply
from tests.support.transfers import join

TEAM = TeamId(UUID(int=17))
ANA = AthleteId(UUID(int=0xA))


@pytest.fixture
def app(database_url: str) -> Iterator[Application]:
    with application(database_url) as opened:
        yield opened


def listed(app: Application, *arguments: object) -> tuple[int, str]:
    return typed(app, notices_app, "list", *arguments)


def completed(app: Application) -> str:
    """A notice is there; its id."""
    planned = workout(TEAM, 3, athlete_id=ANA)
    run_all(
        app,
        FormTeam(team_id=TEAM, name="U17", zone="Europe/Berlin", external_source="planning", external_id="17"),
        RegisterAthlete(athlete_id=ANA, name="Ana", external_source="planning", external_id="9"),
        planned,
        CompleteAssignment(assignment_id=planned.assignment_id, load=55.0),
    )
    app.integration.process_available()
    with app.pool.connection() as connection:
        (notice,) = notices(connection, "pending")
    return str(notice.notice_id)


def send(app: Application, server: FaultyPlanningServer) -> None:
    with closing(client_of(server)) as client, app.pool.connection() as connection:
        NoticeSender(client, app.pool.connection).send_due(connection)


def test_a_notice_is_pending_until_it_is_accepted(app: Application) -> None:
    assert listed(app) == (0, "no pending notices")
    notice = completed(app)
    header, row = cells(listed(app)[1])
    assert header == ["id", "notice", "athlete", "tries", "next attempt", "settled", "why"]
    assert row[1:4] == [notice, str(ANA), "0"]
    server = FaultyPlanningServer()
    with server:
        send(app, server)
    assert listed(app) == (0, "no pending notices")
    accepted = cells(listed(app, "--status", "accepted")[1])[1]
    assert (accepted[1:4], len(accepted)) == ([notice, str(ANA), "1"], 5), "it has no next attempt, but was settled"


def test_one_that_was_refused_says_why(app: Application) -> None:
    notice = completed(app)
    server = FaultyPlanningServer()
    with server:
        server.always("completions", status(422))
        send(app, server)
    refused = cells(listed(app, "--status", "refused")[1])[1]
    assert (refused[1], "422" in refused[-1]) == (notice, True)
    assert listed(app, "--status", "lost")[0] == 2


def test_what_rules_refused(app: Application) -> None:
    """Somebody has planned another workout under the very id that a template's would have."""
    assert typed(app, refusals_app, "list") == (0, "no refusals")
    taken = assignment_of_template(apply(TEAM).stream_id, ANA, 0)
    run_all(app, *team(TEAM), join(ANA, TEAM, -9), workout(TEAM, 1, assignment_id=taken), apply(TEAM, EASY))
    app.reactions.process_available()
    with app.pool.connection() as connection:
        (kept,) = refusals(connection, 10)
    header, row = cells(typed(app, refusals_app, "list")[1])
    assert header == ["at", "assignment", "cause", "refused as", "reason"]
    assert row[1:] == [str(taken), str(kept.cause_event_id), "AlreadyExists", kept.reason]
