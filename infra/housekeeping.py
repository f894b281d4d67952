"""What is kept for a while only: answers to idempotency keys, seven days (decision 9), and counts of requests."""

import threading

import psycopg
import structlog

from infra.event_store.repeats import Repeats
from infra.rate_limits import PostgresRateLimiter

EACH_S = 3600.0

log = structlog.get_logger()


class Housekeeping:
    def __init__(self, repeats: Repeats, limiter: PostgresRateLimiter, each_s: float = EACH_S) -> None:
        self._repeats = repeats
        self._limiter = limiter
        self._each_s = each_s

    def run(self, stop: threading.Event) -> None:
        """Once at the start, then each hour. What fails for the database's sake is done the next time."""
        while True:
            try:
                log.debug("housekeeping.idempotency_keys", expired=self._repeats.expire())
                log.debug("housekeeping.rate_limits", expired=self._limiter.expire())
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                log.warning("housekeeping.put_off", error=str(error))
            if stop.wait(self._each_s):
                return
