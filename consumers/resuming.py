"""Goes on with what is parked, and with what waits behind it: the one place that asks the planning service for content.

A loop beside the listener's, so that a planning service that hangs keeps no message waiting that does not need it.
"""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import LiteralString

import structlog
from psycopg import Connection

from consumers.dead_letter_queue import WAITS, Process, attempt
from consumers.duties import repeat
from consumers.parking import Waits, due

POLL_S = 0.2
BATCH = 100
# One process at a time resumes a consumer's messages; the server frees the lock where that one dies.
TAKE_TURN: LiteralString = "SELECT pg_try_advisory_lock(hashtextextended(%(consumer)s, 52))"
END_TURN: LiteralString = "SELECT pg_advisory_unlock(hashtextextended(%(consumer)s, 52))"

log = structlog.get_logger()


class Resuming:
    """``connect`` gives autocommit connections."""

    def __init__(
        self,
        consumer: str,
        process: Process,
        connect: Callable[[], AbstractContextManager[Connection]],
        *,
        waits: Waits = WAITS,
        poll_s: float = POLL_S,
    ) -> None:
        self._consumer = consumer
        self._process = process
        self._connect = connect
        self._waits = waits
        self._poll_s = poll_s

    def run(self, stop: threading.Event) -> None:
        repeat(lambda: self.resume(stop), stop, self._poll_s, "resuming")

    def resume(self, stop: threading.Event | None = None) -> int:
        """What is due, until nothing is, or until one must go on waiting: it would be no better for the others now.

        How many messages were settled, dead ones included. Raises what is PASSING.
        """
        settled = 0
        with self._connect() as connection:
            if not self._has_turn(connection, TAKE_TURN):
                return 0
            try:
                while letters := due(connection, self._consumer, BATCH):
                    for letter in letters:
                        if stop is not None and stop.is_set():
                            return settled
                        sequel = attempt(connection, letter, self._process, self._waits)
                        log.info("planning.resumed", id=letter.id, processed=sequel.processed)
                        if sequel.stopped_at is not None and sequel.stopped_at.status == "parked":
                            return settled
                        settled += 1
            finally:
                if not connection.closed:
                    self._has_turn(connection, END_TURN)
        return settled

    def _has_turn(self, connection: Connection, statement: LiteralString) -> bool:
        row = connection.execute(statement, {"consumer": self._consumer}).fetchone()
        return row is not None and bool(row[0])
