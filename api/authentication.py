"""Who asks, by the bearer token that comes with the request (RFC 6750)."""

from typing import Annotated

from fastapi import Depends, FastAPI, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.datastructures import Headers
from starlette.types import Scope

from api.principal import Principal, TokenRefused, Tokens
from api.problems import ProblemResponse, problem

SCOPE_KEY = "mesocycle.principal"
REALM = "mesocycle"
LONGEST_TOKEN = 8 * 1024
"""Signs. One with 100 teams has some 5 500."""

HOW = "Send `Authorization: Bearer …`; for development `mesocycle token --role coach --team …` prints a token."

bearer = HTTPBearer(
    scheme_name="token",
    bearerFormat="JWT",
    description="A JWT with `sub`, `org`, `role`, `exp`, `iat`, `iss`, `aud`; coaches may have `teams`, athletes have "
    "`athlete`. For development: `mesocycle token --role coach --team U17`.",
    auto_error=False,
)


async def authenticated(scope: Scope, tokens: Tokens) -> Principal:
    """Whoever sent the request; looked at once, however often it is asked. Raises TokenRefused, Unavailable."""
    known: Principal | None = scope.get(SCOPE_KEY)
    if known is None:
        known = await tokens.principal(token_of(Headers(scope=scope)))
        scope[SCOPE_KEY] = known
    return known


def token_of(headers: Headers) -> str:
    sent = headers.getlist("authorization")
    if not sent:
        raise TokenRefused("the request names nobody", HOW, code="unauthenticated", sent=False)
    if len(sent) > 1:
        raise TokenRefused("there is more than one Authorization header", "Send one.")
    scheme, _, token = sent[0].partition(" ")
    if scheme.lower() != "bearer":
        detail = "the Authorization header is not of the scheme Bearer"
        raise TokenRefused(detail, HOW, code="unauthenticated", sent=False)
    token = token.strip()
    if len(token) > LONGEST_TOKEN:
        raise TokenRefused(f"the token is longer than {LONGEST_TOKEN} signs", "Send one that names fewer teams.")
    return token


async def whoever_asks(
    request: Request, _shown: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> Principal:
    """For every route but those that are open to all. What ``bearer`` finds is not used: it is there for /docs."""
    return await authenticated(request.scope, request.app.state.services.tokens)


def install(app: FastAPI) -> None:
    app.add_exception_handler(TokenRefused, on_token_refused)


def on_token_refused(_: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, TokenRefused)
    return refusal(error)


def refusal(error: TokenRefused) -> ProblemResponse:
    """401, with what RFC 6750 wants to be told: nothing about an error to those who sent no token."""
    challenge = f'Bearer realm="{REALM}"'
    if error.sent:
        challenge += f', error="invalid_token", error_description="{error.code}"'
    return problem(401, error.code, str(error), error.hint, headers={"www-authenticate": challenge})
