"""Retrying and discarding dead letters: what a person decides, and what then follows in the queue of that key.

Each message is one transaction, which settles its letter together with what ``process`` writes on the connection. A
consumer that writes elsewhere (the listener, by commands) must know a repeat, as it must for redelivered messages.
"""

from dataclasses import dataclass
from typing import LiteralString, Protocol

from psycopg import Connection

from consumers.dead_letters import PASSING, DeadLetter, find, first_open, lock_key, reason_of
from domain.ports import Message

# The status may have changed between looking and locking: a letter is settled once, by one person.
TAKE: LiteralString = "SELECT FROM dead_letters WHERE id = %s AND status IN ('dead', 'waiting') FOR UPDATE"
SETTLE: LiteralString = """
UPDATE dead_letters SET status = %(status)s, settled_at = clock_timestamp(), attempts = attempts + %(attempts)s
WHERE id = %(id)s
"""
FAIL: LiteralString = """
UPDATE dead_letters
SET status = 'dead', reason = %(reason)s, error_type = %(error_type)s, attempts = attempts + 1
WHERE id = %(id)s AND status IN ('dead', 'waiting')
"""


class Process(Protocol):
    """What a consumer does with one message; ``connection`` is in the transaction that settles the letter."""

    def __call__(self, connection: Connection, message: Message, /) -> object: ...


@dataclass(frozen=True, slots=True)
class Sequel:
    """How many messages were processed, and the one that failed and blocks the key now, if one did."""

    processed: int
    stopped_at: DeadLetter | None


class NotRetriable(Exception):
    """This letter cannot be retried or discarded; the text says why, and which one can."""


def retry(connection: Connection, letter_id: int, process: Process) -> Sequel:
    """Processes the dead letter and then those behind it, in order, until one fails: that one is dead then.

    ``connection`` is autocommit. Raises NotRetriable; and what is PASSING, which leaves the letter it met as it was.
    """
    letter = dead_letter(connection, letter_id)
    if (failed := attempt(connection, letter, process)) is not None:
        return Sequel(0, failed)
    sequel = work_off(connection, letter, process)
    return Sequel(sequel.processed + 1, sequel.stopped_at)


def discard(connection: Connection, letter_id: int, process: Process) -> Sequel:
    """Drops the dead letter (its row stays, as discarded) and goes on with those behind it, as ``retry`` does."""
    letter = dead_letter(connection, letter_id)
    with connection.transaction():
        if taken(connection, letter):
            connection.execute(SETTLE, {"id": letter.id, "status": "discarded", "attempts": 0})
    return work_off(connection, letter, process)


def dead_letter(connection: Connection, letter_id: int) -> DeadLetter:
    letter = find(connection, letter_id)
    if letter is None:
        raise NotRetriable(f"there is no dead letter {letter_id}")
    if letter.status == "waiting" and letter.message.key is not None:
        ahead = first_open(connection, letter.consumer, letter.message.key)
        first = f"retry or discard {ahead.id} instead" if ahead else "its queue is being worked off"
        raise NotRetriable(f"{letter_id} waits in the queue of its key: {first}")
    if letter.status != "dead":
        raise NotRetriable(f"{letter_id} is settled: it was {letter.status} at {letter.settled_at}")
    return letter


def work_off(connection: Connection, behind: DeadLetter, process: Process) -> Sequel:
    """The queue of a key, one after the other, until it is empty or one fails."""
    processed = 0
    key = behind.message.key
    while key is not None and (letter := first_open(connection, behind.consumer, key)) is not None:
        if (failed := attempt(connection, letter, process)) is not None:
            return Sequel(processed, failed)
        processed += 1
    return Sequel(processed, None)


def attempt(connection: Connection, letter: DeadLetter, process: Process) -> DeadLetter | None:
    """One letter; as it stands now where that failed."""
    try:
        with connection.transaction():
            if taken(connection, letter):
                process(connection, letter.message)
                connection.execute(SETTLE, {"id": letter.id, "status": "retried", "attempts": 1})
        return None
    except PASSING:
        raise
    except Exception as error:
        failure = {"id": letter.id, "reason": reason_of(error), "error_type": type(error).__name__}
        connection.execute(FAIL, failure)
        return find(connection, letter.id)


def taken(connection: Connection, letter: DeadLetter) -> bool:
    """Locks the key and the letter; False where somebody else settled it in the meantime."""
    if letter.message.key is not None:
        lock_key(connection, letter.consumer, letter.message.key)
    return connection.execute(TAKE, (letter.id,)).rowcount == 1
