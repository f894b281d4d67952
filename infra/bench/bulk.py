"""Many new streams appended in one call, against COPY of the same bytes."""

from functools import partial
from typing import LiteralString

import psycopg

from domain.assignment import AssignmentPlanned
from infra.bench.cluster import Cluster, counted
from infra.bench.measure import Contest, Sample, compete, expect, timed
from infra.bench.planted import planted_in_store
from infra.bench.workload import ORGANIZATION, caller, planned
from infra.clock import SystemClock, new_id
from infra.event_store.appending import COPY_EVENTS
from infra.event_store.envelope import COLUMNS
from infra.event_store.enveloping import Enveloper
from infra.event_store.streams import NOTHING
from infra.main import Application, open_application
from infra.settings import Settings

OURS = "ours"
COPY = "COPY"
WARM_UP = 100

COPY_OUT = f"COPY events ({COLUMNS}) TO STDOUT (FORMAT BINARY)"
COUNT: LiteralString = "SELECT count(*) FROM events"


def measure(cluster: Cluster, *, rounds: int, streams: int) -> Contest:
    """``streams`` of one event each."""
    copied = bytes_of(cluster, streams)
    return compete({OURS: partial(append, cluster, streams), COPY: partial(copy, cluster, streams, copied)}, rounds)


def append(cluster: Cluster, streams: int) -> Sample:
    with cluster.database() as url, open_application(Settings(), url) as application:
        planted_in_store(application, [(planned(number),) for number in range(WARM_UP)])
        events = [planned(number) for number in range(streams)]
        with timed(cluster) as watch:
            append_all(application, events)
        found = expect(counted(url, COUNT) - WARM_UP, streams, "the append in one call")
    return watch.sample(streams, found)


def append_all(application: Application, events: list[AssignmentPlanned]) -> None:
    """What is timed: from decided events to committed rows."""
    enveloper, now, by = Enveloper(application.mapper, new_id), SystemClock().now(), caller()
    stored = [
        enveloped
        for event in events
        for enveloped in enveloper.envelop(event.assignment_id, NOTHING, (event,), event.team_id, by, now, None)
    ]
    application.recorder.append(stored, recorded_at=now, organization_id=ORGANIZATION)


def copy(cluster: Cluster, streams: int, copied: bytes) -> Sample:
    with cluster.database() as url, psycopg.connect(url) as connection:
        with timed(cluster) as watch:
            with connection.cursor().copy(COPY_EVENTS) as into:
                into.write(copied)
            connection.commit()
        found = expect(counted(url, COUNT), streams, "COPY")
    return watch.sample(streams, found)


def bytes_of(cluster: Cluster, streams: int) -> bytes:
    """What COPY is given: the rows that the append in one call stores, as PostgreSQL gives them out."""
    with cluster.database() as url, open_application(Settings(), url) as application:
        planted_in_store(application, [(planned(number),) for number in range(streams)])
        with psycopg.connect(url) as connection, connection.cursor().copy(COPY_OUT) as out:
            return b"".join(bytes(block) for block in out)
