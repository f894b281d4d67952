"""Puts decided events into their envelopes: ids, versions, bytes, and the hash that chains them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from domain.event import Event
from domain.ports import Caller, Reaction
from infra.event_store.envelope import EnvelopedEvent, Stamp, chained_hash, stamp_of
from infra.event_store.mapper import EventMapper
from infra.event_store.sealing import Place
from infra.event_store.streams import Loaded

NO_STAMP = Stamp(b"", b"", (0, 0), b"", False, b"")


class Enveloper:
    def __init__(self, mapper: EventMapper, new_id: Callable[[], UUID]) -> None:
        self._mapper = mapper
        self._new_id = new_id
        self._last: tuple[Caller | None, datetime | None, Stamp] = None, None, NO_STAMP

    def envelop(
        self,
        stream_id: UUID,
        before: Loaded,
        events: Sequence[Event],
        partition_key: UUID,
        caller: Caller,
        now: datetime,
        reaction: Reaction | None,
    ) -> tuple[EnvelopedEvent, ...]:
        """``events`` as they go behind ``before``. Raises AthleteIsForgotten for personal data without a key."""
        keys = self._mapper.keys_to_encode(events)
        stamp = self._stamp(caller, now)
        stored: list[EnvelopedEvent] = []
        chained = before.hash
        version = before.version
        for index, event in enumerate(events):
            event_id = self._new_id() if reaction is None else reaction.event_id(stream_id, index)
            version += 1
            name, schema_version = event.event_name, event.event_version
            payload = self._mapper.encode(event, Place(stream_id, version), keys)
            chained = chained_hash(
                chained, stamp, stream_id, version, event_id, name, schema_version, partition_key, payload
            )
            stored.append(
                EnvelopedEvent(
                    stream_id,
                    version,
                    name,
                    payload,
                    event_id,
                    schema_version,
                    caller.organization_id,
                    partition_key,
                    caller.actor,
                    now,
                    now,
                    caller.correlation_id,
                    caller.causation_id,
                    chained,
                )
            )
        return tuple(stored)

    def _stamp(self, caller: Caller, now: datetime) -> Stamp:
        """Of the last caller again, mostly: a fan-out has one for a whole team."""
        for_whom, when, stamp = self._last
        if for_whom is not caller or when is not now:
            stamp = stamp_of(caller.organization_id, caller.actor, now, now, caller.correlation_id, caller.causation_id)
            self._last = caller, now, stamp
        return stamp
