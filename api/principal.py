"""Who asks: what a token that was found good says about its bearer."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Protocol, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator, model_validator

from domain.ids import AthleteId, OrganizationId, TeamId

MOST_TEAMS = 100
"""In one token. Proxies allow some 8 KiB of headers, and these take 5."""

# It stands in the log as who did something: no sign in it may do anything to a terminal, or be refused by PostgreSQL.
Subject = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\p{C}\p{Zl}\p{Zp}]+$")]


OUR_ACTORS = ("reaction:", "planning:", "scheduler")
"""So begin the names under which the service itself acts: the log must never show somebody else under one."""


class Role(StrEnum):
    COACH = "coach"
    ATHLETE = "athlete"
    SERVICE = "service"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Principal:
    """``subject`` is an opaque account id. ``teams`` are those that a coach's token names; there may be others."""

    subject: str
    role: Role
    organization_id: OrganizationId
    teams: frozenset[TeamId] = frozenset()
    athlete_id: AthleteId | None = None


class TokenRefused(Exception):
    """Nobody is let in with that: 401. ``code`` is stable; ``sent`` is False where there was no token at all."""

    def __init__(self, detail: str, hint: str, *, code: str = "invalid-token", sent: bool = True) -> None:
        super().__init__(detail)
        self.hint = hint
        self.code = code
        self.sent = sent


class Tokens(Protocol):
    """Tells good tokens from others."""

    async def principal(self, token: str, /) -> Principal:
        """Raises TokenRefused; Unavailable where it cannot be told at the moment."""


class Nobody:
    """For a process that serves nobody: no token is good."""

    async def principal(self, _token: str, /) -> Principal:
        raise TokenRefused("nobody is let in here", "Ask the service that `mesocycle run` starts.")


class Claims(BaseModel):
    """What of a token's claims matters here; others are left alone."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    sub: Subject
    org: UUID
    role: Role
    teams: Annotated[frozenset[UUID], Field(max_length=MOST_TEAMS)] = frozenset()
    athlete: UUID | None = None

    @field_validator("sub")
    @classmethod
    def _no_actor_of_ours(cls, subject: str) -> str:
        if subject.startswith(OUR_ACTORS):
            raise ValueError("it begins as the names of what the service does by itself do")
        return subject

    @model_validator(mode="after")
    def _an_athlete_is_somebody(self) -> Self:
        if self.role is Role.ATHLETE and self.athlete is None:
            raise ValueError("a token of the role athlete says in the claim athlete who that is")
        return self


def principal_of(claims: Mapping[str, Any]) -> Principal:
    """Of a token whose signature, time, issuer and audience are right. Raises TokenRefused, without any value."""
    try:
        said = Claims.model_validate(claims)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, one['loc'])) or 'claims'}: {one['msg'].removeprefix('Value error, ')}"
            for one in error.errors(include_input=False, include_url=False)
        )
        raise TokenRefused(
            f"the token's claims are not those of this service: {wrong}",
            "Have one made with sub, org (a UUID), role (coach, athlete, service, admin), teams and athlete (UUIDs).",
        ) from None
    return Principal(
        subject=said.sub,
        role=said.role,
        organization_id=OrganizationId(said.org),
        teams=frozenset(map(TeamId, said.teams)),
        athlete_id=None if said.athlete is None else AthleteId(said.athlete),
    )
