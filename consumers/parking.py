"""Messages that wait for what somebody else has to say: parked, blocking their key, and tried again by themselves.

A parked message is a dead letter but for two things: nobody is told of an error, and it has a time of its next attempt.
"""

import random
from collections.abc import Callable
from typing import Any, LiteralString, NamedTuple

from psycopg import Connection
from psycopg.rows import dict_row

from consumers.dead_letters import (
    COLUMNS,
    OPEN,
    SAME_KEY,
    DeadLetter,
    Unprocessable,
    columns_of,
    insert,
    letter_of,
    reason_of,
    storable,
)
from domain.ports import Message

PARK_AGAIN: LiteralString = """
UPDATE dead_letters
SET status = 'parked', reason = %(reason)s, error_type = %(error_type)s, attempts = attempts + 1,
    next_attempt_at = clock_timestamp() + make_interval(secs => %(wait_s)s)
WHERE id = %(id)s AND status = %(status)s
"""
DUE: LiteralString = f"""
SELECT {COLUMNS} FROM dead_letters
WHERE consumer = %(consumer)s AND {OPEN} AND next_attempt_at <= clock_timestamp()
ORDER BY next_attempt_at, id LIMIT %(limit)s
"""
# With what settles the one before it: whoever dies in between leaves a queue that goes on by itself.
NEXT_IN_LINE: LiteralString = f"""
UPDATE dead_letters SET next_attempt_at = clock_timestamp()
WHERE id = (SELECT id FROM dead_letters WHERE {SAME_KEY} AND {OPEN} ORDER BY id LIMIT 1) AND status = 'waiting'
"""

LOOKS = 5
"""Attempts after which what is not known yet is unknown. With the waits of ``Waits`` that is some fifteen seconds."""


class Incomplete(Exception):
    """The message lacks what somebody else has to say. ``complete`` asks, which may take long: in no transaction.

    It gives what then processes the message in its place, and raises what asking raises.
    """

    def __init__(self, message: str, complete: Callable[[], Callable[[Connection, Message], object]]) -> None:
        super().__init__(message)
        self.complete = complete


class NotYetKnown(Unprocessable):
    """What the message names is not in the read models, and may be in a moment: they are on their way."""


class Waits(NamedTuple):
    """Seconds between attempts: doubled each time, and up to a quarter longer, so that not all come at once."""

    first_s: float = 1.0
    longest_s: float = 60.0

    def before(self, attempt: int, retry_after_s: float | None = None) -> float:
        """``attempt`` counts from 0. Not sooner than the other side has asked for."""
        wait_s = min(self.first_s * 2.0 ** min(attempt, 30), self.longest_s)
        return max(wait_s, retry_after_s or 0.0) * random.uniform(1.0, 1.25)


def park(connection: Connection, consumer: str, message: Message, error: Incomplete | NotYetKnown) -> None:
    """Its key is blocked from now on, and it is due at once. Nothing happens where it is known already."""
    insert(connection, columns_of(consumer, message), "parked", storable(str(error)), "", attempts=0)


def park_again(connection: Connection, letter: DeadLetter, error: Exception, wait_s: float) -> bool:
    """False where somebody has settled it in the meantime."""
    values = {"id": letter.id, "status": letter.status, "wait_s": wait_s}
    reason = {"reason": reason_of(error), "error_type": type(error).__name__}
    return connection.execute(PARK_AGAIN, {**values, **reason}).rowcount == 1


def due(connection: Connection, consumer: str, limit: int) -> list[DeadLetter]:
    """Those whose time has come, the longest due first. Each is the first of its key."""
    with connection.cursor(row_factory=dict_row) as cursor:
        rows: list[dict[str, Any]] = cursor.execute(DUE, {"consumer": consumer, "limit": limit}).fetchall()
    return [letter_of(row) for row in rows]


def call_next(connection: Connection, letter: DeadLetter) -> None:
    """``letter`` is settled in this transaction: whoever waits behind it is due."""
    if letter.message.key is not None:
        connection.execute(NEXT_IN_LINE, {"consumer": letter.consumer, "key": storable(letter.message.key)})
