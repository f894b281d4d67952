"""What the server itself refuses, over a real socket: problems as all errors are, and no waiting for dawdlers."""

import json
import re
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI, Request

from api.bodies import BodyLimits, WholeBody
from infra.http_protocol import LONGEST_HEAD
from infra.http_server import ApiServer
from infra.service import running

HEAD_S = 0.2


@pytest.fixture
def port() -> Iterator[int]:
    app = FastAPI()
    app.add_middleware(WholeBody, limits=BodyLimits(max_bytes=1000, timeout_s=1.5))

    @app.post("/echo")
    async def echo(request: Request) -> int:
        return len(await request.body())

    server = ApiServer("127.0.0.1", 0, "error", head_timeout_s=HEAD_S)
    with running({"api": server.loop(app)}):
        yield int(server.url.rpartition(":")[2])
    server.close()


class Client:
    """One connection. ``rest`` is everything that comes until the server closes it."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=10)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, data: bytes) -> "Client":
        self._socket.sendall(data)
        return self

    def rest(self) -> bytes:
        received = b""
        try:
            while data := self._socket.recv(65_536):
                received += data
        except ConnectionResetError:
            pass  # it closed while there was more to come from us
        return received


def answered(port: int, data: bytes) -> tuple[int, dict[str, Any]]:
    """Status and problem."""
    with Client(port) as client:
        answer = client.send(data).rest()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head.lower()
    assert re.search(rb"connection: close", head.lower())
    return int(head.split()[1]), json.loads(body)


POST = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"hello\r\n\r\n", 400, "bad-request"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nname: a\0b\r\n\r\n", 400, "bad-request"),
        (b"GET /" + b"a" * (LONGEST_HEAD + 1), 414, "uri-too-long"),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * (LONGEST_HEAD + 1), 431, "headers-too-large"),
        (b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 414, "uri-too-long"),
        (POST + b"Content-Length: 1001\r\n\r\n", 413, "too-large"),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n3e9\r\n" + b"a" * 1001, 413, "too-large"),
        (POST + b"Content-Length: 10\r\n\r\nabc", 408, "too-slow"),
        (POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400, "bad-request"),
        (POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabc", 400, "bad-request"),
    ],
)
def test_what_cannot_be_taken_is_a_problem(port: int, data: bytes, status: int, code: str) -> None:
    answered_status, problem = answered(port, data)
    assert (answered_status, problem["type"]) == (status, f"urn:mesocycle:problem:{code}")
    assert problem["status"] == status
    assert problem["hint"]


@pytest.mark.parametrize("begin", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\n"])
def test_headers_that_do_not_come_end_the_connection(port: int, begin: bytes) -> None:
    with Client(port) as client:
        assert client.send(begin).rest() == b""


def test_a_body_may_take_longer_than_headers_may_and_connections_go_on(port: int) -> None:
    with Client(port) as client:
        for _ in range(2):
            client.send(POST + b"Content-Length: 3\r\n\r\na")
            time.sleep(2 * HEAD_S)
            client.send(b"bc")
        last = client.send(POST + b"Connection: close\r\nContent-Length: 0\r\n\r\n").rest()
    assert re.findall(rb"HTTP/1.1 (\d+)", last) == [b"200"] * 3


def test_a_hundred_dawdlers_hinder_nobody(port: int) -> None:
    clients = [Client(port).send(POST + b"Content-Length: 10\r\n\r\nabc") for _ in range(100)]
    with Client(port) as client:
        quick = client.send(POST + b"Connection: close\r\nContent-Length: 3\r\n\r\nabc").rest()
    assert b" 200 " in quick
    for dawdler in clients:
        with dawdler:
            assert b" 408 " in dawdler.rest()
