"""What is so at the moment of a scrape, over all processes: read from the database, and the same wherever one asks.

So ``max`` over processes is right, and a sum is not. Each part is kept a while; a database that is away, or slow, costs
these metrics and no scrape.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from time import monotonic
from typing import Generic, TypeVar, get_args

import psycopg
import structlog
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from psycopg import Connection

from domain.ports import Clock
from domain.rules.compliance import Compliance
from infra.planning_service import State
from projections.backlog import letters, notices, refusals_by_type, unread
from projections.compliance_shares import colours
from projections.lag import lags
from projections.projection import Connect

BACKLOG_S = 5.0
COMPLIANCE_S = 300.0
"""It looks at every assignment of a week in a table of all weeks: some 0.3 s for a million of them."""
PATIENCE_MS = 3000

TIMEOUT = "SELECT set_config('statement_timeout', %s, true)"

log = structlog.get_logger()
T = TypeVar("T")


class Kept(Generic[T]):
    """The last answer, for ``for_s`` seconds; one thread asks at a time."""

    def __init__(self, ask: Callable[[], T], for_s: float, seconds: Callable[[], float]) -> None:
        self._ask = ask
        self._for_s = for_s
        self._seconds = seconds
        self._lock = threading.Lock()
        self._answer: tuple[float, T] | None = None

    def __call__(self) -> T:
        with self._lock:
            if self._answer is None or self._seconds() >= self._answer[0] + self._for_s:
                self._answer = (self._seconds(), self._ask())
            return self._answer[1]


class AtScrape(Collector):
    """``connect`` lends autocommit connections, ``circuit`` is this process's to the planning service."""

    def __init__(
        self,
        connect: Connect,
        circuit: Callable[[], State],
        clock: Clock,
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        self._connect = connect
        self._circuit = circuit
        self._clock = clock
        self._backlog = Kept(self._read(self._backlog_of), BACKLOG_S, seconds)
        self._compliance = Kept(self._read(self._compliance_of), COMPLIANCE_S, seconds)

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: a registry would otherwise ask the database when it is made."""
        return ()

    def collect(self) -> Iterator[Metric]:
        state = self._circuit()
        circuit = gauge("planning_service_circuit", "1 for the state of this process's circuit, 0 else.", "state")
        for each in get_args(State):
            circuit.add_metric([each], float(each == state))
        yield circuit
        backlog, compliance = self._backlog(), self._compliance()
        yield GaugeMetricFamily(
            "mesocycle_database_up", "1 where the database answered these questions.", value=float(bool(backlog))
        )
        yield from backlog
        yield from compliance

    def _read(self, read: Callable[[Connection], Sequence[Metric]]) -> Callable[[], Sequence[Metric]]:
        def ask() -> Sequence[Metric]:
            try:
                with self._connect() as connection, connection.transaction():
                    connection.execute(TIMEOUT, (str(PATIENCE_MS),))
                    return read(connection)
            except psycopg.Error as error:
                log.warning("metrics.not_read", error=type(error).__name__)
                return ()

        return ask

    def _backlog_of(self, connection: Connection) -> Sequence[Metric]:
        now = self._clock.now()
        behind = gauge("projection_lag_events", "Events that a projection is behind.", "projection", "status")
        late = gauge("projection_lag_seconds", "How long the oldest of these waits.", "projection", "status")
        worst: dict[tuple[str, str], tuple[int, float]] = {}
        for lag in lags(connection):
            events, seconds = worst.get((lag.name, lag.status), (0, 0.0))
            worst[lag.name, lag.status] = (max(events, lag.events), max(seconds, lag.seconds(now)))
        for labels, (events, seconds) in worst.items():
            behind.add_metric(labels, events)
            late.add_metric(labels, seconds)
        set_aside = gauge("dead_letters", "Messages set aside.", "consumer", "status", "error_type")
        for letter in letters(connection):
            set_aside.add_metric([letter.consumer, letter.status, letter.error_type], letter.how_many)
        refused = gauge("reaction_refusals", "Effects that a rule refused, of all time.", "error_type")
        for error_type, count in refusals_by_type(connection).items():
            refused.add_metric([error_type], count)
        waiting = gauge("bus_unread_messages", "Messages that a group has not taken.", "group", "topic")
        for one in unread(connection):
            waiting.add_metric([one.group, one.topic], one.how_many)
        told = notices(connection)
        due = gauge("completion_notices", "Completed workouts to tell the planning service.", "status")
        due.add_metric(["pending"], told.pending)
        due.add_metric(["refused"], told.refused)
        oldest = gauge("completion_notices_oldest_seconds", "How long the oldest pending one waits.")
        oldest.add_metric([], told.oldest_s)
        return (behind, late, set_aside, refused, waiting, due, oldest)

    def _compliance_of(self, connection: Connection) -> Sequence[Metric]:
        counted = colours(connection, self._clock.now().date())
        sessions = counted.total()
        share = gauge("compliance_share", "Of the workouts of the last 7 days, 0 to 1.", "colour")
        for colour in Compliance:
            share.add_metric([colour.value], counted[colour] / sessions if sessions else 0.0)
        of = gauge("compliance_sessions", "Workouts of the last 7 days for which a load was planned.")
        of.add_metric([], sessions)
        return (share, of)


def gauge(name: str, documentation: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"mesocycle_{name}", documentation, labels=labels)
