"""Streams, loaded and folded: from a snapshot where there is one, many at once in one query."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.decider import Decider
from domain.event import Event
from infra.event_store.envelope import FIRST_HASH
from infra.event_store.mapper import EventMapper, StoredPayload
from infra.event_store.recorder import PostgresEventRecorder, StreamRow
from infra.event_store.snapshots import Snapshot, Snapshots


@dataclass(frozen=True, slots=True)
class Loaded:
    """A stream as it stands. ``state`` is None and ``version`` 0 where it does not exist (for this organization)."""

    state: Any = None
    version: int = 0
    hash: bytes = FIRST_HASH


NOTHING = Loaded()


class StreamLoader:
    def __init__(self, recorder: PostgresEventRecorder, mapper: EventMapper, snapshots: Snapshots) -> None:
        self._recorder = recorder
        self._mapper = mapper
        self._snapshots = snapshots

    def load(self, decider: Decider[Any, Any, Any], stream_id: UUID, organization_id: UUID) -> Loaded:
        start = NOTHING
        if decider.snapshot_every and (found := self._snapshots.find(decider, stream_id, organization_id)):
            start = Loaded(found.state, found.version, found.hash)
        rows = self._recorder.select_one(stream_id, organization_id, start.version)
        if not rows:
            return start
        return Loaded(decider.fold(self._decoded(rows), start.state), rows[-1].version, rows[-1].hash)

    def load_many(self, deciders: Mapping[UUID, Decider[Any, Any, Any]], organization_id: UUID) -> dict[UUID, Loaded]:
        """The streams among ``deciders``' keys that exist, in one query; without snapshots."""
        rows = self._recorder.select_many(list(deciders), organization_id)
        by_stream: defaultdict[UUID, list[Event]] = defaultdict(list)
        last: dict[UUID, StreamRow] = {}
        for row, event in zip(rows, self._decoded(rows), strict=True):
            by_stream[row[0]].append(event)
            last[row[0]] = row
        return {
            stream_id: Loaded(deciders[stream_id].fold(stream), last[stream_id].version, last[stream_id].hash)
            for stream_id, stream in by_stream.items()
        }

    def keep_snapshot(
        self, decider: Decider[Any, Any, Any], stream_id: UUID, organization_id: UUID, before: Loaded, now: Loaded
    ) -> None:
        """After an append: a new snapshot where the version passed a multiple of ``snapshot_every``."""
        every = decider.snapshot_every
        if every and now.version // every > before.version // every:
            self._snapshots.keep(decider, stream_id, organization_id, Snapshot(now.version, now.hash, now.state))

    def _decoded(self, rows: Sequence[StreamRow]) -> list[Event]:
        return self._mapper.decode_many([StoredPayload(row[2], row[3], row[0], row[1], row[4]) for row in rows])
