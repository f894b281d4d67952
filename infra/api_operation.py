"""How the API is run, from what the application has: limits, metrics, and what log lines tell of a request."""

from contextlib import AbstractContextManager
from functools import partial

from structlog.contextvars import bound_contextvars

from api.bodies import BodyLimits
from api.operation import Operation
from api.rates import Policy
from domain.ports import Clock
from infra.event_store.database import WriterPool
from infra.metrics import Metrics
from infra.metrics_at_scrape import AtScrape
from infra.planning_service import HttpPlanningService
from infra.rate_limits import PostgresRateLimiter
from infra.settings import Settings

COUNT_PATIENCE_S = 0.25
"""How long a request waits to be counted: longer than that would hurt more than not counting it."""
SCRAPE_PATIENCE_S = 2.0


def limiter_of(pool: WriterPool) -> PostgresRateLimiter:
    return PostgresRateLimiter(partial(pool.connection, timeout=COUNT_PATIENCE_S))


def metrics_of(pool: WriterPool, planning: HttpPlanningService, clock: Clock) -> Metrics:
    connect = partial(pool.connection, timeout=SCRAPE_PATIENCE_S)
    return Metrics([AtScrape(connect, lambda: planning.state, clock)])


def operation_of(
    settings: Settings, limiter: PostgresRateLimiter, metrics: Metrics, planning: HttpPlanningService
) -> Operation:
    return Operation(
        body=BodyLimits(settings.max_body_bytes, settings.body_timeout_s),
        reads=Policy("reads", settings.rate_per_minute),
        writes=Policy("writes", settings.writes_per_minute),
        take=limiter,
        observe=metrics.observe_request,
        bound=with_correlation_id,
        render=metrics.render,
        circuit=lambda: planning.state,
    )


def with_correlation_id(correlation_id: str) -> AbstractContextManager[object]:
    return bound_contextvars(correlation_id=correlation_id)
