"""Ten thousand bodies that nobody should send, to every route that takes one: each is refused cleanly, or is good.

Bytes of any kind, JSON of any shape, and good requests of which a part was spoilt, cut or swapped.
"""

import asyncio
import json
import os
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from infra.event_store.audit import broken_links
from infra.main import Application
from tests.support.club import application
from tests.support.described import describing
from tests.support.postgres import PostgresServer, fresh_database
from tests.support.real_ids import IDS, found_club
from tests.support.tokens import bearing, principal

SEED = int(os.environ.get("FUZZ_SEED", "20261121"))
BODIES = int(os.environ.get("FUZZ_BODIES", "10000"))
AT_ONCE = 8

CLEAN = {200, 201, 202, 400, 403, 404, 409, 412, 413, 415, 422}
ODD: Sequence[Any] = (
    None, True, -1, 0, 1e308, 2**70, -0.0, "", " ", "\u202e", "\U0001f3c3", "a" * 3000, [], {}, [[]], [None], {"a": {}},
    "2026-13-45", "0000-01-01", "9999-12-31", "9999-12-31T23:59:60Z", "NaN", "../../etc", "' OR 1=1 --", 10**400,
)  # fmt: skip
BYTES = (b"", b"{", b"\xff\xfe", b"\x00", b'{"a":NaN}', b'"\\ud800"', b"[" * 5000, b"null", b"{}" * 3, b'{"a":1,"a":2}')


class Bodies:
    """Makes them at random. ``components`` are the schemas that a schema may refer to."""

    def __init__(self, components: dict[str, Any], rng: random.Random) -> None:
        self._components = components
        self._rng = rng

    def one(self, schema: dict[str, Any]) -> bytes:
        match self._rng.randrange(10):
            case 0:
                return self._rng.choice(BYTES) + self._rng.randbytes(self._rng.randrange(20))
            case 1:
                return json.dumps(self._rng.choice(ODD)).encode()
            case 2:
                text = json.dumps(self.good(schema)).encode()
                return text[: self._rng.randrange(len(text))]
            case 3 | 4:
                return json.dumps(self.good(schema)).encode()
            case _:
                return json.dumps(self.spoilt(self.good(schema))).encode()

    def good(self, schema: dict[str, Any], name: str = "") -> Any:
        """As the schema has it, more or less."""
        rng = self._rng
        if "$ref" in schema:
            return self.good(self._components[schema["$ref"].rpartition("/")[2]], name)
        if name in IDS and rng.random() < 0.8:
            return rng.choice(IDS[name])
        if options := schema.get("anyOf", schema.get("oneOf")):
            return self.good(rng.choice(options), name)
        if "enum" in schema:
            return rng.choice(schema["enum"])
        if "examples" in schema and rng.random() < 0.7:
            return rng.choice(schema["examples"])
        match schema.get("type"):
            case "object":
                needed = schema.get("required", ())
                fields = schema.get("properties", {}).items()
                return {key: self.good(each, key) for key, each in fields if key in needed or rng.random() < 0.5}
            case "array":
                return [self.good(schema.get("items", {}), name) for _ in range(rng.randrange(3))]
            case "string":
                formats = {
                    "date": f"2026-1{rng.randrange(3)}-{rng.randrange(10, 29)}",
                    "uuid": rng.choice(IDS["teamId"]),
                }
                return formats.get(schema.get("format", ""), "x" * max(1, schema.get("minLength", 0)))
            case "integer" | "number":
                return rng.randint(int(schema.get("minimum", 0)), int(schema.get("maximum", 9)))
            case "boolean":
                return rng.random() < 0.5
            case _:
                return None

    def spoilt(self, value: Any) -> Any:
        """With something odd somewhere in it."""
        rng = self._rng
        if isinstance(value, dict) and value and rng.random() < 0.9:
            key = rng.choice(list(value))
            if rng.random() < 0.15:
                return {**value, f"{key}s": 1}
            return {**value, key: self.spoilt(value[key])}
        if isinstance(value, list) and value and rng.random() < 0.7:
            return [self.spoilt(value[0]), *value[1:]]
        return rng.choice(ODD)


@pytest.fixture
def app(postgres: PostgresServer, migrated_template: str) -> Iterator[Application]:
    unlimited: dict[str, Any] = {"rate_per_minute": 0, "writes_per_minute": 0}
    with fresh_database(postgres, template=migrated_template) as url, application(url, **unlimited) as opened:
        found_club(opened)
        yield opened


Sent = tuple[str, str, bytes, bytes]
"""Method, template of the route, path, body."""


def requests(rng: random.Random) -> Iterator[Sent]:
    described = describing().openapi()
    bodies = Bodies(described["components"]["schemas"], rng)
    taking = [
        (method.upper(), path, operation["requestBody"]["content"]["application/json"]["schema"])
        for path, operations in described["paths"].items()
        for method, operation in operations.items()
        if "application/json" in operation.get("requestBody", {}).get("content", {})
    ]
    while True:
        for method, template, schema in taking:
            path = template
            for name, values in IDS.items():
                path = path.replace(f"{{{name}}}", rng.choice(values))
            yield method, template, path.encode(), bodies.one(schema)


async def answered(api: Any, sent: Sent, token: bytes) -> tuple[Sent, int, bytes]:
    """Straight to the application, as a server would call it."""
    method, _, path, body = sent
    headers = [(b"authorization", token), (b"content-type", b"application/json"), (b"host", b"test")]
    headers.append((b"content-length", str(len(body)).encode()))
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": path.decode(), "raw_path": path, "query_string": b"", "root_path": "", "headers": headers,
        "client": ("127.0.0.1", 1), "server": ("test", 80),
    }  # fmt: skip
    told: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        told.append(message)

    await api(scope, receive, send)
    return sent, told[0]["status"], b"".join(message.get("body", b"") for message in told)


async def sent_all(api: Any, sent: Sequence[Sent]) -> list[tuple[Sent, int, bytes]]:
    """A few at once."""
    token = bearing(principal())["Authorization"].encode()
    found: list[tuple[Sent, int, bytes]] = []
    for begin in range(0, len(sent), AT_ONCE):
        found += await asyncio.gather(*(answered(api, one, token) for one in sent[begin : begin + AT_ONCE]))
    return found


@pytest.mark.slow
def test_no_body_brings_the_service_down_or_its_log_out_of_order(app: Application) -> None:
    source = requests(random.Random(SEED))
    found = asyncio.run(sent_all(app.api, [next(source) for _ in range(BODIES)]))

    unclean = [(sent, status, body) for sent, status, body in found if status not in CLEAN]
    assert unclean[:3] == [], f"{len(unclean)} of {BODIES}, FUZZ_SEED={SEED}"
    for sent, status, body in found:
        if status >= 400:
            told = json.loads(body)
            assert (told["status"], bool(told["detail"]), bool(told["hint"])) == (status, True, True), sent
    statuses = Counter(status // 100 for _, status, _ in found)
    assert statuses[2] > BODIES / 100, f"bodies that are good are taken: {statuses}"
    assert statuses[4] > BODIES / 2
    with app.pool.connection() as connection:
        assert list(broken_links(connection)) == []
