"""Poison set aside, in sequence (decision 14): messages that could not be processed, with reason and original bytes.

Later messages of the same key queue up behind a dead one, for that consumer alone; all others proceed. A message
without a key blocks nothing. ``dead_letter_queue.py`` is how a person retries or discards one; ``parking.py`` is for
those that wait for what somebody else has to say, and are tried again by themselves.

Nothing here commits: it goes with the caller's transaction, or by itself on an autocommit connection.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from psycopg import Connection, InterfaceError, OperationalError
from psycopg.rows import dict_row
from psycopg.types.json import Json

from consumers.planning_service import PlanningServiceAway, PlanningServiceMalformed, PlanningServiceRefused
from domain.errors import DomainError
from domain.ports import ConcurrencyConflict, Message, Unavailable

PASSING = (Unavailable, ConcurrencyConflict, OperationalError, InterfaceError)
"""Not the message's fault: what may succeed when simply tried again later. Nothing is set aside for these."""

OPEN: LiteralString = "status IN ('dead', 'parked', 'waiting')"
# By hash, which the index has, and by the key itself.
SAME_KEY: LiteralString = "consumer = %(consumer)s AND md5(key) = md5(%(key)s) AND key = %(key)s"
COLUMNS: LiteralString = """
id, consumer, topic, partition, message_offset, cluster_id, topic_id, key, headers, value, published_at,
status, reason, error_type, attempts, set_aside_at, next_attempt_at, settled_at
"""
# Who queues and who settles take the key's lock first, so that nothing comes to wait behind a queue just worked off.
LOCK_KEY: LiteralString = """
SELECT pg_advisory_xact_lock(hashtextextended(%(consumer)s, 14) # hashtextextended(%(key)s, 41))
"""
BLOCKED: LiteralString = f"""
SELECT DISTINCT key FROM dead_letters
WHERE consumer = %(consumer)s AND {OPEN}
  AND md5(key) = ANY (SELECT md5(wanted) FROM unnest(%(keys)s::text[]) AS wanted) AND key = ANY (%(keys)s::text[])
"""
KNOWN: LiteralString = """
SELECT cluster_id, topic_id, partition, message_offset FROM dead_letters
JOIN unnest(%(cluster_ids)s::text[], %(topic_ids)s::text[], %(partitions)s::int[], %(offsets)s::numeric[])
    AS delivered (cluster_id, topic_id, partition, message_offset)
    USING (cluster_id, topic_id, partition, message_offset)
WHERE consumer = %(consumer)s
"""
INSERT: LiteralString = """
INSERT INTO dead_letters (consumer, topic, partition, message_offset, cluster_id, topic_id, key, headers, value,
                          published_at, status, reason, error_type, attempts, next_attempt_at, died_at)
VALUES (%(consumer)s, %(topic)s, %(partition)s, %(offset)s, %(cluster_id)s, %(topic_id)s, %(key)s, %(headers)s,
        %(value)b, %(published_at)s, %(status)s, %(reason)s, %(error_type)s, %(attempts)s,
        CASE %(status)s WHEN 'parked' THEN clock_timestamp() END,
        CASE %(status)s WHEN 'dead' THEN clock_timestamp() END)
ON CONFLICT ON CONSTRAINT dead_letters_message_key DO NOTHING
"""
FIRST_OPEN: LiteralString = f"SELECT {COLUMNS} FROM dead_letters WHERE {SAME_KEY} AND {OPEN} ORDER BY id LIMIT 1"
FIND: LiteralString = f"SELECT {COLUMNS} FROM dead_letters WHERE id = %(id)s"
LIST: LiteralString = f"""
SELECT {COLUMNS} FROM dead_letters
WHERE (%(consumer)s::text IS NULL OR consumer = %(consumer)s) AND (%(settled)s OR {OPEN})
ORDER BY id DESC LIMIT %(limit)s
"""
COUNT_WAITING: LiteralString = f"SELECT count(*) FROM dead_letters WHERE {SAME_KEY} AND status = 'waiting'"

UNEXPECTED = "unexpected "
"""How the reason of what no rule foresaw begins: it may quote anything."""

Place = tuple[str, str, int, int]
"""Cluster, topic id, partition, offset: what a redelivery has in common with the first delivery."""


