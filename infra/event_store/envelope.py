"""A stored event: the library's StoredEvent with the columns of our envelope, and the hash that chains it."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from eventsourcing.persistence import StoredEvent

FIRST_HASH = bytes(32)
"""What the first event of a stream is chained to."""

COLUMNS = (
    "stream_id, version, era, xid, ordinal, event_id, name, schema_version, organization_id, partition_key, actor, "
    "occurred_at, recorded_at, correlation_id, causation_id, payload, hash"
)
_FIXED = struct.Struct(">32s16si16si16s16sqq16s?16sHH")


@dataclass(frozen=True, init=False)
class EnvelopedEvent(StoredEvent):
    """``topic`` is the stored name, ``originator_id`` the stream, ``state`` the payload as the bus carries it."""

    event_id: UUID
    schema_version: int
    organization_id: UUID
    partition_key: UUID
    actor: str
    occurred_at: datetime
    recorded_at: datetime
    correlation_id: UUID
    causation_id: UUID | None
    hash: bytes

    def __init__(
        self,
        originator_id: UUID,
        originator_version: int,
        topic: str,
        state: bytes,
        event_id: UUID,
        schema_version: int,
        organization_id: UUID,
        partition_key: UUID,
        actor: str,
        occurred_at: datetime,
        recorded_at: datetime,
        correlation_id: UUID,
        causation_id: UUID | None,
        hash: bytes,
    ) -> None:
        # At once: a frozen dataclass of the library's kind would set fourteen fields one by one, in twice the time.
        self.__dict__.update(
            originator_id=originator_id, originator_version=originator_version, topic=topic, state=state,
            event_id=event_id, schema_version=schema_version, organization_id=organization_id,
            partition_key=partition_key, actor=actor, occurred_at=occurred_at, recorded_at=recorded_at,
            correlation_id=correlation_id, causation_id=causation_id, hash=hash,
        )  # fmt: skip


class Stamp(NamedTuple):
    """What the events of one command have in common, as the bytes that go into their hashes."""

    organization: bytes
    actor: bytes
    times: tuple[int, int]
    correlation: bytes
    caused: bool
    causation: bytes


def stamp_of(
    organization_id: UUID,
    actor: str,
    occurred_at: datetime,
    recorded_at: datetime,
    correlation_id: UUID,
    causation_id: UUID | None,
) -> Stamp:
    return Stamp(
        organization_id.bytes,
        actor.encode(),
        (microseconds(occurred_at), microseconds(recorded_at)),
        correlation_id.bytes,
        causation_id is not None,
        bytes(16) if causation_id is None else causation_id.bytes,
    )


def chained_hash(
    previous: bytes,
    stamp: Stamp,
    stream_id: UUID,
    version: int,
    event_id: UUID,
    name: str,
    schema_version: int,
    partition_key: UUID,
    payload: bytes,
) -> bytes:
    """SHA-256 over the predecessor's hash and every stored byte of the event but its position.

    The position is given by the database as it commits; the order within a stream is that of its versions.
    """
    name_bytes = name.encode()
    head = _FIXED.pack(
        previous,
        stream_id.bytes,
        version,
        event_id.bytes,
        schema_version,
        stamp.organization,
        partition_key.bytes,
        *stamp.times,
        stamp.correlation,
        stamp.caused,
        stamp.causation,
        len(name_bytes),
        len(stamp.actor),
    )
    return sha256(b"".join((head, name_bytes, stamp.actor, payload))).digest()


def microseconds(moment: datetime) -> int:
    """Since 1970, exact for PostgreSQL's resolution (a float of seconds is exact to the microsecond until 2255)."""
    return round(moment.timestamp() * 1_000_000)


Keys = Mapping[UUID, bytes | None]
"""athlete → key; None: destroyed."""
