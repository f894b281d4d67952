"""Answers that break the contract: each is refused whole, with the field that is wrong, and asked for once only."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from consumers.planning_service import PlanningServiceMalformed
from infra.planning_service import HttpPlanningService
from infra.planning_service.answers import LONGEST_BODY
from tests.support.planning_server import FaultyPlanningServer, phase_json, raw, says, stuck, template_json

CORRELATION = UUID(int=0xC0)
MARCH, APRIL = ("2026-03-01", "2026-03-31"), ("2026-04-01", "2026-04-30")
GAME = {"fixtureId": "g1", "date": "2026-03-14"}
WORKOUT = template_json()["workouts"][0]


def without(content: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in content.items() if key != name}


@pytest.mark.parametrize(
    ("phases", "said"),
    [
        ([phase_json("p1", "2026-03-31", "2026-03-01")], "'p1' ends on 2026-03-01, before it starts on 2026-03-31"),
        ([phase_json("p1", *MARCH), phase_json("p1", *APRIL)], "phase 'p1' is there twice"),
        ([phase_json("p2", "2026-03-31", "2026-04-30"), phase_json("p1", *MARCH)], "'p2' starts on 2026-03-31"),
        ([phase_json("p1", "2026-01-01", "2026-12-31"), phase_json("p2", *MARCH)], "'p1' has not ended"),
        ([phase_json("p1", *MARCH), phase_json("p2", *APRIL, teamId="18")], "phase 'p2' is of team '18'"),
        ([phase_json("p1", "2026-03-01", "2026-03-31T20:00:00Z")], "a day and an instant"),
        (
            [phase_json("p1", *MARCH), phase_json("p2", "2026-04-01T00:00:00Z", "2026-04-02T00:00:00Z")],
            "others instants",
        ),
        ([phase_json("p1", "2026-02-30", "2026-03-01")], "phases.0.startDate"),
        ([phase_json("p1", "2026-03-01T00:00:00", "2026-03-31T00:00:00")], "phases.0.startDate"),
        ([phase_json("p1", "1 March", "2026-03-31")], "phases.0.startDate"),
        ([phase_json("p1", 20260301, "2026-03-31")], "phases.0.startDate"),  # type: ignore[arg-type]
        ([phase_json("p1", *MARCH), phase_json("p2", *APRIL, loadLevel="extreme")], "phases.1.loadLevel"),
        ([phase_json("p1", *MARCH, type="carnival")], "phases.0.type"),
        ([phase_json("p1", *MARCH, sessionsPerWeek=15)], "phases.0.sessionsPerWeek"),
        ([phase_json("p1", *MARCH, sessionsPerWeek=-1)], "phases.0.sessionsPerWeek"),
        ([phase_json("p1", *MARCH, sessionsPerWeek="5")], "phases.0.sessionsPerWeek"),
        ([phase_json("p1", *MARCH, sessionsPerWeek=True)], "phases.0.sessionsPerWeek"),
        ([phase_json("p1", *MARCH, intensity="5a")], "phases.0.intensity"),
        ([phase_json("p1", *MARCH, focusAreas=["speed", ""])], "phases.0.focusAreas.1"),
        ([phase_json("p1", *MARCH, focusAreas="speed")], "phases.0.focusAreas"),
        ([phase_json("p\0", *MARCH)], "phases.0.phaseId"),
        ([phase_json("", *MARCH)], "phases.0.phaseId"),
        ([phase_json(7, *MARCH)], "phases.0.phaseId"),  # type: ignore[arg-type]
        ([without(phase_json("p1", *MARCH), "loadLevel")], "phases.0.loadLevel"),
        ([None], "phases.0"),
        (None, "phases"),
    ],
)
def test_phases_that_are_nonsense(
    server: FaultyPlanningServer, client: HttpPlanningService, phases: object, said: str
) -> None:
    server.plan_fault("season-plan", says(phases=phases))
    refuses(server, client, "season-plan", said)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"teamId": "18"}, "about another team: teamId is '18', asked was '17'"),
        ({"teamId": None}, "teamId"),
        ({"seasonPlanId": "\0"}, "seasonPlanId"),
        ({"fixtures": [GAME, GAME]}, "fixture 'g1' is there twice"),
        ({"fixtures": [{**GAME, "date": "2026-03-32"}]}, "fixtures.0.date"),
        ({"fixtures": [{**GAME, "title": "a\0b"}]}, "fixtures.0.title"),
    ],
)
def test_a_season_plan_that_lies(
    server: FaultyPlanningServer, client: HttpPlanningService, changed: dict[str, object], said: str
) -> None:
    server.plan_fault("season-plan", says(**changed))
    refuses(server, client, "season-plan", said)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"teamId": "18"}, "about another team: teamId is '18', asked was '17'"),
        ({"endDate": "2026-01-01"}, "before it starts"),
        ({"loadLevel": 3}, "loadLevel"),
    ],
)
def test_a_current_phase_that_lies(
    server: FaultyPlanningServer, client: HttpPlanningService, changed: dict[str, object], said: str
) -> None:
    server.plan_fault("current-phase", says(**changed))
    refuses(server, client, "current-phase", said)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"templateId": "t2"}, "about another template: templateId is 't2', asked was 't1'"),
        ({"version": 0}, "version"),
        ({"version": "1"}, "version"),
        ({"name": " "}, "name"),
        ({"weeks": 1, "workouts": [{**WORKOUT, "week": 2}]}, "one is in week 2, but the template has 1 weeks"),
        ({"workouts": [{**WORKOUT, "week": 0}]}, "workouts.0.week"),
        ({"workouts": [{**WORKOUT, "weekday": 8}]}, "workouts.0.weekday"),
        ({"workouts": [WORKOUT, {**WORKOUT, "load": -1}]}, "workouts.1.load"),
        ({"workouts": [{**WORKOUT, "load": "80"}]}, "workouts.0.load"),
        ({"workouts": [{**WORKOUT, "load": float("nan")}]}, "workouts.0.load"),
        ({"workouts": [{**WORKOUT, "intensity": {"zones": ["6"]}}]}, "intensity.zones.0"),
        ({"workouts": [{**WORKOUT, "intensity": {"heartRatePctMax": [80, 101]}}]}, "intensity.heartRatePctMax.1"),
        ({"workouts": [{**WORKOUT, "intensity": {"powerPctFtp": [90, 80]}}]}, "lower bound 90 is above"),
        ({"workouts": [{**WORKOUT, "intensity": {"powerPctFtp": [90]}}]}, "intensity.powerPctFtp.1"),
        ({"workouts": [{**WORKOUT, "exercises": [{"name": "Squat"}]}]}, "workouts.0.exercises.0.focus"),
    ],
)
def test_a_template_that_lies(
    server: FaultyPlanningServer, client: HttpPlanningService, changed: dict[str, object], said: str
) -> None:
    server.plan_fault("template", says(**changed))
    refuses(server, client, "template", said)


@pytest.mark.parametrize("route", ["current-phase", "season-plan", "template"])
@pytest.mark.parametrize(
    ("body", "content_type", "said"),
    [
        (b"<html><h1>Welcome</h1></html>", "text/html", "Invalid JSON"),
        (b"", "application/json", "Invalid JSON"),
        (b"null", "application/json", "the whole"),
        (b"[]", "application/json", "the whole"),
        (b'{"phaseId": "p1"', "application/json", "Invalid JSON"),
        (b'{"teamId": "\\ud800"}', "application/json", "Invalid JSON"),
        (b"\xff\xfe{}", "application/json", "Invalid JSON"),
        (b"[" * 100_000, "application/json", "Invalid JSON"),
        (b" " * (LONGEST_BODY + 1), "application/json", f"longer than {LONGEST_BODY} bytes"),
    ],
    ids=["html", "empty", "null", "list", "half", "surrogate", "bytes", "deep", "huge"],
)
def test_bodies_that_are_no_answer(
    server: FaultyPlanningServer, client: HttpPlanningService, route: str, body: bytes, content_type: str, said: str
) -> None:
    server.plan_fault(route, raw(body, content_type))
    refuses(server, client, route, said)


def test_an_answer_that_is_too_long_is_not_waited_for(
    server: FaultyPlanningServer, client: HttpPlanningService
) -> None:
    """The rest of it never comes: who reads on has the service for away."""
    server.plan_fault("season-plan", stuck(first=LONGEST_BODY + 1, announced=100 * LONGEST_BODY))
    refuses(server, client, "season-plan", "longer than")


def test_an_answer_of_the_greatest_size_is_read(server: FaultyPlanningServer, client: HttpPlanningService) -> None:
    body = (
        b'{"phaseId": "p1", "type": "recovery", "startDate": "2026-03-01", "endDate": "2026-03-31", "loadLevel": "low"}'
    )
    server.plan_fault("current-phase", raw(body.ljust(LONGEST_BODY)))
    assert client.current_phase("17", CORRELATION).phase_id == "p1"


def refuses(server: FaultyPlanningServer, client: HttpPlanningService, route: str, said: str) -> None:
    asks: dict[str, Callable[[], object]] = {
        "current-phase": lambda: client.current_phase("17", CORRELATION),
        "season-plan": lambda: client.season_plan("17", CORRELATION),
        "template": lambda: client.template("t1", CORRELATION),
    }
    with pytest.raises(PlanningServiceMalformed) as raised:
        asks[route]()
    assert said in str(raised.value)
    assert client.last_error == str(raised.value)
    assert server.count(route) == 1
    # The next answer is right, and is taken: nothing is left of the other.
    assert asks[route]() is not None
    assert client.last_error is None
