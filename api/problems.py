"""Errors as problem details (RFC 9457): what is wrong, and what to do about it."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi.responses import JSONResponse
from pydantic import Field

from api.models import Answer

MEDIA_TYPE = "application/problem+json"


class FieldError(Answer):
    """One thing that is wrong with the request."""

    location: str = Field(examples=["query.limit"])
    message: str = Field(examples=["Input should be less than or equal to 1000"])


class Problem(Answer):
    """RFC 9457, with a hint."""

    type: str = Field(description="Stable; clients may match it.", examples=["urn:mesocycle:problem:not-found"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["there is no team 0190cafe-0000-7000-8000-000000000001"])
    hint: str = Field(examples=["Check the id; it must belong to your organization."])
    errors: Sequence[FieldError] | None = None
    correlation_id: str | None = Field(None, description="Name it when you ask about this error.")


class Refused(Exception):
    """A request that a route refuses; becomes a problem."""

    def __init__(self, status: HTTPStatus, code: str, detail: str, hint: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.hint = hint


class ProblemResponse(JSONResponse):
    media_type = MEDIA_TYPE


def problem(
    status: int,
    code: str,
    detail: str,
    hint: str,
    *,
    errors: Sequence[FieldError] | None = None,
    correlation_id: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> ProblemResponse:
    content = told(status, code, detail, hint, errors, correlation_id)
    return ProblemResponse(content.model_dump(mode="json", exclude_none=True), status, headers)


def told(
    status: int,
    code: str,
    detail: str,
    hint: str,
    errors: Sequence[FieldError] | None = None,
    correlation_id: str | None = None,
) -> Problem:
    return Problem(
        type=f"urn:mesocycle:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        hint=hint,
        errors=errors,
        correlation_id=correlation_id,
    )


REFERENCE = {"$ref": "#/components/schemas/Problem"}
PROBLEM: dict[int | str, dict[str, Any]] = {
    "default": {"description": "A problem (RFC 9457)", "content": {MEDIA_TYPE: {"schema": REFERENCE}}}
}
"""For ``responses=`` of every router, so that the API's description tells of problems, and not of the framework's."""


def problem_schemas() -> dict[str, Any]:
    """The components that ``PROBLEM`` refers to."""
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs"), "Problem": schema}
