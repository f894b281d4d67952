"""The event store and the command runner on a test's database, put together as the composition root does it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg

from domain.decider import Command, Decider
from domain.event import Event
from domain.ids import OrganizationId
from domain.ports import BEGINNING, Caller, Clock, Position
from infra.command_runner import PostgresCommandRunner
from infra.event_store.database import WriterPool, open_store, writer_pool
from infra.event_store.envelope import FIRST_HASH, EnvelopedEvent
from infra.event_store.keyring import PostgresKeyring
from infra.event_store.log import PostgresEventLog
from infra.event_store.log_reader import LogRow
from infra.event_store.mapper import EventMapper
from infra.event_store.recorder import PostgresEventRecorder
from infra.event_store.snapshots import Snapshots
from infra.event_store.streams import StateCache, StreamLoader
from infra.wake import Waker
from tests.support import counter

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ORGANIZATION = OrganizationId(UUID(int=0xC1))
OTHER_ORGANIZATION = OrganizationId(UUID(int=0xC2))


@dataclass
class SteppingClock:
    """A second later at each look, so that every recorded time differs."""

    moment: datetime = NOON

    def now(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment


@dataclass
class Store:
    """Everything of the event store that a test may want to hold."""

    database_url: str
    pool: WriterPool
    waker: Waker
    recorder: PostgresEventRecorder
    keyring: PostgresKeyring
    mapper: EventMapper
    snapshots: Snapshots
    clock: Clock = field(default_factory=SteppingClock)

    def runner(
        self,
        decider: Decider[Any, Any, Any] = counter.DECIDER,
        decider_for: Callable[[type[Command]], Decider[Any, Any, Any]] | None = None,
    ) -> PostgresCommandRunner:
        return PostgresCommandRunner(
            self.recorder, self.mapper, self.snapshots, decider_for or (lambda _: decider), self.clock, uuid4
        )

    @property
    def loader(self) -> StreamLoader:
        return StreamLoader(self.recorder, self.mapper, self.snapshots, StateCache(0))

    @property
    def log(self) -> PostgresEventLog:
        return PostgresEventLog(self.recorder, self.mapper)

    def append(self, *events: EnvelopedEvent) -> Position:
        return self.recorder.append(events, recorded_at=NOON, organization_id=ORGANIZATION)

    def rows(self, after: Position = BEGINNING, limit: int = 100_000) -> list[LogRow]:
        with self.recorder.log_reader() as reader:
            return reader.read(after, limit)

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self.database_url, autocommit=True)


@contextmanager
def open_test_store(
    database_url: str,
    *,
    events: Mapping[str, type[Event]] = counter.EVENTS,
    size: int = 12,
    idle_timeout_ms: int = 5_000,
    opened: bool = True,
) -> Iterator[Store]:
    """``opened=False`` leaves out what is done once at start."""
    pool = writer_pool(database_url, size=size, idle_timeout_ms=idle_timeout_ms, application_name="mesocycle-test")
    with pool:
        if opened:
            with pool.connection() as connection:
                open_store(connection)
        waker, keyring = Waker(), PostgresKeyring(pool)
        recorder = PostgresEventRecorder(pool, waker)
        yield Store(database_url, pool, waker, recorder, keyring, EventMapper(events, keyring), Snapshots(pool))


def caller(organization_id: OrganizationId = ORGANIZATION, causation_id: UUID | None = None) -> Caller:
    return Caller(organization_id, "coach:ana", uuid4(), causation_id)


def plain_event(
    stream_id: UUID, version: int, payload: bytes = b'{"counterId":"0","amount":1}', event_id: UUID | None = None
) -> EnvelopedEvent:
    """An event made by hand, for tests of what lies below the mapper; its hash chains nothing."""
    return EnvelopedEvent(
        originator_id=stream_id,
        originator_version=version,
        topic="test.counted",
        state=payload,
        event_id=event_id or uuid4(),
        schema_version=1,
        organization_id=ORGANIZATION,
        partition_key=stream_id,
        actor="coach:ana",
        occurred_at=NOON,
        recorded_at=NOON,
        correlation_id=stream_id,
        causation_id=None,
        hash=FIRST_HASH,
    )


def stream_of(length: int, stream_id: UUID | None = None, first: int = 1) -> Sequence[EnvelopedEvent]:
    stream = stream_id or uuid4()
    return [plain_event(stream, version) for version in range(first, first + length)]
