"""Every route but those that are open asks for a token, and says what is wrong with one."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.app import create_app
from api.authentication import LONGEST_TOKEN
from api.principal import Role
from infra.jwks import Jwks
from infra.tokens import ForeignTokens, OwnTokens
from tests.api.conftest import Served
from tests.support.club import SECRET, team
from tests.support.jwks_server import AUDIENCE, ISSUER, down, issued, issuer
from tests.support.tokens import principal, token
from tests.support.walking import Description

OPEN = {"/health/live", "/health/ready", "/metrics"}
CLAIMS = jwt.decode(token(principal()), options={"verify_signature": False})
LONG = jwt.encode({**CLAIMS, "more": "x" * LONGEST_TOKEN}, SECRET, "HS256")
BOARD = f"/api/v1/teams/{uuid4()}/assignment-board"


@pytest.fixture
def stranger(served: Served) -> Iterator[TestClient]:
    """Sends no token but those that a test gives it."""
    with TestClient(served.app.api) as client:
        yield client


def refused(answer: Response, code: str, challenge: str) -> str:
    """Its hint."""
    assert answer.status_code == 401, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == challenge
    body = answer.json()
    assert (body["type"], body["status"]) == (f"urn:mesocycle:problem:{code}", 401)
    return str(body["hint"])


def bearing(sent: str, scheme: str = "Bearer") -> dict[str, str]:
    return {"Authorization": f"{scheme} {sent}"}


def test_without_a_token_every_route_but_the_open_ones_tells_how_to_get_one(stranger: TestClient) -> None:
    document = stranger.get("/openapi.json").json()
    ids = {name: str(uuid4()) for name in named(document)}
    described = Description(document, ids)
    operations = list(described.operations())
    assert {one.path for one in operations if not one.secured} <= OPEN
    for operation in operations:
        answer = described.ask(stranger, operation)
        if operation.path not in OPEN:
            hint = refused(answer, "unauthenticated", 'Bearer realm="mesocycle"')
            assert "mesocycle token" in hint
        else:
            assert answer.status_code == 200
    for path in ("/docs", "/openapi.json", "/health/live"):
        assert stranger.get(path).status_code == 200


def named(document: Any) -> set[str]:
    """Every parameter of a path."""
    said = [one for operations in document["paths"].values() for one in operations.values()]
    return {parameter["name"] for one in said for parameter in one.get("parameters", []) if parameter["in"] == "path"}


def test_the_description_has_the_scheme_that_authorizes_in_docs(stranger: TestClient) -> None:
    [scheme] = stranger.get("/openapi.json").json()["components"]["securitySchemes"].values()
    assert (scheme["type"], scheme["scheme"], scheme["bearerFormat"]) == ("http", "bearer", "JWT")


@pytest.mark.parametrize(
    ("sent", "code", "challenge"),
    [
        (bearing(token(principal(), begun=timedelta(hours=2))), "expired-token", "expired-token"),
        (bearing(jwt.encode({"sub": "x", "role": "admin"}, "", "none")), "invalid-token", "invalid-token"),
        (bearing("garbage"), "invalid-token", "invalid-token"),
        (bearing(token(principal(subject="reaction:phase-fan-out"))), "invalid-token", "invalid-token"),
        (bearing(token(principal(subject="planning:elsewhere"))), "invalid-token", "invalid-token"),
        (bearing(token(principal(subject="scheduler"))), "invalid-token", "invalid-token"),
        (bearing(""), "invalid-token", "invalid-token"),
        (bearing("é".encode("latin-1").decode("latin-1")), "invalid-token", "invalid-token"),
        (bearing(LONG), "invalid-token", "invalid-token"),
        (bearing("YW5hOnNlY3JldA==", "Basic"), "unauthenticated", None),
        (bearing(token(principal()), "Token"), "unauthenticated", None),
        ({"Authorization": ""}, "unauthenticated", None),
    ],
)
def test_what_is_wrong_with_a_token_is_told(
    stranger: TestClient, sent: dict[str, str], code: str, challenge: str | None
) -> None:
    told = 'Bearer realm="mesocycle"'
    if challenge is not None:
        told += f', error="invalid_token", error_description="{challenge}"'
    headers = [(name.encode(), value.encode("latin-1")) for name, value in sent.items()]
    assert refused(stranger.get(BOARD, headers=headers), code, told)


def test_two_tokens_are_one_too_many(stranger: TestClient) -> None:
    headers = [("Authorization", f"Bearer {token(principal())}")] * 2
    assert stranger.get(BOARD, headers=headers).status_code == 401
    assert stranger.get(BOARD, headers=headers[:1]).status_code == 404


def test_the_scheme_may_be_written_as_one_likes(stranger: TestClient) -> None:
    assert stranger.get(BOARD, headers=bearing(token(principal()), "bEARER")).status_code == 404


def test_a_token_signed_by_another_service_of_ours_is_refused(stranger: TestClient) -> None:
    for other in (OwnTokens(SECRET, "mesocycle", "another"), OwnTokens(b"x" * 32, "mesocycle", "mesocycle")):
        sent = other.token(principal(), datetime.now(UTC), timedelta(hours=1))
        refused(
            stranger.get(BOARD, headers=bearing(sent)),
            "invalid-token",
            'Bearer realm="mesocycle", error="invalid_token", error_description="invalid-token"',
        )


def test_an_issuer_that_is_down_is_an_outage_and_those_of_known_keys_go_on(served: Served) -> None:
    team_id = uuid4()
    served.run(*team(team_id))
    served.settle()
    path = f"/api/v1/teams/{team_id}/assignment-board"
    ana = principal(Role.COACH, teams=(team_id,))
    with issuer("one") as there, closing(Jwks(there.url, pause_s=0.0)) as jwks:
        services = replace(served.app.api.state.services, tokens=ForeignTokens(jwks, ISSUER, AUDIENCE))
        with TestClient(create_app(services)) as client:
            assert client.get(path, headers=bearing(issued("one", ana))).status_code == 200
            there.fault = down
            away = client.get(path, headers=bearing(issued("two", ana)))
            assert (away.status_code, away.json()["type"]) == (503, "urn:mesocycle:problem:unavailable")
            assert away.headers["retry-after"] == "1"
            assert client.get(path, headers=bearing(issued("one", ana))).status_code == 200
