"""Commands over HTTP: once for each ``Idempotency-Key``, and with ``If-Match`` only on what the client has seen.

The answer says which version came of it (also as ``ETag``), and gives the position that a query can wait for.
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import Depends, FastAPI, Header, Request, Response
from pydantic import Field

from api.authentication import whoever_asks
from api.correlation import correlation_id_of
from api.models import Answer
from api.principal import Principal
from api.problems import ProblemResponse, Refused, problem
from api.services import Services
from domain.decider import Command
from domain.ports import Caller, IdempotencyKey, Outcome, VersionMismatch
from projections.consistency import Token

ETAG = re.compile(r'^"(\d{1,9})"$')

IdempotencyHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="A repeat of this request within seven days is one with the first, and gets its answer.",
    ),
]
MatchHeader = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=100,
        description='The `ETag` of what was read, such as `"7"`: refused with 412 where it has changed since.',
    ),
]


class Commanded(Answer):
    """What became of a command."""

    id: UUID = Field(description="What was changed, or made.")
    version: int = Field(description="How many changes it has had; also the ETag.")
    position: str | None = Field(
        description="Send it as `minPosition` with a query to read what was changed; null where nothing was."
    )
    changed: bool = Field(description="False where it was so already, and for the repeat of a request.")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to change something: on whose behalf, under which key, of which version."""

    principal: Principal
    caller: Caller
    key: IdempotencyKey | None
    expected_version: int | None


async def asked(
    request: Request,
    principal: Annotated[Principal, Depends(whoever_asks)],
    idempotency_key: IdempotencyHeader = None,
    if_match: MatchHeader = None,
) -> Asked:
    """The dependency of every route that changes something."""
    correlation_id = correlation_id_of(request.scope)
    assert correlation_id is not None, "the outermost middleware gives every request one"
    key = None
    if idempotency_key is not None:
        route = f"{request.method} {request.url.path}"
        body_hash = sha256(await request.body()).digest()
        key = IdempotencyKey(principal.subject, route, idempotency_key.replace("\0", ""), body_hash)
    caller = Caller(principal.organization_id, principal.subject, UUID(correlation_id))
    return Asked(principal, caller, key, None if if_match is None else version_of(if_match))


ToChange = Annotated[Asked, Depends(asked)]


def run(services: Services, command: Command, asked: Asked, response: Response) -> Commanded:
    """Runs it, and says so in ``response``'s headers. Raises what the domain refuses, which become problems."""
    outcome = services.runner.run(command, asked.caller, key=asked.key, expected_version=asked.expected_version)
    response.headers["etag"] = etag(outcome.version)
    return commanded(outcome)


def commanded(outcome: Outcome) -> Commanded:
    token = None if outcome.position is None else str(Token(outcome.position, outcome.partition_key))
    return Commanded(
        id=outcome.stream_id,
        version=outcome.version,
        position=token,
        changed=bool(outcome.events) and not outcome.repeated,
    )


def etag(version: int) -> str:
    return f'"{version}"'


def version_of(if_match: str) -> int:
    found = ETAG.match(if_match.strip())
    if found is None:
        raise Refused(
            HTTPStatus.BAD_REQUEST,
            "bad-etag",
            f"If-Match: {if_match!r} is not the ETag of anything here",
            'Send the ETag as it came, with its quotes, such as "7"; or leave If-Match out.',
        )
    return int(found.group(1))


def install(app: FastAPI) -> None:
    app.add_exception_handler(VersionMismatch, on_version_mismatch)


def on_version_mismatch(_: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, VersionMismatch)
    return problem(
        HTTPStatus.PRECONDITION_FAILED,
        "version-mismatch",
        str(error),
        "Read it again, and decide whether the change is still wanted.",
        headers={"etag": etag(error.version)},
    )
