"""An issuer of tokens on loopback: serves its public keys, rotates them, and fails as issuers do."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from api.principal import Principal
from infra.jwks import LONGEST_BODY

ISSUER = "https://issuer.example"
AUDIENCE = "mesocycle"


MADE: dict[tuple[str, int], rsa.RSAPrivateKey] = {}


def private_key(kid: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """The same at each call: making one takes a while."""
    if (kid, bits) not in MADE:
        MADE[kid, bits] = rsa.generate_private_key(65537, bits)
    return MADE[kid, bits]


def public(kid: str, bits: int = 2048) -> dict[str, Any]:
    made: dict[str, Any] = RSAAlgorithm.to_jwk(private_key(kid, bits).public_key(), as_dict=True)
    return {**made, "kid": kid, "use": "sig", "alg": "RS256"}


def issued(kid: str, who: Principal, *, signed_by: str | None = None, **changed: Any) -> str:
    """A token; with ``changed`` claims, and really signed by another key than it names."""
    now = int(time.time())
    claims: dict[str, Any] = {"sub": who.subject, "org": str(who.organization_id), "role": who.role.value}
    claims |= {"iat": now, "exp": now + 600, "iss": ISSUER, "aud": AUDIENCE}
    claims |= {"teams": sorted(map(str, who.teams)), **changed}
    return jwt.encode(claims, private_key(signed_by or kid), "RS256", headers={"kid": kid})


class Issuer:
    """``keys`` and ``fault`` may be changed at any time; ``asked`` counts the requests."""

    def __init__(self) -> None:
        self.keys: list[dict[str, Any]] = []
        self.fault: Callable[[BaseHTTPRequestHandler], None] | None = None
        self.asked = 0
        self.url = ""

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.asked += 1
        if self.fault is not None:
            self.fault(handler)
        else:
            send(handler, 200, json.dumps({"keys": self.keys}).encode())


@contextmanager
def issuer(*kids: str) -> Iterator[Issuer]:
    """While the block runs, with the public keys of these ids."""
    made = Issuer()
    made.keys = [public(kid) for kid in kids]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.answer(self)

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}/keys"
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes) -> None:
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def down(handler: BaseHTTPRequestHandler) -> None:
    send(handler, 503, b"")


def silent(handler: BaseHTTPRequestHandler) -> None:
    """Reads the request and says nothing, until whoever asked hangs up."""
    handler.connection.recv(1)


def dripping(handler: BaseHTTPRequestHandler) -> None:
    """A body that comes drop by drop, each soon enough."""
    handler.send_response(200)
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b" ")
            time.sleep(0.02)
    except OSError:
        return


def huge(handler: BaseHTTPRequestHandler) -> None:
    try:
        send(handler, 200, b" " * (LONGEST_BODY + 1) + b'{"keys": []}')
    except OSError:
        return


def says(body: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    return lambda handler: send(handler, 200, body)