class Unprocessable(Exception):
    """A message that will never be processed as it is. The text says why, in words for a person."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """``status``: dead or parked (the first of its key), waiting behind one, or, settled, retried or discarded.

    ``next_attempt_at`` is when somebody else than a person will try it, None where nobody will.
    """

    id: int
    consumer: str
    message: Message
    status: str
    reason: str
    error_type: str
    attempts: int
    set_aside_at: datetime
    next_attempt_at: datetime | None
    settled_at: datetime | None


def place(message: Message) -> Place:
    return message.cluster_id, message.topic_id, message.partition, message.offset


def blocked_keys(connection: Connection, consumer: str, keys: Collection[str | None]) -> set[str]:
    """Those of ``keys`` with a dead letter, or a parked one: a message of theirs must queue."""
    stored = {key: storable(key) for key in keys if key is not None}
    if not stored:
        return set()
    rows = connection.execute(BLOCKED, {"consumer": consumer, "keys": sorted(set(stored.values()))}).fetchall()
    blocked = {row[0] for row in rows}
    return {key for key, text in stored.items() if text in blocked}


def places_of(messages: Sequence[Message]) -> dict[str, Any]:
    """As columns."""
    return {
        "cluster_ids": [message.cluster_id for message in messages],
        "topic_ids": [message.topic_id for message in messages],
        "partitions": [message.partition for message in messages],
        "offsets": [message.offset for message in messages],
    }


def known(connection: Connection, consumer: str, messages: Sequence[Message]) -> set[Place]:
    """The places of those that were set aside or queued before: a redelivery of them is nothing new."""
    rows = connection.execute(KNOWN, {"consumer": consumer, **places_of(messages)}).fetchall()
    return {(cluster_id, topic_id, partition, int(offset)) for cluster_id, topic_id, partition, offset in rows}


def set_aside(connection: Connection, consumer: str, message: Message, error: BaseException) -> None:
    """``message`` is dead and its key blocked from now on. Nothing happens where it is known already."""
    insert(connection, columns_of(consumer, message), "dead", reason_of(error), type(error).__name__, attempts=1)


def queue_behind(connection: Connection, consumer: str, message: Message) -> bool:
    """Puts it at the end of its key's queue, in the caller's transaction; waits while a retry of the key goes on.

    False: the key is free (by now), so process it instead. Nothing is added where the message is known already.
    """
    if message.key is None:
        return False
    columns = columns_of(consumer, message)
    lock_key(connection, consumer, message.key)
    ahead = first_open(connection, consumer, message.key)
    if ahead is None:
        return False
    insert(connection, columns, "waiting", f"waits behind {ahead.id}", "", attempts=0)
    return True


def lock_key(connection: Connection, consumer: str, key: str) -> None:
    """Until the end of the transaction."""
    connection.execute(LOCK_KEY, {"consumer": consumer, "key": storable(key)})


def first_open(connection: Connection, consumer: str, key: str) -> DeadLetter | None:
    """The one that blocks the key."""
    return one(connection, FIRST_OPEN, {"consumer": consumer, "key": storable(key)})


def find(connection: Connection, letter_id: int) -> DeadLetter | None:
    return one(connection, FIND, {"id": letter_id})


def listed(
    connection: Connection, *, consumer: str | None = None, settled: bool = False, limit: int = 100
) -> list[DeadLetter]:
    """The latest first; those that are settled only when asked for."""
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(LIST, {"consumer": consumer, "settled": settled, "limit": limit}).fetchall()
    return [letter_of(row) for row in rows]


def count_waiting(connection: Connection, consumer: str, key: str | None) -> int:
    if key is None:
        return 0
    row = connection.execute(COUNT_WAITING, {"consumer": consumer, "key": storable(key)}).fetchone()
    return 0 if row is None else row[0]


def reason_of(error: BaseException) -> str:
    """A rule's own words and its hint; ours for messages; of all else also the kind of error, for a programmer."""
    match error:
        case DomainError():
            return storable(f"{error}. {error.hint}")
        case Unprocessable() | PlanningServiceAway() | PlanningServiceRefused() | PlanningServiceMalformed():
            return storable(str(error))
        case _:
            return storable(f"{UNEXPECTED}{type(error).__name__}: {error}")


def storable(text: str) -> str:
    """What a column of text can keep: no NUL, no half of a surrogate pair. Strangers send both."""
    return text.encode(errors="replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


def insert(
    connection: Connection, columns: dict[str, Any], status: str, reason: str, error_type: str, *, attempts: int
) -> None:
    values = {"status": status, "reason": reason, "error_type": error_type, "attempts": attempts}
    connection.execute(INSERT, {**columns, **values})


def columns_of(consumer: str, message: Message) -> dict[str, Any]:
    return {
        "consumer": consumer,
        "topic": message.topic,
        "partition": message.partition,
        "offset": message.offset,
        "cluster_id": message.cluster_id,
        "topic_id": message.topic_id,
        "key": None if message.key is None else storable(message.key),
        "headers": Json(dict(message.headers)),
        "value": message.value,
        "published_at": message.timestamp,
    }


def one(connection: Connection, statement: LiteralString, parameters: dict[str, Any]) -> DeadLetter | None:
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(statement, parameters).fetchone()
    return None if row is None else letter_of(row)


def letter_of(row: dict[str, Any]) -> DeadLetter:
    return DeadLetter(
        id=row["id"],
        consumer=row["consumer"],
        message=Message(
            topic=row["topic"],
            partition=row["partition"],
            offset=int(row["message_offset"]),
            key=row["key"],
            value=bytes(row["value"]),
            headers=row["headers"],
            timestamp=row["published_at"],
            cluster_id=row["cluster_id"],
            topic_id=row["topic_id"],
        ),
        status=row["status"],
        reason=row["reason"],
        error_type=row["error_type"],
        attempts=row["attempts"],
        set_aside_at=row["set_aside_at"],
        next_attempt_at=row["next_attempt_at"],
        settled_at=row["settled_at"],
    )
