"""The composition root: builds everything by plain constructor calls, from settings, clock and ids.

The API, the consumers, the command line and the tests all use it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from psycopg_pool import ConnectionPool

from consumers.reactions import Reactions
from domain.catalogue import EVENTS, decider_for
from domain.ports import Clock
from infra.bus.embedded import EmbeddedBus
from infra.clock import SystemClock, new_id
from infra.command_runner import PostgresCommandRunner
from infra.event_store.database import open_store, writer_pool
from infra.event_store.keyring import PostgresKeyring
from infra.event_store.log import PostgresEventLog
from infra.event_store.mapper import EventMapper
from infra.event_store.recorder import PostgresEventRecorder
from infra.event_store.snapshots import Snapshots
from infra.history import PostgresHistory
from infra.settings import Settings
from infra.wake import Waker

CONNECTIONS = 20
"""For one process: consumers hold some for as long as they run, requests and commands take turns on the others."""


@dataclass(frozen=True, slots=True)
class Application:
    """Everything that a process of the service may need. ``pool``'s connections are autocommit."""

    settings: Settings
    database_url: str
    pool: ConnectionPool
    clock: Clock
    waker: Waker
    mapper: EventMapper
    keyring: PostgresKeyring
    recorder: PostgresEventRecorder
    runner: PostgresCommandRunner
    log: PostgresEventLog
    history: PostgresHistory
    bus: EmbeddedBus
    reactions: Reactions


@contextmanager
def open_application(
    settings: Settings,
    database_url: str,
    *,
    name: str = "mesocycle",
    clock: Clock | None = None,
    ids: Callable[[], UUID] = new_id,
) -> Iterator[Application]:
    """On a migrated database. Raises OperationalError where the store's promises would not hold on it."""
    clock = clock or SystemClock()
    poll_s = settings.poll_interval_ms / 1000
    waker = Waker()
    pool = writer_pool(
        database_url, size=CONNECTIONS, idle_timeout_ms=settings.writer_idle_timeout_ms, application_name=name
    )
    with pool, waker.connected(database_url):
        with pool.connection() as connection:
            open_store(connection)
        keyring = PostgresKeyring(pool)
        mapper = EventMapper(EVENTS, keyring)
        recorder = PostgresEventRecorder(pool, waker)
        runner = PostgresCommandRunner(
            recorder, mapper, Snapshots(pool), decider_for, clock, ids, settings.cached_states
        )
        log = PostgresEventLog(recorder, mapper)
        yield Application(
            settings=settings,
            database_url=database_url,
            pool=pool,
            clock=clock,
            waker=waker,
            mapper=mapper,
            keyring=keyring,
            recorder=recorder,
            runner=runner,
            log=log,
            history=PostgresHistory(pool, mapper),
            bus=EmbeddedBus(pool, database_url, waker, poll_s),
            reactions=Reactions(
                log, pool.connection, runner, keyring.destroy, waker, chunk=settings.fanout_chunk, poll_s=poll_s
            ),
        )
