"""The topics as an AsyncAPI 3.0 document, made from the classes that are read and written on them.

Every message is a CloudEvent 1.0 in the binary mode of the Kafka binding: attributes are headers (``ce_…``), data is
the value. The inbound topic takes structured mode and bare JSON as well.
"""

import inspect
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any, NamedTuple

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core.core_schema import TaggedUnionSchema

from consumers import integration, planning_messages
from consumers.error_events import ERRORS_TOPIC, OF_NO_KIND, TYPES
from consumers.outgoing import AdjustmentsApplied, AssignmentAdjusted, ProcessingError
from domain.catalogue import EVENTS
from infra.bus.event_messages import EVENTS_TOPIC
from infra.event_store.sealing import personal_aliases
from infra.settings import Settings

DESCRIPTION = """\
What Mesocycle reads from topics, and what it writes there. Messages are CloudEvents 1.0 in binary mode, delivered at
least once: whoever reads them tells repeats by `ce_id`. Their order is kept within a key. Its HTTP interface is
described by `/openapi.json`.
"""
PLANNING, EVENT, INTEGRATION, ERROR = "PlanningHeaders", "EventHeaders", "IntegrationHeaders", "ErrorHeaders"


class Sort(NamedTuple):
    """A sort of message: ``endings`` are what the type of its CloudEvent may end in, the usual one first."""

    endings: Sequence[str]
    payload: type[BaseModel]


class Topic(NamedTuple):
    """``action`` is ours: receive or send. Messages are kept in order by ``key``."""

    address: str
    action: str
    summary: str
    key: str
    headers: str
    sorts: Sequence[Sort]


class AnyOf(GenerateJsonSchema):
    """For unions. "Exactly one of" fails where formats, which are only notes, are what tells a day from an instant; and
    OpenAPI's discriminators are something else in AsyncAPI."""

    def tagged_union_schema(self, schema: TaggedUnionSchema) -> JsonSchemaValue:
        told = super().tagged_union_schema(schema)
        return {"anyOf": told["oneOf"]}


def topics(planning_topic: str, integration_topic: str) -> Mapping[str, Topic]:
    """By the name of their channel."""
    told = [Sort((integration.ADJUSTED,), AssignmentAdjusted), Sort((integration.APPLIED,), AdjustmentsApplied)]
    return {
        "planning": Topic(
            planning_topic,
            "receive",
            "What the planning service says; in structured mode and as bare JSON, too. A type may have any prefix.",
            "The team, as the planning service names it.",
            PLANNING,
            [Sort(kind.endings, kind.shape) for kind in planning_messages.KINDS],
        ),
        "events": Topic(
            EVENTS_TOPIC,
            "send",
            "Every event of the log, in its order, byte for byte as it is stored.",
            "Team, athlete, organization or template: within which the order of events is kept.",
            EVENT,
            [Sort((name,), event) for name, event in EVENTS.items()],
        ),
        "integration": Topic(
            integration_topic,
            "send",
            "What other services want to know of workouts.",
            "The team, by the planning service's id where that is known.",
            INTEGRATION,
            told,
        ),
        "errors": Topic(
            ERRORS_TOPIC,
            "send",
            "Messages that could not be processed, and where they are.",
            "The key of the message that could not be processed.",
            ERROR,
            [Sort((error_type,), ProcessingError) for error_type in (*TYPES.values(), OF_NO_KIND)],
        ),
    }


def document(planning_topic: str | None = None, integration_topic: str | None = None) -> dict[str, Any]:
    """As JSON. Topics have the names that the settings have by default, where no others are given."""
    defaults = Settings.model_fields
    found = topics(
        planning_topic or defaults["planning_topic"].default,
        integration_topic or defaults["integration_topic"].default,
    )
    payloads = list(dict.fromkeys(sort.payload for topic in found.values() for sort in topic.sorts))
    references, schemas = models_json_schema(
        [(payload, "validation") for payload in payloads],
        ref_template="#/components/schemas/{model}",
        schema_generator=AnyOf,
    )
    messages: dict[str, Any] = {}
    for name, topic in found.items():
        for sort in topic.sorts:
            messages[f"{name}.{sort.endings[0]}"] = message(topic, sort, references[sort.payload, "validation"])
    components = {**schemas["$defs"], **HEADERS, "Sealed": SEALED}
    for event in EVENTS.values():
        properties = components[references[event, "validation"]["$ref"].rpartition("/")[2]].get("properties", {})
        for name in personal_aliases(event):
            properties[name] = sealed(properties[name])
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Mesocycle", "version": version("mesocycle"), "description": DESCRIPTION},
        "defaultContentType": "application/json",
        "channels": {name: channel(name, topic) for name, topic in found.items()},
        "operations": {f"{topic.action}.{name}": operation(name, topic) for name, topic in found.items()},
        "components": {"messages": messages, "schemas": components},
    }


