"""What a rule refused although a reaction asked for it: told, kept once, and everything else goes on.

Such as a workout that another organization planned into the team: its events are not this organization's to write.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString, NamedTuple
from uuid import UUID

import structlog
from psycopg import Connection
from psycopg.rows import args_row

from domain.ports import Outcome, Refusal

KEEP: LiteralString = """
INSERT INTO reaction_refusals (cause_event_id, assignment_id, error_type, reason)
SELECT * FROM unnest(%(cause)b::uuid[], %(assignment)b::uuid[], %(type)b::text[], %(reason)b::text[])
ON CONFLICT (cause_event_id, assignment_id) DO NOTHING
"""
NEWEST: LiteralString = """
SELECT cause_event_id, assignment_id, error_type, reason, at FROM reaction_refusals
ORDER BY at DESC, cause_event_id, assignment_id LIMIT %(limit)s
"""

log = structlog.get_logger()


class KeptRefusal(NamedTuple):
    """Which assignment stays as it was, the event that called for another, and why not."""

    cause_event_id: UUID
    assignment_id: UUID
    error_type: str
    reason: str
    at: datetime


def keep_refusals(connection: Connection, causes: Sequence[UUID], results: Sequence[Outcome | Refusal]) -> None:
    """Those among ``results``, each with its cause; on an autocommit connection. A repeat keeps what is there."""
    refused = [(cause, each) for cause, each in zip(causes, results, strict=True) if isinstance(each, Refusal)]
    if not refused:
        return
    for cause, refusal in refused:
        log.error("reactions.refused", cause=str(cause), assignment_id=str(refusal.stream_id), error=str(refusal.error))
    connection.cursor(binary=True).execute(KEEP, {
        "cause": [cause for cause, _ in refused],
        "assignment": [refusal.stream_id for _, refusal in refused],
        "type": [type(refusal.error).__name__ for _, refusal in refused],
        "reason": [str(refusal.error) for _, refusal in refused],
    })  # fmt: skip


def refusals(connection: Connection, limit: int) -> list[KeptRefusal]:
    """The newest first."""
    with connection.cursor(row_factory=args_row(KeptRefusal)) as cursor:
        return cursor.execute(NEWEST, {"limit": limit}).fetchall()
