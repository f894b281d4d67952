"""How a route says that it will go: ``Deprecation`` (RFC 9745), ``Sunset`` (RFC 8594), and a link to what to do.

docs/api-versioning.md says when a route may.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SINCE, SUNSET, LINK = "x-deprecated-since", "x-sunset", "x-deprecation-link"
"""What the description says of such a route, beside ``deprecated``."""


def deprecated(since: date, *, link: str, sunset: date | None = None) -> dict[str, Any]:
    """For a route: ``@routes.get("/old", **deprecated(…))``.

    From the beginning of the day ``since`` on, in UTC; at the beginning of ``sunset`` it is gone. ``link``: where it is
    said what to use instead.
    """
    if sunset is not None and sunset < since:
        raise ValueError(f"it would be gone on {sunset}, before it is deprecated on {since}")
    told = {SINCE: since.isoformat(), LINK: link}
    if sunset is not None:
        told[SUNSET] = sunset.isoformat()
    return {"deprecated": True, "openapi_extra": told}


def headers_of(told: Mapping[str, str]) -> dict[str, str]:
    link = told[LINK]
    headers = {"deprecation": f"@{int(begin(told[SINCE]).timestamp())}", "link": f'<{link}>; rel="deprecation"'}
    if SUNSET in told:
        headers["sunset"] = format_datetime(begin(told[SUNSET]), usegmt=True)
        headers["link"] += f', <{link}>; rel="sunset"'
    return headers


def begin(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(), UTC)


class Deprecating:
    """A middleware: refusals tell it as well."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_deprecation(message: Message) -> None:
            if message["type"] == "http.response.start":
                told = getattr(scope.get("route"), "openapi_extra", None)
                if told and SINCE in told:
                    headers = MutableHeaders(scope=message)
                    for name, value in headers_of(told).items():
                        headers.append(name, value)
            await send(message)

        await self._app(scope, receive, send_with_deprecation)
