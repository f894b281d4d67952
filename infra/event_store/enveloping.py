"""Puts decided events into their envelopes: ids, versions, bytes, and the hash that chains them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from domain.event import Event
from domain.ports import Caller, Reaction
from infra.event_store.envelope import EnvelopedEvent, chained_hash
from infra.event_store.mapper import EventMapper
from infra.event_store.sealing import Place
from infra.event_store.streams import Loaded


class Enveloper:
    def __init__(self, mapper: EventMapper, new_id: Callable[[], UUID]) -> None:
        self._mapper = mapper
        self._new_id = new_id

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
        stored: list[EnvelopedEvent] = []
        chained = before.hash
        for index, event in enumerate(events):
            event_id = self._new_id() if reaction is None else reaction.event_id(stream_id, index)
            version = before.version + index + 1
            payload = self._mapper.encode(event, Place(stream_id, version), keys)
            chained = chained_hash(
                chained,
                stream_id=stream_id,
                version=version,
                event_id=event_id,
                name=event.event_name,
                schema_version=event.event_version,
                organization_id=caller.organization_id,
                partition_key=partition_key,
                actor=caller.actor,
                occurred_at=now,
                recorded_at=now,
                correlation_id=caller.correlation_id,
                causation_id=caller.causation_id,
                payload=payload,
            )
            stored.append(
                EnvelopedEvent(
                    originator_id=stream_id,
                    originator_version=version,
                    topic=event.event_name,
                    state=payload,
                    event_id=event_id,
                    schema_version=event.event_version,
                    organization_id=caller.organization_id,
                    partition_key=partition_key,
                    actor=caller.actor,
                    occurred_at=now,
                    recorded_at=now,
                    correlation_id=caller.correlation_id,
                    causation_id=caller.causation_id,
                    hash=chained,
                )
            )
        return tuple(stored)
