"""How often one may ask: each principal has a quota of reads and one of writes, and unknown callers one by address.

The headers are those of draft-ietf-httpapi-ratelimit-headers-10 (``RateLimit``, ``RateLimit-Policy``); a refusal is a
429 with Retry-After (RFC 6585). Probes and scrapers are not counted.
"""

import math
from collections.abc import Awaitable, Callable
from hashlib import sha256
from http import HTTPStatus
from typing import NamedTuple, Protocol

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.correlation import correlation_id_of
from api.problems import problem
from api.watching import PRINCIPAL_KEY, is_probe

READING = ("GET", "HEAD", "OPTIONS")
WINDOW_S = 60


class Policy(NamedTuple):
    """``name`` says what is counted; ``per_minute`` how many there may be, 0 for any number."""

    name: str
    per_minute: int


class Verdict(NamedTuple):
    """``remaining`` is what may be asked at once; after ``reset_s`` the whole quota is there again."""

    allowed: bool
    remaining: int
    reset_s: float
    retry_after_s: float


class TakeRate(Protocol):
    def __call__(self, principal: str, policy: Policy, /) -> Verdict | None:
        """Counts one request. None where nobody can count at the moment: nobody is refused then."""


PrincipalOf = Callable[[Scope], Awaitable[str | None]]
"""Who asks, as far as that is proved; None for who has proved nothing."""


class RateLimited:
    """A middleware. What it lets through goes on with ``scope[PRINCIPAL_KEY]``, an opaque id for the log."""

    def __init__(self, app: ASGIApp, take: TakeRate, principal_of: PrincipalOf, reads: Policy, writes: Policy) -> None:
        self._app = app
        self._take = take
        self._principal_of = principal_of
        self._reads = reads
        self._writes = writes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or is_probe(scope):
            await self._app(scope, receive, send)
            return
        policy = self._reads if scope["method"] in READING else self._writes
        verdict = await self._verdict(scope, policy)
        if verdict is None:
            await self._app(scope, receive, send)
            return

        async def send_with_quota(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["ratelimit-policy"] = f'"{policy.name}";q={policy.per_minute};w={WINDOW_S}'
                headers["ratelimit"] = f'"{policy.name}";r={verdict.remaining};t={math.ceil(verdict.reset_s)}'
            await send(message)

        app = self._app if verdict.allowed else refusal(scope, policy, verdict)
        await app(scope, receive, send_with_quota)

    async def _verdict(self, scope: Scope, policy: Policy) -> Verdict | None:
        principal = await self._principal_of(scope)
        if principal is not None:
            scope[PRINCIPAL_KEY] = opaque(principal)
        if not policy.per_minute:
            return None
        return await run_in_threadpool(self._take, principal or f"address {address(scope)}", policy)


def refusal(scope: Scope, policy: Policy, verdict: Verdict) -> ASGIApp:
    wait_s = max(1, math.ceil(verdict.retry_after_s))
    return problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        "too-many-requests",
        f"more than {policy.per_minute} {policy.name} within a minute",
        f"Send it again in {wait_s} s, and watch the header RateLimit: it tells how many are left.",
        correlation_id=correlation_id_of(scope),
        headers={"retry-after": str(wait_s)},
    )


def address(scope: Scope) -> str:
    """As the server sees it: behind a proxy the proxy's, unless the server trusts that one's headers."""
    client = scope.get("client")
    return str(client[0]) if client else "unknown"


def opaque(principal: str) -> str:
    """One id for one principal in every log line, which tells no name."""
    return sha256(principal.encode(errors="surrogatepass")).hexdigest()[:16]
