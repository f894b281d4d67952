"""What is stored, read: many streams loaded and folded at once, and the whole log in order, each event decoded."""

from domain.assignment import DECIDER
from domain.ports import BEGINNING
from infra.bench.histories import EVENTS_EACH, Histories
from infra.bench.library import Workout
from infra.bench.measure import Contest, Sample, compete, expect, timed
from infra.bench.workload import ORGANIZATION
from infra.event_store.log import PostgresEventLog
from infra.event_store.snapshots import Snapshots
from infra.event_store.streams import StateCache, StreamLoader

BATCH = 2_000
LOG = "ours"
LIBRARY_LOG = "eventsourcing"
LOAD = "ours"
LIBRARY_LOAD = "eventsourcing"


def measure_log(histories: Histories, *, rounds: int) -> Contest:
    return compete({LOG: lambda: read(histories), LIBRARY_LOG: lambda: read_by_library(histories)}, rounds)


def measure_load(histories: Histories, *, rounds: int, streams: int, library_streams: int) -> Contest:
    """``streams`` of ours at once; the library's rate is taken from ``library_streams``."""
    return compete(
        {LOAD: lambda: load(histories, streams), LIBRARY_LOAD: lambda: load_by_library(histories, library_streams)},
        rounds,
    )


def read(histories: Histories) -> Sample:
    events, seen, last = len(histories.ids) * EVENTS_EACH, 0, BEGINNING
    application = histories.application
    with PostgresEventLog(application.recorder, application.mapper) as log, timed(histories.cluster) as watch:
        while batch := log.read(last, BATCH):
            seen += len(batch)
            last = batch[-1].position
    return watch.sample(events, expect(seen, events, "our log"))


def read_by_library(histories: Histories) -> Sample:
    events, seen, last = len(histories.library_ids) * EVENTS_EACH, 0, 0
    recorder, mapper = histories.library.recorder, histories.library.mapper
    with timed(histories.cluster) as watch:
        while notifications := recorder.select_notifications(last, BATCH, inclusive_of_start=False):
            seen += len([mapper.to_domain_event(notification) for notification in notifications])
            last = notifications[-1].id
    return watch.sample(events, expect(seen, events, "the library's log"))


def load(histories: Histories, streams: int) -> Sample:
    """With nothing remembered, as after a start."""
    application = histories.application
    loader = StreamLoader(application.recorder, application.mapper, Snapshots(application.pool), StateCache(0))
    wanted = dict.fromkeys(histories.ids[:streams], DECIDER)
    with timed(histories.cluster) as watch:
        loaded = loader.load_many(wanted, ORGANIZATION)
    seen = sum(stream.version == EVENTS_EACH and stream.state.season_revision == 2 for stream in loaded.values())
    return watch.sample(streams, expect(seen, streams, "the streams loaded"))


def load_by_library(histories: Histories, streams: int) -> Sample:
    repository = histories.library.repository
    with timed(histories.cluster) as watch:
        workouts: list[Workout] = [repository.get(workout_id) for workout_id in histories.library_ids[:streams]]
    seen = sum(workout.version == EVENTS_EACH and workout.season_revision == 2 for workout in workouts)
    return watch.sample(streams, expect(seen, streams, "the library's streams"))
