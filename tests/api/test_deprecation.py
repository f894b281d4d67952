"""How a route says that it will go, on an app made for that; no route of ours says so."""

from datetime import UTC, date, datetime

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from starlette.exceptions import HTTPException

from api.deprecation import Deprecating, deprecated
from tests.api.conftest import Served

LINK = "https://example.org/moving"


@pytest.fixture
def client() -> TestClient:
    app, routes = FastAPI(), APIRouter(prefix="/api/v1")

    @routes.get("/old/{number}", **deprecated(date(2027, 1, 1), sunset=date(2027, 7, 1), link=LINK))
    def old(number: int) -> int:
        if number == 0:
            raise HTTPException(404)
        return number

    @routes.get("/older", **deprecated(date(2026, 1, 1), link=LINK))
    def older() -> int:
        return 1

    @routes.get("/new")
    def new() -> int:
        return 2

    app.include_router(routes)
    app.add_middleware(Deprecating)
    return TestClient(app)


@pytest.mark.parametrize(("path", "status"), [("/old/1", 200), ("/old/0", 404), ("/old/one", 422)])
def test_whatever_it_answers_it_says_since_when_and_until_when(client: TestClient, path: str, status: int) -> None:
    answer = client.get(f"/api/v1{path}")
    assert answer.status_code == status
    since = answer.headers["deprecation"]
    assert since.startswith("@")
    assert datetime.fromtimestamp(int(since[1:]), UTC) == datetime(2027, 1, 1, tzinfo=UTC)
    assert answer.headers["sunset"] == "Thu, 01 Jul 2027 00:00:00 GMT"
    assert answer.headers["link"] == f'<{LINK}>; rel="deprecation", <{LINK}>; rel="sunset"'


def test_without_a_last_day_none_is_told(client: TestClient) -> None:
    answer = client.get("/api/v1/older")
    assert "sunset" not in answer.headers
    assert answer.headers["link"] == f'<{LINK}>; rel="deprecation"'


def test_others_say_nothing_and_the_description_tells_them_apart(client: TestClient) -> None:
    assert not {"deprecation", "sunset", "link"} & client.get("/api/v1/new").headers.keys()
    paths = client.get("/openapi.json").json()["paths"]
    assert {path: methods["get"].get("deprecated", False) for path, methods in paths.items()} == {
        "/api/v1/old/{number}": True,
        "/api/v1/older": True,
        "/api/v1/new": False,
    }


def test_a_route_is_not_gone_before_it_is_deprecated() -> None:
    with pytest.raises(ValueError, match="gone on 2026-12-31, before it is deprecated on 2027-01-01"):
        deprecated(date(2027, 1, 1), sunset=date(2026, 12, 31), link=LINK)


def test_no_route_of_ours_is_deprecated(served: Served) -> None:
    paths = served.client.get("/openapi.json").json()["paths"]
    assert [path for path, methods in paths.items() for one in methods.values() if one.get("deprecated")] == []


def test_a_route_of_ours_would_say_so(served: Served) -> None:
    """On the application as it is, with one route more."""
    routes = APIRouter(prefix="/api/v1")

    @routes.get("/older", **deprecated(date(2026, 1, 1), link=LINK))
    def older() -> int:
        return 1

    served.app.api.include_router(routes)
    assert served.client.get("/api/v1/older").headers["deprecation"] == "@1767225600"
    assert "deprecation" not in served.client.get("/health/live").headers
