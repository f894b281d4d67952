"""The demo's planning service keeps the contract, and what it knows when it is stopped in between."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx2
import pytest

from infra.demo.planning_server import PlanningServer
from tests.support.planning_server import phase_json, season_plan_json, template_json

NOTICE = {"noticeId": "n1", "assignmentId": "a1", "teamId": "17", "playerId": "9", "load": 50}
BEARER = {"Authorization": "Bearer s3cret"}


@pytest.fixture
def server() -> Iterator[PlanningServer]:
    server = PlanningServer(token="s3cret", today=lambda: date(2026, 4, 1))
    server.set_season_plan("17", season_plan_json())
    server.set_template(template_json())
    with server:
        yield server


def get(server: PlanningServer, path: str, **headers: str) -> httpx2.Response:
    return httpx2.get(f"{server.url}/api/v1/{path}", headers=headers or BEARER)


def complete(server: PlanningServer, notice: object, key: str = "n1") -> int:
    headers = {**BEARER, "Idempotency-Key": key}
    return httpx2.post(f"{server.url}/api/v1/completions", headers=headers, json=notice).status_code


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("teams/17/current-phase", {"teamId": "17", **phase_json("p2", "2026-04-01", "2026-05-31")}),
        ("teams/17/season-plan", {"teamId": "17", **season_plan_json()}),
        ("templates/t1", template_json()),
    ],
)
def test_it_answers_what_it_was_told(server: PlanningServer, path: str, content: dict[str, Any]) -> None:
    response = get(server, path)
    assert (response.status_code, response.json()) == (200, content)
    assert response.headers["content-type"] == "application/json"


@pytest.mark.parametrize("path", ["teams/18/current-phase", "teams/18/season-plan", "templates/t2", "wishes"])
def test_what_it_does_not_know_is_a_problem(server: PlanningServer, path: str) -> None:
    response = get(server, path)
    assert (response.status_code, response.json()["status"]) == (404, 404)
    assert response.headers["content-type"] == "application/problem+json"


def test_between_two_phases_there_is_no_current_one(server: PlanningServer) -> None:
    server.set_season_plan("17", season_plan_json(phase_json("p1", "2026-04-02", "2026-05-01")))
    assert get(server, "teams/17/current-phase").status_code == 404


def test_without_the_token_nothing_is_said(server: PlanningServer) -> None:
    assert get(server, "teams/17/season-plan", Authorization="Bearer guess").status_code == 401
    assert httpx2.post(f"{server.url}/api/v1/completions", json=NOTICE).status_code == 401
    assert server.completions == []


def test_a_completion_counts_once(server: PlanningServer) -> None:
    assert [complete(server, NOTICE), complete(server, NOTICE)] == [202, 409]
    assert complete(server, {**NOTICE, "noticeId": "n2"}, "n2") == 202
    assert [notice["noticeId"] for notice in server.completions] == ["n1", "n2"]


@pytest.mark.parametrize("notice", [{**NOTICE, "noticeId": "n2"}, {}, [], "n1"])
def test_a_completion_without_its_key_is_refused(server: PlanningServer, notice: object) -> None:
    assert complete(server, notice) == 422
    assert server.completions == []


def test_stopped_and_started_again_it_is_the_same_on_the_same_port(server: PlanningServer) -> None:
    with httpx2.Client(base_url=server.url, headers=BEARER) as kept_alive:
        url, before = server.url, kept_alive.get("/api/v1/teams/17/season-plan").json()
        complete(server, NOTICE)
        server.stop()
        with pytest.raises(httpx2.TransportError):
            kept_alive.get("/api/v1/teams/17/season-plan")
        server.start()
        assert server.url == url
        assert kept_alive.get("/api/v1/teams/17/season-plan").json() == before
    assert complete(server, NOTICE) == 409
