"""Watches every request: one line in the log, one observation for the metrics.

Neither tells more than the route's template, so no path, no query, no body and no name gets there.
"""

import logging
from http import HTTPStatus
from time import perf_counter
from typing import NamedTuple, Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.correlation import correlation_id_of, route_of

PRINCIPAL_KEY = "mesocycle.principal_id"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

log = logging.getLogger(__name__)


class Seen(NamedTuple):
    """``route`` is a template; ``status`` 0 where the client had gone before there was an answer."""

    method: str
    route: str
    status: int
    seconds: float


class Observe(Protocol):
    def __call__(self, seen: Seen, /) -> None: ...


def unobserved(_: Seen) -> None:
    """Where nobody keeps metrics."""


class Watched:
    """The outermost middleware."""

    def __init__(self, app: ASGIApp, observe: Observe) -> None:
        self._app = app
        self._observe = observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = perf_counter(), 0

        async def send_watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_watched)
        except Exception:
            status = status or HTTPStatus.INTERNAL_SERVER_ERROR.value
            raise
        finally:
            seen = Seen(method_of(scope), route_of(scope), status, perf_counter() - begun)
            self._observe(seen)
            tell(scope, seen)


def tell(scope: Scope, seen: Seen) -> None:
    """Probes come each second, and are told only where somebody looks closely."""
    level = logging.DEBUG if is_probe(scope) else logging.INFO
    extra = {
        "method": seen.method,
        "route": seen.route,
        "status": seen.status,
        "duration_ms": round(seen.seconds * 1000, 2),
        "correlation_id": correlation_id_of(scope),
        "principal": scope.get(PRINCIPAL_KEY),
    }
    log.log(level, "http.request", extra=extra)


def is_probe(scope: Scope) -> bool:
    path: str = scope["path"]
    return path == "/metrics" or path.startswith("/health/")


def method_of(scope: Scope) -> str:
    """Of those that there are: strangers' own would make ever more time series."""
    return scope["method"] if scope["method"] in METHODS else "other"
