"""One phase change a team, until every workout is adjusted, and until every row of the board shows it.

The obvious loop, through the library: load each workout, adjust it, save it.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import LiteralString

import psycopg

from infra.bench import club
from infra.bench.cluster import Cluster, counted, name_of
from infra.bench.library import Workout, create_tables, open_library
from infra.bench.measure import Contest, MeasuredNothing, Sample, compete, expect, timed
from infra.bench.planted import library_history, planted_in_library
from infra.clock import new_id
from infra.main import open_application
from infra.service import running
from infra.settings import Settings

COLD = "ours, just started"
WARM = "ours, states in memory"
LIBRARY = "eventsourcing, loop"
SHOWN = "ours, to the board"
POLL_S = 0.02
LONGEST_S = 600.0

ADJUSTED: LiteralString = """
SELECT count(*) FROM events WHERE name = 'assignment.phase_adjusted' AND version = %s
"""
REPORTED: LiteralString = "SELECT count(*) FROM events WHERE name = 'season_plan.phase_adjustments_applied'"
UNSHOWN: LiteralString = """
SELECT EXISTS (SELECT FROM read_models.assignment_board WHERE phase_id IS DISTINCT FROM %s)
"""
SHOWN_ROWS: LiteralString = """
SELECT count(*) FROM read_models.assignment_board
WHERE phase_id = 'playoffs-2026' AND load = round((baseline_load * 1.4)::numeric, 1)
"""
LIBRARY_ADJUSTED: LiteralString = "SELECT count(*) FROM workouts_events WHERE originator_version = 4"


def measure(cluster: Cluster, *, rounds: int, assignments: int, library_loop: int) -> Contest:
    """The library's rate is taken from ``library_loop`` of its workouts; 0 leaves it out."""
    with prepared_store(cluster, assignments) as store, prepared_library(cluster, assignments, library_loop) as library:
        contenders: dict[str, Callable[[], Sample]] = {
            COLD: partial(react, cluster, store, assignments),
            WARM: partial(react, cluster, store, assignments, again=True),
            SHOWN: partial(show, cluster, store, assignments),
        }
        if library_loop:
            contenders[LIBRARY] = partial(loop_through_library, cluster, library, library_loop)
        return compete(contenders, rounds)


@contextmanager
def prepared_store(cluster: Cluster, assignments: int) -> Iterator[str]:
    """The name of a database to copy, with the club in it."""
    with cluster.database() as url:
        with open_application(Settings(), url) as application:
            club.found(application, assignments)
        expect(counted(url, ADJUSTED, 3), assignments, "the club before the phase changes")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
        yield name_of(url)


@contextmanager
def prepared_library(cluster: Cluster, assignments: int, library_loop: int) -> Iterator[str]:
    """Likewise; as many workouts as ours, so that the indexes are as deep."""
    with cluster.database() as url:
        create_tables(url)
        if library_loop:
            with open_library(url) as library:
                planted_in_library(library, map(library_history, range(assignments)))
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
        yield name_of(url)


def react(cluster: Cluster, template: str, assignments: int, again: bool = False) -> Sample:
    """From the first PhaseChanged read to the last append. ``again``: the second change that this process sees."""
    with cluster.database(template) as url, open_application(Settings(), url) as application:
        club.run(application, club.changes(assignments, club.EARLY_PLAYOFFS))
        if again:
            application.reactions.process_available()
            club.run(application, club.changes(assignments, club.OPENING))
        with timed(cluster) as watch:
            application.reactions.process_available()
        found = expect(counted(url, ADJUSTED, 5 if again else 4), assignments, "the fan-out")
        changes = 4 if again else 3
        expect(counted(url, REPORTED), changes * club.teams_of(assignments), "the fan-out's reports")
    return watch.sample(assignments, found)


def show(cluster: Cluster, template: str, assignments: int) -> Sample:
    """As the service runs, in one process: listener, reactions and projector, while a reader looks at the board."""
    with cluster.database(template) as url, open_application(Settings(), url) as application:
        given = club.messages(assignments, club.EARLY_PLAYOFFS)
        with psycopg.connect(url, autocommit=True) as reader, running(application.loops):
            wait_until(lambda: not unshown(reader, club.IN_SEASON))
            with timed(cluster) as watch:
                application.bus.publish(application.planning_topic, given)
                wait_until(lambda: not unshown(reader, club.PLAYOFFS))
        found = expect(counted(url, SHOWN_ROWS), assignments, "the board")
    return watch.sample(assignments, found)


def unshown(reader: psycopg.Connection, phase_id: str) -> bool:
    row = reader.execute(UNSHOWN, (phase_id,)).fetchone()
    return bool(row and row[0])


def wait_until(there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST_S
    while not there():
        if time.monotonic() > deadline:
            raise MeasuredNothing(f"the board does not show it after {LONGEST_S:.0f} s")
        time.sleep(POLL_S)


def loop_through_library(cluster: Cluster, template: str, workouts: int) -> Sample:
    """The write side only, with all ids at hand."""
    with cluster.database(template) as url, open_library(url) as library:
        with psycopg.connect(url) as connection:
            rows = connection.execute("SELECT DISTINCT originator_id FROM workouts_events LIMIT %s", (workouts,))
            ids = [workout_id for (workout_id,) in rows]
        season_plan_id = new_id()
        with timed(cluster) as watch:
            for workout_id in ids:
                workout: Workout = library.repository.get(workout_id)
                workout.adjust_for_phase(club.PLAYOFFS_REF, season_plan_id, 9)
                library.save(workout)
        found = expect(counted(url, LIBRARY_ADJUSTED), workouts, "the library's loop")
    return watch.sample(workouts, found)
