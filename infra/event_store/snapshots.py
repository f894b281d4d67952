"""Snapshots of long streams: the state at a version, dropped when the shape of the state is another."""

import json
from hashlib import sha256
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from psycopg.types.numeric import Int4
from pydantic import TypeAdapter

from domain.decider import Decider
from infra.event_store.database import WriterPool

FIND = """
SELECT version, hash, state FROM snapshots WHERE stream_id = %b AND organization_id = %b AND fingerprint = %b
"""
KEEP = """
INSERT INTO snapshots (stream_id, organization_id, version, hash, fingerprint, state) VALUES (%b, %b, %b, %b, %b, %b)
ON CONFLICT (stream_id) DO UPDATE
SET version = excluded.version, hash = excluded.hash, fingerprint = excluded.fingerprint, state = excluded.state
WHERE snapshots.version < excluded.version OR snapshots.fingerprint <> excluded.fingerprint
"""
S = TypeVar("S")


class Snapshot(NamedTuple, Generic[S]):
    version: int
    hash: bytes
    state: S


class Snapshots:
    """``deciders`` that name a ``snapshot_every`` get one each so many events."""

    def __init__(self, pool: WriterPool) -> None:
        self._pool = pool
        self._adapters: dict[str, tuple[TypeAdapter[Any], str]] = {}

    def find(self, decider: Decider[Any, S, Any], stream_id: UUID, organization_id: UUID) -> Snapshot[S] | None:
        adapter, fingerprint = self._adapter(decider)
        with self._pool.connection() as connection:
            row = connection.cursor(binary=True).execute(FIND, (stream_id, organization_id, fingerprint)).fetchone()
        return None if row is None else Snapshot(row[0], row[1], adapter.validate_json(row[2]))

    def keep(
        self, decider: Decider[Any, S, Any], stream_id: UUID, organization_id: UUID, snapshot: Snapshot[S]
    ) -> None:
        adapter, fingerprint = self._adapter(decider)
        state = adapter.dump_json(snapshot.state)
        with self._pool.connection() as connection:
            connection.cursor(binary=True).execute(
                KEEP, (stream_id, organization_id, Int4(snapshot.version), snapshot.hash, fingerprint, state)
            )

    def _adapter(self, decider: Decider[Any, Any, Any]) -> tuple[TypeAdapter[Any], str]:
        if decider.name not in self._adapters:
            adapter = TypeAdapter(decider.state)
            shape = json.dumps(adapter.json_schema(), sort_keys=True)
            self._adapters[decider.name] = adapter, sha256(shape.encode()).hexdigest()[:16]
        return self._adapters[decider.name]
