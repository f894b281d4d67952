"""Tokens of an issuer whose keys are fetched: rotation, and every way in which fetching them may fail."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler
from uuid import uuid4

import jwt
import pytest

from api.principal import Principal, Role, TokenRefused
from domain.ports import Unavailable
from infra.jwks import Jwks, keys_of
from infra.tokens import ForeignTokens
from tests.support.jwks_server import (
    AUDIENCE,
    ISSUER,
    Issuer,
    down,
    dripping,
    huge,
    issued,
    issuer,
    private_key,
    public,
    says,
    silent,
)
from tests.support.tokens import principal
from tests.support.waiting import eventually

ANA = principal(Role.COACH, subject="coach:ana", teams=(uuid4(), uuid4()))
WAYS_TO_FAIL = {
    "down": down,
    "silent": silent,
    "dripping": dripping,
    "huge": huge,
    "garbage": says(b"<html>"),
    "no keys": says(b"[]"),
    "nested": says(b"[" * 20_000),
    "too many": says(b'{"keys": [' + b",".join([b"{}"] * 101) + b"]}"),
}


@contextmanager
def trusting(served: Issuer, *, pause_s: float = 0.0, fresh_s: float = 300.0) -> Iterator[ForeignTokens]:
    with closing(Jwks(served.url, timeout_s=0.5, pause_s=pause_s, fresh_s=fresh_s)) as jwks:
        yield ForeignTokens(jwks, ISSUER, AUDIENCE)


def told(tokens: ForeignTokens, token: str) -> Principal:
    return asyncio.run(tokens.principal(token))


def test_a_token_says_who_asks_and_its_key_is_fetched_once() -> None:
    with issuer("one") as served, trusting(served) as tokens:
        assert told(tokens, issued("one", ANA)) == ANA
        assert told(tokens, issued("one", ANA)) == ANA
        assert served.asked == 1


def test_a_new_key_is_fetched_when_a_token_names_it_and_one_that_is_gone_is_no_good_any_more() -> None:
    with issuer("one") as served, trusting(served) as tokens:
        assert told(tokens, issued("one", ANA)) == ANA
        served.keys = [public("two")]
        assert told(tokens, issued("two", ANA)) == ANA
        with pytest.raises(TokenRefused, match="not known"):
            told(tokens, issued("one", ANA))


def test_a_key_that_was_taken_back_is_forgotten_although_nobody_names_another() -> None:
    with issuer("one", "two") as served, trusting(served, fresh_s=0.0) as tokens:
        assert told(tokens, issued("one", ANA)) == ANA
        served.keys = [public("two")]

        def refused() -> bool:
            try:
                told(tokens, issued("one", ANA))
            except TokenRefused:
                return True
            return False

        eventually(refused)


def test_keys_made_up_do_not_make_us_ask_more_often() -> None:
    with issuer("one") as served, trusting(served, pause_s=3600.0) as tokens:
        assert told(tokens, issued("one", ANA)) == ANA
        for number in range(20):
            with pytest.raises(TokenRefused, match="not known"):
                told(tokens, issued(f"made up {number}", ANA, signed_by="one"))
        assert served.asked == 1


@pytest.mark.parametrize("fault", WAYS_TO_FAIL.values(), ids=WAYS_TO_FAIL)
def test_without_the_keys_nobody_new_is_let_in_and_those_of_known_keys_go_on(
    fault: Callable[[BaseHTTPRequestHandler], None],
) -> None:
    with issuer("one") as served, trusting(served) as tokens:
        assert told(tokens, issued("one", ANA)) == ANA
        served.keys.append(public("two"))
        served.fault = fault
        with pytest.raises(Unavailable):
            told(tokens, issued("two", ANA))
        assert told(tokens, issued("one", ANA)) == ANA
        served.fault = None
        assert told(tokens, issued("two", ANA)) == ANA


def test_an_issuer_that_is_down_is_left_alone_for_a_while() -> None:
    with issuer("one") as served, trusting(served, pause_s=3600.0) as tokens:
        served.fault = down
        for _ in range(5):
            with pytest.raises(Unavailable):
                told(tokens, issued("one", ANA))
        assert served.asked == 1


def test_many_who_come_at_once_wait_for_one_fetch() -> None:
    async def together(tokens: ForeignTokens) -> list[Principal]:
        return await asyncio.gather(*(tokens.principal(issued("one", ANA)) for _ in range(100)))

    with issuer("one") as served, trusting(served, pause_s=3600.0) as tokens:
        assert asyncio.run(together(tokens)) == [ANA] * 100
        assert served.asked == 1


def test_what_is_not_signed_by_the_key_that_it_names_is_refused() -> None:
    with issuer("one") as served, trusting(served) as tokens:
        for token, why in {
            issued("one", ANA, signed_by="two"): "signature",
            issued("one", ANA, iss="https://other.example"): "iss",
            issued("one", ANA, aud="another"): "aud",
            issued("one", ANA, exp=1): "expired",
            # With the public key, which everybody has, as if it were the secret of an HS256.
            jwt.encode({"sub": "x"}, b"k" * 32, "HS256", headers={"kid": "one"}): "not signed with RS256",
            jwt.encode({"sub": "x"}, private_key("one"), "RS256"): "by which key",
        }.items():
            with pytest.raises(TokenRefused, match=why):
                told(tokens, token)


def test_of_a_key_set_only_rsa_keys_for_signatures_that_are_long_enough_are_taken() -> None:
    good = public("good")
    others = [
        public("short", 1024),
        {**good, "kid": "for encryption", "use": "enc"},
        {**good, "kid": "for another algorithm", "alg": "RS512"},
        {**good, "kid": 17},
        {**good, "kid": "broken", "n": "!"},
        {"kid": "shared", "kty": "oct", "k": "c2VjcmV0"},
        {name: value for name, value in good.items() if name != "kid"},
        {},
    ]
    assert list(keys_of(json.dumps({"keys": [*others, good]}).encode())) == ["good"]
