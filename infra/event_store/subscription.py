"""The library's subscription, over our log."""

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

from eventsourcing.persistence import ApplicationRecorder, Notification, Subscription

if TYPE_CHECKING:
    from infra.event_store.recorder import PostgresEventRecorder

BATCH = 500
POLL_S = 0.02


class PolledSubscription(Subscription[ApplicationRecorder]):
    """Yields notifications in order and waits for more until it is stopped."""

    def __init__(self, recorder: "PostgresEventRecorder", gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(recorder, gt, topics)
        self._events = recorder
        self._buffer: deque[Notification] = deque()
        # Beyond the last notification where those after it were of other topics: they are not read again.
        self._scanned = -1 if gt is None else gt

    def __next__(self) -> Notification:
        while not self._buffer and not self._has_been_stopped:
            found, self._scanned = self._events.scan(self._scanned, BATCH, None, self._topics)
            self._buffer.extend(found)
            if not self._buffer:
                self._events.waker.wait(POLL_S)
        if self._has_been_stopped:
            raise StopIteration
        notification = self._buffer.popleft()
        self._last_notification_id = notification.id
        return notification
