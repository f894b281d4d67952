"""Streams, loaded and folded: on top of what is known of them already, many at once in one query."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from domain.decider import Decider
from domain.errors import IdTaken
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
NO_STREAM = UUID(int=0)
ABSENT = (NO_STREAM, NOTHING)


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
        new = rows if known is NOTHING else rows[1:]
        events = self._decoded(new)
        ensure_of_kind(decider, stream_id, known, events)
        if not new:
            return known
        loaded = Loaded(decider.fold(events, known.state), new[-1].version, new[-1].hash)
        self._cache.keep(stream_id, organization_id, loaded)
        return loaded

    def load_many(self, deciders: Mapping[UUID, AnyDecider], organization_id: UUID) -> dict[UUID, Loaded]:
        """The streams among ``deciders``' keys that exist, in one query; without snapshots."""
        ids = list(deciders)
        known = [self._cache.get(stream_id, organization_id) for stream_id in ids]
        streams = self._recorder.select_many(ids, organization_id, [max(state.version, 1) for state in known])
        replaced = [
            index for index, state in enumerate(known) if state is not NOTHING and not goes_on(state, streams[index])
        ]
        if replaced:
            again = self._recorder.select_many([ids[index] for index in replaced], organization_id)
            for index, rows in zip(replaced, again, strict=True):
                known[index], streams[index] = NOTHING, rows
        new = [rows if state is NOTHING else rows[1:] for state, rows in zip(known, streams, strict=True)]
        events = iter(self._decoded([row for rows in new for row in rows]))
        loaded: dict[UUID, Loaded] = {}
        for stream_id, state, rows in zip(ids, known, new, strict=True):
            news = list(islice(events, len(rows)))
            ensure_of_kind(deciders[stream_id], stream_id, state, news)
            if rows:
                folded = deciders[stream_id].fold(news, state.state)
                loaded[stream_id] = Loaded(folded, rows[-1].version, rows[-1].hash)
                self._cache.keep(stream_id, organization_id, loaded[stream_id])
            elif state is not NOTHING:
                loaded[stream_id] = state
        return loaded

    def keep(self, decider: AnyDecider, stream_id: UUID, organization_id: UUID, before: Loaded, now: Loaded) -> None:
        """After an append: what is known now, and a snapshot where the version passed a multiple of its interval."""
        self._cache.keep(stream_id, organization_id, now)
        every = decider.snapshot_every
        if every and now.version // every > before.version // every:
            self._snapshots.keep(decider, stream_id, organization_id, Snapshot(now.version, now.hash, now.state))

    def _from_snapshot(self, decider: AnyDecider, stream_id: UUID, organization_id: UUID) -> Loaded:
        found = self._snapshots.find(decider, stream_id, organization_id)
        return NOTHING if found is None else Loaded(found.state, found.version, found.hash)

    def _decoded(self, rows: Sequence[StreamRow]) -> list[Event]:
        """Personal fields stay sealed, as no state holds one: neither keys nor places in streams are asked for."""
        return self._mapper.decode_many([(row[1], row[2], NO_STREAM, row[0], row[3]) for row in rows], unsealed=False)


def ensure_of_kind(decider: AnyDecider, stream_id: UUID, known: Loaded, news: Sequence[Event]) -> None:
    """An id that a client chose may be that of something else. Raises IdTaken."""
    if known is NOTHING:
        strange = bool(news) and type(news[0]) not in decider.events
    else:
        strange = not isinstance(known.state, decider.state)
    if strange:
        raise IdTaken(f"{stream_id} is no {decider.name}, but something else")


def goes_on(known: Loaded, rows: Sequence[StreamRow]) -> bool:
    """Whether the first of ``rows`` is the last event that ``known`` includes."""
    return bool(rows) and rows[0].version == known.version and rows[0].hash == known.hash
