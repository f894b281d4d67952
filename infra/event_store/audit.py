"""Checks the hash chain: a byte changed in the store, or an event taken out of a stream, is found and named."""

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection

from domain.ports import BEGINNING
from infra.event_store.envelope import COLUMNS, FIRST_HASH, chained_hash, stamp_of
from infra.event_store.log_reader import LogRow

BY_STREAM = f"SELECT {COLUMNS} FROM events ORDER BY stream_id, version"
CHUNK = 5_000


class Broken(NamedTuple):
    stream_id: UUID
    version: int
    problem: str


def broken_links(connection: Connection) -> Iterator[Broken]:
    """Every event whose bytes, or whose predecessor's, are not those that were stored.

    What a chain cannot show: the last events of a stream cut off together, and a whole stream removed. The
    read models' ``verify`` and a backup do.
    """
    previous_stream, expected_version, previous_hash, previous_position = None, 1, FIRST_HASH, BEGINNING
    with connection.transaction(), connection.cursor(name="audit", binary=True) as cursor:
        cursor.itersize = CHUNK
        cursor.execute(BY_STREAM)
        for row in map(LogRow._make, cursor):
            if row.stream_id != previous_stream:
                previous_stream, expected_version = row.stream_id, 1
                previous_hash, previous_position = FIRST_HASH, BEGINNING
            if row.version != expected_version:
                yield Broken(row.stream_id, row.version, f"version {expected_version} is missing")
            elif row.hash != hash_of(row, previous_hash):
                yield Broken(row.stream_id, row.version, "its bytes are not those that were stored")
            elif row.position <= previous_position:
                yield Broken(row.stream_id, row.version, "it stands before its predecessor in the log")
            previous_hash, expected_version, previous_position = row.hash, row.version + 1, row.position


def hash_of(row: LogRow, previous: bytes) -> bytes:
    stamp = stamp_of(
        row.organization_id, row.actor, row.occurred_at, row.recorded_at, row.correlation_id, row.causation_id
    )
    return chained_hash(
        previous,
        stamp,
        row.stream_id,
        row.version,
        row.event_id,
        row.name,
        row.schema_version,
        row.partition_key,
        row.payload,
    )
