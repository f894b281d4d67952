"""The planning service is away: what needs it is parked in order, all else goes on, and all resumes by itself."""

from collections.abc import Iterator

import pytest

from consumers.dead_letter_queue import Sequel, discard, retry
from domain.season_plan import PhaseChanged, PhaseRemoved
from domain.template_application import TemplateApplied
from infra.service import running
from tests.support.planning import change_to, publish, team_of
from tests.support.planning_desk import Desk, breach, desk_of, follow, update
from tests.support.planning_server import cut, late, phase_json, season_plan_json, status, template_json
from tests.support.waiting import eventually

ADDED = phase_json("p9", "2027-03-01", "2027-03-31")


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    """Teams 17 and 18 with phases p1 and p2; the planning service knows of p9 as well."""
    with desk_of(database_url) as desk:
        for team in ("17", "18"):
            desk.found_team(team, "p1", "p2", players=(f"of {team}",))
            desk.server.set_season_plan(team, season_plan_json(ADDED))
        desk.server.set_template(template_json())
        yield desk


def of_team(desk: Desk, team: str) -> list[str]:
    """The phases that it came to be in, in order."""
    changes = [recorded.event for recorded in desk.events(PhaseChanged)]
    return [event.phase_id for event in changes if event.team_id == team_of(team)]


def test_down_and_back(desk: Desk) -> None:
    desk.server.stop()
    desk.hears(
        change_to("p1"),
        update("p9", kind="phase_added"),
        change_to("p9"),
        update("p9", kind="phase_removed"),
        change_to("p2", "18"),
        breach("of 18", team="18"),
        follow(team="18", startDate="2026-11-16"),
        change_to("p1", "18"),
    )
    statuses = [(letter.message.key, letter.status) for letter in desk.letters()]
    assert statuses == [("17", "parked"), ("17", "waiting"), ("17", "waiting"), ("18", "parked"), ("18", "waiting")]
    parked = desk.letters()[0]
    assert "did not answer GET /api/v1/teams/17/season-plan" in parked.reason
    assert parked.next_attempt_at is not None
    assert (of_team(desk, "17"), of_team(desk, "18")) == (["p1"], ["p2"])
    assert desk.told() == [], "to wait is no error"

    desk.server.start()
    eventually(desk.settled)
    assert (of_team(desk, "17"), of_team(desk, "18")) == (["p1", "p9"], ["p2", "p1"])
    assert [recorded.event.phase_id for recorded in desk.events(PhaseRemoved)] == ["p9"]
    assert len(desk.events(TemplateApplied)) == 1
    assert desk.server.count("season-plan") == 1, "by then the plan knew p9"
    assert desk.told() == []


def test_it_resumes_by_itself_and_keeps_the_order_while_more_comes(desk: Desk) -> None:
    desk.server.stop()
    loops = {"listener": desk.listener.run, "resuming": desk.resuming.run, "errors": desk.errors.run}
    with running(loops):
        publish(desk.app, change_to("p9"), change_to("p1"))
        eventually(lambda: [status for status, _ in desk.open()] == ["parked", "waiting"])
        publish(desk.app, change_to("p9"), change_to("p1", "18"))
        eventually(lambda: len(desk.open()) == 3)
        eventually(lambda: desk.letters()[0].attempts >= 3)
        assert of_team(desk, "18") == ["p1"]
        desk.server.start()
        publish(desk.app, change_to("p2"))
        eventually(lambda: len(of_team(desk, "17")) == 4)
    assert of_team(desk, "17") == ["p9", "p1", "p9", "p2"]
    assert desk.open() == []


def test_while_the_planning_service_takes_its_time_others_go_on(desk: Desk) -> None:
    desk.server.plan_fault("season-plan", late(60))
    with running({"listener": desk.listener.run, "resuming": desk.resuming.run}):
        publish(desk.app, change_to("p9"), change_to("p1"))
        eventually(lambda: desk.server.count("season-plan") == 1)
        publish(desk.app, change_to("p1", "18"), breach("of 18", team="18"))
        eventually(lambda: of_team(desk, "18") == ["p1"])
        assert of_team(desk, "17") == []
        desk.server.stop()
        desk.server.start()
        eventually(lambda: of_team(desk, "17") == ["p9", "p1"])


def test_it_is_not_asked_before_it_wants_to_be(desk: Desk) -> None:
    desk.server.always("season-plan", status(503, Retry_After="3000"))
    desk.hears(change_to("p9"), change_to("p9", "18"))
    for _ in range(3):
        desk.resume()
    for letter in desk.letters():
        assert (letter.status, letter.attempts) == ("parked", 1)
        assert letter.next_attempt_at is not None
        assert (letter.next_attempt_at - letter.set_aside_at).total_seconds() >= 3000
    assert desk.server.count("season-plan") == 2


def test_each_failure_that_may_pass_parks_and_the_next_answer_counts(desk: Desk) -> None:
    faults = [status(500), status(429), status(408), cut(), cut(b'{"seasonPlanId"')]
    for fault in faults:
        desk.server.plan_fault("season-plan", *[fault] * 3)
    desk.hears(change_to("p9"))
    assert [status for status, _ in desk.open()] == ["parked"]
    eventually(desk.settled)
    assert of_team(desk, "17") == ["p9"]
    assert desk.server.count("season-plan") == 3 * len(faults) + 1


def test_parked_again_or_dead(desk: Desk) -> None:
    desk.server.stop()
    desk.hears(change_to("p9"), change_to("p1"))
    desk.server.set_season_plan("17", season_plan_json(phase_json("p8", "2027-01-01", "2027-01-31")))
    desk.server.start()
    eventually(lambda: not desk.settled() and desk.open()[0][0] == "dead")
    dead, waiting = desk.letters()
    assert (dead.next_attempt_at, waiting.status) == (None, "waiting")
    assert len(desk.told()) == 1


def test_a_person_may_go_ahead(desk: Desk) -> None:
    desk.server.stop()
    desk.hears(change_to("p9"), change_to("p1"), change_to("p9", "18"), change_to("p1", "18"))
    first, _, other, _ = desk.letters()
    with desk.app.pool.connection() as connection:
        stopped = retry(connection, first.id, desk.listener.process).stopped_at
        assert stopped is not None
        assert (stopped.id, stopped.status) == (first.id, "parked")
        assert discard(connection, other.id, desk.listener.process) == Sequel(1, None)
        desk.server.start()
        assert retry(connection, first.id, desk.listener.process) == Sequel(2, None)
    assert (of_team(desk, "17"), of_team(desk, "18")) == (["p9", "p1"], ["p1"])


def test_a_dead_letter_that_is_retried_during_an_outage_resumes_by_itself(desk: Desk) -> None:
    desk.server.plan_fault("season-plan", status(404))
    desk.hears(change_to("p9"))
    assert [status for status, _ in desk.open()] == ["dead"]
    desk.server.stop()
    with desk.app.pool.connection() as connection:
        stopped = retry(connection, desk.letters()[0].id, desk.listener.process).stopped_at
    assert stopped is not None
    assert stopped.status == "parked"
    desk.server.start()
    eventually(desk.settled)
    assert of_team(desk, "17") == ["p9"]
