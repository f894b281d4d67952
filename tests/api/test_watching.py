"""Every request is one line and one observation, which tell the route's template and no content."""

import logging
from typing import NoReturn
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.correlation import Correlation
from api.watching import PRINCIPAL_KEY, Seen, Watched

FRESH = UUID(int=0xF)


@pytest.fixture
def seen() -> list[Seen]:
    return []


@pytest.fixture
def client(seen: list[Seen]) -> TestClient:
    app = FastAPI()
    app.add_middleware(Correlation, new_id=lambda: FRESH)
    app.add_middleware(Watched, observe=seen.append)

    @app.get("/athletes/{name}", status_code=203)
    def athlete(name: str) -> str:
        return name

    @app.get("/fails/{name}", response_model=None)
    def fail(name: str) -> NoReturn:
        raise ZeroDivisionError(name)

    @app.get("/health/live")
    def live() -> None:
        return None

    return TestClient(app, raise_server_exceptions=False)


def lines(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.message == "http.request"]


def test_a_line_says_which_route_and_how_it_went_and_not_whom_it_was_about(
    client: TestClient, seen: list[Seen], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="api"):
        client.get("/athletes/Ana%20Ruiz?token=secret", headers={"X-Name": "Ana"})
    [line] = lines(caplog)
    told = line.__dict__
    assert (told["method"], told["route"], told["status"]) == ("GET", "/athletes/{name}", 203)
    assert told["correlation_id"] == str(FRESH)
    assert told["principal"] is None
    assert told["duration_ms"] >= 0
    assert not any(word in str(told) for word in ("Ana", "secret"))
    [one] = seen
    assert one[:3] == ("GET", "/athletes/{name}", 203)
    assert one.seconds * 1000 == pytest.approx(told["duration_ms"], abs=0.01)


def test_the_line_of_an_error_that_nobody_foresaw_tells_its_template_too(
    client: TestClient, seen: list[Seen], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="api"):
        assert client.get("/fails/Ana").status_code == 500
    assert [line.__dict__["status"] for line in lines(caplog)] == [500]
    [error] = [record for record in caplog.records if record.exc_info]
    assert error.message == "unexpected error in GET /fails/{name}"
    assert seen[0].status == 500


@pytest.mark.parametrize("method", ["GET", "BREW"])
def test_what_strangers_ask_for_makes_no_series_of_its_own(client: TestClient, seen: list[Seen], method: str) -> None:
    client.request(method, "/wp-admin/17")
    assert seen[0][:3] == ("GET" if method == "GET" else "other", "unmatched", 404)


def test_probes_are_observed_and_told_only_where_somebody_looks_closely(
    client: TestClient, seen: list[Seen], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="api"):
        client.get("/health/live")
    assert (lines(caplog), len(seen)) == ([], 1)
    with caplog.at_level(logging.DEBUG, logger="api"):
        client.get("/health/live")
    assert len(lines(caplog)) == 1


def test_the_principal_is_the_one_that_was_found_on_the_way(seen: list[Seen], caplog: pytest.LogCaptureFixture) -> None:
    app = FastAPI()

    @app.get("/")
    def nothing() -> None:
        return None

    async def finds(scope: dict[str, object], receive: object, send: object) -> None:
        scope[PRINCIPAL_KEY] = "0123456789abcdef"
        await app(scope, receive, send)  # type: ignore[arg-type]

    with caplog.at_level(logging.INFO, logger="api"):
        TestClient(Watched(finds, seen.append)).get("/")  # type: ignore[arg-type]
    assert [line.__dict__["principal"] for line in lines(caplog)] == ["0123456789abcdef"]
