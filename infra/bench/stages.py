"""Where our own time goes: each measure once more under the interpreter's profiler, by the functions that matter.

The profiler makes Python look dearer than what waits for the database; the shares are a guide, not a measure.
"""

import cProfile
import pstats
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from concurrent.futures.thread import _WorkItem
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg

from consumers import absorbing
from domain.assignment import rules
from infra.bench import bulk, club
from infra.bench.cluster import Cluster
from infra.bench.contenders import ours
from infra.bench.fan_out import prepared_store
from infra.bench.histories import EVENTS_EACH, Histories
from infra.bench.reading import read
from infra.bench.workload import planned
from infra.bench.writers import WARM_UP
from infra.event_store import appending
from infra.event_store.enveloping import Enveloper
from infra.event_store.log_reader import LogReader
from infra.event_store.mapper import EventMapper
from infra.event_store.recorder import PostgresEventRecorder
from infra.event_store.streams import StreamLoader
from infra.main import open_application
from infra.settings import Settings

Functions = Mapping[str, Callable[..., Any]]
WORKER_RUN = _WorkItem.run

APPEND: Functions = {
    "envelope: ids, JSON, hash": Enveloper.envelop,
    "statement: parameters, send, wait, result": appending.append_one,
}
BULK: Functions = {
    "envelope: ids, JSON, hash": Enveloper.envelop,
    "rows put into COPY's format and sent": appending.copy_events,
}
READ: Functions = {
    "rows: query, wait, fetch": LogReader.read,
    "events from JSON": EventMapper.decode_many,
}
FAN_OUT: Functions = {
    "roster: what the change touches": absorbing.absorb,
    "load and fold": StreamLoader.load_many,
    "decide": rules.decide,
    "envelope: ids, JSON, hash": Enveloper.envelop,
    "append": PostgresEventRecorder.append,
}


@dataclass(frozen=True, slots=True)
class Stage:
    measure: str
    name: str
    micros_each: float
    share: float


def measure(cluster: Cluster, histories: Histories, *, appends: int, streams: int, assignments: int) -> list[Stage]:
    events = len(histories.ids) * EVENTS_EACH
    with prepared_store(cluster, assignments) as store:
        return [
            *append_stages(cluster, appends),
            *bulk_stages(cluster, streams),
            *stages("read in order", READ, events, partial(read, histories)),
            *fan_out_stages(cluster, store, assignments),
        ]


def append_stages(cluster: Cluster, appends: int) -> list[Stage]:
    with cluster.database() as url, ours(url, [0], appends + WARM_UP) as (work,):
        work.warm_up()
        return stages("one append", APPEND, appends, work.race)


def bulk_stages(cluster: Cluster, streams: int) -> list[Stage]:
    with cluster.database() as url, open_application(Settings(), url) as application:
        bulk.append_all(application, [planned(number) for number in range(bulk.WARM_UP)])
        events = [planned(number) for number in range(streams)]
        return stages("bulk append", BULK, streams, lambda: bulk.append_all(application, events))


def fan_out_stages(cluster: Cluster, store: str, assignments: int) -> list[Stage]:
    with cluster.database(store) as url, open_application(Settings(), url) as application:
        club.run(application, club.changes(assignments, club.EARLY_PLAYOFFS))
        return stages("fan-out", FAN_OUT, assignments, application.reactions.process_available)


def stages(measure: str, functions: Functions, items: int, job: Callable[[], object]) -> list[Stage]:
    """Each function with all that it calls, and what is left; with how much of the whole was waiting for the server.

    The whole is the time of all threads but that in which one waits for another.
    """
    start = time.perf_counter()
    with profiled() as profiles:
        job()
    whole = time.perf_counter() - start
    stats = pstats.Stats(*profiles)
    whole += cumulative(stats, WORKER_RUN) - cumulative(stats, Future.result)
    spent = {name: cumulative(stats, function) for name, function in functions.items()}
    spent["the rest"] = whole - sum(spent.values())
    spent["of all this, in psycopg's wait for the server"] = cumulative(stats, psycopg.Connection.wait)
    return [Stage(measure, name, seconds / items * 1e6, seconds / whole) for name, seconds in spent.items()]


@contextmanager
def profiled() -> Iterator[list[cProfile.Profile]]:
    """A profile for this thread, and one for each that starts within the block."""
    profiles = [cProfile.Profile()]

    def begin(*_: object) -> None:
        profiles.append(cProfile.Profile())
        profiles[-1].enable()

    threading.setprofile(begin)
    profiles[0].enable()
    try:
        yield profiles
    finally:
        profiles[0].disable()
        threading.setprofile(None)


def cumulative(stats: pstats.Stats, function: Callable[..., Any]) -> float:
    code = function.__code__
    found: dict[Any, Any] = stats.stats  # type: ignore[attr-defined]
    entry = found.get((code.co_filename, code.co_firstlineno, code.co_name))
    return 0.0 if entry is None else float(entry[3])
