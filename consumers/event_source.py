"""Where a projector's events come from: the store's own log, or a topic that carries it."""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from domain.event import Event
from domain.ports import Message, Position, Recorded


class EventSource(Protocol):
    """All events in order, and the message that each one is, which is what a dead letter keeps."""

    def read(self, after: Position, limit: int) -> Sequence[Recorded[Event]]:
        """Up to ``limit`` events behind ``after``; fewer, or none, when no more are settled."""

    def read_some(
        self, after: Position, limit: int, names: Collection[str]
    ) -> tuple[Sequence[Recorded[Event]], Position]:
        """Likewise, only events of these names; and how far it looked, which is where to go on."""

    def message_of(self, recorded: Recorded[Event]) -> Message:
        """The event as delivered, with its original bytes."""

    def recorded_of(self, message: Message) -> Recorded[Event]:
        """The inverse of ``message_of``."""


OpenSource = Callable[[], AbstractContextManager[EventSource]]
"""Connects anew, as is needed after each outage."""
