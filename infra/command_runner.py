"""The one way to change anything: load, decide, append, and start over when somebody else was faster."""

import random
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from domain.decider import Command, Context, Decider
from domain.errors import DomainError
from domain.event import Event
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
    VersionMismatch,
)
from infra.decision import Decision, unobserved
from infra.event_store.envelope import EnvelopedEvent
from infra.event_store.enveloping import Enveloper
from infra.event_store.mapper import EventMapper
from infra.event_store.recorder import AlreadyRecorded, EventRecorded, PostgresEventRecorder, VersionConflict
from infra.event_store.repeats import Repeats
from infra.event_store.snapshots import Snapshots
from infra.event_store.streams import NOTHING, Loaded, StateCache, StreamLoader

ATTEMPTS = 12
FIRST_PAUSE_S = 0.002


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
        cached_states: int = 10_000,
        stored: Callable[[Sequence[Event]], None] = unobserved,
    ) -> None:
        self._recorder = recorder
        self._loader = StreamLoader(recorder, mapper, snapshots, StateCache(cached_states))
        self._enveloper = Enveloper(mapper, new_id)
        self._repeats = Repeats(recorder.pool)
        self._decider_for = decider_for
        self._clock = clock
        self._new_id = new_id
        self._stored = stored

    def run(
        self,
        command: Command,
        caller: Caller,
        *,
        key: IdempotencyKey | None = None,
        inbox: InboxEntry | None = None,
        reaction: Reaction | None = None,
        expected_version: int | None = None,
    ) -> Outcome:
        """See the port. A repeat of ``key`` or ``inbox`` gets the stored answer and decides nothing."""
        try:
            for attempt in range(ATTEMPTS):
                if (repeated := self._repeat(command, caller, key, inbox)) is not None:
                    return repeated
                try:
                    return self._run_once(command, caller, key, inbox, reaction, expected_version)
                except VersionConflict:
                    pause(attempt)
                except EventRecorded:
                    return self._as_stored(command, caller)
                except AlreadyRecorded:
                    continue  # the stored answer is there now
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise Unavailable(f"the database did not answer: {error}") from error
        raise ConcurrencyConflict(f"{type(command).__name__}: others changed {command.stream_id} {ATTEMPTS} times over")

    def run_many(
        self,
        commands: Sequence[Command],
        callers: Sequence[Caller],
        *,
        reactions: Sequence[Reaction | None] = (),
        key: IdempotencyKey | None = None,
    ) -> list[Outcome | Refusal]:
        """See the port. All callers belong to one organization; no stream is named twice."""
        if not commands:
            return []
        same = all(caller.organization_id == callers[0].organization_id for caller in callers)
        if not same or len({command.stream_id for command in commands}) != len(commands):
            raise ValueError("one organization, and each stream once: give the rest to another call")
        reacting = reactions or [None] * len(commands)
        try:
            for attempt in range(ATTEMPTS):
                known = self._repeat(commands[0], callers[0], key, None) is not None
                try:
                    return self._run_many_once(commands, callers, reacting, None if known else key)
                except VersionConflict:
                    pause(attempt)
                except EventRecorded:
                    return self._run_the_others(commands, callers, reacting)
                except AlreadyRecorded:
                    continue  # the key is there now
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise Unavailable(f"the database did not answer: {error}") from error
        raise ConcurrencyConflict(f"others changed some of {len(commands)} streams {ATTEMPTS} times over")

    def _run_the_others(
        self, commands: Sequence[Command], callers: Sequence[Caller], reactions: Sequence[Reaction | None]
    ) -> list[Outcome | Refusal]:
        """Where some of the reactions have had their effect before: those are answered as they are stored."""
        items = list(zip(commands, callers, reactions, strict=True))
        first_ids = [each.event_id(command.stream_id, 0) if each else None for command, _, each in items]
        recorded = self._repeats.recorded([event_id for event_id in first_ids if event_id])
        left = [item for item, event_id in zip(items, first_ids, strict=True) if event_id not in recorded]
        outcomes = iter(
            self.run_many([c for c, _, _ in left], [c for _, c, _ in left], reactions=[r for *_, r in left])
        )
        return [
            self._as_stored(command, caller) if event_id in recorded else next(outcomes)
            for (command, caller, _), event_id in zip(items, first_ids, strict=True)
        ]

    # One attempt

    def _run_once(
        self,
        command: Command,
        caller: Caller,
        key: IdempotencyKey | None,
        inbox: InboxEntry | None,
        reaction: Reaction | None,
        expected_version: int | None,
    ) -> Outcome:
        decider = self._decider_for(type(command))
        now = self._clock.now()
        loaded = self._loader.load(decider, command.stream_id, caller.organization_id)
        if expected_version is not None and loaded.version != expected_version:
            raise VersionMismatch(command.stream_id, expected_version, loaded.version)
        decision = self._decide(decider, command, loaded, caller, now, reaction)
        position = None
        if decision.events or key or inbox:
            position = self._recorder.append(
                decision.stored,
                recorded_at=now,
                organization_id=caller.organization_id,
                key=key,
                inbox=inbox,
                answer=(decision.stream_id, decision.version, decision.partition_key),
            )
        self._keep(decider, decision, caller.organization_id)
        decision.tell(caller.correlation_id)
        return decision.outcome(position if decision.events else None)

    def _run_many_once(
        self,
        commands: Sequence[Command],
        callers: Sequence[Caller],
        reactions: Sequence[Reaction | None],
        key: IdempotencyKey | None,
    ) -> list[Outcome | Refusal]:
        now, organization_id = self._clock.now(), callers[0].organization_id
        deciders = {command.stream_id: self._decider_for(type(command)) for command in commands}
        loaded = self._loader.load_many(deciders, organization_id)
        results: list[Decision | Refusal] = []
        for command, caller, reaction in zip(commands, callers, reactions, strict=True):
            decider, before = deciders[command.stream_id], loaded.get(command.stream_id, NOTHING)
            try:
                results.append(self._decide(decider, command, before, caller, now, reaction))
            except DomainError as error:
                results.append(Refusal(command.stream_id, error))
        stored = [event for result in results if isinstance(result, Decision) for event in result.stored]
        last = Position(0, 0, 0)
        if stored:
            last = self._recorder.append(stored, recorded_at=now, organization_id=organization_id, key=key)
        outcomes: list[Outcome | Refusal] = []
        ordinal = -1
        for result in results:
            if isinstance(result, Refusal):
                outcomes.append(result)
                continue
            ordinal += len(result.events)
            self._keep(deciders[result.stream_id], result, organization_id)
            outcomes.append(result.outcome(last._replace(ordinal=ordinal) if result.events else None))
        return outcomes

    def _keep(self, decider: Decider[Any, Any, Any], decision: Decision, organization_id: UUID) -> None:
        if decision.stored:
            now = Loaded(decision.after, decision.version, decision.stored[-1].hash)
            self._loader.keep(decider, decision.stream_id, organization_id, decision.before, now)
            self._stored(decision.events)

    def _decide(
        self,
        decider: Decider[Any, Any, Any],
        command: Command,
        before: Loaded,
        caller: Caller,
        now: datetime,
        reaction: Reaction | None,
    ) -> Decision:
        context = Context(now, caller.actor, caller.organization_id, self._new_id)
        events = decider.decide(command, before.state, context)
        after = decider.fold(events, before.state)
        partition_key = None if after is None else decider.partition_key(after)
        stored: tuple[EnvelopedEvent, ...] = ()
        if events:
            assert partition_key is not None, "a stream with events has a state, and a state a partition key"
            stored = self._enveloper.envelop(command.stream_id, before, events, partition_key, caller, now, reaction)
        return Decision(command.stream_id, before, after, partition_key, events, stored)

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
        loaded = self._loader.load(decider, command.stream_id, caller.organization_id)
        partition_key = None if loaded.state is None else decider.partition_key(loaded.state)
        return Outcome(command.stream_id, loaded.version, partition_key, None, repeated=True)


def pause(attempt: int) -> None:
    """Longer each time, with jitter, so that writers of one stream do not meet again."""
    time.sleep(random.uniform(0, FIRST_PAUSE_S * 2 ** min(attempt, 6)))
