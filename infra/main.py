"""The composition root: builds everything by plain constructor calls, from settings, clock and ids.

The API, the consumers, the command line and the tests all use it.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from fastapi import FastAPI

from api.app import create_app
from api.principal import Tokens
from consumers import planning_listener
from consumers.completing import Completing
from consumers.completion_notices import NoticeSender
from consumers.dead_letter_queue import Process
from consumers.error_events import ErrorEvents
from consumers.integration import Integration
from consumers.planning_listener import PlanningListener
from consumers.projector import Projector
from consumers.reactions import Reactions
from consumers.rebuild import Rebuilder
from consumers.resuming import Resuming
from consumers.scheduler import Scheduler
from domain.catalogue import EVENTS, decider_for
from domain.ports import Clock
from infra import asyncapi
from infra.api_operation import limiter_of, metrics_of, operation_of
from infra.api_services import services_of
from infra.assigning import Assigning
from infra.bus.embedded import EmbeddedBus
from infra.bus.event_source import open_event_source
from infra.clock import SystemClock, new_id
from infra.command_runner import PostgresCommandRunner
from infra.event_store.database import WriterPool, open_store, writer_pool
from infra.event_store.keyring import PostgresKeyring
from infra.event_store.log import PostgresEventLog
from infra.event_store.mapper import EventMapper
from infra.event_store.recorder import PostgresEventRecorder
from infra.event_store.repeats import Repeats
from infra.event_store.snapshots import Snapshots
from infra.history import PostgresHistory
from infra.housekeeping import Housekeeping
from infra.planning_service import HttpPlanningService, planning_service
from infra.service import Loop
from infra.settings import Settings
from infra.templating import Templating
from infra.wake import Waker
from projections.planning_sources import PlanningSourceDirectory
from projections.registry import PROJECTIONS
from projections.teams import TeamDirectory

CONNECTIONS = 20
"""For one process: consumers hold some for as long as they run, requests and commands take turns on the others."""


@dataclass(frozen=True, slots=True)
class Application:
    """Everything that a process of the service may need. ``pool``'s connections are autocommit."""

    settings: Settings
    database_url: str
    pool: WriterPool
    clock: Clock
    new_id: Callable[[], UUID]
    waker: Waker
    mapper: EventMapper
    keyring: PostgresKeyring
    recorder: PostgresEventRecorder
    runner: PostgresCommandRunner
    log: PostgresEventLog
    history: PostgresHistory
    assigning: Assigning
    templating: Templating
    bus: EmbeddedBus
    planning: HttpPlanningService
    listener: PlanningListener
    resuming: Resuming
    error_events: ErrorEvents
    integration: Integration
    notices: NoticeSender
    reactions: Reactions
    scheduler: Scheduler
    projector: Projector
    rebuilder: Rebuilder
    housekeeping: Housekeeping
    api: FastAPI

    @property
    def planning_topic(self) -> str:
        return self.settings.planning_topic

    @property
    def consumers(self) -> Mapping[str, Process]:
        """By consumer name, what retrying one of its dead letters does."""
        return {planning_listener.CONSUMER: self.listener.process, **self.projector.processes()}

    @property
    def loops(self) -> Mapping[str, Loop]:
        """Everything that follows a log, a topic or the clock, each as a loop that runs until it is told to stop."""
        return {
            "listener": self.listener.run,
            "resuming": self.resuming.run,
            "error-events": self.error_events.run,
            "reactions": self.reactions.run,
            "integration": self.integration.run,
            "completion-notices": self.notices.run,
            "scheduler": self.scheduler.run,
            "projector": self.projector.run,
            "housekeeping": self.housekeeping.run,
        }

    def prepare(self) -> None:
        """Before anything is served: every read model has its tables."""
        with self.pool.connection() as connection:
            self.projector.prepare(connection)


@contextmanager
def open_application(
    settings: Settings,
    database_url: str,
    *,
    name: str = "mesocycle",
    clock: Clock | None = None,
    ids: Callable[[], UUID] = new_id,
    tokens: Tokens | None = None,
) -> Iterator[Application]:
    """On a migrated database; without ``tokens`` the API lets nobody in.

    Raises OperationalError where the store's promises would not hold on it.
    """
    clock = clock or SystemClock()
    poll_s = settings.poll_interval_ms / 1000
    waker = Waker()
    pool = writer_pool(
        database_url, size=CONNECTIONS, idle_timeout_ms=settings.writer_idle_timeout_ms, application_name=name
    )
    with pool, waker.connected(database_url), closing(planning_service(settings, clock)) as planning:
        with pool.connection() as connection:
            open_store(connection)
        keyring = PostgresKeyring(pool)
        mapper = EventMapper(EVENTS, keyring)
        recorder = PostgresEventRecorder(pool, waker)
        metrics = metrics_of(pool, planning, clock)
        runner = PostgresCommandRunner(
            recorder,
            mapper,
            Snapshots(pool),
            decider_for,
            clock,
            ids,
            settings.cached_states,
            stored=metrics.observe_events,
        )
        limiter = limiter_of(pool)
        log = PostgresEventLog(recorder, mapper)
        history = PostgresHistory(pool, mapper)
        bus = EmbeddedBus(pool, database_url, waker, poll_s)
        source = partial(open_event_source, pool, mapper)
        repeats = Repeats(pool)
        listener = PlanningListener(
            bus,
            settings.planning_topic,
            runner,
            PlanningSourceDirectory(pool.connection),
            Completing(planning, TeamDirectory(pool.connection)),
            repeats.received,
            pool.connection,
        )
        yield Application(
            settings=settings,
            database_url=database_url,
            pool=pool,
            clock=clock,
            new_id=ids,
            waker=waker,
            mapper=mapper,
            keyring=keyring,
            recorder=recorder,
            runner=runner,
            log=log,
            history=history,
            assigning=Assigning(runner, pool.connection),
            templating=Templating(runner, pool.connection),
            bus=bus,
            planning=planning,
            listener=listener,
            resuming=Resuming(planning_listener.CONSUMER, listener.process, pool.connection),
            error_events=ErrorEvents(bus, planning_listener.CONSUMER, pool.connection),
            notices=NoticeSender(planning, pool.connection),
            integration=Integration(log, bus, settings.integration_topic, pool.connection, waker, poll_s=poll_s),
            reactions=Reactions(
                log, pool.connection, runner, keyring.destroy, waker, chunk=settings.fanout_chunk, poll_s=poll_s
            ),
            scheduler=Scheduler(pool.connection, runner, clock),
            projector=Projector(
                PROJECTIONS, source, pool.connection, waker, batch=settings.projector_batch, poll_s=poll_s
            ),
            rebuilder=Rebuilder(source, pool.connection, batch=settings.projector_batch),
            housekeeping=Housekeeping(repeats, limiter),
            api=create_app(
                services_of(
                    pool,
                    history,
                    runner,
                    clock,
                    ids,
                    read_timeout_ms=settings.read_timeout_ms,
                    tokens=tokens,
                    operation=operation_of(settings, limiter, metrics, planning),
                    bus=bus,
                    planning_topic=settings.planning_topic,
                ),
                partial(asyncapi.document, settings.planning_topic, settings.integration_topic),
            ),
        )
