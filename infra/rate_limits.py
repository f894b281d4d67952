"""Counts requests in PostgreSQL for all processes together, one round trip each; who is refused is known here then.

Of a large quota a process takes several requests at once, so that a principal costs at most some hundred round trips a
second. What it does not use within a second is lost: at most 1 % of the quota a minute, for each process.
"""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from hashlib import sha256
from time import monotonic
from typing import LiteralString

import psycopg
import structlog
from psycopg import Connection
from psycopg.rows import args_row

from api.rates import Policy, Verdict

TAKE: LiteralString = "SELECT allowed, remaining, reset_s, retry_after_s FROM take_rate(%b, %b::int, %b::int)"
EXPIRE: LiteralString = "DELETE FROM rate_limits WHERE full_at < clock_timestamp()"
TAKES_PER_MINUTE = 6000
LEASE_S = 1.0
REST_S = 5.0
"""After a failure nobody is asked for so long: each request would wait for a database that is away."""
MOST_HELD = 10_000

log = structlog.get_logger()


class Held:
    """What is known of a principal until ``until``: that it is refused, or that ``left`` more are paid for."""

    __slots__ = ("left", "until", "verdict")

    def __init__(self, verdict: Verdict, left: int, until: float) -> None:
        self.verdict = verdict
        self.left = left
        self.until = until


class PostgresRateLimiter:
    """Implements ``TakeRate``.

    ``connect`` lends autocommit connections, ``seconds`` never goes back; ``most_held`` principals are remembered, and
    then all are forgotten: the database knows. Threads may share it.
    """

    def __init__(
        self,
        connect: Callable[[], AbstractContextManager[Connection]],
        seconds: Callable[[], float] = monotonic,
        *,
        most_held: int = MOST_HELD,
    ) -> None:
        self._connect = connect
        self._seconds = seconds
        self._most_held = most_held
        self._lock = threading.Lock()
        self._held: dict[bytes, Held] = {}
        self._rests_until = 0.0

    def __call__(self, principal: str, policy: Policy) -> Verdict | None:
        key = sha256(f"{policy.name}\0{principal}".encode(errors="surrogatepass")).digest()
        now = self._seconds()
        with self._lock:
            if (known := self._known(key, now)) is not None:
                return known
            if now < self._rests_until:
                return None
        cost = max(1, policy.per_minute // TAKES_PER_MINUTE)
        try:
            verdict = self._take(key, policy.per_minute, cost)
        except psycopg.Error as error:
            log.warning("rate_limits.not_counted", seconds=REST_S, error=type(error).__name__)
            with self._lock:
                self._rests_until = now + REST_S
            return None
        self._keep(key, verdict, cost - 1, now)
        return verdict._replace(remaining=verdict.remaining + cost - 1) if verdict.allowed else verdict

    def expire(self) -> int:
        """Forgets those who have their whole quota; how many."""
        with self._connect() as connection:
            return connection.execute(EXPIRE).rowcount

    def _known(self, key: bytes, now: float) -> Verdict | None:
        held = self._held.get(key)
        if held is None or now >= held.until:
            return None
        if not held.verdict.allowed:
            waited_s = held.until - now
            return held.verdict._replace(retry_after_s=waited_s)
        if not held.left:
            return None
        held.left -= 1
        return held.verdict._replace(remaining=held.verdict.remaining + held.left)

    def _take(self, key: bytes, per_minute: int, cost: int) -> Verdict:
        with self._connect() as connection, connection.cursor(row_factory=args_row(Verdict), binary=True) as cursor:
            verdict = cursor.execute(TAKE, (key, per_minute, cost)).fetchone()
        assert verdict is not None, "a function that is no set gives one row"
        return verdict

    def _keep(self, key: bytes, verdict: Verdict, left: int, now: float) -> None:
        """A refusal holds for all it says: others of the principal's requests only make it longer."""
        if verdict.allowed and not left:
            return
        until = now + (LEASE_S if verdict.allowed else verdict.retry_after_s)
        with self._lock:
            if len(self._held) >= self._most_held:
                self._held.clear()
            self._held[key] = Held(verdict, left, until)
