"""The bare database: what psycopg and PostgreSQL need for the same rows, all values made beforehand."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import LiteralString

import psycopg
from psycopg.types.numeric import Int4

from domain.event import Event
from infra.bench.workload import NOW, ORGANIZATION, Arrival
from infra.clock import new_id
from infra.event_store.envelope import FIRST_HASH

EVENT_COLUMNS: LiteralString = "%b, %b, 1, %b, 0, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b"
INSERT_EVENT: LiteralString = f"INSERT INTO events VALUES ({EVENT_COLUMNS})"
INSERT_ALL: LiteralString = f"""
WITH key AS (INSERT INTO idempotency_keys VALUES (%b, %b, %b, %b, %b, %b, 1, %b, 1, %b, 0, %b)),
     message AS (INSERT INTO inbox VALUES (%b, %b, %b, %b, %b, %b, %b))
INSERT INTO events VALUES ({EVENT_COLUMNS})
"""


Row = Callable[[Arrival, int], tuple[object, ...]]


@contextmanager
def plain_connection(database_url: str) -> Iterator[psycopg.Connection]:
    """Set up as the service's are: autocommit, statements prepared from the second time on."""
    with psycopg.connect(database_url, autocommit=True, prepare_threshold=2) as connection:
        yield connection


def event_row(arrival: Arrival, xid: int) -> tuple[object, ...]:
    """``xid`` stands for the transaction's: a number that grows, taken by no other row."""
    event: Event = arrival.event
    caller = arrival.caller
    return (
        arrival.event.assignment_id, Int4(1), xid, new_id(), event.event_name, Int4(event.event_version), ORGANIZATION,
        arrival.event.team_id, caller.actor, NOW, NOW, caller.correlation_id, caller.causation_id,
        event.__pydantic_serializer__.to_json(event, by_alias=True), FIRST_HASH,
    )  # fmt: skip


def whole_row(arrival: Arrival, xid: int) -> tuple[object, ...]:
    key, inbox, event = arrival.key, arrival.inbox, arrival.event
    return (
        ORGANIZATION, key.principal, key.route, key.key, key.body_hash, event.assignment_id, event.team_id, xid, NOW,
        inbox.source, inbox.message_id, inbox.cluster_id, inbox.topic_id, Int4(inbox.partition), inbox.offset, NOW,
        *event_row(arrival, xid),
    )  # fmt: skip


def xids(writer: int, count: int) -> Sequence[int]:
    first = (writer + 1) << 32
    return range(first, first + count)
