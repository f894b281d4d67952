"""What the planning service's answers mean: content, or which error. Statuses, headers and bytes; no sockets."""

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import from_json

from consumers.cloud_events import explained
from consumers.planning_service import (
    Content,
    PhaseContent,
    PlanningServiceAway,
    PlanningServiceMalformed,
    PlanningServiceRefused,
    SeasonPlanContent,
    TemplateContent,
)

LONGEST_BODY = 5 * 1024 * 1024
"""Bytes. A season of 100 phases and 200 fixtures is some 40 KiB."""

LONGEST_RETRY_AFTER_S = 3600.0
"""Longer is taken for a slip: nobody would notice for a day that the service is back."""

LONGEST_DETAIL = 300

PASSING = (408, 425, 429)
"""Statuses below 500 that say "not now": time-out, too early, too many requests."""

HINTS = {
    401: "Set PLANNING_SERVICE_TOKEN to a token that the planning service knows.",
    403: "Give the service token of PLANNING_SERVICE_TOKEN access to this in the planning service.",
    404: "Check the id there, and that PLANNING_SERVICE_URL is its root, without /api/v1.",
    422: "The two sides read docs/planning-contract.md differently: compare the versions in use.",
}
REDIRECTED = "Redirects are not followed: set PLANNING_SERVICE_URL to where it answers itself."
OTHERWISE = "Compare what PLANNING_SERVICE_URL points to with docs/planning-contract.md."

C = TypeVar("C", bound=Content)


class NotServed(PlanningServiceAway):
    """It was asked and did not serve: no connection, too late, 5xx, 429. Asking again makes sense."""


def raise_for(status: int, headers: Mapping[str, str], body: bytes, asked: str, now: datetime) -> None:
    """For every status but those of success. ``headers`` ignore case; ``asked`` says what, for the message."""
    if 200 <= status < 300:
        return
    answered = f"the planning service answered {status} to {asked}{detail_of(body)}"
    if status >= 500 or status in PASSING:
        raise NotServed(answered, retry_after_s=retry_after_s(headers.get("retry-after"), now))
    hint = REDIRECTED if 300 <= status < 400 else HINTS.get(status, OTHERWISE)
    raise PlanningServiceRefused(answered, status=status, hint=hint)


def retry_after_s(value: str | None, now: datetime) -> float | None:
    """Seconds from a Retry-After header, which has seconds or a date; None where there is none, or nonsense."""
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdecimal():
        # A number longer than this is beyond the cap anyway, and Python refuses to read very long ones.
        return min(float(value[:10]), LONGEST_RETRY_AFTER_S)
    try:
        seconds = (parsedate_to_datetime(value) - now).total_seconds()
    except (ValueError, TypeError, OverflowError):  # TypeError: a date without a zone
        return None
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER_S)


def detail_of(body: bytes) -> str:
    """What a problem document (RFC 9457) says, in brackets; nothing where the body is none."""
    try:
        problem = from_json(body)
    except ValueError:
        return ""
    said = problem.get("detail") or problem.get("title") if isinstance(problem, dict) else None
    if not isinstance(said, str):
        return ""
    return f" ({''.join(sign for sign in said[:LONGEST_DETAIL] if sign.isprintable())})"


def phase_of(body: bytes, team: str) -> PhaseContent:
    phase = content_of(PhaseContent, body, "a phase")
    if phase.team_id not in (None, team):
        raise another("team", "teamId", team, phase.team_id)
    return phase


def season_plan_of(body: bytes, team: str) -> SeasonPlanContent:
    plan = content_of(SeasonPlanContent, body, "a season plan")
    if plan.team_id != team:
        raise another("team", "teamId", team, plan.team_id)
    return plan


def template_of(body: bytes, template_id: str) -> TemplateContent:
    template = content_of(TemplateContent, body, "a template")
    if template.template_id != template_id:
        raise another("template", "templateId", template_id, template.template_id)
    return template


def content_of(kind: type[C], body: bytes, what: str) -> C:
    """Raises PlanningServiceMalformed that names each wrong field, without the values."""
    if len(body) > LONGEST_BODY:
        raise PlanningServiceMalformed(
            f"the planning service's answer is longer than {LONGEST_BODY} bytes: too long for {what}"
        )
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        raise PlanningServiceMalformed(f"the planning service's answer is not {what}: {explained(error)}") from error


def another(what: str, name: str, asked: str, got: str | None) -> PlanningServiceMalformed:
    return PlanningServiceMalformed(
        f"the planning service's answer is about another {what}: {name} is {got!r}, asked was {asked!r}"
    )
