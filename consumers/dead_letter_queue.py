"""Retrying and discarding dead letters: what a person decides, and what then follows in the queue of that key.

Each message is one transaction, which settles its letter together with what ``process`` writes on the connection. A
consumer that writes elsewhere (the listener, by commands) must know a repeat, as it must for redelivered messages.
"""

from dataclasses import dataclass
from typing import LiteralString, Protocol

from psycopg import Connection

from consumers.dead_letters import PASSING, DeadLetter, find, first_open, lock_key, reason_of
from consumers.parking import LOOKS, Incomplete, NotYetKnown, Waits, call_next, park_again
from consumers.planning_service import PlanningServiceAway
from domain.ports import Message

# The status may have changed between looking and locking: a letter is settled once, by one of those who try.
TAKE: LiteralString = "SELECT FROM dead_letters WHERE id = %s AND status = %s FOR UPDATE"
SETTLE: LiteralString = """
UPDATE dead_letters
SET status = %(status)s, settled_at = clock_timestamp(), next_attempt_at = NULL, attempts = attempts + %(attempts)s
WHERE id = %(id)s
"""
FAIL: LiteralString = """
UPDATE dead_letters
SET status = 'dead', reason = %(reason)s, error_type = %(error_type)s, attempts = attempts + 1,
    next_attempt_at = NULL, died_at = coalesce(died_at, clock_timestamp())
WHERE id = %(id)s AND status = %(status)s
"""
WAITS = Waits()


class Process(Protocol):
    """What a consumer does with one message; ``connection`` is in the transaction that settles the letter.

    Raises Incomplete where it must ask somebody first, for which no transaction is kept open.
    """

    def __call__(self, connection: Connection, message: Message, /) -> object: ...


@dataclass(frozen=True, slots=True)
class Sequel:
    """How many messages were processed, and the one that failed and blocks the key now, if one did."""

    processed: int
    stopped_at: DeadLetter | None


class NotRetriable(Exception):
    """This letter cannot be retried or discarded; the text says why, and which one can."""


def retry(connection: Connection, letter_id: int, process: Process) -> Sequel:
    """Processes the dead or parked letter and then those behind it, in order, until one fails: that one is dead then.

    ``connection`` is autocommit. Raises NotRetriable; and what is PASSING, which leaves the letter it met as it was.
    Only where the planning service is away, the letter is parked.
    """
    letter = retriable(connection, letter_id)
    first = attempt(connection, letter, process)
    if first.stopped_at is not None:
        return first
    sequel = work_off(connection, letter, process)
    return Sequel(first.processed + sequel.processed, sequel.stopped_at)


def discard(connection: Connection, letter_id: int, process: Process) -> Sequel:
    """Drops the letter (its row stays, as discarded) and goes on with those behind it, as ``retry`` does."""
    letter = retriable(connection, letter_id)
    with connection.transaction():
        if not taken(connection, letter):
            raise NotRetriable(f"{letter_id} has changed just now: look at it again")
        settle(connection, letter, "discarded", attempts=0)
    return work_off(connection, letter, process)


def retriable(connection: Connection, letter_id: int) -> DeadLetter:
    letter = find(connection, letter_id)
    if letter is None:
        raise NotRetriable(f"there is no dead letter {letter_id}")
    if letter.settled_at is not None:
        raise NotRetriable(f"{letter_id} is settled: it was {letter.status} at {letter.settled_at}")
    if letter.status == "waiting" and letter.message.key is not None:
        ahead = first_open(connection, letter.consumer, letter.message.key)
        if ahead is None or ahead.id != letter_id:
            first = f"retry or discard {ahead.id} instead" if ahead else "its queue is being worked off"
            raise NotRetriable(f"{letter_id} waits in the queue of its key: {first}")
    return letter


def work_off(connection: Connection, behind: DeadLetter, process: Process) -> Sequel:
    """The queue of a key, one after the other, until it is empty or one fails."""
    processed = 0
    key = behind.message.key
    while key is not None and (letter := first_open(connection, behind.consumer, key)) is not None:
        if letter.status != "waiting":  # somebody else has tried it in the meantime
            return Sequel(processed, letter)
        one = attempt(connection, letter, process)
        processed += one.processed
        if one.stopped_at is not None:
            return Sequel(processed, one.stopped_at)
    return Sequel(processed, None)


def attempt(connection: Connection, letter: DeadLetter, process: Process, waits: Waits = WAITS) -> Sequel:
    """One letter. It stops at the letter itself where that is dead now or parked; 0 where somebody else settled it."""
    try:
        try:
            return Sequel(int(processed(connection, letter, process)), None)
        except Incomplete as incomplete:
            return Sequel(int(processed(connection, letter, incomplete.complete())), None)
    except PlanningServiceAway as error:
        kept = park_again(connection, letter, error, waits.before(letter.attempts, error.retry_after_s))
    except PASSING:
        raise
    except Exception as error:
        if isinstance(error, NotYetKnown) and letter.attempts + 1 < LOOKS:
            kept = park_again(connection, letter, error, waits.before(letter.attempts))
        else:
            kept = fail(connection, letter, error)
    return Sequel(0, find(connection, letter.id) if kept else None)


def processed(connection: Connection, letter: DeadLetter, process: Process) -> bool:
    """False where somebody else settled it in the meantime."""
    with connection.transaction():
        if not taken(connection, letter):
            return False
        process(connection, letter.message)
        settle(connection, letter, "retried", attempts=1)
    return True


def taken(connection: Connection, letter: DeadLetter) -> bool:
    """Locks the key and the letter; False where it is not any more what it was."""
    if letter.message.key is not None:
        lock_key(connection, letter.consumer, letter.message.key)
    return connection.execute(TAKE, (letter.id, letter.status)).rowcount == 1


def settle(connection: Connection, letter: DeadLetter, status: str, *, attempts: int) -> None:
    """Together with whoever is next: in the transaction that holds the key."""
    connection.execute(SETTLE, {"id": letter.id, "status": status, "attempts": attempts})
    call_next(connection, letter)


def fail(connection: Connection, letter: DeadLetter, error: Exception) -> bool:
    failure = {"id": letter.id, "status": letter.status, "reason": reason_of(error), "error_type": type(error).__name__}
    return connection.execute(FAIL, failure).rowcount == 1
