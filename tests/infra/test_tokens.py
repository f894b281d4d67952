"""Tokens of our own: what is in them, which are refused and why, and the secret that signs them."""

import asyncio
import base64
import json
import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.principal import Nobody, Principal, Role, TokenRefused
from infra.settings import InvalidSettingsError, Settings, load_settings, shown_values
from infra.token_secret import NAME, secret_in
from infra.tokens import OwnTokens, open_tokens, own_tokens
from tests.support.club import SECRET, TOKENS
from tests.support.tokens import principal, token

NOW = int(datetime.now(UTC).timestamp())
GOOD: dict[str, Any] = {
    "sub": "coach:ana",
    "org": str(uuid4()),
    "role": "coach",
    "iat": NOW,
    "exp": NOW + 3600,
    "iss": "mesocycle",
    "aud": "mesocycle",
}


def told(token: str, tokens: OwnTokens | Nobody = TOKENS) -> Principal:
    return asyncio.run(tokens.principal(token))


def signed(**changed: Any) -> str:
    """A token with the right signature; a claim that is None is left out."""
    claims = {name: value for name, value in {**GOOD, **changed}.items() if value is not None}
    return base64url({"alg": "HS256", "typ": "JWT"}, claims)


def base64url(header: object, claims: object, secret: bytes = SECRET) -> str:
    """By hand: the library would refuse to make some of these."""
    head = ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in (header, claims))
    algorithm = jwt.get_algorithm_by_name("HS256")
    signature = algorithm.sign(head.encode(), algorithm.prepare_key(secret))
    return f"{head}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


@pytest.mark.parametrize(
    "who",
    [
        principal(Role.ADMIN),
        principal(Role.SERVICE, subject="planning"),
        principal(Role.COACH, teams=(uuid4(), uuid4())),
        principal(Role.ATHLETE, athlete_id=uuid4()),
    ],
    ids=lambda who: who.role.value,
)
def test_a_token_says_who_asks(who: Principal) -> None:
    assert told(token(who)) == who


def test_the_tokens_that_others_make_by_hand_are_read_alike() -> None:
    assert told(signed(teams=[])).subject == "coach:ana"
    assert told(signed(unknown={"claims": "are left alone"})).role is Role.COACH


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (lambda: token(principal(), begun=timedelta(hours=2)), "has expired"),
        (lambda: signed(exp=NOW + 25 * 3600), "longer than 24 hours"),
        (lambda: signed(iat=NOW + 3600, exp=NOW + 7200), "not good yet"),
        (lambda: signed(nbf=NOW + 3600), "not good yet"),
        (lambda: signed(iss="another"), r"\(iss\)"),
        (lambda: signed(aud="another"), r"\(aud\)"),
        (lambda: signed(exp=float("inf")), "malformed"),
        (lambda: signed(exp="soon"), "malformed"),
        *((lambda name=name: signed(**{name: None}), name) for name in ("exp", "iat", "iss", "aud", "sub")),
        (lambda: signed(org=None), "org: Field required"),
        (lambda: signed(org="17"), "org: Input should be a valid UUID"),
        (lambda: signed(role="owner"), "role: Input should be 'coach', 'athlete'"),
        (lambda: signed(role=None), "role: Field required"),
        (lambda: signed(teams="all"), "teams"),
        (lambda: signed(teams=["17"]), "teams"),
        (lambda: signed(teams=[str(uuid4()) for _ in range(101)]), "teams"),
        (lambda: signed(role="athlete"), "in the claim athlete who"),
        (lambda: signed(sub="ana\n\x1b[2J"), "sub"),
        (lambda: signed(sub=""), "sub"),
        (lambda: signed(sub=17), "malformed"),
        (lambda: base64url({"alg": "HS256"}, GOOD, b"another secret of more than 32 bytes"), "signature"),
        (lambda: base64url({"alg": "none"}, GOOD), "not signed with HS256"),
        (lambda: base64url({"alg": "none"}, GOOD).rpartition(".")[0] + ".", "not signed with HS256"),
        (lambda: base64url({"alg": "HS512"}, GOOD), "not signed with HS256"),
        (lambda: base64url({"alg": "RS256", "kid": "1"}, GOOD), "not signed with HS256"),
        (lambda: base64url({"alg": ["HS256"]}, GOOD), "not"),
        (lambda: base64url({"alg": "HS256", "kid": 1}, GOOD), "not a JWT"),
        (lambda: base64url({"alg": "HS256", "crit": ["x"], "x": 1}, GOOD), "not a JWT|malformed"),
        (lambda: base64url({"alg": "HS256"}, ["claims"]), "malformed"),
        (lambda: f"{base64.urlsafe_b64encode(b'[' * 6000).decode()}.e30.e30", "not a JWT"),
        (lambda: "", "not a JWT"),
        (lambda: "a.b", "not a JWT"),
        (lambda: "..", "not a JWT"),
    ],
)
def test_what_is_refused_and_why(made: Callable[[], str], why: str) -> None:
    with pytest.raises(TokenRefused, match=why) as refused:
        told(made())
    assert refused.value.hint


