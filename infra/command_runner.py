"""The one way to change anything: load, decide, append, and start over when somebody else was faster."""

import random
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import psycopg

from domain.decider import Command, Context, Decider
from domain.errors import DomainError
from domain.event import Event
from domain.ids import OrganizationId
from domain.ports import (
    Caller,
    Clock,
    ConcurrencyConflict,
    IdempotencyKey,
    IdempotencyKeyReused,
    InboxEntry,
    Outcome,
    Position,
    Reaction,
    Refusal,
    Unavailable,
)
from infra.event_store.envelope import FIRST_HASH, EnvelopedEvent, Keys, chained_hash
from infra.event_store.mapper import EventMapper, StoredPayload
from infra.event_store.recorder import AlreadyRecorded, PostgresEventRecorder, StreamRow, VersionConflict
from infra.event_store.repeats import Repeats
from infra.event_store.snapshots import Snapshot, Snapshots

ATTEMPTS = 12
FIRST_PAUSE_S = 0.002


@dataclass(frozen=True, slots=True)
class Loaded:
    """A stream as it stands. ``state`` is None and ``version`` 0 where it does not exist (for this organization)."""

    state: Any = None
    version: int = 0
    hash: bytes = FIRST_HASH


NOTHING = Loaded()


@dataclass(frozen=True, slots=True)
class Decision:
    stream_id: UUID
    before: Loaded
    after: Any
    partition_key: UUID | None
    events: tuple[Event, ...]
    stored: tuple[EnvelopedEvent, ...]

    @property
    def version(self) -> int:
        return self.before.version + len(self.events)


