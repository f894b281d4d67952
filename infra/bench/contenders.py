"""Who competes in appending, as the writers' processes run them. Each prepares, then gives what is timed.

A process opens what it needs once and shares it between its writers, which are threads, as the service does.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import LiteralString

from domain.assignment import StartAssignment
from infra.bench import plain
from infra.bench.library import Workout, open_library
from infra.bench.planted import planted_in_library, planted_in_store
from infra.bench.workload import ORGANIZATION, Arrival, arrivals, caller, library_workouts
from infra.bench.writers import Work
from infra.clock import SystemClock, new_id
from infra.event_store.enveloping import Enveloper
from infra.event_store.streams import NOTHING
from infra.main import open_application
from infra.settings import Settings


@contextmanager
def ours(database_url: str, writers: Sequence[int], count: int) -> Iterator[list[Work]]:
    """Envelope (ids, JSON, hash) and append, with idempotency key and inbox entry."""
    with open_application(Settings(), database_url) as application:
        clock, recorder = SystemClock(), application.recorder
        enveloper = Enveloper(application.mapper, new_id)

        def append(arrival: Arrival) -> None:
            event, now = arrival.event, clock.now()
            stored = enveloper.envelop(event.assignment_id, NOTHING, (event,), event.team_id, arrival.caller, now, None)
            recorder.append(
                stored,
                recorded_at=now,
                organization_id=ORGANIZATION,
                key=arrival.key,
                inbox=arrival.inbox,
                answer=(event.assignment_id, 1, event.team_id),
            )

        yield [Work(append, arrivals(writer, count)) for writer in writers]


@contextmanager
def the_library(database_url: str, writers: Sequence[int], count: int) -> Iterator[list[Work]]:
    """Its mapper and its recorder; the event objects are made beforehand, as ours are."""
    with open_library(database_url, connections=len(writers)) as application:
        mapper, recorder = application.mapper, application.recorder
        yield [
            Work(
                lambda workout: recorder.insert_events([mapper.to_stored_event(workout.collect_events()[0])]),
                library_workouts(writer, count),
            )
            for writer in writers
        ]


@contextmanager
def plain_event(database_url: str, writers: Sequence[int], count: int) -> Iterator[list[Work]]:
    """The events' rows alone."""
    with plain_jobs(database_url, writers, count, plain.INSERT_EVENT, plain.event_row) as jobs:
        yield jobs


@contextmanager
def plain_whole(database_url: str, writers: Sequence[int], count: int) -> Iterator[list[Work]]:
    """Event, idempotency key and inbox entry in one statement."""
    with plain_jobs(database_url, writers, count, plain.INSERT_ALL, plain.whole_row) as jobs:
        yield jobs


@contextmanager
def plain_jobs(
    database_url: str, writers: Sequence[int], count: int, statement: LiteralString, row: plain.Row
) -> Iterator[list[Work]]:
    with ExitStack() as stack:
        jobs = []
        for writer in writers:
            given = arrivals(writer, count)
            rows = [row(*pair) for pair in zip(given, plain.xids(writer, len(given)), strict=True)]
            cursor = stack.enter_context(plain.plain_connection(database_url)).cursor(binary=True)
            jobs.append(Work(partial(cursor.execute, statement), rows))
        yield jobs


@contextmanager
def our_runner(database_url: str, writers: Sequence[int], count: int) -> Iterator[list[Work]]:
    """A command from end to end: repeats looked up, stream loaded, decided, appended with its idempotency key."""
    with open_application(Settings(), database_url) as application:
        given = [arrivals(writer, count) for writer in writers]
        for planned in given:
            planted_in_store(application, [(arrival.event,) for arrival in planned])

        def run(arrival: Arrival) -> None:
            command = StartAssignment(assignment_id=arrival.event.assignment_id)
            application.runner.run(command, caller(), key=arrival.key)

        yield [Work(run, planned) for planned in given]


@contextmanager
def library_application(database_url: str, writers: Sequence[int], count: int) -> Iterator[list[Work]]:
    """The same command as the library's documentation writes it: get, call, save."""
    with open_library(database_url, connections=len(writers)) as application:
        given = [planted_in_library(application, library_workouts(writer, count)) for writer in writers]

        def run(workout_id: object) -> None:
            workout: Workout = application.repository.get(workout_id)  # type: ignore[arg-type]
            workout.start()
            application.save(workout)

        yield [Work(run, ids) for ids in given]
