"""Answers "why?": the events of a stream, each with the chain of events that led to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.event import Event
from domain.ids import OrganizationId
from domain.ports import Recorded
from infra.event_store.database import WriterPool
from infra.event_store.envelope import COLUMNS
from infra.event_store.log import decoded
from infra.event_store.log_reader import LogRow
from infra.event_store.mapper import EventMapper

# Causes are looked up by event id, one step at a time; a chain is as long as reactions to reactions are.
CHAINS = f"""
WITH RECURSIVE chain AS (
    SELECT {COLUMNS} FROM events
    WHERE stream_id = %(stream_id)b AND (%(organization)b::uuid IS NULL OR organization_id = %(organization)b)
    UNION
    SELECT {", ".join(f"cause.{column}" for column in COLUMNS.split(", "))}
    FROM chain JOIN events AS cause
        ON cause.event_id = chain.causation_id AND cause.organization_id = chain.organization_id
)
SELECT * FROM chain ORDER BY era, xid, ordinal
"""


@dataclass(frozen=True, slots=True)
class Explained:
    """An event and what caused it, nearest cause first. ``origin`` is a cause outside the log, such as a message."""

    change: Recorded[Event]
    causes: tuple[Recorded[Event], ...]
    origin: UUID | None


class PostgresHistory:
    def __init__(self, pool: WriterPool, mapper: EventMapper) -> None:
        self._pool = pool
        self._mapper = mapper

    def explain(self, stream_id: UUID, organization_id: OrganizationId | None = None) -> Sequence[Explained]:
        """Every change of the stream in its order; empty where there is no such stream, or another organization has it.

        None: of whichever organization.
        """
        with self._pool.connection() as connection:
            cursor = connection.cursor(binary=True)
            asked = {"stream_id": stream_id, "organization": organization_id}
            rows = list(map(LogRow._make, cursor.execute(CHAINS, asked)))
        by_id = {recorded.event_id: recorded for recorded in decoded(self._mapper, rows)}
        changes = sorted(
            (recorded for recorded in by_id.values() if recorded.stream_id == stream_id), key=lambda r: r.version
        )
        return [explained(change, by_id) for change in changes]


def explained(change: Recorded[Event], by_id: dict[UUID, Recorded[Event]]) -> Explained:
    causes: list[Recorded[Event]] = []
    cause_id = change.causation_id
    while cause_id is not None and (cause := by_id.get(cause_id)) is not None:
        causes.append(cause)
        cause_id = cause.causation_id
    return Explained(change, tuple(causes), cause_id)
