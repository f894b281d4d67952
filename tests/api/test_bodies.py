"""A body is taken whole, or refused with what to do; nothing behind the middleware sees a part of one."""

import asyncio
import json
from collections.abc import Iterable
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from api.bodies import LONGEST_TARGET, BodyLimits, WholeBody

LIMITS = BodyLimits(max_bytes=100, timeout_s=0.05)


class App:
    """Keeps what it receives."""

    def __init__(self) -> None:
        self.received: list[Message] = []

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        self.received.append(await receive())
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})


class Exchange:
    """One request with these messages; after them the client is silent."""

    def __init__(
        self,
        *messages: Message,
        headers: Iterable[tuple[bytes, bytes]] = (),
        target: bytes = b"/x",
        content_type: bytes | None = b"application/json",
    ) -> None:
        path, _, query = target.partition(b"?")
        self.scope: Scope = {
            "type": "http",
            "method": "POST",
            "path": path.replace(b"%00", b"\0").decode(),
            "raw_path": path,
            "query_string": query,
            "headers": [*([(b"content-type", content_type)] if content_type else []), *headers],
        }
        self.app = App()
        self.answer: dict[str, Any] = {}
        self.status = 0
        self._messages = iter(messages)
        asyncio.run(WholeBody(self.app, LIMITS)(self.scope, self._receive, self._send))

    async def _receive(self) -> Message:
        for message in self._messages:
            return message
        await asyncio.Event().wait()
        raise AssertionError("nobody sets it")

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = dict(message["headers"])
        elif message["body"]:
            self.answer = json.loads(message["body"])


def part(body: bytes, *, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def length(count: int) -> tuple[bytes, bytes]:
    return (b"content-length", str(count).encode())


CHUNKED = (b"transfer-encoding", b"chunked")


def test_a_body_in_parts_comes_as_one() -> None:
    exchange = Exchange(part(b'{"a"', more=True), part(b": 1", more=True), part(b"}"), headers=[CHUNKED])
    assert exchange.status == 204
    assert exchange.app.received == [part(b'{"a": 1}')]


def test_a_request_without_a_body_is_not_waited_for() -> None:
    assert Exchange(part(b"")).status == 204


@pytest.mark.parametrize("headers", [[length(101)], [length(10**30)]])
def test_a_body_that_announces_too_much_is_refused_unread(headers: list[tuple[bytes, bytes]]) -> None:
    exchange = Exchange(headers=headers)
    assert (exchange.status, exchange.app.received) == (413, [])
    assert exchange.answer["type"] == "urn:mesocycle:problem:too-large"
    assert "100 bytes" in exchange.answer["detail"]
    assert exchange.answer["hint"]
    assert exchange.headers[b"connection"] == b"close"


@pytest.mark.parametrize("headers", [[CHUNKED], [length(1)]])
def test_bytes_are_counted_whatever_was_announced(headers: list[tuple[bytes, bytes]]) -> None:
    exchange = Exchange(part(b" " * 60, more=True), part(b" " * 41, more=True), headers=headers)
    assert (exchange.status, exchange.app.received) == (413, [])
    assert Exchange(part(b" " * 60, more=True), part(b" " * 40), headers=headers).status == 204


def test_a_body_that_does_not_come_is_given_up() -> None:
    exchange = Exchange(part(b"{", more=True), headers=[length(2)])
    assert (exchange.status, exchange.app.received) == (408, [])
    assert exchange.answer["type"] == "urn:mesocycle:problem:too-slow"


def test_who_has_gone_gets_no_answer() -> None:
    exchange = Exchange(part(b"{", more=True), {"type": "http.disconnect"}, headers=[length(2)])
    assert (exchange.status, exchange.app.received) == (0, [])


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        (b"[" * 100, 422, "nested"),
        (b'"\\u0000"', 422, "NUL"),
        (b'"\\ud800"', 422, "surrogate"),
        (b"\xff", 400, "UTF-8"),
    ],
)
def test_text_that_would_break_something_is_named(body: bytes, status: int, says: str) -> None:
    exchange = Exchange(part(body), headers=[length(len(body))])
    assert (exchange.status, exchange.app.received) == (status, [])
    told = exchange.answer["errors"][0] if status == 422 else exchange.answer
    assert says in json.dumps(told)


def test_a_body_without_a_type_is_json() -> None:
    assert Exchange(part(b"\xff"), headers=[length(1)], content_type=None).status == 400


def test_what_is_no_json_is_not_looked_into() -> None:
    exchange = Exchange(part(b"\xff"), headers=[length(1)], content_type=b"image/png")
    assert exchange.app.received == [part(b"\xff")]


@pytest.mark.parametrize(
    ("target", "status", "location"),
    [
        (b"/x?name=a%00b", 422, "query"),
        (b"/a%00b", 422, "path"),
        (b"/x?" + b"a" * LONGEST_TARGET, 414, None),
        (b"/x?name=%2500", 204, None),
    ],
)
def test_addresses_are_looked_at_too(target: bytes, status: int, location: str | None) -> None:
    exchange = Exchange(part(b""), target=target)
    assert exchange.status == status
    assert [error["location"] for error in exchange.answer.get("errors", ())] == ([location] if location else [])
