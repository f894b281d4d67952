"""Streams, loaded and folded: on top of what is known of them already, many at once in one query."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from domain.decider import Decider
from domain.event import Event
from infra.event_store.envelope import FIRST_HASH
from infra.event_store.mapper import EventMapper
from infra.event_store.recorder import PostgresEventRecorder, StreamRow
from infra.event_store.snapshots import Snapshot, Snapshots

AnyDecider = Decider[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A stream as it stands. ``state`` is None and ``version`` 0 where it does not exist (for this organization)."""

    state: Any = None
    version: int = 0
    hash: bytes = FIRST_HASH


NOTHING = Loaded()
ABSENT = (UUID(int=0), NOTHING)


class StateCache:
    """The latest states that this process has seen. Streams only grow, so what is here may be old but never wrong.

    Those that came first go first when there are more than ``size``. Safe to share between threads: each step is one
    operation of a dict.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._states: OrderedDict[UUID, tuple[UUID, Loaded]] = OrderedDict()

    def get(self, stream_id: UUID, organization_id: UUID) -> Loaded:
        owner, loaded = self._states.get(stream_id, ABSENT)
        return loaded if owner is organization_id or owner == organization_id else NOTHING

    def keep(self, stream_id: UUID, organization_id: UUID, loaded: Loaded) -> None:
        if not self._size:
            return
        self._states[stream_id] = organization_id, loaded
        if len(self._states) > self._size:
            with suppress(KeyError):  # another thread has made room meanwhile
                self._states.popitem(last=False)


class StreamLoader:
    """Starts from the cache, else from a snapshot, else from the first event.

    The last known event is read again with those behind it. Its hash tells whether the stream is still the one that was
    known (it is not where a database was replaced under a running process); else it is read from the beginning.
    """

    def __init__(
        self, recorder: PostgresEventRecorder, mapper: EventMapper, snapshots: Snapshots, cache: StateCache
    ) -> None:
        self._recorder = recorder
        self._mapper = mapper
        self._snapshots = snapshots
        self._cache = cache

    def load(self, decider: AnyDecider, stream_id: UUID, organization_id: UUID) -> Loaded:
        known = self._cache.get(stream_id, organization_id)
        if known is NOTHING and decider.snapshot_every:
            known = self._from_snapshot(decider, stream_id, organization_id)
        rows = self._recorder.select_one(stream_id, organization_id, max(known.version, 1))
        if known is not NOTHING and not goes_on(known, rows):
            known, rows = NOTHING, self._recorder.select_one(stream_id, organization_id)
        return self._fold(decider, stream_id, organization_id, known, rows)

    def load_many(self, deciders: Mapping[UUID, AnyDecider], organization_id: UUID) -> dict[UUID, Loaded]:
        """The streams among ``deciders``' keys that exist, in one query; without snapshots."""
        known = {stream_id: self._cache.get(stream_id, organization_id) for stream_id in deciders}
        firsts = [max(state.version, 1) for state in known.values()]
        rows = self._by_stream(self._recorder.select_many(list(known), organization_id, firsts))
        replaced = [
            key for key, state in known.items() if state is not NOTHING and not goes_on(state, rows.get(key, ()))
        ]
        if replaced:
            known.update(dict.fromkeys(replaced, NOTHING))
            rows.update({stream_id: [] for stream_id in replaced})
            rows.update(self._by_stream(self._recorder.select_many(replaced, organization_id)))
        return {
            stream_id: self._fold(deciders[stream_id], stream_id, organization_id, known[stream_id], stream)
            for stream_id, stream in rows.items()
            if stream
        }

    def keep(self, decider: AnyDecider, stream_id: UUID, organization_id: UUID, before: Loaded, now: Loaded) -> None:
        """After an append: what is known now, and a snapshot where the version passed a multiple of its interval."""
        self._cache.keep(stream_id, organization_id, now)
        every = decider.snapshot_every
        if every and now.version // every > before.version // every:
            self._snapshots.keep(decider, stream_id, organization_id, Snapshot(now.version, now.hash, now.state))

    def _from_snapshot(self, decider: AnyDecider, stream_id: UUID, organization_id: UUID) -> Loaded:
        found = self._snapshots.find(decider, stream_id, organization_id)
        return NOTHING if found is None else Loaded(found.state, found.version, found.hash)

    def _fold(
        self, decider: AnyDecider, stream_id: UUID, organization_id: UUID, known: Loaded, rows: Sequence[StreamRow]
    ) -> Loaded:
        new = rows if known is NOTHING else rows[1:]
        if not new:
            return known
        events = self._decoded(new)
        loaded = Loaded(decider.fold(events, known.state), new[-1].version, new[-1].hash)
        self._cache.keep(stream_id, organization_id, loaded)
        return loaded

    def _by_stream(self, rows: Sequence[StreamRow]) -> dict[UUID, Sequence[StreamRow]]:
        return {stream_id: list(stream) for stream_id, stream in groupby(rows, key=itemgetter(0))}

    def _decoded(self, rows: Sequence[StreamRow]) -> list[Event]:
        """Personal fields stay sealed: no state holds one, so no key is asked for."""
        return self._mapper.decode_many([(row[2], row[3], row[0], row[1], row[4]) for row in rows], unsealed=False)


def goes_on(known: Loaded, rows: Sequence[StreamRow]) -> bool:
    """Whether the first of ``rows`` is the last event that ``known`` includes."""
    return bool(rows) and rows[0].version == known.version and rows[0].hash == known.hash
