"""Turns whatever is raised into a problem. What nobody foresaw is logged under the correlation id that is answered."""

import logging
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from api.correlation import correlation_id_of
from api.problems import FieldError, ProblemResponse, Refused, problem
from api.watching import METHODS
from domain.errors import AlreadyExists, DomainError, NotFound
from domain.ports import ConcurrencyConflict, IdempotencyKeyReused, Unavailable

RETRY_AFTER = {"retry-after": "1"}

log = logging.getLogger(__name__)


def install(app: FastAPI, outages: tuple[type[Exception], ...]) -> None:
    app.add_exception_handler(Refused, on_refused)
    app.add_exception_handler(DomainError, on_domain_error)
    app.add_exception_handler(RequestValidationError, on_invalid_request)
    app.add_exception_handler(HTTPException, on_http_exception)
    app.add_exception_handler(IdempotencyKeyReused, on_key_reused)
    app.add_exception_handler(ConcurrencyConflict, on_conflict)
    away: tuple[type[Exception], ...] = (Unavailable, *outages)
    for outage in away:
        app.add_exception_handler(outage, on_outage)


def on_refused(_: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, Refused)
    return problem(error.status, error.code, str(error), error.hint)


def on_domain_error(_: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, DomainError)
    return problem(*told_by(error))


def told_by(error: DomainError) -> tuple[HTTPStatus, str, str, str]:
    """Status, code, detail and hint of the problem that it becomes."""
    status = HTTPStatus.NOT_FOUND if isinstance(error, NotFound) else HTTPStatus.CONFLICT
    code = "already-exists" if isinstance(error, AlreadyExists) and error.code == "rule-violated" else error.code
    return status, code, str(error), error.hint


def on_invalid_request(_: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, RequestValidationError)
    errors = [
        FieldError(location=".".join(map(str, one["loc"])), message=str(one["msg"]).removeprefix("Value error, "))
        for one in error.errors()
    ]
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "invalid-request",
        f"{len(errors)} thing{'' if len(errors) == 1 else 's'} in the request cannot be understood",
        "Correct what `errors` names; /docs shows what is expected.",
        errors=errors,
    )


def on_http_exception(request: Request, error: Exception) -> ProblemResponse:
    """The framework's own: no such route, a method that the route does not have."""
    assert isinstance(error, HTTPException)
    code = HTTPStatus(error.status_code).name.lower().replace("_", "-")
    detail = f"{request.method} {request.url.path}: {error.detail}"
    headers = error.headers
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers = {"allow": ", ".join(methods_of(request))}
    return problem(error.status_code, code, detail, "/docs lists every route and its methods.", headers=headers)


def methods_of(request: Request) -> list[str]:
    """All that the path has: the framework names those of one of its routes."""
    scope = {name: request.scope[name] for name in ("type", "path", "root_path")}
    return [
        method
        for method in METHODS
        if any(route.matches({**scope, "method": method})[0] is Match.FULL for route in request.app.routes)
    ]


def on_key_reused(_: Request, error: Exception) -> ProblemResponse:
    hint = "Send another Idempotency-Key with another body."
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "idempotency-key-reused", str(error), hint)


def on_conflict(_: Request, error: Exception) -> ProblemResponse:
    return problem(HTTPStatus.CONFLICT, "conflict", str(error), "Send it again.", headers=RETRY_AFTER)


def on_outage(request: Request, error: Exception) -> ProblemResponse:
    correlation_id = correlation_id_of(request.scope)
    log.warning("database or another service away: %s", error, extra={"correlation_id": correlation_id})
    return problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "unavailable",
        "a part of the service is away at the moment",
        "Send it again in a moment; /health/ready tells when all is well.",
        correlation_id=correlation_id,
        headers=RETRY_AFTER,
    )
