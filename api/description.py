"""The API's own descriptions: OpenAPI with every status that a route may answer, and AsyncAPI for the topics."""

from collections.abc import Callable, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse

from api.problems import MEDIA_TYPE, REFERENCE, problem_schemas

Topics = Callable[[], Mapping[str, Any]]
"""Makes the AsyncAPI document."""

ALWAYS: Mapping[HTTPStatus, str] = {
    HTTPStatus.BAD_REQUEST: "What was sent was not made by this API: a cursor, a position, an ETag; or is no UTF-8",
    HTTPStatus.UNAUTHORIZED: "No token, or one that is no good",
    HTTPStatus.FORBIDDEN: "Others may do this; `detail` says who",
    HTTPStatus.NOT_FOUND: "There is no such thing, or it belongs to somebody else: which of them is not told",
    HTTPStatus.REQUEST_URI_TOO_LONG: "Path and query are longer than the service takes",
    HTTPStatus.UNPROCESSABLE_ENTITY: "What was sent cannot be understood; `errors` names each field",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many requests within a minute; `Retry-After` says when to go on",
    HTTPStatus.SERVICE_UNAVAILABLE: "A part of the service is away; send it again",
}
CHANGING: Mapping[HTTPStatus, str] = {
    HTTPStatus.REQUEST_TIMEOUT: "The body did not come in time",
    HTTPStatus.CONFLICT: "A rule forbids it; `type` names the rule, `hint` says what to do",
    HTTPStatus.PRECONDITION_FAILED: "It has changed since the version that `If-Match` names",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than the service takes",
}
WORDS = {**ALWAYS, **CHANGING}
HEADERS: Mapping[HTTPStatus, tuple[str, ...]] = {
    HTTPStatus.UNAUTHORIZED: ("WWW-Authenticate",),
    HTTPStatus.TOO_MANY_REQUESTS: ("Retry-After",),
    HTTPStatus.SERVICE_UNAVAILABLE: ("Retry-After",),
}
READING = ("get", "head")
METHODS = (*READING, "post", "put", "patch", "delete")


def install(app: FastAPI, topics: Topics | None) -> None:
    """``/openapi.json`` as it is here, and ``/asyncapi.json`` where there are ``topics``."""

    @cache
    def described() -> dict[str, Any]:
        schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        return complete(schema)

    app.openapi = described  # type: ignore[method-assign]
    if topics is None:
        return
    routes, asyncapi = APIRouter(), cache(topics)

    @routes.get("/asyncapi.json", include_in_schema=False)
    def get_asyncapi() -> JSONResponse:
        return JSONResponse(asyncapi())

    app.include_router(routes)


def complete(schema: dict[str, Any]) -> dict[str, Any]:
    """With problems for whatever a route may answer, in place of the one description that stands for all of them."""
    schema["components"]["schemas"].update(problem_schemas())
    schema["components"]["responses"] = {component(status): response(status) for status in WORDS}
    for operations in schema["paths"].values():
        for method, operation in operations.items():
            if method in METHODS and operation["responses"].pop("default", None) is not None:
                statuses = ALWAYS if method in READING else WORDS
                for status in statuses:
                    reference = {"$ref": f"#/components/responses/{component(status)}"}
                    operation["responses"].setdefault(str(status.value), reference)
    return schema


def component(status: HTTPStatus) -> str:
    return f"Problem{status.value}"


def response(status: HTTPStatus) -> dict[str, Any]:
    told: dict[str, Any] = {
        "description": f"{WORDS[status]}.",
        "content": {MEDIA_TYPE: {"schema": REFERENCE}},
    }
    if status in HEADERS:
        told["headers"] = {name: {"required": True, "schema": {"type": "string"}} for name in HEADERS[status]}
    return told
