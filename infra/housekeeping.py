"""What is kept for a while only: answers to idempotency keys, seven days (decision 9)."""

import threading

import psycopg
import structlog

from infra.event_store.repeats import Repeats

EACH_S = 3600.0

log = structlog.get_logger()


class Housekeeping:
    def __init__(self, repeats: Repeats, each_s: float = EACH_S) -> None:
        self._repeats = repeats
        self._each_s = each_s

    def run(self, stop: threading.Event) -> None:
        """Once at the start, then each hour. What fails for the database's sake is done the next time."""
        while True:
            try:
                expired = self._repeats.expire()
                log.debug("housekeeping.idempotency_keys", expired=expired)
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                log.warning("housekeeping.put_off", error=str(error))
            if stop.wait(self._each_s):
                return
