"""Takes a request's body whole before anything looks at it: not too large, not too slow, and text that can be kept.

Addresses are looked at here too. What is refused is a problem; nothing of it was parsed by then.
"""

import asyncio
from dataclasses import dataclass
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.correlation import correlation_id_of
from api.json_text import MALFORMED, is_json, wrong_with
from api.problems import FieldError, ProblemResponse, problem

LONGEST_TARGET = 8 * 1024
"""Bytes of path and query together, which is what proxies allow."""

LONG = 64 * 1024
"""Bytes; a longer body is looked at in a thread, as that takes milliseconds."""


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """``max_bytes`` of one body, and ``timeout_s`` for all of it to come."""

    max_bytes: int = 1024 * 1024
    timeout_s: float = 20.0


class Gone(Exception):
    """The client has closed the connection: nobody waits for an answer."""


class TooLarge(Exception):
    """More bytes than there may be."""


class WholeBody:
    """A middleware. The app receives the body in one piece."""

    def __init__(self, app: ASGIApp, limits: BodyLimits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if (refused := wrong_address(scope)) is not None:
            await refused(scope, receive, send)
        elif "content-length" not in headers and "transfer-encoding" not in headers:
            await self._app(scope, receive, send)
        else:
            await self._take(scope, headers, receive, send)

    async def _take(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        try:
            if announced(headers) > self._limits.max_bytes:
                raise TooLarge
            body = await asyncio.wait_for(self._received(receive), self._limits.timeout_s)
        except Gone:
            return
        except TooLarge:
            await self._too_large(scope)(scope, receive, send)
        except TimeoutError:
            await self._too_slow(scope)(scope, receive, send)
        else:
            if len(body) < LONG:
                refused = wrong_text(scope, headers, body)
            else:
                refused = await run_in_threadpool(wrong_text, scope, headers, body)
            await (refused or self._app)(scope, again(body, receive), send)

    async def _received(self, receive: Receive) -> bytes:
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Gone
            body += message.get("body", b"")
            if len(body) > self._limits.max_bytes:
                raise TooLarge
            if not message.get("more_body", False):
                return bytes(body)

    def _too_large(self, scope: Scope) -> ProblemResponse:
        return refusal(
            scope,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            "too-large",
            f"the body is larger than {self._limits.max_bytes} bytes",
            "Send it in several requests, each with fewer entries.",
        )

    def _too_slow(self, scope: Scope) -> ProblemResponse:
        return refusal(
            scope,
            HTTPStatus.REQUEST_TIMEOUT,
            "too-slow",
            f"the body had not come after {self._limits.timeout_s:g} s",
            "Send it again, over a better connection or in smaller parts.",
        )


def announced(headers: Headers) -> int:
    """By Content-Length; 0 where it does not say, and the bytes are counted as they come."""
    length = headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdecimal() else 0


def again(body: bytes, receive: Receive) -> Receive:
    """Gives the body as one message, then whatever else the server has to say."""
    taken = False

    async def receive_again() -> Message:
        nonlocal taken
        if taken:
            return await receive()
        taken = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again


def wrong_address(scope: Scope) -> ProblemResponse | None:
    query: bytes = scope["query_string"]
    if len(scope["raw_path"]) + len(query) > LONGEST_TARGET:
        detail = f"path and query are longer than {LONGEST_TARGET} bytes"
        return refusal(scope, HTTPStatus.REQUEST_URI_TOO_LONG, "uri-too-long", detail, "Ask for less at once.")
    if "\0" in scope["path"] or b"%00" in query:
        return unprocessable(scope, "query" if b"%00" in query else "path", "holds the sign NUL (%00)")
    return None


def wrong_text(scope: Scope, headers: Headers, body: bytes) -> ProblemResponse | None:
    if not is_json(headers.get("content-type", "application/json")):
        return None
    wrong = wrong_with(body)
    if wrong == MALFORMED:
        return refusal(
            scope, HTTPStatus.BAD_REQUEST, "not-utf-8", "the body is not UTF-8", "Send JSON as UTF-8 (RFC 8259)."
        )
    return None if wrong is None else unprocessable(scope, "body", wrong)


def unprocessable(scope: Scope, location: str, message: str) -> ProblemResponse:
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "invalid-request",
        "1 thing in the request cannot be understood",
        "Correct what `errors` names; /docs shows what is expected.",
        errors=[FieldError(location=location, message=message)],
        correlation_id=correlation_id_of(scope),
    )


def refusal(scope: Scope, status: HTTPStatus, code: str, detail: str, hint: str) -> ProblemResponse:
    """The connection ends with it: the rest of a body that nobody takes would come before the next request."""
    return problem(status, code, detail, hint, correlation_id=correlation_id_of(scope), headers={"connection": "close"})
