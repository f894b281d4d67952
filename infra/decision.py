"""What one command came to: the state before and after, and its events, decided and as they will be stored."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.event import Event
from domain.ports import Outcome, Position
from infra.event_store.envelope import EnvelopedEvent
from infra.event_store.streams import Loaded

log = logging.getLogger(__name__)


def unobserved(_: Sequence[Event]) -> None:
    """Where nobody wants to know of what is stored."""


@dataclass(frozen=True, slots=True)
class Decision:
    stream_id: UUID
    before: Loaded
    after: Any
    partition_key: UUID | None
    events: tuple[Event, ...]
    stored: tuple[EnvelopedEvent, ...]

    @property
    def version(self) -> int:
        return self.before.version + len(self.events)

    def outcome(self, position: Position | None) -> Outcome:
        """What the caller is told, once the events are stored with the last of them at ``position``."""
        return Outcome(self.stream_id, self.version, self.partition_key, position, self.events)

    def tell(self, correlation_id: UUID) -> None:
        """One line in the log for a command that changed something: what happened to what, and nothing of content."""
        if self.events and log.isEnabledFor(logging.INFO):
            extra = {
                "stream_id": str(self.stream_id),
                "version": self.version,
                "events": [event.event_name for event in self.events],
                "correlation_id": str(correlation_id),
            }
            log.info("command.stored", extra=extra)
