"""Every completed workout is told to the planning service until it has accepted it: none lost, none out of order."""

import threading
from collections.abc import Iterator
from contextlib import closing
from uuid import UUID

import pytest

from consumers.completion_notices import NoticeRow, NoticeSender, notices
from consumers.parking import Waits
from domain.assignment import CompleteAssignment, PlanAssignment
from domain.athlete import ForgetAthlete, RegisterAthlete
from domain.ids import AthleteId, TeamId
from domain.team import FormTeam
from infra.main import Application
from tests.support.club import application, run_all, team, whole_log, workout
from tests.support.planning_client import client_of
from tests.support.planning_server import Fault, FaultyPlanningServer, cut, status
from tests.support.waiting import eventually

TEAM, OTHER_TEAM = UUID(int=17), UUID(int=18)
ANA, BEN = AthleteId(UUID(int=0xA)), AthleteId(UUID(int=0xB))
SOON = Waits(first_s=0.01, longest_s=0.05)
ROUTE = "completions"


@pytest.fixture
def server() -> Iterator[FaultyPlanningServer]:
    running = FaultyPlanningServer()
    with running:
        yield running


@pytest.fixture
def app(database_url: str) -> Iterator[Application]:
    with application(database_url) as opened:
        run_all(
            opened,
            FormTeam(
                team_id=TeamId(TEAM), name="U17", zone="Europe/Berlin", external_source="planning", external_id="t-17"
            ),
            RegisterAthlete(athlete_id=ANA, name="Ana", external_source="planning", external_id="p-1"),
            RegisterAthlete(athlete_id=BEN, name="Ben", external_source="planning", external_id="p-2"),
        )
        yield opened


@pytest.fixture
def sender(app: Application, server: FaultyPlanningServer) -> Iterator[NoticeSender]:
    with closing(client_of(server)) as client:
        yield NoticeSender(client, app.pool.connection, waits=SOON)


def done(app: Application, athlete: AthleteId, offset: int, team_id: UUID = TEAM) -> UUID:
    """Plans a workout and completes it; the id of the assignment."""
    planned: PlanAssignment = workout(team_id, offset).model_copy(update={"athlete_id": athlete})
    run_all(
        app,
        planned,
        CompleteAssignment(assignment_id=planned.assignment_id, load=55.0 + offset, rpe=6, duration_min=50),
    )
    return planned.assignment_id


def status_counts(app: Application) -> dict[str, int]:
    with app.pool.connection() as connection:
        counted = {name: len(notices(connection, name)) for name in ("pending", "accepted", "refused")}
    return {name: count for name, count in counted.items() if count}


def send_all(app: Application, sending: NoticeSender) -> None:
    """Until nothing is pending, through all pauses."""
    with app.pool.connection() as connection:

        def through() -> bool:
            sending.send_due(connection)
            return not notices(connection, "pending")

        eventually(through)


def test_the_body_and_the_key_are_those_of_the_contract(
    app: Application, server: FaultyPlanningServer, sender: NoticeSender
) -> None:
    assignment_id = done(app, ANA, 3)
    app.integration.process_available()
    send_all(app, sender)

    [completed] = [r for r in whole_log(app) if r.event.event_name == "assignment.completed"]
    [notice] = server.completions
    assert notice == {
        "noticeId": str(completed.event_id),
        "assignmentId": str(assignment_id),
        "teamId": "t-17",
        "playerId": "p-1",
        "completedAt": notice["completedAt"],
        "load": 58.0,
        "rpe": 6.0,
        "durationMin": 50.0,
        "plannedLoad": 60.0,
    }
    [asked] = server.asked
    assert asked.headers["idempotency-key"] == str(completed.event_id)
    assert asked.headers["x-correlation-id"] == str(completed.correlation_id)
    assert status_counts(app) == {"accepted": 1}


def test_what_was_sent_speaks_of_nobody_any_more(app: Application, sender: NoticeSender) -> None:
    done(app, ANA, 3)
    app.integration.process_available()
    send_all(app, sender)
    with app.pool.connection() as connection:
        assert connection.execute("SELECT body FROM completion_notices").fetchall() == [(None,)]


def test_a_notice_of_somebody_forgotten_is_not_sent(
    app: Application, server: FaultyPlanningServer, sender: NoticeSender
) -> None:
    done(app, ANA, 3)
    done(app, BEN, 3)
    app.integration.process_available()
    run_all(app, ForgetAthlete(athlete_id=ANA))
    app.integration.process_available()
    send_all(app, sender)
    assert [notice["playerId"] for notice in server.completions] == ["p-2"]


