"""JSON lines as messages: each line one message, byte for byte, under the key of its team."""

from collections.abc import Iterable
from typing import Any

from pydantic_core import from_json

from domain.ports import OutgoingMessage

CLOUD_EVENT = "application/cloudevents+json"
PLAIN = "application/json"


class BadLine(ValueError):
    """A line that is no message; the text says which and why."""


def messages_of(lines: Iterable[bytes], default_key: str | None = None) -> list[OutgoingMessage]:
    """All lines as messages, blank ones left out. Raises BadLine before anything is a message.

    A line's key is its ``teamId`` (for a CloudEvent, that of its data), so that a team's messages stay in order;
    else its ``partitionkey``, as CloudEvents names it; else ``default_key``.
    """
    return [message_of(number, line.strip(), default_key) for number, line in enumerate(lines, start=1) if line.strip()]


def message_of(number: int, line: bytes, default_key: str | None) -> OutgoingMessage:
    try:
        content = from_json(line, allow_inf_nan=False)
    except ValueError as error:
        raise BadLine(f"line {number} is not JSON: {error}") from error
    if not isinstance(content, dict):
        raise BadLine(f"line {number} is not a JSON object")
    key = key_of(content) or default_key
    if key is None:
        raise BadLine(f"line {number} has no teamId to be its key; name one for such lines with --key")
    return OutgoingMessage(key, line, {"content-type": CLOUD_EVENT if "specversion" in content else PLAIN})


def key_of(content: dict[str, Any]) -> str | None:
    data = content.get("data")
    candidates = (
        content.get("teamId"),
        data.get("teamId") if isinstance(data, dict) else None,
        content.get("partitionkey"),
    )
    return next((key for key in candidates if isinstance(key, str) and key), None)
