"""What the planning service's topic takes, over HTTP: the message goes onto that topic as it came.

So its order, its counting once, and what becomes of one that cannot be processed are the listener's own. Only what
makes a message of it at all is looked at here: that it is a JSON object, and names the team that is its key.
"""

from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import APIRouter, Depends, Request
from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import from_json

from api.access import Asking
from api.correlation import correlation_id_of
from api.models import Answer
from api.problems import PROBLEM, Refused
from api.services import Services
from domain.fields import ExternalId
from domain.ports import OutgoingMessage
from projections.planning_sources import for_topic

PLAIN = "application/json"
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch"
KEY: TypeAdapter[str] = TypeAdapter(ExternalId)
PHASE_CHANGE = {
    "teamId": "17",
    "newPhaseId": "2027-preseason",
    "phaseStartDate": "2027-01-11",
    "phaseEndDate": "2027-02-28",
    "autoApplyAdjustments": True,
    "triggeredBy": "planner",
}
CLOUD_EVENT = {
    "specversion": "1.0",
    "id": "7c0e",
    "source": "/planning",
    "type": "planning.phase_changed",
    "data": PHASE_CHANGE,
}
MESSAGE: dict[str, Any] = {
    "type": "object",
    "required": ["teamId"],
    "properties": {"teamId": {**KEY.json_schema(), "description": "The planning service's id of the team."}},
}
ENVELOPE: dict[str, Any] = {
    "type": "object",
    "required": ["specversion", "id", "source", "type", "data"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "minLength": 1},
        "source": {"type": "string", "minLength": 1},
        "type": {"type": "string", "minLength": 1, "description": "Ends in phase_changed, season_plan_updated, ..."},
        "data": MESSAGE,
    },
}
TAKES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            STRUCTURED: {"schema": ENVELOPE, "example": CLOUD_EVENT},
            PLAIN: {"schema": MESSAGE, "example": PHASE_CHANGE},
        },
    }
}
"""What of a message is looked at here. The kinds of messages and all their fields are in the AsyncAPI document."""


class Taken(Answer):
    """The message is on the topic."""

    topic: str = Field(examples=["planning.events"])
    key: str = Field(description="The planning service's id of the team: its messages are taken in order.")


async def body_of(request: Request) -> bytes:
    return await request.body()


def router(services: Services) -> APIRouter:
    routes = APIRouter(prefix="/api/v1/training/planning", tags=["planning"], responses=PROBLEM)

    @routes.post("/events", status_code=202, summary="A message of the planning service", openapi_extra=TAKES)
    def take_event(request: Request, body: Annotated[bytes, Depends(body_of)], access: Asking) -> Taken:
        """Phase change, season plan update, workload threshold, template application: as CloudEvents 1.0 over HTTP,
        structured (`application/cloudevents+json`) or binary (`ce-` headers), or as a bare JSON object. For services.

        Ids in it are the planning service's own. Accepted means: kept, in the order of its team. A CloudEvent's `id`
        makes a message one, however often it is sent. What cannot be processed is set aside; `sync-status` tells.
        403 `no-planning-source` where another organization, or none, has connected the topic.
        """
        organization_id = access.organization(tell=True)
        with services.connect() as connection:  # whose a topic is, is decided among all organizations
            owner = for_topic(connection, services.planning_topic)
        if owner is None or owner.organization_id != organization_id:
            raise Refused(
                HTTPStatus.FORBIDDEN,
                "no-planning-source",
                f"your organization has not connected the topic {services.planning_topic}",
                "Connect it as a planning source of your organization; a topic feeds one organization.",
            )
        message = message_of(request, body)
        services.publish(services.planning_topic, message)
        return Taken(topic=services.planning_topic, key=message.key)

    return routes


def message_of(request: Request, body: bytes) -> OutgoingMessage:
    """The bytes as they came, with the headers by which the listener knows what they are. Raises Refused."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type.startswith(BATCH):
        raise no_message("it is a batch of CloudEvents", "Send each as a request of its own.")
    headers = cloud_event_headers(request)
    binary = media_type != STRUCTURED and "ce_specversion" in headers
    content = object_of(body)
    structured = not binary and (media_type == STRUCTURED or "specversion" in content)
    said = content.get("data") if structured else content
    key = key_of(said if isinstance(said, dict) else {})
    correlation_id = str(correlation_id_of(request.scope))
    if structured:  # its correlation id, if it has one, is inside
        return OutgoingMessage(key, body, {"content-type": STRUCTURED})
    if binary:
        return OutgoingMessage(key, body, {"ce_correlationid": correlation_id, **headers, "content-type": PLAIN})
    return OutgoingMessage(key, body, {"correlationid": correlation_id, "content-type": PLAIN})


def cloud_event_headers(request: Request) -> dict[str, str]:
    """``ce-`` attributes under the names that they have on a topic. Over HTTP their values are percent-encoded."""
    found = {}
    for name, value in request.headers.items():
        if name.startswith("ce-"):
            found["ce_" + name.removeprefix("ce-")] = unquote(value)
    if any("\0" in value for value in found.values()):
        raise no_message("an attribute holds the sign NUL", "Send text.")
    return found


def object_of(body: bytes) -> dict[str, Any]:
    try:
        content = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise no_message(
            f"it is not JSON: {error}", "Send a JSON object, or a CloudEvent whose data is one."
        ) from error
    if not isinstance(content, dict):
        raise no_message("it is no JSON object", "Send a JSON object, or a CloudEvent whose data is one.")
    return content


def key_of(said: dict[str, Any]) -> str:
    try:
        return KEY.validate_python(said.get("teamId"))
    except ValidationError as error:
        raise no_message("it names no team", "Send teamId, a text of at most 200 signs, in the data.") from error


def no_message(why: str, hint: str) -> Refused:
    return Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "no-message", why, hint)
