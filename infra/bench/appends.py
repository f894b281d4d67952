"""Appends by 1, 4 and 16 writers: ours, the library's, the bare database's; and whole commands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import LiteralString, NamedTuple

from infra.bench import contenders, library
from infra.bench.cluster import Cluster, counted
from infra.bench.measure import Contest, Sample, compete, expect
from infra.bench.writers import WARM_UP, Prepare, Writers, started_writers


class Size(NamedTuple):
    """Of all writers together."""

    appends: int
    commands: int


SIZES: Mapping[int, Size] = {1: Size(1_500, 600), 4: Size(3_000, 1_000), 16: Size(6_000, 2_000)}
"""By number of writers: enough for a second or more of each contender, on a machine that is not new."""

COUNT_OURS: LiteralString = """
SELECT count(*) FROM events JOIN idempotency_keys USING (era, xid, stream_id)
JOIN inbox ON inbox.message_id = idempotency_keys.key
"""
COUNT_PLAIN: LiteralString = "SELECT count(*) FROM events"
COUNT_COMMANDS: LiteralString = (
    "SELECT count(*) FROM events JOIN idempotency_keys USING (era, xid) WHERE events.version = 2"
)
COUNT_LIBRARY_COMMANDS: LiteralString = "SELECT count(*) FROM workouts_events WHERE originator_version = 2"

OURS = "ours"
LIBRARY = "eventsourcing"
PLAIN_WHOLE = "psycopg, same rows"
PLAIN_EVENT = "psycopg, event alone"
OUR_COMMAND = "ours, command"
LIBRARY_COMMAND = "eventsourcing, command"


@dataclass(frozen=True, slots=True)
class Entrant:
    """``count`` asks the database how many of the appends it holds, those for warming up included."""

    prepare: Prepare
    count: LiteralString
    by_library: bool = False


APPENDING: Mapping[str, Entrant] = {
    OURS: Entrant(contenders.ours, COUNT_OURS),
    LIBRARY: Entrant(contenders.the_library, library.COUNT, by_library=True),
    PLAIN_WHOLE: Entrant(contenders.plain_whole, COUNT_OURS),
    PLAIN_EVENT: Entrant(contenders.plain_event, COUNT_PLAIN),
}
COMMANDING: Mapping[str, Entrant] = {
    OUR_COMMAND: Entrant(contenders.our_runner, COUNT_COMMANDS),
    LIBRARY_COMMAND: Entrant(contenders.library_application, COUNT_LIBRARY_COMMANDS, by_library=True),
}


def measure(cluster: Cluster, *, rounds: int, sizes: Mapping[int, Size] = SIZES) -> dict[int, Contest]:
    """By number of writers."""
    with started_writers() as processes:
        contests = {}
        for writers, size in sizes.items():
            measured: dict[str, Callable[[], Sample]] = {}
            for entrants, total in ((APPENDING, size.appends), (COMMANDING, size.commands)):
                for name, entrant in entrants.items():
                    measured[name] = partial(append, cluster, processes, entrant, writers, max(total // writers, 1))
            contests[writers] = compete(measured, rounds)
        return contests


def append(cluster: Cluster, processes: Writers, entrant: Entrant, writers: int, each: int) -> Sample:
    with cluster.database() as url:
        if entrant.by_library:
            library.create_tables(url)
        race = processes.race(cluster, url, entrant.prepare, writers, each)
        stored = expect(counted(url, entrant.count), writers * (each + WARM_UP), entrant.prepare.__name__)
    items = writers * each
    return Sample(race.seconds, items, stored - writers * WARM_UP, race.client_cpu_s, race.server_cpu_s)
