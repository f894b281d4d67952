"""Cursors of pages: where the next one begins, as a text that only has to be sent back."""

import base64
from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import TypeAdapter, ValidationError

from api.problems import Refused
from projections.people import LARGEST_PAGE, NameCursor

T = TypeVar("T")

Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="At most so many entries.")]
Cursor = Annotated[str | None, Query(max_length=2000, description="The `nextCursor` of the page before.")]
NAMED: TypeAdapter[tuple[str, UUID]] = TypeAdapter(tuple[str, UUID])


def paged(rows: Sequence[T], limit: int) -> tuple[Sequence[T], T | None]:
    """Of one more than ``limit``: the page, and its last row where another page follows."""
    page = rows[:limit]
    return page, page[-1] if len(rows) > limit else None


def text_of(place: NameCursor) -> str:
    return base64.urlsafe_b64encode(NAMED.dump_json((place.name, place.id))).decode()


def named_cursor(text: str | None) -> NameCursor | None:
    """The inverse of ``text_of``; 400 for what is none."""
    if text is None:
        return None
    try:
        place = NameCursor(*NAMED.validate_json(base64.b64decode(text, b"-_", validate=True)))
        if "\0" in place.name:
            raise ValueError("PostgreSQL knows no NUL")
    except (ValueError, ValidationError) as error:
        raise Refused(
            HTTPStatus.BAD_REQUEST,
            "bad-cursor",
            "cursor: it is not the nextCursor of such a list",
            "Send nextCursor as it came, or leave it out for the first page.",
        ) from error
    return place
