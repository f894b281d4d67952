"""The planning service's client: HTTP with retries, a circuit breaker and a rate limit, behind the consumers' port."""

import time

from domain.ports import Clock
from infra.planning_service.breaker import CircuitBreaker, State
from infra.planning_service.client import HttpPlanningService, Patience
from infra.settings import Settings

__all__ = ["CircuitBreaker", "HttpPlanningService", "Patience", "State", "planning_service"]


def planning_service(settings: Settings, clock: Clock) -> HttpPlanningService:
    """As the settings say; nothing is asked yet. Whoever calls this closes it."""
    return HttpPlanningService(
        settings.planning_service_url,
        token=settings.planning_service_token,
        timeout_s=settings.planning_timeout_ms / 1000,
        rate_per_minute=settings.planning_rate_per_minute,
        breaker=CircuitBreaker(
            settings.planning_breaker_failures, settings.planning_breaker_reset_s, clock=time.monotonic
        ),
        clock=clock,
    )
