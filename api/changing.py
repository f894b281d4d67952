"""What routes that change something share: what a creation answers, and waiting for what was made a moment ago."""

from typing import Any

from fastapi import Depends, Request, Response

from api.reading import TIMEOUT, MinPosition, Timeout, stale
from projections import belonging

CREATED: dict[int | str, dict[str, Any]] = {
    201: {
        "description": "Made, or there already and the same (`changed` tells)",
        "headers": {
            "Location": {"description": "Where it can be read.", "schema": {"type": "string"}},
            "ETag": {"description": "Its version, for `If-Match`.", "schema": {"type": "string"}},
        },
    }
}
"""For ``responses=`` of a route that makes something."""


def until_known(request: Request, min_position: MinPosition = None, timeout: Timeout = TIMEOUT) -> None:
    """What is to be changed may have been made a moment ago: with ``minPosition`` it is waited for."""
    if min_position is not None:
        stale(request.app.state.services, belonging.READS, min_position, timeout)


KNOWN = [Depends(until_known)]
"""For ``dependencies=`` of a route whose team must be in the read models."""


def located(response: Response, path: str) -> None:
    response.headers["location"] = f"/api/v1{path}"
