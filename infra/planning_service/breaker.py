"""A circuit breaker: what has failed several times in a row is left alone for a while, then tried once.

Our own, for two libraries do not fit: ``pybreaker`` (1.4) holds its lock while it calls, so that threads ask one after
the other and a slow answer stops them all; ``purgatory`` (3.0) has no lock, and lets everybody through when half open.
Both read the machine's clock by themselves, which no test can set.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from consumers.planning_service import PlanningServiceAway, PlanningServiceMalformed, PlanningServiceRefused
from infra.planning_service.answers import NotServed

State = Literal["closed", "open", "half_open"]


class CircuitOpen(PlanningServiceAway):
    """Nothing was asked. ``retry_after_s`` is when the next attempt will be let through."""


class CircuitBreaker:
    """Opens after ``failures`` in a row for ``reset_s`` seconds, or as long as the other side asked to be left alone.

    Then it is half open: one attempt goes through, and closes it or opens it again. ``clock`` counts seconds and never
    goes back. Threads may share it.
    """

    def __init__(self, failures: int, reset_s: float, clock: Callable[[], float]) -> None:
        self._failures = failures
        self._reset_s = reset_s
        self._clock = clock
        self._lock = threading.Lock()
        self._failed = 0
        self._open_until: float | None = None
        self._trying = False
        self._last_error = ""

    @property
    def state(self) -> State:
        with self._lock:
            if self._open_until is None:
                return "closed"
            return "open" if self._clock() < self._open_until else "half_open"

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Raises CircuitOpen. An answer closes it, also one that says no or makes no sense: somebody is there."""
        trying = self._admit()
        try:
            yield
        except NotServed as error:
            self._count(error)
            raise
        except (PlanningServiceRefused, PlanningServiceMalformed):
            self._close()
            raise
        else:
            self._close()
        finally:
            # Also after an exception that says nothing about the other side: the next may try.
            if trying:
                with self._lock:
                    self._trying = False

    def _admit(self) -> bool:
        """Whether this is the one attempt of a half-open circuit."""
        with self._lock:
            if self._open_until is None:
                return False
            left_s = self._open_until - self._clock()
            if left_s > 0 or self._trying:
                raise CircuitOpen(
                    f"the planning service is not asked for now, as it failed {self._failed} times in a row: "
                    f"{self._last_error}",
                    retry_after_s=max(left_s, 0.0),
                )
            self._trying = True
            return True

    def _count(self, error: NotServed) -> None:
        with self._lock:
            self._failed += 1
            self._last_error = str(error)
            if self._failed >= self._failures:
                self._open_until = self._clock() + max(self._reset_s, error.retry_after_s or 0.0)

    def _close(self) -> None:
        with self._lock:
            self._failed = 0
            self._open_until = None
