"""Requests of the API's tests, and who is not let through."""

from typing import Any
from uuid import UUID

from fastapi.testclient import TestClient
from httpx2 import Response

from api.principal import Role
from tests.api.conftest import Served
from tests.support.planned_club import ANA, OTHER_CLUB

PLANNING = "/api/v1/training/planning"


def ask(client: TestClient, method: str, path: str, status: int = 200, code: str | None = None, **sent: Any) -> Any:
    """The answer's body. ``sent``: json, params, headers, content."""
    return answered(client, method, path, status, code, **sent).json()


def answered(
    client: TestClient, method: str, path: str, status: int = 200, code: str | None = None, **sent: Any
) -> Response:
    """``code``: of the problem that is expected."""
    answer = client.request(method, path, **sent)
    assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
    if code is not None:
        assert answer.json()["type"] == f"urn:mesocycle:problem:{code}"
        assert answer.json()["hint"]
    return answer


def assert_guarded(
    served: Served, team_id: UUID, method: str, path: str, body: Any = None, *, forbidden: tuple[Role, ...] = ()
) -> None:
    """Not found for another organization and for those whose team it is not; 403 for roles that see and may not."""
    sent = {} if body is None else {"json": body}
    for client in (
        served.client_for(Role.ADMIN, organization_id=OTHER_CLUB),
        served.client_for(Role.COACH),
        served.client_for(Role.ATHLETE, athlete_id=OTHER_CLUB),
    ):
        ask(client, method, path, 404, "not-found", **sent)
    for role in forbidden:
        client = served.client_for(role, teams=(team_id,), athlete_id=ANA)
        ask(client, method, path, 403, "forbidden", **sent)
