"""The bus without a broker: topics in the service's own PostgreSQL, the event store's log among them.

``publish`` is one transaction: all of its messages or none. Group members are told apart by advisory locks.
"""

from collections.abc import Sequence
from threading import Lock

from psycopg import Connection, DataError
from psycopg.types.json import Jsonb

from domain.ports import OutgoingMessage
from infra.bus.event_messages import EVENTS_TOPIC
from infra.bus.subscription import EmbeddedSubscription
from infra.bus.topics import identity_of
from infra.bus.unavailable import unavailable_as
from infra.event_store.database import WriterPool
from infra.wake import Waker

BEGIN = "SELECT era, xid FROM begin_ordered_write()"
# COPY, not executemany: that one uses psycopg's pipeline mode, which hangs on a large value (decision 5).
COPY = "COPY topic_messages (topic, era, xid, ordinal, key, headers, value) FROM STDIN (FORMAT BINARY)"
COPY_TYPES = ("text", "int4", "int8", "int4", "text", "jsonb", "bytea")


class EmbeddedBus:
    """``pool`` gives autocommit connections set up by ``writer_pool``; members of groups connect to ``database_url``.

    ``poll_interval_s`` is how long a member sleeps when no signal of new messages came. Threads may share the bus.
    """

    def __init__(self, pool: WriterPool, database_url: str, waker: Waker, poll_interval_s: float) -> None:
        self._pool = pool
        self._database_url = database_url
        self._waker = waker
        self._poll_interval_s = poll_interval_s
        self._known: set[str] = set()
        self._lock = Lock()

    def publish(self, topic: str, messages: Sequence[OutgoingMessage]) -> None:
        """See the port. Raises ValueError for what cannot be stored, Unavailable where the database is away.

        After Unavailable the messages may be there all the same, where only the answer was lost.
        """
        if topic == EVENTS_TOPIC:
            raise ValueError(f"{EVENTS_TOPIC} is the event store's own log: run a command instead")
        if not messages:
            return
        rows = [(message.key, Jsonb(dict(message.headers)), message.value) for message in messages]
        with unavailable_as("publish"), self._pool.connection() as connection:
            self._ensure(connection, topic)
            try:
                with connection.transaction():
                    cursor = connection.cursor(binary=True)
                    written = cursor.execute(BEGIN).fetchone()
                    assert written is not None, "a function call without FROM gives one row"
                    with cursor.copy(COPY) as copy:
                        copy.set_types(COPY_TYPES)
                        for ordinal, row in enumerate(rows):
                            copy.write_row((topic, *written, ordinal, *row))
            except DataError as error:
                raise ValueError(f"a key or header cannot be stored as text: {error}") from error
        self._waker.signal()

    def subscribe(self, group: str, topics: Sequence[str]) -> EmbeddedSubscription:
        return EmbeddedSubscription(self._database_url, group, topics, self._waker, self._poll_interval_s)

    def _ensure(self, connection: Connection, topic: str) -> None:
        """Creates the topic on first use; before the transaction, whose first write must be the ordered one."""
        with self._lock:
            if topic in self._known:
                return
        identity_of(connection, topic)
        with self._lock:
            self._known.add(topic)
