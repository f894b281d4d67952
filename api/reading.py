"""Reading your own writes (decision 15): the parameters ``minPosition`` and ``timeout``, which every query takes."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import Query

from api.problems import Refused
from api.services import Services
from projections.consistency import DEFAULT_TIMEOUT_S, LONGEST_TIMEOUT_S, Token, is_stale

MinPosition = Annotated[
    str | None,
    Query(
        alias="minPosition",
        description="The token of a command's answer: wait until its effects are in what is read.",
        examples=["0190cafe-0000-7000-8000-000000000001@1-8123-0"],
    ),
]
Timeout = Annotated[
    float,
    Query(
        alias="timeout",
        ge=0,
        le=LONGEST_TIMEOUT_S,
        description="How long to wait for `minPosition`, in seconds; then the answer comes as it is, and says `stale`.",
    ),
]
TIMEOUT = DEFAULT_TIMEOUT_S


def stale(
    services: Services,
    projections: Sequence[str],
    min_position: str | None,
    timeout_s: float,
    partition_key: UUID | None = None,
) -> bool:
    """Waits as asked. True where what is read lacks something that should be there; 400 for what is no token.

    ``partition_key``: whose events are read; None for a list, of which only the token's own are looked at.
    """
    try:
        token = None if min_position is None else Token.parse(min_position)
    except ValueError as error:
        raise Refused(
            HTTPStatus.BAD_REQUEST,
            "bad-position",
            f"minPosition: {error}",
            "Send the position of a command's answer as it came, or leave it out.",
        ) from error
    keys = () if partition_key is None else (partition_key,)
    return is_stale(services.connect, projections, token, partition_keys=keys, timeout_s=timeout_s)
