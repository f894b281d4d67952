"""What a message from outside says: CloudEvents 1.0 (structured or binary mode), or a bare JSON object.

Read by pydantic, not by the ``cloudevents`` library: that gives an event without an id a random one, so that a
redelivery would count as news, and hands broken JSON on as text. (Tests read what it writes, and the reverse.)
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json

from consumers.dead_letters import Unprocessable
from domain.ports import Message

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch"
JSON_TYPES = re.compile(r"^(application|text)/([\w.-]+\+)?json$")
TRACEPARENT = re.compile(r"^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
LONGEST_ID = 150
"""Longer ones are kept as their hash: the index of the inbox takes some 2 700 bytes, and a character may be four."""


class Malformed(Unprocessable):
    """The message cannot be understood. Its text says what is wrong, for whoever sent it."""


@dataclass(frozen=True, slots=True)
class Inbound:
    """``source``, ``message_id`` and ``type`` are those of the CloudEvent, None where the message is bare JSON."""

    source: str | None
    message_id: str | None
    type: str | None
    data: Mapping[str, Any]
    correlation_id: UUID | None


Text = Annotated[str, Field(min_length=1)]


class Attributes(BaseModel):
    """The context attributes that are read here; CloudEvents lets anyone add others."""

    model_config = ConfigDict(extra="ignore", strict=True)

    specversion: Text
    id: Text
    source: Text
    type: Text
    datacontenttype: str | None = None
    correlationid: str | None = None
    traceparent: str | None = None


def inbound(message: Message) -> Inbound:
    """Raises Malformed."""
    headers = {name.lower(): value for name, value in message.headers.items()}
    content_type = media_type(headers.get("content-type", ""))
    if content_type.startswith(BATCH):
        raise Malformed("it is a batch of CloudEvents; send each as a message of its own")
    if content_type != STRUCTURED and "ce_specversion" in headers:
        attributes = attributes_of({name[3:]: value for name, value in headers.items() if name.startswith("ce_")})
        return described(attributes, data_of(message.value, content_type))
    content = data_of(message.value, "" if content_type == STRUCTURED else content_type)
    if content_type == STRUCTURED or "specversion" in content:
        attributes = attributes_of(content)
        return described(attributes, structured_data(content, attributes))
    return Inbound(None, None, None, content, correlation_of(headers.get("correlationid"), headers.get("traceparent")))


def described(attributes: Attributes, data: Mapping[str, Any]) -> Inbound:
    return Inbound(
        source=storable(attributes.source),
        message_id=storable(attributes.id),
        type=attributes.type,
        data=data,
        correlation_id=correlation_of(attributes.correlationid, attributes.traceparent),
    )


def attributes_of(values: Mapping[str, Any]) -> Attributes:
    try:
        attributes = Attributes.model_validate(values)
    except ValidationError as error:
        raise Malformed(f"it is no valid CloudEvent: {explained(error)}") from error
    if attributes.specversion != "1.0":
        raise Malformed(f"it is a CloudEvent of version {attributes.specversion!r}; only 1.0 is understood")
    return attributes


def structured_data(content: Mapping[str, Any], attributes: Attributes) -> Mapping[str, Any]:
    if "data_base64" in content:
        try:
            value = base64.b64decode(content["data_base64"], validate=True)
        except (TypeError, ValueError) as error:
            raise Malformed(f"its data_base64 is not base64: {error}") from error
        return data_of(value, media_type(attributes.datacontenttype or ""))
    data = content.get("data")
    if not isinstance(data, dict):
        raise Malformed(f"its data is {kind(data)}; a JSON object is expected")
    return data


def data_of(value: bytes, content_type: str) -> dict[str, Any]:
    if content_type and not JSON_TYPES.match(content_type):
        raise Malformed(f"its content type is {content_type!r}; only JSON is understood")
    try:
        data = from_json(value, allow_inf_nan=False)
    except ValueError as error:
        raise Malformed(f"it is not JSON: {error}") from error
    if not isinstance(data, dict):
        raise Malformed(f"it is {kind(data)}; a JSON object is expected")
    return data


def correlation_of(correlation_id: str | None, traceparent: str | None) -> UUID | None:
    """A UUID as it is, any other text as the UUID that it always gives; else the trace that the sender is in."""
    if correlation_id:
        try:
            return UUID(correlation_id)
        except ValueError:
            return uuid5(NAMESPACE_URL, f"urn:correlation:{correlation_id}")
    if traceparent and (trace := TRACEPARENT.match(traceparent)):
        return UUID(trace[1])
    return None


def explained(error: ValidationError) -> str:
    """What is wrong with which field, in one line; without the values, which may be anybody's."""
    return "; ".join(
        f"{'.'.join(map(str, detail['loc'])) or 'the whole'}: {detail['msg'].removeprefix('Value error, ')}"
        for detail in error.errors(include_url=False, include_input=False)
    )


def media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def storable(text: str) -> str:
    """As it is, or by its hash where the database could not keep it."""
    if len(text) <= LONGEST_ID and "\0" not in text:
        return text
    return f"sha256:{sha256(text.encode(errors='surrogatepass')).hexdigest()}"


def kind(value: object) -> str:
    names: dict[type, str] = {list: "a list", str: "text", bool: "true or false", int: "a number", float: "a number"}
    return "empty" if value is None else names.get(type(value), "something else")
