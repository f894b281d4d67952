"""The whole API with its limits, metrics and lines in the log, as the composition root puts it together."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import structlog
from fastapi.testclient import TestClient

from api.principal import Role
from domain.athlete import RegisterAthlete
from domain.ids import AthleteId
from infra.logging import configure_logging
from tests.api.conftest import Served
from tests.support.club import application, team
from tests.support.tokens import bearing, principal


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Where every line goes for the time of a test, as JSON."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging("debug", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def told(lines: io.StringIO, event: str) -> list[dict[str, Any]]:
    return [line for line in map(json.loads, lines.getvalue().splitlines()) if line["event"] == event]


def phase_of(team_id: object) -> str:
    return f"/api/v1/training/planning/current-phase/{team_id}"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"[" * 10_000 + b"]" * 10_000, 422, "invalid-request"),
        (b'{"name": "a\\u0000"}', 422, "invalid-request"),
        (b'{"name": "\\ud800"}', 422, "invalid-request"),
        (b'{"name": "\xff"}', 400, "not-utf-8"),
        (b'{"name": "' + b"a" * 1_100_000 + b'"}', 413, "too-large"),
    ],
)
def test_hostile_bodies_are_clean_refusals(served: Served, body: bytes, status: int, code: str) -> None:
    answer = served.client.post("/api/v1/teams", content=body, headers={"Content-Type": "application/json"})
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (status, f"urn:mesocycle:problem:{code}")
    assert problem["correlationId"] == answer.headers["x-correlation-id"]


def test_quotas_are_of_a_subject_in_an_organization_and_else_of_an_address(database_url: str) -> None:
    with application(database_url, rate_per_minute=2) as app, TestClient(app.api) as client:
        path = phase_of(uuid4())

        def statuses(**headers: str) -> list[int]:
            return [client.get(path, headers=headers).status_code for _ in range(3)]

        ana, ben = bearing(principal(subject="ana")), bearing(principal(subject="ben"))
        elsewhere = bearing(principal(subject="ana", organization_id=uuid4()))
        for headers in (ana, ben, elsewhere):
            assert [status == 429 for status in statuses(**headers)] == [False, False, True]
        assert statuses()[2] == 429
        forged = {"Authorization": bearing(principal(subject="eva"))["Authorization"][:-3] + "AAA"}
        assert statuses(**forged) == [429] * 3, "who has proved nothing is counted by address"
        assert client.get("/health/live").status_code == 200
        assert client.get("/metrics").status_code == 200


def test_metrics_tell_of_requests_and_of_what_the_database_holds(served: Served) -> None:
    served.run(*team(uuid4()))
    served.client.get(phase_of(uuid4()))
    answer = served.client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    route = "/api/v1/training/planning/current-phase/{teamId}"
    assert f'mesocycle_http_requests_total{{method="GET",route="{route}",status="404"}} 1.0' in answer.text
    assert 'mesocycle_planning_service_circuit{state="closed"} 1.0' in answer.text
    assert "mesocycle_database_up 1.0" in answer.text
    assert "/metrics" not in served.client.get("/openapi.json").text


def test_one_correlation_id_runs_through_all_lines_of_a_request_and_no_line_names_anybody(
    served: Served, lines: io.StringIO
) -> None:
    name, own = "Ana Ruiz de la Prada", str(uuid4())
    served.run(RegisterAthlete(athlete_id=AthleteId(uuid4()), name=name))
    coach = served.client_for(Role.ADMIN, subject="ana.ruiz@example.org")
    coach.get(phase_of(uuid4()), headers={"X-Correlation-Id": own})
    [line] = told(lines, "http.request")
    assert (line["correlation_id"], line["status"]) == (own, 404)
    assert len(line["principal"]) == 16
    [stored] = told(lines, "command.stored")
    assert stored["events"] == ["athlete.registered"]
    said = lines.getvalue()
    assert not any(word in said for word in ("Ruiz", "ana.ruiz", "example.org", "Bearer", "eyJ"))
