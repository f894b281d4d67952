"""What waits, what was set aside and what was refused, over all organizations: for health checks and metrics.

Reads the tables of the consumers, as ``lag`` reads their checkpoints. Counts, and never whose.
"""

from typing import LiteralString, NamedTuple

from psycopg import Connection
from psycopg.rows import args_row

COUNTED = 10_000
"""Unread messages are counted up to so many."""

LETTERS: LiteralString = """
SELECT consumer, status, error_type, count(*) FROM dead_letters
WHERE status IN ('dead', 'parked', 'waiting') GROUP BY consumer, status, error_type ORDER BY 1, 2, 3
"""
REFUSALS: LiteralString = "SELECT error_type, count(*) FROM reaction_refusals GROUP BY error_type ORDER BY 1"
# The ages of all that are pending, which a queue that works keeps short; refused ones have an index of their own.
NOTICES: LiteralString = """
SELECT (SELECT count(*) FROM completion_notices WHERE status = 'pending'),
       (SELECT count(*) FROM completion_notices WHERE status = 'refused'),
       coalesce((SELECT extract(epoch FROM clock_timestamp() - min(e.recorded_at))::float8
                 FROM completion_notices AS n JOIN events AS e ON e.event_id = n.notice_id
                 WHERE n.status = 'pending'), 0)
"""
# An offset is a position in one number (``Position.to_int``).
UNREAD: LiteralString = """
SELECT g.consumer_group, g.topic, (
    SELECT count(*) FROM (
        SELECT FROM topic_messages AS m
        WHERE m.topic = g.topic AND (m.era, m.xid, m.ordinal) > (
            div(g.next_after, 2::numeric ^ 96)::int,
            mod(div(g.next_after, 2::numeric ^ 32), 2::numeric ^ 64)::bigint,
            mod(g.next_after, 2::numeric ^ 32)::int)
        LIMIT %(counted)s) AS behind)
FROM group_offsets AS g ORDER BY 1, 2
"""


class Letters(NamedTuple):
    """``status`` is dead, parked or waiting; ``error_type`` is empty where nothing has failed yet."""

    consumer: str
    status: str
    error_type: str
    how_many: int


class Notices(NamedTuple):
    """Of completed workouts: ``oldest_s`` is how long the oldest pending one has been waiting, 0 where none is."""

    pending: int
    refused: int
    oldest_s: float


class Unread(NamedTuple):
    """Of a topic other than the event store's own log, by one consumer group."""

    group: str
    topic: str
    how_many: int


def letters(connection: Connection) -> list[Letters]:
    with connection.cursor(row_factory=args_row(Letters)) as cursor:
        return cursor.execute(LETTERS).fetchall()


def refusals_by_type(connection: Connection) -> dict[str, int]:
    """Of reactions, by type of error, since the database was made."""
    return dict(connection.execute(REFUSALS).fetchall())


def notices(connection: Connection) -> Notices:
    with connection.cursor(row_factory=args_row(Notices)) as cursor:
        found = cursor.execute(NOTICES).fetchone()
    assert found is not None, "counts are one row"
    return found


def unread(connection: Connection) -> list[Unread]:
    with connection.cursor(row_factory=args_row(Unread)) as cursor:
        return cursor.execute(UNREAD, {"counted": COUNTED}).fetchall()
