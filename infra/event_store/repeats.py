"""What was done before: answers kept by idempotency key, messages known by where they came from."""

from collections.abc import Collection
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from domain.ports import IdempotencyKey, InboxEntry, Outcome, Position
from infra.event_store.database import WriterPool

KEPT = timedelta(days=7)
ANSWER = """
SELECT body_hash, stream_id, version, partition_key, era, xid, ordinal FROM idempotency_keys
WHERE organization_id = %b AND principal = %b AND route = %b AND key = %b
"""
RECEIVED = """
SELECT EXISTS (SELECT FROM inbox WHERE source = %b AND message_id = %b)
    OR EXISTS (SELECT FROM inbox WHERE cluster_id = %b AND topic_id = %b AND partition = %b AND message_offset = %b)
"""
RECORDED = "SELECT event_id FROM events WHERE event_id = ANY(%b)"
EXPIRE = "DELETE FROM idempotency_keys WHERE created_at < now() - %s"


class Answer(NamedTuple):
    body_hash: bytes
    outcome: Outcome


class Repeats:
    def __init__(self, pool: WriterPool) -> None:
        self._pool = pool

    def answer(self, organization_id: UUID, key: IdempotencyKey) -> Answer | None:
        with self._pool.connection() as connection:
            row = connection.hot.execute(ANSWER, (organization_id, key.principal, key.route, key.key)).fetchone()
        if row is None:
            return None
        body_hash, stream_id, version, partition_key, era, xid, ordinal = row
        position = Position(era, xid, ordinal) if ordinal >= 0 else None
        return Answer(body_hash, Outcome(stream_id, version, partition_key, position, repeated=True))

    def received(self, entry: InboxEntry) -> bool:
        """Whether the message's effects are stored, by its id or by its place."""
        with self._pool.connection() as connection:
            row = connection.hot.execute(
                RECEIVED,
                (entry.source, entry.message_id, entry.cluster_id, entry.topic_id, entry.partition, entry.offset),
            ).fetchone()
        return bool(row and row[0])

    def recorded(self, event_ids: Collection[UUID]) -> Collection[UUID]:
        """Those among the ids under which an event is stored."""
        with self._pool.connection() as connection:
            rows = connection.hot.execute(RECORDED, (list(event_ids),))
            return {event_id for (event_id,) in rows}

    def expire(self) -> int:
        """Forgets answers older than seven days; how many."""
        with self._pool.connection() as connection:
            return connection.execute(EXPIRE, (KEPT,)).rowcount