class PostgresCommandRunner:
    """Safe to share between threads: all state is in the database."""

    def __init__(
        self,
        recorder: PostgresEventRecorder,
        mapper: EventMapper,
        snapshots: Snapshots,
        decider_for: Callable[[type[Command]], Decider[Any, Any, Any]],
        clock: Clock,
        new_id: Callable[[], UUID],
    ) -> None:
        self._recorder = recorder
        self._mapper = mapper
        self._snapshots = snapshots
        self._repeats = Repeats(recorder.pool)
        self._decider_for = decider_for
        self._clock = clock
        self._new_id = new_id

    def run(
        self,
        command: Command,
        caller: Caller,
        *,
        key: IdempotencyKey | None = None,
        inbox: InboxEntry | None = None,
        reaction: Reaction | None = None,
    ) -> Outcome:
        """See the port. A repeat of ``key`` or ``inbox`` gets the stored answer and decides nothing."""
        try:
            for attempt in range(ATTEMPTS):
                if (repeated := self._repeat(command, caller, key, inbox)) is not None:
                    return repeated
                try:
                    return self._run_once(command, caller, key, inbox, reaction)
                except VersionConflict:
                    pause(attempt)
                except AlreadyRecorded:
                    if key is None and inbox is None:  # this reaction's events are stored, so its stream has them
                        return self._as_stored(command, caller)
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise Unavailable(f"the database did not answer: {error}") from error
        raise ConcurrencyConflict(f"{type(command).__name__}: others changed {command.stream_id} {ATTEMPTS} times over")

    def run_many(
        self, commands: Sequence[Command], callers: Sequence[Caller], *, reactions: Sequence[Reaction | None] = ()
    ) -> list[Outcome | Refusal]:
        """See the port. All callers belong to one organization; no stream is named twice."""
        if not commands:
            return []
        organization_id = callers[0].organization_id
        same = all(caller.organization_id == organization_id for caller in callers)
        if not same or len({command.stream_id for command in commands}) != len(commands):
            raise ValueError("one organization, and each stream once: give the rest to another call")
        reacting = reactions or [None] * len(commands)
        try:
            for attempt in range(ATTEMPTS):
                try:
                    return self._run_many_once(commands, callers, reacting, organization_id)
                except (VersionConflict, AlreadyRecorded):
                    pause(attempt)
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise Unavailable(f"the database did not answer: {error}") from error
        raise ConcurrencyConflict(f"others changed some of {len(commands)} streams {ATTEMPTS} times over")

    # One attempt

    def _run_once(
        self,
        command: Command,
        caller: Caller,
        key: IdempotencyKey | None,
        inbox: InboxEntry | None,
        reaction: Reaction | None,
    ) -> Outcome:
        decider = self._decider_for(type(command))
        now = self._clock.now()
        loaded = self._load_one(decider, command.stream_id, caller.organization_id)
        decision = self._decide(decider, command, loaded, caller, now, reaction)
        position: Position | None = None
        if decision.events or key or inbox:
            position = self._recorder.append(
                decision.stored,
                recorded_at=now,
                organization_id=caller.organization_id,
                key=key,
                inbox=inbox,
                answer=(decision.stream_id, decision.version, decision.partition_key),
            )
        self._keep_snapshot(decider, decision, caller.organization_id)
        return outcome_of(decision, position if decision.events else None)

    def _run_many_once(
        self,
        commands: Sequence[Command],
        callers: Sequence[Caller],
        reactions: Sequence[Reaction | None],
        organization_id: OrganizationId,
    ) -> list[Outcome | Refusal]:
        now = self._clock.now()
        loaded = self._load_many(commands, organization_id)
        results: list[Decision | Refusal] = []
        for command, caller, reaction in zip(commands, callers, reactions, strict=True):
            decider = self._decider_for(type(command))
            try:
                before = loaded.get(command.stream_id, NOTHING)
                results.append(self._decide(decider, command, before, caller, now, reaction))
            except DomainError as error:
                results.append(Refusal(command.stream_id, error))
        stored: tuple[EnvelopedEvent, ...] = ()
        if events:
            stored = self._envelop(command.stream_id, before, events, partition_key, caller, now, reaction)
        return Decision(command.stream_id, before, after, partition_key, events, stored)

    def _envelop(
        self,
        stream_id: UUID,
        before: Loaded,
        events: Sequence[Event],
        partition_key: UUID | None,
        caller: Caller,
        now: datetime,
        reaction: Reaction | None,
    ) -> tuple[EnvelopedEvent, ...]:
        assert partition_key is not None, "a stream with events has a state, and a state a partition key"
        keys: Keys = self._mapper.keys_to_encode(events)
        stored: list[EnvelopedEvent] = []
        chained = before.hash
        for index, event in enumerate(events):
            event_id = self._new_id() if reaction is None else reaction_event_id(reaction, stream_id, index)
            payload = self._mapper.encode(event, event_id, keys)
            version = before.version + index + 1
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

    # Loading

    def _load_one(self, decider: Decider[Any, Any, Any], stream_id: UUID, organization_id: UUID) -> Loaded:
        start: Snapshot[Any] | None = None
        if decider.snapshot_every:
            start = self._snapshots.find(decider, stream_id, organization_id)
        loaded = Loaded(start.state, start.version, start.hash) if start else NOTHING
        rows = self._recorder.select_one(stream_id, organization_id, loaded.version)
        return self._folded(decider, rows, loaded)

    def _load_many(self, commands: Sequence[Command], organization_id: UUID) -> dict[UUID, Loaded]:
        rows = self._recorder.select_many([command.stream_id for command in commands], organization_id)
        events = self._mapper.decode_many([StoredPayload(row[2], row[3], row[4], row[5]) for row in rows])
        by_stream: defaultdict[UUID, list[Event]] = defaultdict(list)
        last: dict[UUID, StreamRow] = {}
        for row, event in zip(rows, events, strict=True):
            by_stream[row[0]].append(event)
            last[row[0]] = row
        deciders = {command.stream_id: self._decider_for(type(command)) for command in commands}
        return {
            stream_id: Loaded(deciders[stream_id].fold(stream), last[stream_id].version, last[stream_id].hash)
            for stream_id, stream in by_stream.items()
        }

    def _folded(self, decider: Decider[Any, Any, Any], rows: Sequence[StreamRow], start: Loaded) -> Loaded:
        if not rows:
            return start
        events = self._mapper.decode_many([StoredPayload(row[2], row[3], row[4], row[5]) for row in rows])
        return Loaded(decider.fold(events, start.state), rows[-1].version, rows[-1].hash)

    def _keep_snapshot(self, decider: Decider[Any, Any, Any], decision: Decision, organization_id: UUID) -> None:
        every = decider.snapshot_every
        if every and decision.stored and decision.version // every > decision.before.version // every:
            snapshot = Snapshot(decision.version, decision.stored[-1].hash, decision.after)
            self._snapshots.keep(decider, decision.stream_id, organization_id, snapshot)

    # Repeats

    def _repeat(
        self, command: Command, caller: Caller, key: IdempotencyKey | None, inbox: InboxEntry | None
    ) -> Outcome | None:
        if key is not None and (answer := self._repeats.answer(caller.organization_id, key)) is not None:
            if answer.body_hash != key.body_hash:
                raise IdempotencyKeyReused(
                    f"the idempotency key {key.key!r} was used for another body; send a new key with a new request"
                )
            return answer.outcome
        if inbox is not None and self._repeats.received(inbox):
            return self._as_stored(command, caller)
        return None

    def _as_stored(self, command: Command, caller: Caller) -> Outcome:
        decider = self._decider_for(type(command))
        loaded = self._load_one(decider, command.stream_id, caller.organization_id)
        partition_key = None if loaded.state is None else decider.partition_key(loaded.state)
        return Outcome(command.stream_id, loaded.version, partition_key, None, repeated=True)


def outcome_of(decision: Decision, position: Position | None) -> Outcome:
    return Outcome(decision.stream_id, decision.version, decision.partition_key, position, decision.events)


def reaction_event_id(reaction: Reaction, stream_id: UUID, index: int) -> UUID:
    """The same cause, reaction and stream give the same event id, which the store takes once."""
    return uuid5(reaction.cause, f"{reaction.name}:{stream_id.hex}:{index}")


def pause(attempt: int) -> None:
    """Longer each time, with jitter, so that writers of one stream do not meet again."""
    time.sleep(random.uniform(0, FIRST_PAUSE_S * 2 ** min(attempt, 6)))
