"""Gives every request a correlation id: the client's, where it sent a UUID, or a fresh one.

It goes back in the header ``X-Correlation-Id``, and is on each log line of the request. An error that nobody foresaw is
logged and answered under it.
"""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from http import HTTPStatus
from uuid import UUID

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem

HEADER = "x-correlation-id"
SCOPE_KEY = "mesocycle.correlation_id"
UNMATCHED = "unmatched"

log = logging.getLogger(__name__)


class Correlation:
    """A middleware; ``bound`` puts the id on the log lines of its block."""

    def __init__(
        self,
        app: ASGIApp,
        new_id: Callable[[], UUID],
        bound: Callable[[str], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self._app = app
        self._new_id = new_id
        self._bound = bound

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        correlation_id = str(uuid_of(Headers(scope=scope).get(HEADER)) or self._new_id())
        scope[SCOPE_KEY] = correlation_id
        started = False

        async def send_with_id(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                MutableHeaders(scope=message)[HEADER] = correlation_id
            await send(message)

        with self._bound(correlation_id):
            try:
                await self._app(scope, receive, send_with_id)
            except ClientDisconnect:
                log.debug("the client had gone before it was answered")
            except Exception:
                extra = {"correlation_id": correlation_id}
                log.exception("unexpected error in %s %s", scope["method"], route_of(scope), extra=extra)
                if started:  # too late for another answer: the server cuts this one off
                    raise
                await unexpected(correlation_id)(scope, receive, send_with_id)


def route_of(scope: Scope) -> str:
    """Its template, which tells nothing of whom the request is about."""
    return str(getattr(scope.get("route"), "path", UNMATCHED))


def correlation_id_of(scope: Scope) -> str | None:
    found: str | None = scope.get(SCOPE_KEY)
    return found


def uuid_of(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def unexpected(correlation_id: str) -> ASGIApp:
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "unexpected",
        "an error that nobody foresaw; nothing more is known here",
        "Send it again, or ask whoever runs the service: the log names this correlation id.",
        correlation_id=correlation_id,
    )
