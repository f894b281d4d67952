"""Clients of the planning service that lose no time, and a clock that tests set."""

from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr

from infra.planning_service import CircuitBreaker, HttpPlanningService, Patience
from tests.support.planning_server import FaultyPlanningServer

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
NO_PAUSES = Patience(first_wait_s=0.001, jitter_s=0.001)


class Seconds:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s

    def pass_by(self, seconds: float) -> None:
        self.now_s += seconds


class NoonClock:
    def now(self) -> datetime:
        return NOW


def client_of(
    server: FaultyPlanningServer, *, failures: int = 100, seconds: Seconds | None = None, **changed: Any
) -> HttpPlanningService:
    parts: dict[str, Any] = {
        "token": SecretStr("s3cret"),
        "timeout_s": 5.0,
        "rate_per_minute": 10_000,
        "breaker": CircuitBreaker(failures, 30.0, clock=seconds or Seconds()),
        "clock": NoonClock(),
        "patience": NO_PAUSES,
        **changed,
    }
    return HttpPlanningService(parts.pop("url", server.url), **parts)