@given(st.one_of(st.text(max_size=60), st.lists(st.binary(max_size=30), min_size=3, max_size=3)))
def test_whatever_else_is_sent_is_refused(sent: str | list[bytes]) -> None:
    text = sent if isinstance(sent, str) else ".".join(base64.urlsafe_b64encode(part).decode() for part in sent)
    with pytest.raises(TokenRefused):
        told(text)


def test_a_changed_token_is_refused_wherever_it_was_changed() -> None:
    good = token(principal())
    for place in range(0, len(good) - 2, 7):
        changed = good[:place] + ("A" if good[place] != "A" else "B") + good[place + 1 :]
        with pytest.raises(TokenRefused):
            told(changed)


def test_a_reason_never_repeats_what_was_sent() -> None:
    with pytest.raises(TokenRefused) as refused:
        told(signed(org="Ana Ruiz", role="Ana Ruiz", athlete="Ana Ruiz"))
    assert "Ana" not in str(refused.value)


def test_no_token_is_good_for_longer_than_a_day_and_none_where_nobody_is_let_in() -> None:
    for hours in (-1.0, 0.0, 24.1):
        with pytest.raises(ValueError, match="24 hours"):
            TOKENS.token(principal(), datetime.now(UTC), timedelta(hours=hours))
    with pytest.raises(TokenRefused):
        told(token(principal()), Nobody())


def test_the_secret_is_made_once_whoever_comes_first_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettingsError, match="there is no"):
        secret_in(tmp_path, make=False)
    with ThreadPoolExecutor(8) as threads:
        secrets = set(threads.map(lambda _: secret_in(tmp_path, make=True), range(32)))
    assert len(secrets) == 1
    assert len(secrets.pop()) == 32
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == [NAME], "no draft is left behind"


def test_a_secret_that_others_may_know_is_not_used(tmp_path: Path) -> None:
    secret_in(tmp_path, make=True)
    path = tmp_path / NAME
    path.chmod(0o644)
    with pytest.raises(InvalidSettingsError, match="can be read by others"):
        secret_in(tmp_path, make=True)
    path.chmod(0o600)
    path.write_bytes(b"short")
    with pytest.raises(InvalidSettingsError, match="too short"):
        secret_in(tmp_path, make=True)
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InvalidSettingsError, match="cannot be read"):
        secret_in(tmp_path, make=True)


def settings(**values: object) -> Settings:
    return Settings.model_validate(values)


def test_with_a_database_of_somebodys_there_is_no_secret_by_default(tmp_path: Path) -> None:
    elsewhere = {"database_url": "postgresql://elsewhere/club", "data_dir": tmp_path}
    with (
        pytest.raises(InvalidSettingsError, match="AUTH_JWKS_URL and AUTH_SECRET are not set"),
        open_tokens(settings(**elsewhere)),
    ):
        pass
    with open_tokens(settings(**elsewhere, auth_secret=SECRET.decode())) as tokens:
        assert asyncio.run(tokens.principal(token(principal()))) == principal()
    with open_tokens(settings(data_dir=tmp_path)) as tokens:
        own = own_tokens(settings(data_dir=tmp_path), make=False)
        printed = own.token(principal(), datetime.now(UTC), timedelta(hours=1))
        assert asyncio.run(tokens.principal(printed)) == principal()


def test_the_secret_is_not_shown_among_the_settings() -> None:
    shown = {row[0]: row[1] for row in shown_values(settings(auth_secret=SECRET.decode()))}
    assert shown["AUTH_SECRET"] == "***"


def test_settings_that_leave_open_whom_to_trust_are_refused() -> None:
    url = "https://issuer.example/keys"
    with (
        pytest.raises(InvalidSettingsError, match="both set"),
        open_tokens(settings(auth_jwks_url=url, auth_issuer="x", auth_secret=SECRET.decode())),
    ):
        pass
    with pytest.raises(InvalidSettingsError, match="AUTH_ISSUER is not set"), open_tokens(settings(auth_jwks_url=url)):
        pass


@pytest.mark.parametrize(
    ("name", "value"), [("AUTH_SECRET", "31 bytes are one byte too few.."), ("AUTH_JWKS_URL", "http://issuer/keys")]
)
def test_a_weak_setting_is_a_message_and_never_shows_the_secret(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidSettingsError, match=name) as refused:
        load_settings()
    assert (value in str(refused.value)) is (name == "AUTH_JWKS_URL")
