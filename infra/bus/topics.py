"""Reads one topic of the embedded bus in its order, never past the horizon: a table's rows, or the store's own log."""

from typing import NamedTuple, Protocol

from psycopg import Connection

from domain.ports import Message, Position
from infra.bus.event_messages import EVENTS_TOPIC, message_of
from infra.event_store.horizon import Bound, Horizon
from infra.event_store.log_reader import LogReader, LogRow

PARTITION = 0
"""There is one: the order of a topic here is that of the whole topic."""

CREATE_TOPIC = "INSERT INTO topics (topic) VALUES (%s) ON CONFLICT DO NOTHING"
IDENTITY = "SELECT cluster_id::text, topic_id::text FROM topics, bus_cluster WHERE topic = %s"
READ = """
SELECT era, xid, ordinal, key, headers, value, published_at FROM topic_messages
WHERE topic = %b AND (era, xid, ordinal) > (%b, %b, %b) AND (era, xid) < (%b, %b)
ORDER BY era, xid, ordinal LIMIT %b
"""


class TopicIdentity(NamedTuple):
    """Both are rows of the database, so they move with its data: a restored dump knows what it has received."""

    cluster_id: str
    topic_id: str


def identity_of(connection: Connection, topic: str) -> TopicIdentity:
    """The topic's identity; a topic that nobody named before is created. The connection is autocommit."""
    row = connection.execute(IDENTITY, (topic,)).fetchone()
    if row is None:
        connection.execute(CREATE_TOPIC, (topic,))
        row = connection.execute(IDENTITY, (topic,)).fetchone()
    assert row is not None, "topics are not deleted while the service runs"
    return TopicIdentity(*row)


class TopicReader(Protocol):
    """Messages behind a position. Bound to one autocommit connection, not shared between threads."""

    def read(self, after: Position, limit: int) -> list[Message]: ...


def topic_reader(connection: Connection, topic: str) -> TopicReader:
    identity = identity_of(connection, topic)
    if topic == EVENTS_TOPIC:
        return EventsTopicReader(connection, identity)
    return TableTopicReader(connection, topic, identity)


class TableTopicReader:
    """A topic whose messages are rows of ``topic_messages``."""

    def __init__(self, connection: Connection, topic: str, identity: TopicIdentity) -> None:
        self._cursor = connection.cursor(binary=True)
        self._horizon = Horizon(connection)
        self._bound = Bound(0, 0)
        self._topic = topic
        self._identity = identity

    def read(self, after: Position, limit: int) -> list[Message]:
        """A bound once found stays true: a backlog asks for a new one only where it reaches the old."""
        messages = self._messages(after, limit)
        if len(messages) < limit:
            self._bound = self._horizon.settled()
            last = Position.from_int(messages[-1].offset) if messages else after
            messages += self._messages(last, limit - len(messages))
        return messages

    def _messages(self, after: Position, limit: int) -> list[Message]:
        if (after.era, after.xid) >= self._bound:
            return []
        rows = self._cursor.execute(READ, (self._topic, *after, *self._bound, limit))
        return [
            Message(
                self._topic, PARTITION, Position(era, xid, ordinal).to_int(), key, value, headers, published_at,
                self._identity.cluster_id, self._identity.topic_id,
            )
            for era, xid, ordinal, key, headers, value, published_at in rows
        ]  # fmt: skip


class EventsTopicReader:
    """The event store's log as a topic."""

    def __init__(self, connection: Connection, identity: TopicIdentity) -> None:
        self._log = LogReader(connection)
        self._identity = identity

    def read(self, after: Position, limit: int) -> list[Message]:
        return [delivered(row, self._identity) for row in self._log.read(after, limit)]


def delivered(row: LogRow, identity: TopicIdentity) -> Message:
    """A stored event as a member of a group gets it."""
    event = message_of(row)
    return Message(
        EVENTS_TOPIC, PARTITION, row.position.to_int(), event.key, event.value, event.headers, row.recorded_at,
        identity.cluster_id, identity.topic_id,
    )  # fmt: skip