def test_a_team_that_no_planning_service_knows_needs_none(app: Application) -> None:
    run_all(app, *team(OTHER_TEAM))
    done(app, ANA, 3, OTHER_TEAM)
    app.integration.process_available()
    assert status_counts(app) == {}


def test_down_for_long_nothing_is_lost_and_the_order_is_kept(
    app: Application, server: FaultyPlanningServer, sender: NoticeSender
) -> None:
    server.stop()
    for offset in range(5):
        for athlete in (ANA, BEN):
            done(app, athlete, offset)
        app.integration.process_available()
        with app.pool.connection() as connection:
            sender.send_due(connection)
    assert status_counts(app) == {"pending": 10}

    server.start()
    send_all(app, sender)

    assert status_counts(app) == {"accepted": 10}
    for player in ("p-1", "p-2"):
        loads = [notice["load"] for notice in server.completions if notice["playerId"] == player]
        assert loads == [55.0, 56.0, 57.0, 58.0, 59.0]


@pytest.mark.parametrize("fault", [status(500), status(503, Retry_After="0"), cut(), status(401), status(403)])
def test_what_passes_is_sent_again_under_the_same_key(
    app: Application, server: FaultyPlanningServer, sender: NoticeSender, fault: Fault
) -> None:
    done(app, ANA, 3)
    app.integration.process_available()
    server.plan_fault(ROUTE, *[fault] * 6)
    send_all(app, sender)
    assert len(server.completions) == 1
    assert len({asked.headers["idempotency-key"] for asked in server.asked}) == 1
    assert server.count(ROUTE) == 7


def test_one_that_is_refused_is_kept_with_its_reason_and_holds_up_nothing(
    app: Application, server: FaultyPlanningServer, sender: NoticeSender
) -> None:
    done(app, ANA, 1)
    done(app, ANA, 2)
    app.integration.process_available()
    server.plan_fault(ROUTE, status(422, {"detail": "no such player"}))
    send_all(app, sender)
    assert [notice["load"] for notice in server.completions] == [57.0]
    assert status_counts(app) == {"accepted": 1, "refused": 1}
    with app.pool.connection() as connection:
        [refused] = notices(connection, "refused")
    assert refused.last_error is not None
    assert "422" in refused.last_error
    assert refused.settled_at is not None


def test_accepted_and_not_marked_is_sent_again_and_counts_once(
    app: Application, server: FaultyPlanningServer, sender: NoticeSender
) -> None:
    done(app, ANA, 3)
    app.integration.process_available()
    send_all(app, sender)
    with app.pool.connection() as connection:  # as if it had died between the answer and the mark
        connection.execute(
            "UPDATE completion_notices SET status = 'pending', settled_at = NULL, body = %s::jsonb",
            (server.asked[0].body.decode(),),
        )
    send_all(app, sender)
    assert (server.count(ROUTE), len(server.completions)) == (2, 1)
    assert status_counts(app) == {"accepted": 1}


def test_the_log_read_twice_makes_one_notice(
    app: Application, server: FaultyPlanningServer, sender: NoticeSender
) -> None:
    done(app, ANA, 3)
    app.integration.process_available()
    with app.pool.connection() as connection:
        connection.execute("DELETE FROM checkpoints WHERE consumer = 'integration'")
    app.integration._seen = type(app.integration._seen)(0, 0, 0)
    app.integration.process_available()
    send_all(app, sender)
    assert (server.count(ROUTE), status_counts(app)) == (1, {"accepted": 1})


def test_two_processes_send_each_once(app: Application, server: FaultyPlanningServer, sender: NoticeSender) -> None:
    for offset in range(10):
        done(app, ANA, offset)
        done(app, BEN, offset)
    app.integration.process_available()
    stop = threading.Event()
    with closing(client_of(server)) as other:
        both = (sender, NoticeSender(other, app.pool.connection, waits=SOON))
        threads = [threading.Thread(target=each.run, args=(stop,)) for each in both]
        for thread in threads:
            thread.start()
        eventually(lambda: status_counts(app) == {"accepted": 20})
        stop.set()
        for thread in threads:
            thread.join()
    assert server.count(ROUTE) == 20


def test_it_resumes_by_itself(app: Application, server: FaultyPlanningServer, sender: NoticeSender) -> None:
    server.stop()
    stop = threading.Event()
    running = threading.Thread(target=sender.run, args=(stop,))
    running.start()
    done(app, ANA, 3)
    app.integration.process_available()
    eventually(lambda: any(row.attempts for row in pending(app)))
    server.start()
    eventually(lambda: status_counts(app) == {"accepted": 1})
    stop.set()
    running.join()
    assert len(server.completions) == 1


def pending(app: Application) -> list[NoticeRow]:
    with app.pool.connection() as connection:
        return notices(connection, "pending")
