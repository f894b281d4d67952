"""One member of a consumer group of the embedded bus.

A group's topic belongs to one member at a time: who holds the advisory lock of (group, topic). The lock lives and
dies with the member's connection, so a member that is killed is succeeded as soon as the server sees it gone. Where
the connection breaks, the member starts over like a new one: from what the group committed.
"""

import time
from collections.abc import Sequence
from contextlib import suppress
from hashlib import blake2b
from types import TracebackType

import psycopg
from psycopg import Connection

from domain.ports import BEGINNING, Message, Position, Unavailable
from infra.bus.topics import TopicReader, topic_reader
from infra.bus.unavailable import unavailable_as
from infra.wake import Waker

STANDBY_S = 0.05
"""How often a member asks for what another one holds."""

REST_S = 0.003
"""At least so long between two reads that found nothing: under load, signals come faster than reading is worth."""

# A host that vanished without a word holds its locks until the server gives its connection up: in 25 s, not 2 h.
SET_UP = """
SELECT set_config('timezone', 'UTC', false), set_config('tcp_keepalives_idle', '10', false),
       set_config('tcp_keepalives_interval', '5', false), set_config('tcp_keepalives_count', '3', false)
"""
TAKE = "SELECT pg_try_advisory_lock(%s)"
COMMITTED = "SELECT next_after FROM group_offsets WHERE consumer_group = %s AND topic = %s AND partition = 0"
COMMIT = """
INSERT INTO group_offsets AS g (consumer_group, topic, partition, next_after) VALUES (%s, %s, 0, %s)
ON CONFLICT (consumer_group, topic, partition)
DO UPDATE SET next_after = greatest(g.next_after, excluded.next_after)
"""


class Held:
    """A topic that this member has the lock of, and how far it was delivered."""

    def __init__(self, reader: TopicReader, position: Position) -> None:
        self._reader = reader
        self._position = position

    def read(self, limit: int) -> list[Message]:
        messages = self._reader.read(self._position, limit)
        if messages:
            self._position = Position.from_int(messages[-1].offset)
        return messages


class EmbeddedSubscription:
    """Enter it to join; not shared between threads."""

    def __init__(
        self, database_url: str, group: str, topics: Sequence[str], waker: Waker, poll_interval_s: float
    ) -> None:
        self._database_url = database_url
        self._group = group
        self._topics = tuple(dict.fromkeys(topics))
        self._waker = waker
        self._poll_interval_s = poll_interval_s
        self._connection: Connection | None = None
        self._held: dict[str, Held] = {}
        self._next_attempt = 0.0

    def __enter__(self) -> "EmbeddedSubscription":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            with suppress(psycopg.Error):  # else the server takes the locks back when it sees the connection end
                self._connection.execute("SELECT pg_advisory_unlock_all()")
        self._leave()

    def poll(self, max_messages: int, timeout_s: float) -> Sequence[Message]:
        """See the port. Empty, too, while another member of the group has the topics. Raises Unavailable."""
        deadline = time.monotonic() + timeout_s
        while True:
            messages = self._read(max_messages)
            remaining = deadline - time.monotonic()
            if messages or remaining <= 0:
                return messages
            if self._held:
                time.sleep(min(remaining, REST_S))
                self._waker.wait(max(0.0, min(remaining - REST_S, self._poll_interval_s)))
            else:
                time.sleep(min(remaining, STANDBY_S))

    def commit(self, messages: Sequence[Message]) -> None:
        """See the port. Raises Unavailable where this member has lost the topic: they may be delivered again."""
        highest: dict[str, int] = {}
        for message in messages:
            highest[message.topic] = max(message.offset, highest.get(message.topic, 0))
        for topic, offset in highest.items():
            if self._connection is None or topic not in self._held:
                raise Unavailable(f"{self._group} lost {topic}: what is not committed will be delivered again")
            try:
                with unavailable_as(f"commit of {topic} by {self._group}"):
                    self._connection.execute(COMMIT, (self._group, topic, offset))
            except Unavailable:
                self._leave()
                raise

    def _read(self, limit: int) -> list[Message]:
        try:
            with unavailable_as(f"poll by {self._group}"):
                self._join(self._connection or self._connect())
                messages: list[Message] = []
                for held in self._held.values():
                    if len(messages) < limit:
                        messages += held.read(limit - len(messages))
                # So that a busy topic does not keep the others waiting: the first to be read is the last next time.
                if len(self._held) > 1:
                    first = next(iter(self._held))
                    self._held[first] = self._held.pop(first)
                return messages
        except Unavailable:
            self._leave()
            raise

    def _join(self, connection: Connection) -> None:
        """Takes what topics it can get. The committed offset is read behind the lock, when nobody else moves it."""
        if len(self._held) == len(self._topics) or time.monotonic() < self._next_attempt:
            return
        self._next_attempt = time.monotonic() + STANDBY_S
        for topic in self._topics:
            if topic not in self._held and taken(connection, lock_key(self._group, topic)):
                row = connection.execute(COMMITTED, (self._group, topic)).fetchone()
                position = BEGINNING if row is None else Position.from_int(int(row[0]))
                self._held[topic] = Held(topic_reader(connection, topic), position)

    def _connect(self) -> Connection:
        self._connection = psycopg.connect(
            self._database_url, autocommit=True, application_name=f"mesocycle-group-{self._group}"
        )
        self._connection.execute(SET_UP)
        self._next_attempt = 0.0
        return self._connection

    def _leave(self) -> None:
        self._held.clear()
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def taken(connection: Connection, key: int) -> bool:
    row = connection.execute(TAKE, (key,)).fetchone()
    return row is not None and bool(row[0])


def lock_key(group: str, topic: str) -> int:
    """64 bits, signed as PostgreSQL wants them."""
    return int.from_bytes(blake2b(f"{group}\x1f{topic}".encode(), digest_size=8).digest(), signed=True)
