"""Alive, ready, and why not."""

from dataclasses import replace
from typing import NoReturn
from uuid import uuid4

import psycopg
from fastapi.testclient import TestClient

from api.app import create_app
from infra.api_services import services_of
from infra.clock import new_id
from projections.registry import PROJECTIONS
from tests.api.conftest import Served
from tests.support.club import application, team
from tests.support.tokens import bearing, principal


def test_ready_with_every_projection_at_the_end_of_the_log(served: Served) -> None:
    served.run(*team(uuid4()))
    served.settle()
    answer = served.client.get("/health/ready")
    assert answer.status_code == 200
    body = answer.json()
    assert body["status"] == "ready"
    assert (body["database"], body["migrations"]) == ({"ok": True, "detail": None}, {"ok": True, "pending": []})
    assert {one["name"] for one in body["projections"]} == {projection.name for projection in PROJECTIONS}
    assert {(one["ok"], one["status"], one["lagEvents"], one["lagSeconds"]) for one in body["projections"]} == {
        (True, "live", 0, 0.0)
    }
    assert served.client.get("/health/live").json() == {"status": "live"}


def test_lag_is_told_in_events_and_seconds_and_is_too_long_some_day(served: Served) -> None:
    served.run(*team(uuid4()))
    body = served.client.get("/health/ready").json()
    assert body["status"] == "ready"
    assert {one["lagEvents"] for one in body["projections"]} == {2}
    assert all(one["lagSeconds"] > 0 for one in body["projections"])

    services = services_of(served.app.pool, served.app.history, served.app.runner, served.app.clock, new_id)
    with TestClient(create_app(replace(services, longest_lag_s=0.0))) as strict:
        answer = strict.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (503, "not ready")


def test_not_ready_before_a_projector_has_run(bare_database_url: str) -> None:
    with application(bare_database_url) as app, TestClient(app.api, headers=bearing(principal())) as client:
        answer = client.get("/health/ready")
        assert answer.status_code == 503
        assert {one["status"] for one in answer.json()["projections"]} == {"missing"}
        board = client.get(f"/api/v1/teams/{uuid4()}/assignment-board")
        assert (board.status_code, board.json()["type"]) == (503, "urn:mesocycle:problem:unavailable")


def test_not_ready_without_a_database_or_with_a_schema_of_yesterday(served: Served) -> None:
    def away() -> NoReturn:
        raise psycopg.OperationalError("no route to host")

    services = services_of(served.app.pool, served.app.history, served.app.runner, served.app.clock, new_id)
    with TestClient(create_app(replace(services, connect=away, pending_migrations=away))) as client:
        answer = client.get("/health/ready")
        assert answer.status_code == 503
        assert answer.json()["database"] == {"ok": False, "detail": "OperationalError: it does not answer"}
        assert client.get("/health/live").status_code == 200

    with served.app.pool.connection() as connection:
        connection.execute("DELETE FROM schema_migrations WHERE number = 3")
    answer = served.client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["migrations"] == {"ok": False, "pending": ["0003_consumers"]}
