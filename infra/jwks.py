"""The public keys of whoever issues tokens: fetched over HTTP, kept, fetched anew where a token names another."""

import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing

import httpx2
import jwt
import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from pydantic import BaseModel, ValidationError

LONGEST_BODY = 256 * 1024
"""Bytes. A key of 4096 bits with its certificates is some 5 KiB."""
MOST_KEYS = 100
TIMEOUT_S = 3.0
PAUSE_S = 10.0
"""Between two fetches, at least: whoever sends tokens with keys made up cannot make us ask more often."""
FRESH_S = 300.0
"""After which the keys are fetched anew while they are used, so that a key that was taken back is no good for long."""
SMALLEST_BITS = 2048
"""RFC 7518, 3.3."""

log = structlog.get_logger()


class KeysAway(Exception):
    """The keys could not be fetched; the message says why."""


class KeySet(BaseModel):
    keys: list[dict[str, object]]


class Jwks:
    """Keys by id. Threads and event loops may share it; one fetch runs at a time, on a thread of its own."""

    def __init__(
        self, url: str, *, timeout_s: float = TIMEOUT_S, pause_s: float = PAUSE_S, fresh_s: float = FRESH_S
    ) -> None:
        self._url = url
        self._timeout_s = timeout_s
        self._pause_s = pause_s
        self._fresh_s = fresh_s
        self._http = httpx2.Client(
            follow_redirects=False,
            timeout=timeout_s,
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
        )
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="jwks")
        self._lock = threading.Lock()
        self._keys: Mapping[str, RSAPublicKey] = {}
        self._fetched_at: float | None = None
        self._asked_at: float | None = None
        self._fetching: Future[None] | None = None

    def close(self) -> None:
        self._http.close()  # which also ends a fetch that is under way
        self._thread.shutdown(cancel_futures=True)

    def key(self, kid: str) -> RSAPublicKey | None:
        """The key as it is known here; asks nobody, but has the keys fetched where they are old."""
        if self._fetched_at is not None and time.monotonic() - self._fetched_at > self._fresh_s:
            self.refreshed()
        return self._keys.get(kid)

    def refreshed(self) -> "Future[None]":
        """Of the fetch that runs, or ran last where that was just now; KeysAway is in it where it failed."""
        with self._lock:
            now = time.monotonic()
            resting = self._asked_at is not None and now - self._asked_at < self._pause_s
            if self._fetching is None or (self._fetching.done() and not resting):
                self._asked_at = now
                self._fetching = self._thread.submit(self._refresh)
            return self._fetching

    def _refresh(self) -> None:
        try:
            keys = keys_of(self._fetch())
        except KeysAway as error:
            log.warning("jwks.away", url=self._url, error=str(error), keys=len(self._keys))
            raise
        self._keys, self._fetched_at = keys, time.monotonic()

    def _fetch(self) -> bytes:
        """The library's own time-outs are for each read; the deadline is for all of it."""
        deadline = time.monotonic() + self._timeout_s
        body = bytearray()
        try:
            response = self._http.send(self._http.build_request("GET", self._url), stream=True)
            with closing(response):
                if response.status_code != 200:
                    raise KeysAway(f"it answered {response.status_code}")
                for chunk in response.iter_raw():
                    body += chunk
                    if len(body) > LONGEST_BODY:
                        raise KeysAway(f"its answer is longer than {LONGEST_BODY} bytes")
                    if time.monotonic() > deadline:
                        raise KeysAway(f"it took longer than {self._timeout_s:g} s")
        except httpx2.HTTPError as error:
            raise KeysAway(f"{type(error).__name__} {error}") from error
        return bytes(body)


def keys_of(body: bytes) -> dict[str, RSAPublicKey]:
    """Those for RS256 signatures, by id; others are left alone. Raises KeysAway where that is no key set (RFC 7517)."""
    try:
        listed = KeySet.model_validate_json(body).keys
    except ValidationError as error:
        raise KeysAway("its answer is not a key set") from error
    if len(listed) > MOST_KEYS:
        raise KeysAway(f"its answer has more than {MOST_KEYS} keys")
    found: dict[str, RSAPublicKey] = {}
    for one in listed:
        kid = one.get("kid")
        if isinstance(kid, str) and (key := rsa_key(one)) is not None:
            found[kid] = key
    return found


def rsa_key(one: Mapping[str, object]) -> RSAPublicKey | None:
    """None for what is no public RSA key for signatures, or a weak one."""
    if one.get("kty") != "RSA" or one.get("use", "sig") != "sig" or one.get("alg", "RS256") != "RS256":
        return None
    try:
        key = jwt.PyJWK.from_dict({**one, "alg": "RS256"}).key
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    return key if isinstance(key, RSAPublicKey) and key.key_size >= SMALLEST_BITS else None
