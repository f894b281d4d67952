"""What the planning service says is checked: a no, a lie or nonsense sets the message aside, with what to do."""

from collections.abc import Iterator

import pytest

from consumers.dead_letter_queue import Sequel, retry
from domain.rules.load import LoadLevel
from domain.season_plan import PhaseAdded, PhaseChanged
from domain.template_application import TemplateApplied
from tests.support.club import phase, run_all, whole_log
from tests.support.planning import change_to
from tests.support.planning_desk import Desk, breach, desk_of, follow, update
from tests.support.planning_server import Fault, phase_json, raw, says, season_plan_json, status, template_json
from tests.support.waiting import eventually


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with desk_of(database_url) as desk:
        desk.server.set_template(template_json())
        yield desk


PHASE = phase_json("p9", "2027-01-01", "2027-01-31")
OVERLAPPING = [PHASE, phase_json("p8", "2027-01-31", "2027-02-28")]
ANSWERS: list[tuple[Fault | None, str]] = [
    (None, "the planning service's season plan does not have: phase p9 (it has: p8)"),
    (status(404), "answered 404"),
    (status(401), "PLANNING_SERVICE_TOKEN"),
    (raw(b"<html>"), "is not a season plan"),
    (says(teamId="99"), "is about another team"),
    (says(phases=[{**PHASE, "loadLevel": "brutal"}]), "phases.0.loadLevel"),
    (says(phases=[{**PHASE, "endDate": "2026-01-01"}]), "before it starts"),
    (says(phases=OVERLAPPING), "has not ended"),
    (says(phases=[{**PHASE, "sessionsPerWeek": 9}]), "phases.0.sessionsPerWeek"),
]


@pytest.mark.parametrize(("fault", "reason"), ANSWERS)
def test_of_a_season_plan(desk: Desk, fault: Fault | None, reason: str) -> None:
    """Team 17 hears that it is in another phase, team 18 that its plan was changed."""
    for team in ("17", "18"):
        desk.found_team(team, "p1")
        desk.server.set_season_plan(team, season_plan_json(phase_json("p8", "2027-01-01", "2027-01-31")))
    before = len(whole_log(desk.app))
    desk.server.always("season-plan", fault)
    desk.hears(change_to("p9"), update("p9", kind="phase_added", team="18"))
    assert [of for of, _ in desk.open()] == ["dead", "dead"]
    assert all(reason in said for _, said in desk.open())
    assert len(whole_log(desk.app)) == before, "nothing of the answer was used"
    desk.server.always("season-plan", None)
    for letter in desk.letters():
        desk.server.set_season_plan(str(letter.message.key), season_plan_json(PHASE))
        with desk.app.pool.connection() as connection:
            assert retry(connection, letter.id, desk.listener.process) == Sequel(1, None)
    assert [recorded.event.phase_id for recorded in desk.events(PhaseChanged)] == ["p9"]
    assert [recorded.event.phase_id for recorded in desk.events(PhaseAdded)] == ["p1", "p1", "p9"]


TEMPLATES: list[tuple[Fault, str]] = [
    (status(404), "answered 404"),
    (says(templateId="t2"), "is about another template"),
    (says(workouts=[]), "workouts: "),
    (says(weeks=60, workouts=[{"week": 60, "weekday": 1, "title": "T", "sport": "run", "load": 1}]), "weeks"),
    (says(version=0), "version"),
]


@pytest.mark.parametrize(("fault", "reason"), TEMPLATES)
def test_of_a_template(desk: Desk, fault: Fault, reason: str) -> None:
    desk.found_team()
    desk.server.plan_fault("template", fault)
    desk.hears(follow(startDate="2026-11-16"))
    ((of, said),) = desk.open()
    assert of == "dead"
    assert reason in said
    with desk.app.pool.connection() as connection:
        assert retry(connection, desk.letters()[0].id, desk.listener.process) == Sequel(1, None)
    assert len(desk.events(TemplateApplied)) == 1


def test_a_phase_that_somebody_adds_meanwhile_needs_no_planning_service_any_more(desk: Desk) -> None:
    team_id = desk.found_team("17", "p1")
    desk.hears(change_to("p9"), change_to("p1"))
    assert [of for of, _ in desk.open()] == ["dead", "waiting"]
    run_all(desk.app, phase(team_id, "p9", 60, 89, LoadLevel.LOW))
    asked = len(desk.server.asked)
    with desk.app.pool.connection() as connection:
        assert retry(connection, desk.letters()[0].id, desk.listener.process) == Sequel(2, None)
    assert [recorded.event.phase_id for recorded in desk.events(PhaseChanged)] == ["p9", "p1"]
    assert len(desk.server.asked) == asked


def test_a_player_or_a_team_that_stays_unknown(desk: Desk) -> None:
    """A read model may be on its way, so it is looked for several times; others do not wait for that."""
    desk.found_team("17", players=("9",))
    desk.hears(breach("8"), breach("9", team="18"), follow(team="19"), breach("9"))
    assert [letter.message.key for letter in desk.letters()] == ["17", "18", "19", "17"]
    assert [letter.status for letter in desk.letters()] == ["parked", "parked", "parked", "waiting"]
    eventually(lambda: not desk.settled() and [of for of, _ in desk.open()].count("dead") == 3)
    reasons = [reason for _, reason in desk.open()]
    assert "player '8' is not on the roster of team '17' on 2026-11-21. Add the player" in reasons[0]
    assert "there is no team '18' of source 'planning'. Form the team" in reasons[1]
    assert "there is no team '19'" in reasons[2]
    assert desk.server.asked == []


def test_a_player_who_is_known_a_moment_later(desk: Desk) -> None:
    desk.found_team("17")
    desk.hears(breach("9"))
    assert [of for of, _ in desk.open()] == ["parked"]
    desk.found_team("17", players=("9",))
    eventually(desk.settled)
    assert desk.told() == []
