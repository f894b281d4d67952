"""The projector: each effect once, whoever else projects, whatever is away for a while."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import Connection

from consumers.projecting import Projecting
from consumers.projector import Projector
from domain.athlete import AthleteForgotten, AthleteRegistered
from domain.ids import AthleteId, TeamId
from domain.ports import Position
from domain.team import AutoApplySet
from projections import versions
from tests.support.counting import COUNTING, OUTAGE, RESHAPED, TOLERANT
from tests.support.read_models import NoWaiting, ReadModels
from tests.support.waiting import eventually

COLUMNS = ["athlete_id", "organization_id", "registered", "forgotten"]
COUNTS = "SELECT athlete_id, registered, forgotten FROM read_models.counting ORDER BY athlete_id"


def athlete(number: int) -> AthleteId:
    return AthleteId(UUID(int=number))


def registered(number: int, name: str = "Ana") -> AthleteRegistered:
    return AthleteRegistered(athlete_id=athlete(number), name=name)


def forgotten(number: int) -> AthleteForgotten:
    return AthleteForgotten(athlete_id=athlete(number))


def counted(*rows: tuple[int, int, int]) -> list[dict[str, Any]]:
    return [{"athlete_id": athlete(number), "registered": r, "forgotten": f} for number, r, f in rows]


@pytest.fixture
def models(database_url: str) -> ReadModels:
    return ReadModels(database_url, [COUNTING])


def live(models: ReadModels) -> versions.Version:
    [version] = models.rows(versions.versions, COUNTING.name, "live")
    assert isinstance(version, versions.Version)
    return version


def schemas(models: ReadModels) -> list[str]:
    return [row["nspname"] for row in models.select("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'counting%'")]


@pytest.mark.parametrize("batch", [1, 2, 100])
def test_rows_and_checkpoint_move_together_also_past_events_of_no_concern(models: ReadModels, batch: int) -> None:
    models.batch = batch
    models.project(registered(1), forgotten(1), registered(2))
    assert models.select(COUNTS) == counted((1, 1, 1), (2, 1, 0))
    assert live(models).position == Position(1, 3, 0)

    models.project(AutoApplySet(team_id=TeamId(UUID(int=9)), auto_apply_adjustments=True))
    assert live(models).position == Position(1, 4, 0)
    assert models.select(COUNTS) == counted((1, 1, 1), (2, 1, 0))


def test_two_projectors_at_once_apply_each_event_once(models: ReadModels) -> None:
    models.batch = 3
    models.project(registered(1))
    stop = threading.Event()
    threads = [threading.Thread(target=models.projector().run, args=(stop,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(2, 60):
        models.log.add(registered(number), forgotten(number))
    eventually(lambda: live(models).position == models.log.events[-1].position)
    stop.set()
    for thread in threads:
        thread.join()
    assert models.select(COUNTS) == counted((1, 1, 0), *((number, 1, 1) for number in range(2, 60)))


def test_an_outage_is_waited_out_and_sets_nothing_aside(models: ReadModels) -> None:
    models.log.add(registered(1), registered(2, OUTAGE), registered(3))
    with pytest.raises(psycopg.OperationalError):
        models.projector().process_available()
    assert models.select(COUNTS) == []
    assert live(models).position == Position(0, 0, 0)
    assert models.select("SELECT * FROM dead_letters") == []

    refusals = iter([psycopg.OperationalError("no route"), psycopg.InterfaceError("closed")])

    @contextmanager
    def connect() -> Iterator[Connection]:
        for refusal in refusals:
            raise refusal
        with models.connect() as connection:
            yield connection

    models.log.events[1:] = []
    models.log.add(registered(3))
    projector = Projector([COUNTING], models.log.opened, connect, NoWaiting(), batch=10, poll_s=0.001)
    stop = threading.Event()
    thread = threading.Thread(target=projector.run, args=(stop,))
    thread.start()
    eventually(lambda: models.select(COUNTS) == counted((1, 1, 0), (3, 1, 0)))
    stop.set()
    thread.join()


def test_changed_code_is_built_beside_the_live_tables_which_serve_until_it_has_caught_up(models: ReadModels) -> None:
    models.project(registered(1), registered(2))
    before = live(models)
    newer = models.projector([TOLERANT])
    with models.connect() as connection:
        newer.prepare(connection)
    assert live(models) == before
    assert len(schemas(models)) == 2
    assert models.select(COUNTS) == counted((1, 1, 0), (2, 1, 0))

    models.project(forgotten(1))  # by the program that is still the old one
    assert models.select(COUNTS) == counted((1, 1, 1), (2, 1, 0))

    newer.process_available()
    after = live(models)
    assert after.made_by(TOLERANT)
    assert not after.made_by(COUNTING)
    assert schemas(models) == [after.schema_name]
    assert models.select(COUNTS) == counted((1, 1, 1), (2, 1, 0))
    assert after.position == Position(1, 3, 0)


def test_an_old_program_leaves_newer_tables_alone(models: ReadModels) -> None:
    older, newer = models.projector(), models.projector([TOLERANT])
    models.log.add(registered(1))
    older.process_available()
    newer.process_available()
    models.log.add(registered(2))
    assert older.process_available() == 0
    assert live(models).position == Position(1, 1, 0)
    newer.process_available()
    assert models.select(COUNTS) == counted((1, 1, 0), (2, 1, 0))


def test_the_views_take_other_columns_and_tables_and_lose_those_that_are_gone(models: ReadModels) -> None:
    models.project(registered(1), forgotten(1))
    models.projector([RESHAPED]).process_available()
    assert list(models.select("SELECT * FROM read_models.counting")[0]) == COLUMNS[:2] + COLUMNS[:1:-1]
    assert models.select("SELECT * FROM read_models.counting_names") == []
    models.projector([COUNTING]).process_available()
    assert list(models.select("SELECT * FROM read_models.counting")[0]) == COLUMNS
    with pytest.raises(psycopg.errors.UndefinedTable):
        models.select("SELECT * FROM read_models.counting_names")


def test_a_reader_in_the_way_puts_the_switch_off_and_nothing_else(models: ReadModels) -> None:
    models.project(registered(1))
    newer = models.projector([TOLERANT])
    with models.connect() as reader, reader.transaction():
        reader.execute(COUNTS)
        models.log.add(registered(2))
        newer.process_available()
        assert live(models).made_by(COUNTING)
        assert reader.execute(COUNTS).fetchall() == [(athlete(1), 1, 0)]
    newer.process_available()
    assert live(models).made_by(TOLERANT)
    assert models.select(COUNTS) == counted((1, 1, 0), (2, 1, 0))


def test_killed_in_the_middle_leaves_rows_and_checkpoint_as_they_were(models: ReadModels) -> None:
    models.project(registered(1))
    models.log.add(registered(2), registered(3))
    with models.connect() as bystander, models.connect() as doomed:
        lock = bystander.execute("SELECT pg_advisory_lock(1)")
        blocked = threading.Thread(target=project_behind_lock, args=(models, doomed))
        blocked.start()
        eventually(lambda: waiting_for_lock(bystander, doomed))
        bystander.execute("SELECT pg_terminate_backend(%s)", (doomed.info.backend_pid,))
        blocked.join()
        lock.close()
    assert models.select(COUNTS) == counted((1, 1, 0))
    assert live(models).position == Position(1, 1, 0)
    models.projector().process_available()
    assert models.select(COUNTS) == counted((1, 1, 0), (2, 1, 0), (3, 1, 0))


def project_behind_lock(models: ReadModels, connection: Connection) -> None:
    """The rows are written; then, before the commit, it waits for a lock that somebody else has."""
    with suppress(psycopg.OperationalError), connection.transaction():
        [version] = versions.held(connection, COUNTING.name, "live")
        Projecting(connection, COUNTING, version, models.log).project(models.log.read(version.position, 10))
        versions.advance(connection, version, models.log.events[-1].position)
        connection.execute("SELECT pg_advisory_lock(1)")


def waiting_for_lock(connection: Connection, other: Connection) -> bool:
    row = connection.execute(
        "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = %s", (other.info.backend_pid,)
    ).fetchone()
    return row is not None and bool(row[0])


def test_programs_that_start_at_once_make_the_tables_once(models: ReadModels) -> None:
    models.log.add(registered(1))
    threads = [threading.Thread(target=models.projector().process_available) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert schemas(models) == [live(models).schema_name]
    assert models.select(COUNTS) == counted((1, 1, 0))
