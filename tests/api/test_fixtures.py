"""A team's games over HTTP, and the workouts around them."""

from typing import Any
from uuid import UUID

import pytest

from api.principal import Role
from tests.api.conftest import Served
from tests.support.asking import answered, ask, assert_guarded
from tests.support.club import day, workout
from tests.support.planned_club import ANA, club

DENIED = (Role.ATHLETE, Role.SERVICE)
INTENSITY = {"zones": ["4"], "power_pct_ftp": {"low": 90.0, "high": 100.0}}


def of(team_id: UUID) -> str:
    return f"/api/v1/teams/{team_id}/season-plan/fixtures"


def cup(offset: int, **more: Any) -> dict[str, Any]:
    return {"fixtureId": "cup-1", "on": day(offset).isoformat(), "title": "Cup", **more}


def shown(served: Served, team_id: UUID) -> list[Any]:
    served.settle()
    board = ask(served.client, "GET", f"/api/v1/teams/{team_id}/assignment-board")
    return [entry["shown"] for entry in board["entries"]]


def test_workouts_go_around_a_game_wherever_it_is_moved(served: Served) -> None:
    team_id = club(served)
    served.run(workout(team_id, 12, athlete_id=ANA, intensity=INTENSITY))
    without = shown(served, team_id)
    answer = answered(served.client, "POST", of(team_id), 201, json=cup(13))
    assert answer.headers["location"] == f"{of(team_id)}/cup-1"
    on_the_eve = shown(served, team_id)
    assert on_the_eve != without
    one = answer.headers["location"]
    assert ask(served.client, "GET", one) == cup(13)
    assert ask(served.client, "PATCH", one, json={"on": day(20).isoformat()})["changed"]
    assert shown(served, team_id) == without
    ask(served.client, "PATCH", one, json={"on": day(13).isoformat()})
    assert shown(served, team_id) == on_the_eve
    assert ask(served.client, "DELETE", one)["changed"]
    assert shown(served, team_id) == without
    ask(served.client, "GET", one, 404, "fixture-unknown")
    assert ask(served.client, "DELETE", one)["changed"] is False
    ask(served.client, "PATCH", one, 404, "fixture-unknown", json={"on": day(20).isoformat()})


def test_games_are_listed_by_day(served: Served) -> None:
    team_id = club(served)
    ask(served.client, "POST", of(team_id), 201, json=cup(20, fixtureId="b/2", title=None))
    last = ask(served.client, "POST", of(team_id), 201, json=cup(13))
    served.settle()
    answer = answered(served.client, "GET", of(team_id), params={"minPosition": last["position"]})
    listed = [cup(13), cup(20, fixtureId="b/2", title=None)]
    assert answer.json() == {"teamId": str(team_id), "fixtures": listed, "stale": False}
    assert answer.headers["etag"] == f'"{last["version"]}"'
    assert ask(served.client, "GET", f"{of(team_id)}/b%2F2") == listed[1]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (cup(14), 409, "fixture-exists"),
        (cup(60, fixtureId="cup-2"), 409, "fixture-outside-season"),
        (cup(14, fixtureId="cup-2", title=" "), 422, "invalid-request"),
        ({"fixtureId": "cup-2", "on": "soon"}, 422, "invalid-request"),
    ],
)
def test_what_is_no_game_of_the_season(served: Served, body: dict[str, Any], status: int, code: str) -> None:
    team_id = club(served)
    ask(served.client, "POST", of(team_id), 201, json=cup(13))
    ask(served.client, "POST", of(team_id), status, code, json=body)


def test_who_sees_and_who_changes_games(served: Served) -> None:
    team_id = club(served)
    ask(served.client, "POST", of(team_id), 201, json=cup(13))
    served.settle()
    one = f"{of(team_id)}/cup-1"
    assert_guarded(served, team_id, "GET", of(team_id))
    assert_guarded(served, team_id, "GET", one)
    assert_guarded(served, team_id, "POST", of(team_id), cup(14), forbidden=DENIED)
    assert_guarded(served, team_id, "PATCH", one, {"on": day(14).isoformat()}, forbidden=DENIED)
    assert_guarded(served, team_id, "DELETE", one, forbidden=DENIED)
    assert ask(served.client_for(Role.ATHLETE, athlete_id=ANA), "GET", one) == cup(13)
