"""What waits and what was set aside is counted by kind, over everybody."""

import json
from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest
from psycopg import Connection

from consumers.dead_letters import Unprocessable, queue_behind, set_aside
from consumers.parking import NotYetKnown, park
from consumers.refusals import keep_refusals
from domain.assignment import CompleteAssignment
from domain.errors import NotFound
from domain.ids import AthleteId, TeamId
from domain.ports import OutgoingMessage, Refusal
from domain.team import FormTeam
from infra.main import Application
from projections.backlog import Letters, Notices, Unread, letters, notices, refusals_by_type, unread
from tests.support.club import application, day, run_all, workout
from tests.support.messages import message


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def app(database_url: str) -> Iterator[Application]:
    with application(database_url) as opened:
        yield opened


def test_of_nothing_there_is_nothing(connection: Connection) -> None:
    assert (letters(connection), refusals_by_type(connection), unread(connection)) == ([], {}, [])
    assert notices(connection) == Notices(0, 0, 0.0)


def test_letters_by_consumer_status_and_kind_of_error(connection: Connection) -> None:
    for offset in (1, 2):
        set_aside(connection, "listener", message({}, key=str(offset), offset=offset), Unprocessable("no team"))
    with connection.transaction():
        queue_behind(connection, "listener", message({}, key="1", offset=3))
    park(connection, "listener", message({}, key="4", offset=4), NotYetKnown("not yet"))
    set_aside(connection, "projection:teams", message({}, key="5", offset=5), KeyError("x"))
    assert letters(connection) == [
        Letters("listener", "dead", "Unprocessable", 2),
        Letters("listener", "parked", "", 1),
        Letters("listener", "waiting", "", 1),
        Letters("projection:teams", "dead", "KeyError", 1),
    ]
    connection.execute("UPDATE dead_letters SET status = 'discarded'")
    assert letters(connection) == []


def test_refusals_by_kind(connection: Connection) -> None:
    causes = [UUID(int=1), UUID(int=2)]
    keep_refusals(connection, causes, [Refusal(UUID(int=3), NotFound("no such")) for _ in causes])
    assert refusals_by_type(connection) == {"NotFound": 2}


def test_messages_that_a_group_has_not_taken(app: Application, connection: Connection) -> None:
    value = json.dumps({}).encode()
    with app.bus.subscribe("readers", ["planning.events"]) as subscription:
        app.bus.publish("planning.events", [OutgoingMessage("a", value) for _ in range(3)])
        taken = subscription.poll(2, 5.0)
        assert len(taken) == 2
        subscription.commit(taken)
        assert unread(connection) == [Unread("readers", "planning.events", 1)]
        app.bus.publish("planning.events", [OutgoingMessage("b", value)])
        app.bus.publish("elsewhere", [OutgoingMessage("b", value)])
        assert unread(connection) == [Unread("readers", "planning.events", 2)]
        rest = subscription.poll(10, 5.0)
        subscription.commit(rest)
    assert unread(connection) == [Unread("readers", "planning.events", 0)]


def test_notices_and_how_long_the_oldest_has_waited(app: Application, connection: Connection) -> None:
    team_id, athlete_id = UUID(int=17), AthleteId(UUID(int=0xA))
    plans = [workout(team_id, offset, athlete_id=athlete_id) for offset in (1, 2)]
    run_all(
        app,
        FormTeam(team_id=TeamId(team_id), name="U17", zone="Europe/Berlin"),
        *plans,
        *(
            CompleteAssignment(
                assignment_id=plan.assignment_id, load=60.0, rpe=5.0, duration_min=40.0, completed_on=day(0)
            )
            for plan in plans
        ),
    )
    connection.execute("""
        INSERT INTO completion_notices (notice_id, athlete_id, correlation_id, body)
        SELECT event_id, gen_random_uuid(), gen_random_uuid(), '{}' FROM events WHERE name = 'assignment.completed'
    """)
    found = notices(connection)
    assert (found.pending, found.refused) == (2, 0)
    assert 0 < found.oldest_s < 300
    connection.execute("UPDATE completion_notices SET status = 'refused'")
    assert notices(connection) == Notices(0, 2, 0.0)