def sealed(field: Mapping[str, Any]) -> dict[str, Any]:
    """As a personal field is stored and written on the topic; None stays so."""
    words = {word: field[word] for word in ("title", "description") if word in field}
    return {**words, "anyOf": [{"$ref": "#/components/schemas/Sealed"}, {"type": "null"}]}


def message(topic: Topic, sort: Sort, payload: Mapping[str, Any]) -> dict[str, Any]:
    first, *others = sort.endings
    described: dict[str, Any] = {
        "name": first,
        "title": sort.payload.__name__,
        "summary": inspect.cleandoc(sort.payload.__doc__ or ""),
        "contentType": "application/json",
        "headers": {"$ref": f"#/components/schemas/{topic.headers}"},
        "payload": dict(payload),
        "correlationId": {"location": "$message.header#/ce_correlationid"},
        "bindings": {"kafka": {"key": {"type": "string", "description": topic.key}}},
    }
    if others:
        described["description"] = f"Its type may as well end in {', '.join(others)}."
    return described


def channel(name: str, topic: Topic) -> dict[str, Any]:
    messages = {sort.endings[0]: {"$ref": f"#/components/messages/{name}.{sort.endings[0]}"} for sort in topic.sorts}
    return {"address": topic.address, "summary": topic.summary, "messages": messages}


def operation(name: str, topic: Topic) -> dict[str, Any]:
    return {"action": topic.action, "channel": {"$ref": f"#/channels/{name}"}, "summary": topic.summary}


TEXT = {"type": "string", "minLength": 1}
UUID_TEXT = {"type": "string", "format": "uuid"}
INSTANT = {"type": "string", "format": "date-time"}


def headers(required: Mapping[str, Any], optional: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {**required, **optional}, "required": list(required), **more}


SEALED = {
    "type": "object",
    "description": "A personal field, sealed under its athlete's key: base64 of AES-256-GCM's nonce and ciphertext.",
    "properties": {"sealed": {"type": "string", "contentEncoding": "base64"}},
    "required": ["sealed"],
    "additionalProperties": False,
}
OURS = {
    "content-type": {"type": "string", "const": "application/json"},
    "ce_specversion": {"type": "string", "const": "1.0"},
    "ce_id": {**UUID_TEXT, "description": "The same for every delivery."},
    "ce_type": TEXT,
    "ce_source": {"type": "string", "const": "mesocycle"},
    "ce_time": INSTANT,
}
CORRELATION = {"ce_correlationid": {**UUID_TEXT, "description": "Ties together all that came of one request."}}
CAUSATION = {"ce_causationid": {**UUID_TEXT, "description": "The event or message that led to it."}}
SUBJECT = {"ce_subject": {**UUID_TEXT, "description": "The aggregate."}}
ENVELOPE = {
    "ce_dataschema": {"type": "string", "pattern": r"^urn:mesocycle:[a-z_.]+:\d+$"},
    "ce_position": {"type": "string", "description": "Its place in the log: era-transaction-ordinal."},
    "ce_streamversion": {"type": "string", "pattern": r"^\d+$"},
    "ce_organizationid": UUID_TEXT,
    "ce_actor": TEXT,
    "ce_recordedat": INSTANT,
}
INBOUND = {
    "content-type": {"type": "string"},
    **{f"ce_{name}": TEXT for name in ("specversion", "id", "source", "type", "correlationid", "traceparent")},
    "correlationid": {**TEXT, "description": "Of bare JSON."},
    "traceparent": {**TEXT, "description": "Of bare JSON; W3C Trace Context."},
}
HEADERS = {
    PLANNING: headers({}, INBOUND, description="None of them for bare JSON and structured mode."),
    EVENT: headers({**OURS, **SUBJECT, **CORRELATION, **ENVELOPE}, CAUSATION, additionalProperties=False),
    INTEGRATION: headers({**OURS, **SUBJECT, **CORRELATION}, CAUSATION, additionalProperties=False),
    ERROR: headers(OURS, CORRELATION, additionalProperties=False),
}
"""What is written on topics has these and no others; the tests compare."""
