"""What one command came to: the state before and after, and its events, decided and as they will be stored."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.event import Event
from domain.ports import Outcome, Position
from infra.event_store.envelope import EnvelopedEvent
from infra.event_store.streams import Loaded


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
