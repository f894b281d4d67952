"""What whoever runs the service decides for the API, and what it tells them: limits, metrics, health.

The composition root fills it in; without that there are no limits but that of a body's size, and nobody is told.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, FastAPI, Response
from starlette.types import Scope

from api.authentication import authenticated
from api.bodies import BodyLimits, WholeBody
from api.correlation import Correlation
from api.principal import TokenRefused, Tokens
from api.rates import Policy, RateLimited, TakeRate, Verdict
from api.watching import Observe, Watched, unobserved
from domain.ports import Unavailable

TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8"
"""Of Prometheus: what ``render`` writes."""


def uncounted(_: str, __: Policy) -> Verdict | None:
    """Where nobody counts requests."""
    return None


def unbound(_: str) -> AbstractContextManager[None]:
    """Where log lines tell nothing of the request that they belong to."""
    return nullcontext()


BODY = BodyLimits()
ANY_READS = Policy("reads", 0)
ANY_WRITES = Policy("writes", 0)


@dataclass(frozen=True, slots=True)
class Operation:
    """``bound`` puts a correlation id on every log line of its block; ``render`` gives metrics in Prometheus' format.

    ``circuit`` is closed, open or half_open: whether the planning service is asked at the moment.
    """

    body: BodyLimits = BODY
    reads: Policy = ANY_READS
    writes: Policy = ANY_WRITES
    take: TakeRate = uncounted
    observe: Observe = unobserved
    bound: Callable[[str], AbstractContextManager[object]] = unbound
    render: Callable[[], bytes] = bytes
    circuit: Callable[[], str] = lambda: "closed"


def install(app: FastAPI, operation: Operation, new_id: Callable[[], UUID], tokens: Tokens) -> None:
    """The middlewares, the innermost first, and ``/metrics``."""

    async def proven(scope: Scope) -> str | None:
        try:
            principal = await authenticated(scope, tokens)
        except (TokenRefused, Unavailable):
            return None  # the route says why, if it wants to know
        return f"{principal.organization_id} {principal.subject}"

    app.add_middleware(WholeBody, limits=operation.body)
    app.add_middleware(
        RateLimited, take=operation.take, principal_of=proven, reads=operation.reads, writes=operation.writes
    )
    app.add_middleware(Correlation, new_id=new_id, bound=operation.bound)
    app.add_middleware(Watched, observe=operation.observe)
    routes = APIRouter()

    @routes.get("/metrics", include_in_schema=False)
    def metrics() -> Response:
        """For scrapers: totals only, of no organization."""
        return Response(operation.render(), media_type=TEXT_FORMAT)

    app.include_router(routes)
