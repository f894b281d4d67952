"""Every error is a problem (RFC 9457), with a hint and a correlation id that can be followed."""

import asyncio
import logging
from typing import Any, NoReturn
from uuid import UUID, uuid4

import psycopg
import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from starlette.types import Message

from api import errors
from api.correlation import Correlation
from domain.errors import AlreadyExists, DomainError, NotFound
from domain.ports import ConcurrencyConflict, IdempotencyKeyReused, Unavailable
from infra.api_services import OUTAGES
from tests.api.conftest import Served

FRESH = UUID(int=0xF)


def problem_of(error: Exception) -> Any:
    app = FastAPI()
    errors.install(app, OUTAGES)
    app.add_middleware(Correlation, new_id=lambda: FRESH)

    @app.get("/", response_model=None)
    def fail() -> NoReturn:
        raise error

    with TestClient(app) as client:
        answer = client.get("/")
    body = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["status"] == answer.status_code
    assert body["title"]
    assert body["detail"]
    assert body["hint"]
    return body


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotFound("no such team"), 404, "not-found"),
        (AlreadyExists("it is there"), 409, "already-exists"),
        (DomainError("no"), 409, "rule-violated"),
        (ConcurrencyConflict("others won"), 409, "conflict"),
        (IdempotencyKeyReused("another body"), 422, "idempotency-key-reused"),
        (Unavailable("away"), 503, "unavailable"),
        (psycopg.OperationalError("password in here"), 503, "unavailable"),
    ],
)
def test_known_errors(error: Exception, status: int, code: str) -> None:
    problem = problem_of(error)
    assert (problem["status"], problem["type"]) == (status, f"urn:mesocycle:problem:{code}")
    assert "password" not in str(problem)


def test_an_error_that_nobody_foresaw_is_logged_under_the_id_that_is_answered(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        problem = problem_of(ZeroDivisionError("secret detail"))
    assert problem == {
        "type": "urn:mesocycle:problem:unexpected",
        "title": "Internal Server Error",
        "status": 500,
        "detail": "an error that nobody foresaw; nothing more is known here",
        "hint": "Send it again, or ask whoever runs the service: the log names this correlation id.",
        "correlationId": str(FRESH),
    }
    [record] = [record for record in caplog.records if record.exc_info]
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError
    assert record.__dict__["correlation_id"] == str(FRESH)


def test_a_client_that_leaves_before_it_is_answered_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    app = FastAPI()
    app.add_middleware(Correlation, new_id=lambda: FRESH)

    @app.post("/")
    async def take(request: Request) -> int:
        return len(await request.body())

    async def gone() -> Message:
        return {"type": "http.disconnect"}

    async def unheard(message: Message) -> None:
        raise AssertionError(message)

    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": []}
    with caplog.at_level(logging.INFO):
        asyncio.run(app(scope, gone, unheard))
    assert caplog.records == []


def test_validation_names_each_field(served: Served) -> None:
    answer = served.client.get("/api/v1/teams/17/assignment-board", params={"limit": 0, "from": "yesterday"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["location"] for error in answer.json()["errors"]] == ["path.teamId", "query.from", "query.limit"]


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"minPosition": "yesterday"}, "bad-position"),
        ({"cursor": "bm90IG9uZQ=="}, "bad-cursor"),
        ({"cursor": "é"}, "bad-cursor"),
    ],
)
def test_what_no_answer_of_ours_gave_is_a_bad_request(served: Served, parameters: dict[str, str], code: str) -> None:
    answer = served.client.get(f"/api/v1/teams/{uuid4()}/assignment-board", params=parameters)
    assert answer.status_code == 400
    assert answer.json()["type"] == f"urn:mesocycle:problem:{code}"


def test_no_such_route_and_no_such_method(served: Served) -> None:
    answer = served.client.get("/nowhere")
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:mesocycle:problem:not-found")
    answer = served.client.post("/health/live")
    assert (answer.status_code, answer.json()["type"]) == (405, "urn:mesocycle:problem:method-not-allowed")
    assert answer.headers["allow"] == "GET"
    answer = served.client.patch(f"/api/v1/athletes/{uuid4()}")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, DELETE"), "of all routes of this path"


def test_the_clients_correlation_id_is_kept_and_nonsense_is_replaced(served: Served) -> None:
    own = str(uuid4())
    assert served.client.get("/health/live", headers={"X-Correlation-Id": own}).headers["x-correlation-id"] == own
    given = served.client.get("/health/live", headers={"X-Correlation-Id": "17"}).headers["x-correlation-id"]
    assert str(UUID(given)) == given


def test_the_description_tells_of_problems_and_of_camel_case_only(served: Served) -> None:
    description = served.client.get("/openapi.json").json()
    assert {"Problem", "FieldError", "Board"} <= description["components"]["schemas"].keys()
    for path, operations in description["paths"].items():
        for operation in operations.values():
            assert operation["summary"]
            assert "default" not in operation["responses"], path
            for parameter in operation.get("parameters", ()):
                assert "_" not in parameter["name"]
                assert parameter["schema"]
    for schema in description["components"]["schemas"].values():
        assert not [name for name in schema.get("properties", ()) if "_" in name]
    assert served.client.get("/docs").status_code == 200
