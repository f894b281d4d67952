"""Rebuilt equals live, row for row; where it does not, that is seen, and mended."""

import threading
from datetime import date
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg import sql

from consumers.rebuild import NotProjected
from domain.athlete import AthleteRegistered
from domain.catalogue import EVENTS
from domain.event import Event
from domain.ids import AssignmentId, AthleteId
from projections import versions
from projections.assignment_board import PROJECTION as BOARD
from projections.registry import PROJECTIONS
from tests.support.any_event import any_event, recent
from tests.support.assignment_events import FIRST, SECOND, planned
from tests.support.counting import COUNTING, RESHAPED, TOLERANT
from tests.support.read_models import ReadModels

events = st.lists(
    st.tuples(st.sampled_from(list(EVENTS.values())).flatmap(any_event), st.integers(0, 3)), min_size=1, max_size=25
)


def test_rebuilt_equals_live_under_any_sequence_of_events(database_url: str) -> None:
    """The log grows from one example to the next, each about things of its own; the batch changes too."""
    models = ReadModels(database_url)

    @settings(max_examples=12, deadline=None)
    @given(events, st.integers(1, 12))
    def rebuilt_equals_live(happened: list[tuple[Event, int]], batch: int) -> None:
        models.batch = batch
        identities = [uuid4() for _ in range(4)]
        models.project(*(recent(event, identities, pick) for event, pick in happened))
        models.batch = 50
        assert models.differences() == {}
        assert models.select("SELECT reason FROM dead_letters") == []

    rebuilt_equals_live()


def test_a_row_that_the_log_does_not_explain_is_found_and_a_rebuild_mends_it(database_url: str) -> None:
    models = ReadModels(database_url).project(planned(FIRST), planned(SECOND))
    before = live(models)
    with models.connect() as connection:
        schema = sql.Identifier(before.schema_name)
        connection.execute(sql.SQL("UPDATE {}.assignment_board SET load = 99").format(schema))
        connection.execute(sql.SQL("DELETE FROM {}.assignment_board WHERE assignment_id = %s").format(schema), [SECOND])
    [found] = models.rebuilder.verify(BOARD).differences or ()
    assert (found.table, found.only_live_count, found.only_rebuilt_count) == ("assignment_board", 1, 2)
    assert [row["load"] for row in found.only_live] == [99]
    assert {row["load"] for row in found.only_rebuilt} == {60}

    mended = models.rebuilder.rebuild(BOARD)
    assert mended.differences == [found]
    assert models.differences() == {}
    after = live(models)
    assert after.version == f"{before.version}_2"
    assert after.position == before.position
    assert {row["load"] for row in models.select("SELECT load FROM read_models.assignment_board")} == {60}

    models.project(planned(AssignmentId(UUID(int=0xABC))))
    assert live(models).version == after.version, "the projector goes on with the rebuilt tables"
    assert models.differences() == {}


def live(models: ReadModels, name: str = BOARD.name) -> versions.Version:
    [version] = models.rows(versions.versions, name)
    assert isinstance(version, versions.Version)
    return version


def test_verifying_leaves_nothing_behind(database_url: str) -> None:
    models = ReadModels(database_url).project(planned())
    everything = "SELECT oid, relname, relnamespace FROM pg_class ORDER BY oid"
    before = (models.select(everything), models.select("SELECT * FROM projection_versions ORDER BY name"))
    assert models.differences() == {}
    assert (models.select(everything), models.select("SELECT * FROM projection_versions ORDER BY name")) == before


def test_rebuilding_and_verifying_while_events_come(database_url: str) -> None:
    models = ReadModels(database_url, [COUNTING], batch=5).project(registered())
    stop = threading.Event()
    thread = threading.Thread(target=models.projector().run, args=(stop,))
    thread.start()
    reports = []
    for _ in range(5):
        models.log.add(*(registered() for _ in range(20)))
        reports += [models.rebuilder.verify(COUNTING), models.rebuilder.rebuild(COUNTING)]
    stop.set()
    thread.join()
    assert [report.differences for report in reports] == [[]] * 10
    models.projector().process_available()
    assert models.differences() == {}
    assert models.select("SELECT count(*) FROM read_models.counting") == [{"count": 101}]


def test_compared_are_both_at_the_position_of_the_live_tables_however_far_the_log_is(database_url: str) -> None:
    models = ReadModels(database_url, [COUNTING], batch=3).project(registered())
    models.log.add(*(registered() for _ in range(7)))
    assert models.rebuilder.verify(COUNTING).differences == []
    report = models.rebuilder.rebuild(COUNTING)
    assert report.differences == []
    assert report.position == models.log.events[0].position
    assert models.select("SELECT count(*) FROM read_models.counting") == [{"count": 1}]
    models.projector().process_available()
    assert models.select("SELECT count(*) FROM read_models.counting") == [{"count": 8}]


def registered() -> Event:
    return AthleteRegistered(athlete_id=AthleteId(uuid4()), name="Ana")


def test_tables_of_other_code_are_replaced_but_not_compared(database_url: str) -> None:
    models = ReadModels(database_url, [COUNTING]).project(registered(), registered())
    with pytest.raises(NotProjected, match="no live tables of this program's code"):
        models.rebuilder.verify(TOLERANT)
    report = models.rebuilder.rebuild(RESHAPED)
    assert report.differences is None
    assert report.clean
    assert live(models, "counting").made_by(RESHAPED)
    assert models.select("SELECT count(*) FROM read_models.counting") == [{"count": 2}]


def test_a_rebuild_before_any_projector_makes_the_live_tables(database_url: str) -> None:
    models = ReadModels(database_url)
    models.log.add(planned())
    for projection in PROJECTIONS:
        assert models.rebuilder.rebuild(projection).differences is None
    assert models.differences() == {}
    assert models.select("SELECT scheduled_on FROM read_models.assignment_board") == [
        {"scheduled_on": date(2026, 11, 23)}
    ]
