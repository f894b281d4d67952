"""Tokens (JWT) that say who asks: HS256 with a secret of our own, or RS256 with the keys of whoever issues them."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from typing import Any

import jwt

from api.principal import Principal, TokenRefused, Tokens, principal_of
from domain.ports import Unavailable
from infra.jwks import Jwks, KeysAway
from infra.settings import InvalidSettingsError, Settings
from infra.token_secret import secret_in

LONGEST = timedelta(hours=24)
"""That a token of our own is good: it cannot be taken back."""
LEEWAY_S = 10
"""By which the clocks of two machines may differ."""
PATIENCE_S = 5.0
"""For keys that are being fetched. Many requests may wait for one fetch, none of them on a thread."""
REQUIRED = ["exp", "iat", "iss", "aud", "sub"]

ANOTHER = "Ask for a new one where you got it; for development `mesocycle token` prints one."

Key = Any
"""Bytes for HS256, a public key for RS256; the library's own type says no more."""


class OwnTokens:
    """HS256: whoever has the secret makes tokens and tells good ones from others."""

    def __init__(self, secret: bytes, issuer: str, audience: str) -> None:
        self._secret = secret
        self._issuer = issuer
        self._audience = audience

    async def principal(self, token: str, /) -> Principal:
        _header(token, "HS256")
        claims = _checked(token, self._secret, "HS256", self._issuer, self._audience)
        if int(claims["exp"]) - int(claims["iat"]) > LONGEST.total_seconds():
            raise TokenRefused("the token is good for longer than 24 hours, which is too long", ANOTHER)
        return principal_of(claims)

    def token(self, principal: Principal, now: datetime, good_for: timedelta) -> str:
        """For ``principal``, from ``now`` on; ValueError where that is for longer than 24 hours, or no time."""
        if not timedelta() < good_for <= LONGEST:
            raise ValueError("a token is good for at most 24 hours")
        claims: dict[str, object] = {
            "sub": principal.subject,
            "org": str(principal.organization_id),
            "role": principal.role.value,
            "iat": int(now.timestamp()),
            "exp": int((now + good_for).timestamp()),
            "iss": self._issuer,
            "aud": self._audience,
        }
        if principal.teams:
            claims["teams"] = sorted(map(str, principal.teams))
        if principal.athlete_id is not None:
            claims["athlete"] = str(principal.athlete_id)
        return jwt.encode(claims, self._secret, algorithm="HS256")


class ForeignTokens:
    """RS256: somebody else makes them, whose public keys we know."""

    def __init__(self, jwks: Jwks, issuer: str, audience: str) -> None:
        self._jwks = jwks
        self._issuer = issuer
        self._audience = audience

    async def principal(self, token: str, /) -> Principal:
        kid = _header(token, "RS256").get("kid")
        if not isinstance(kid, str):
            raise TokenRefused("the token does not say by which key it is signed (kid)", ANOTHER)
        key = self._jwks.key(kid)
        if key is None:
            try:
                await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(self._jwks.refreshed())), PATIENCE_S)
            except (KeysAway, TimeoutError) as error:
                raise Unavailable("the keys by which tokens are signed cannot be fetched") from error
            key = self._jwks.key(kid)
        if key is None:
            raise TokenRefused("the token is signed with a key that is not known", ANOTHER)
        return principal_of(_checked(token, key, "RS256", self._issuer, self._audience))


@contextmanager
def open_tokens(settings: Settings) -> Iterator[Tokens]:
    """As the settings say. Raises InvalidSettingsError where they do not say whom to trust."""
    issuer, audience = settings.auth_issuer, settings.auth_audience
    if settings.auth_jwks_url is None:
        yield own_tokens(settings, make=True)
        return
    if settings.auth_secret is not None:
        raise InvalidSettingsError("AUTH_JWKS_URL and AUTH_SECRET are both set. Unset one: tokens come from one place.")
    if "auth_issuer" not in settings.model_fields_set:
        raise InvalidSettingsError("AUTH_ISSUER is not set. With AUTH_JWKS_URL set it to the `iss` of the tokens.")
    with closing(Jwks(settings.auth_jwks_url)) as jwks:
        jwks.refreshed()  # nobody waits for it: those who come first with a token do
        yield ForeignTokens(jwks, issuer, audience)


def own_tokens(settings: Settings, *, make: bool) -> OwnTokens:
    """With the secret that the settings name, or the one in DATA_DIR, which is made where ``make`` says so."""
    if settings.auth_secret is not None:
        secret = settings.auth_secret.get_secret_value().encode()
    elif settings.database_url is None:
        secret = secret_in(settings.data_dir, make=make)
    else:
        raise InvalidSettingsError(
            "AUTH_JWKS_URL and AUTH_SECRET are not set. With DATABASE_URL the API trusts nobody by itself: set "
            "AUTH_JWKS_URL and AUTH_ISSUER to where tokens come from, or AUTH_SECRET to at least 32 random bytes "
            "(openssl rand -hex 32)."
        )
    return OwnTokens(secret, settings.auth_issuer, settings.auth_audience)


def _header(token: str, algorithm: str) -> Mapping[str, Any]:
    """Nothing is verified yet. The algorithm is ours to choose, never the token's."""
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise TokenRefused("the token is not a JWT", ANOTHER) from error
    if header.get("alg") != algorithm:
        raise TokenRefused(f"the token is not signed with {algorithm}", ANOTHER)
    return header


def _checked(token: str, key: Key, algorithm: str, issuer: str, audience: str) -> Mapping[str, Any]:
    try:
        return jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            issuer=issuer,
            audience=audience,
            leeway=LEEWAY_S,
            options={"require": REQUIRED},
        )
    except jwt.ExpiredSignatureError as error:
        raise TokenRefused("the token has expired", ANOTHER, code="expired-token") from error
    except jwt.PyJWTError as error:
        raise TokenRefused(_why(error), ANOTHER) from error


REASONS: Mapping[type[Exception], str] = {
    jwt.InvalidSignatureError: "the token's signature is wrong",
    jwt.InvalidAudienceError: "the token is meant for another service (aud)",
    jwt.InvalidIssuerError: "the token comes from somebody else than is trusted here (iss)",
    jwt.ImmatureSignatureError: "the token is not good yet (nbf, iat)",
}


def _why(error: Exception) -> str:
    """Our own words: those of the library repeat what was sent."""
    if isinstance(error, jwt.MissingRequiredClaimError):
        return f"the token has no claim {error.claim}"
    return REASONS.get(type(error), "the token is malformed")
