"""A team's season plan over HTTP: opened, declared, changed, and what that does to workouts."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from api.principal import Role
from domain.ids import TeamId, season_plan_id
from domain.rules.load import LoadLevel
from domain.season_plan import RequestAdjustments
from domain.team import FormTeam
from tests.api.conftest import Served
from tests.support.asking import PLANNING, answered, ask, assert_guarded
from tests.support.club import day, phase, workout
from tests.support.planned_club import ANA, club

DENIED = (Role.ATHLETE, Role.SERVICE)


def of(team_id: UUID) -> str:
    return f"/api/v1/teams/{team_id}/season-plan"


def wish(phase_id: str, first: int, last: int, **more: Any) -> dict[str, Any]:
    days = {"startsOn": day(first).isoformat(), "endsOn": day(last).isoformat()}
    return {"phaseId": phase_id, "phaseType": "playoffs", "loadLevel": "peak", **days, **more}


def loads(served: Served, team_id: UUID) -> list[float]:
    served.settle()
    board = ask(served.client, "GET", f"/api/v1/teams/{team_id}/assignment-board")
    return [entry["load"] for entry in board["entries"]]


def test_a_plan_is_opened_in_the_team_s_zone(served: Served) -> None:
    team_id = TeamId(uuid4())
    served.run(FormTeam(team_id=team_id, name="U17", zone="Asia/Tokyo"))
    served.settle()
    ask(served.client, "GET", of(team_id), 404, "season-plan-unknown")
    ask(served.client, "POST", f"{of(team_id)}/phases", 404, "season-plan-unknown", json=wish("p", 0, 1))
    answer = answered(served.client, "POST", of(team_id), 201, json={})
    assert (answer.headers["location"], answer.json()["id"]) == (of(team_id), str(season_plan_id(team_id)))
    assert ask(served.client, "POST", of(team_id), 201, json={"zone": "Asia/Tokyo"})["changed"] is False
    ask(served.client, "POST", of(team_id), 409, "already-exists", json={"zone": "UTC"})
    served.settle()
    plan = ask(served.client, "GET", of(team_id))
    assert (plan["zone"], plan["phases"], plan["currentPhaseId"]) == ("Asia/Tokyo", [], None)


def test_the_whole_plan_is_shown_also_where_the_planning_service_looks_for_it(served: Served) -> None:
    team_id = club(served)
    content = {"sessionsPerWeek": 4, "intensity": "high", "focusAreas": ["power"], "phaseType": "in_season"}
    added = ask(served.client, "POST", f"{of(team_id)}/phases", 201, json=wish("cup/2027 é", 40, 50, **content))
    served.settle()
    answer = answered(served.client, "GET", of(team_id), params={"minPosition": added["position"]})
    plan = answer.json()
    assert 0 <= plan.pop("ageSeconds") < 300
    assert plan.pop("asOf")
    last = {
        **wish("cup/2027 é", 40, 50, **content),
        "loadMultiplier": 1.4,
        "declared": 2,
        "isCurrent": False,
    }
    assert plan.pop("phases")[1] == last
    assert plan == {
        "teamId": str(team_id),
        "seasonPlanId": str(season_plan_id(team_id)),
        "zone": "Europe/Berlin",
        "externalId": None,
        "currentPhaseId": None,
        "games": [],
        "gamesWeek": None,
        "revision": 2,
        "fixtures": [],
        "stale": False,
    }
    assert answer.headers["etag"] == f'"{added["version"]}"' == '"3"'
    seed = answered(served.client, "GET", f"{PLANNING}/season-plan/{team_id}")
    assert (seed.json()["phases"][1], seed.headers["etag"]) == (last, '"3"')
    one = f"{of(team_id)}/phases/cup%2F2027%20%C3%A9"
    assert ask(served.client, "GET", one) == last
    ask(served.client, "GET", f"{of(team_id)}/phases/other", 404, "phase-unknown")


def test_a_phase_that_is_declared_changed_and_removed_takes_the_workouts_of_its_days_along(served: Served) -> None:
    team_id = club(served)
    served.run(workout(team_id, 42, athlete_id=ANA))
    assert loads(served, team_id) == [60.0]
    answer = answered(served.client, "POST", f"{of(team_id)}/phases", 201, json=wish("cup", 40, 50))
    assert answer.headers["location"] == f"{of(team_id)}/phases/cup"
    assert loads(served, team_id) == [84.0]
    one = answer.headers["location"]
    assert ask(served.client, "PATCH", one, json={"loadLevel": "low"})["changed"]
    assert loads(served, team_id) == [48.0]
    assert ask(served.client, "PATCH", one, json={})["changed"] is False
    assert ask(served.client, "DELETE", one)["changed"]
    assert loads(served, team_id) == [60.0]
    assert ask(served.client, "DELETE", one)["changed"] is False
    ask(served.client, "PATCH", one, 404, "phase-unknown", json={"loadLevel": "low"})


def test_the_schedule_is_moved_as_a_whole(served: Served) -> None:
    team_id = club(served)
    served.run(phase(team_id, "cup", 31, 40, LoadLevel.PEAK), workout(team_id, 31, athlete_id=ANA))
    assert loads(served, team_id) == [84.0]
    body = {"firstPhaseId": "in", "firstStartsOn": day(17).isoformat()}
    ask(served.client, "POST", f"{of(team_id)}/shift", json=body)
    assert loads(served, team_id) == [72.0]
    plan = ask(served.client, "GET", of(team_id))
    assert [one["startsOn"] for one in plan["phases"]] == [day(17).isoformat(), day(38).isoformat()]
    ask(served.client, "POST", f"{of(team_id)}/shift", 404, "phase-unknown", json=body | {"firstPhaseId": "x"})


def test_only_what_was_seen_is_changed(served: Served) -> None:
    """Also after workouts were adjusted, which is an event of the plan and no declaration."""
    team_id = club(served)
    request = RequestAdjustments(team_id=team_id, request_id=uuid4(), phase_id="in", triggered_by="coach")
    served.run(workout(team_id, 12, athlete_id=ANA), request)
    served.settle()
    seen = answered(served.client, "GET", of(team_id))
    assert seen.json()["revision"] < int(seen.headers["etag"].strip('"')) - 1, "the adjustments were recorded"
    one, match = f"{of(team_id)}/phases/in", {"If-Match": seen.headers["etag"]}
    ask(served.client, "PATCH", one, json={"loadLevel": "low"}, headers=match)
    ask(served.client, "PATCH", one, 412, "version-mismatch", json={"loadLevel": "peak"}, headers=match)
    ask(served.client, "PATCH", one, 400, "bad-etag", json={"loadLevel": "peak"}, headers={"If-Match": "x"})


def test_a_repeat_under_one_key_is_one_with_the_first(served: Served) -> None:
    team_id, key = club(served), {"Idempotency-Key": "cup"}
    first = ask(served.client, "POST", f"{of(team_id)}/phases", 201, json=wish("cup", 40, 50), headers=key)
    again = ask(served.client, "POST", f"{of(team_id)}/phases", 201, json=wish("cup", 40, 50), headers=key)
    assert again == first | {"changed": False}
    other = wish("cup", 40, 51)
    ask(served.client, "POST", f"{of(team_id)}/phases", 422, "idempotency-key-reused", json=other, headers=key)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (wish("cup", 20, 50), 409, "phases-overlap"),
        (wish("in", 40, 50), 409, "phase-exists"),
        (wish("cup", 50, 40), 409, "phase-ends-before-start"),
        (wish("cup", 40, 50, loadLevel="extreme"), 422, "invalid-request"),
        (wish("", 40, 50), 422, "invalid-request"),
        (wish("cup", 40, 50, sessionsPerWeek=8), 422, "invalid-request"),
        (wish("cup", 40, 50, mood="good"), 422, "invalid-request"),
    ],
)
def test_what_is_no_phase_of_the_plan(served: Served, body: dict[str, Any], status: int, code: str) -> None:
    ask(served.client, "POST", f"{of(club(served))}/phases", status, code, json=body)


def test_who_sees_and_who_changes_a_plan(served: Served) -> None:
    team_id = club(served)
    assert_guarded(served, team_id, "GET", of(team_id))
    assert_guarded(served, team_id, "GET", f"{PLANNING}/season-plan/{team_id}")
    assert_guarded(served, team_id, "GET", f"{of(team_id)}/phases/in")
    shift = {"firstPhaseId": "in", "firstStartsOn": day(17).isoformat()}
    for method, path, body in (
        ("POST", "", {}),
        ("POST", "/phases", wish("cup", 40, 50)),
        ("PATCH", "/phases/in", {"loadLevel": "low"}),
        ("DELETE", "/phases/in", None),
        ("POST", "/shift", shift),
    ):
        assert_guarded(served, team_id, method, f"{of(team_id)}{path}", body, forbidden=DENIED)
    for role in (Role.ATHLETE, Role.SERVICE, Role.COACH):
        client = served.client_for(role, teams=(team_id,), athlete_id=ANA)
        assert ask(client, "GET", of(team_id))["phases"][0]["phaseId"] == "in"
    assert ask(served.client_for(Role.COACH, teams=(team_id,)), "DELETE", f"{of(team_id)}/phases/in")["changed"]
