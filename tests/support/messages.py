"""Messages made by hand, as a bus would deliver them."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from domain.ports import Message

PUBLISHED_AT = datetime(2026, 8, 1, 6, 0, tzinfo=UTC)


def message(
    value: bytes | Mapping[str, Any] | list[Any],
    headers: Mapping[str, str] | None = None,
    *,
    key: str | None = "team-1",
    offset: int = 1,
    topic: str = "planning.events",
) -> Message:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return Message(topic, 0, offset, key, body, headers or {}, PUBLISHED_AT, "cluster", f"id of {topic}")
