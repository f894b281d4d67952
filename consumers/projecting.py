"""Applies events to the tables of one version of a projection, and sets poison aside, in sequence (decision 14).

What fails is halved until the one event that fails stands alone. It becomes a dead letter, later events of its
partition key queue behind it, and all others proceed.
"""

from collections.abc import Sequence
from typing import LiteralString

from psycopg import Connection

from consumers.dead_letters import PASSING, blocked_keys, queue_behind, set_aside
from consumers.event_source import EventSource
from domain.event import Event
from domain.ports import Message, Recorded
from projections.projection import Projection
from projections.versions import Version, entered

ANY_OPEN: LiteralString = """
SELECT EXISTS (SELECT FROM dead_letters WHERE consumer = %s AND status IN ('dead', 'waiting'))
"""
DISCARDED: LiteralString = """
SELECT EXISTS (SELECT FROM dead_letters
               WHERE consumer = %(consumer)s AND status = 'discarded' AND cluster_id = %(cluster)s
                 AND topic_id = %(topic)s AND partition = %(partition)s AND message_offset = %(offset)s)
"""


class Projecting:
    """One transaction's work on one version. The caller commits it together with the checkpoint."""

    def __init__(self, connection: Connection, projection: Projection, version: Version, source: EventSource) -> None:
        self._connection = connection
        self._projection = projection
        self._version = version
        self._source = source
        self._blocked: set[str] | None = None

    def project(self, batch: Sequence[Recorded[Event]]) -> None:
        """Raises what is PASSING; whatever else goes wrong is a dead letter afterwards."""
        concerned = [recorded for recorded in batch if self._projection.concerns(recorded)]
        if not concerned:
            return
        if self._blocked is None:
            self._blocked = self._blocked_by_others(concerned)
        self._apply(concerned)

    def _apply(self, batch: Sequence[Recorded[Event]]) -> None:
        free = self._unblocked(batch) if self._blocked else batch
        if not free:
            return
        try:
            with self._connection.transaction(), entered(self._connection, self._version):
                self._projection.apply(self._connection.cursor(binary=True), free)
        except PASSING:
            raise
        except Exception as error:
            if len(free) == 1:
                self._set_aside(free[0], error)
            else:
                middle = len(free) // 2
                self._apply(free[:middle])
                self._apply(free[middle:])

    def _unblocked(self, batch: Sequence[Recorded[Event]]) -> Sequence[Recorded[Event]]:
        """Those that nothing stands in the way of; the others join their queues."""
        return [recorded for recorded in batch if not self._queued(recorded)]

    def _queued(self, recorded: Recorded[Event]) -> bool:
        assert self._blocked is not None, "known before anything is applied"
        key = str(recorded.partition_key)
        if key not in self._blocked:
            return False
        if queue_behind(self._connection, self._version.consumer, self._source.message_of(recorded)):
            return True
        self._blocked.discard(key)  # its queue was worked off in the meantime
        return False

    def _set_aside(self, recorded: Recorded[Event], error: Exception) -> None:
        """Unless these are tables in the making, and a person discarded that event for the live ones."""
        assert self._blocked is not None, "known before anything is applied"
        message = self._source.message_of(recorded)
        if self._version.status == "building" and self._discarded(message):
            return
        set_aside(self._connection, self._version.consumer, message, error)
        self._blocked.add(str(recorded.partition_key))

    def _blocked_by_others(self, batch: Sequence[Recorded[Event]]) -> set[str]:
        """What earlier transactions left. Nearly always nothing, which one look tells."""
        consumer = self._version.consumer
        row = self._connection.execute(ANY_OPEN, (consumer,)).fetchone()
        if row is None or not row[0]:
            return set()
        return blocked_keys(self._connection, consumer, {str(recorded.partition_key) for recorded in batch})

    def _discarded(self, message: Message) -> bool:
        row = self._connection.execute(
            DISCARDED,
            {
                "consumer": f"projection:{self._version.name}",
                "cluster": message.cluster_id,
                "topic": message.topic_id,
                "partition": message.partition,
                "offset": message.offset,
            },
        ).fetchone()
        return row is not None and bool(row[0])
