"""The second lock: a reader sees the rows of its organization in every table there is, and can write none."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Connection, sql
from psycopg.rows import dict_row

from domain.catalogue import EVENTS
from domain.event import Event
from domain.ids import OrganizationId
from projections import versions
from projections.registry import PROJECTIONS
from projections.tenancy import READER, SETTING
from tests.support.any_event import any_event, recent
from tests.support.counting import COUNTING, counting
from tests.support.read_models import ReadModels

OURS, THEIRS = OrganizationId(UUID(int=0xA)), OrganizationId(UUID(int=0xB))
COLUMNS = """
SELECT column_name, udt_name FROM information_schema.columns WHERE table_schema = %s AND table_name = %s
"""
FAN_OUT = """
INSERT INTO phase_fan_outs (
    cause_event_id, organization_id, team_id, season_plan_id, season_revision, correlation_id, games, force,
    triggered_by)
VALUES (%(id)s, %(organization)s, %(id)s, %(id)s, 1, %(id)s, '{}', false, 'coach:ana')
"""
SOMETHING: Mapping[str, Any] = {
    "text": "x", "date": "2026-11-21", "timestamptz": "2026-11-21T06:00:00Z", "bool": "true", "jsonb": "{}",
    "_int2": "{}", "int2": "1", "int4": "1", "int8": "1", "float8": "1",
}  # fmt: skip


@pytest.fixture
def models(database_url: str) -> ReadModels:
    return ReadModels(database_url).project()


@contextmanager
def reader(models: ReadModels, organization_id: UUID | None) -> Iterator[Connection]:
    """In a transaction that could write, so that nothing but the role is in the way."""
    with models.connect() as connection, connection.transaction():
        become_reader(connection, organization_id)
        yield connection


def become_reader(connection: Connection, organization_id: UUID | None) -> None:
    connection.execute("SELECT set_config('role', %s, true)", (READER,))
    if organization_id is not None:
        connection.execute("SELECT set_config(%s, %s, true)", (SETTING, str(organization_id)))


def tables_of(models: ReadModels) -> list[tuple[str, str]]:
    """Schema and name."""
    with models.connect() as connection:
        return [
            (version.schema_name, table)
            for version in versions.versions(connection, status="live")
            for table in versions.tables(connection, version)
        ]


def every_table(models: ReadModels) -> list[sql.Identifier]:
    """The tables themselves, and the views of them."""
    found = tables_of(models)
    assert len(found) >= len(PROJECTIONS)
    return [sql.Identifier(*one) for one in chain(found, ((versions.VIEWS, table) for _, table in found))]


def put_a_row_of_each(models: ReadModels) -> None:
    """In every table, one of each organization, whatever columns it has."""
    with models.connect() as connection:
        for schema, table in tables_of(models):
            types = dict(connection.execute(COLUMNS, (schema, table)).fetchall())
            for organization_id in (OURS, THEIRS):
                row = {name: SOMETHING.get(type_, str(uuid4())) for name, type_ in types.items()}
                row["organization_id"] = str(organization_id)
                insert = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                    sql.Identifier(schema, table),
                    sql.SQL(", ").join(map(sql.Identifier, row)),
                    sql.SQL(", ").join(map(sql.Literal, row.values())),
                )
                connection.execute(insert)


def organizations(connection: Connection, table: sql.Identifier) -> list[UUID]:
    """Whose rows a query sees that asks for all of them."""
    rows = connection.execute(sql.SQL("SELECT organization_id FROM {} ORDER BY 1").format(table)).fetchall()
    return [organization_id for (organization_id,) in rows]


def test_a_query_without_a_condition_sees_the_rows_of_its_organization_in_every_table(models: ReadModels) -> None:
    put_a_row_of_each(models)
    for table in every_table(models):
        for organization_id in (OURS, THEIRS):
            with reader(models, organization_id) as connection:
                assert organizations(connection, table) == [organization_id], table
        with reader(models, uuid4()) as connection:
            assert organizations(connection, table) == [], table
        with models.connect() as connection:
            assert organizations(connection, table) == [OURS, THEIRS], "whoever projects is not hindered"


def test_who_names_no_organization_is_refused_by_every_table(models: ReadModels) -> None:
    put_a_row_of_each(models)
    for table in every_table(models):
        with pytest.raises(psycopg.errors.UndefinedObject, match=SETTING), reader(models, None) as connection:
            organizations(connection, table)


def test_what_an_earlier_transaction_named_is_forgotten(models: ReadModels) -> None:
    put_a_row_of_each(models)
    everything = "SELECT organization_id FROM read_models.teams"
    with models.connect() as connection:
        with connection.transaction():
            become_reader(connection, OURS)
            assert connection.execute(everything).fetchall() == [(OURS,)]
        with connection.transaction(force_rollback=True):
            become_reader(connection, None)
            with pytest.raises(psycopg.errors.InvalidTextRepresentation):
                connection.execute(everything)


@pytest.mark.parametrize(
    "write",
    [
        "INSERT INTO {} DEFAULT VALUES",
        "UPDATE {} SET organization_id = organization_id",
        "DELETE FROM {}",
        "TRUNCATE {}",
    ],
)
def test_a_reader_writes_nothing(models: ReadModels, write: Any) -> None:
    for table in every_table(models):
        denied = (psycopg.errors.InsufficientPrivilege, psycopg.errors.WrongObjectType)  # a view has no TRUNCATE
        with pytest.raises(denied), reader(models, OURS) as connection:
            connection.execute(sql.SQL(write).format(table))


@pytest.mark.parametrize("table", ["events", "athlete_keys", "dead_letters", "inbox", "reaction_roster"])
def test_a_reader_sees_nothing_beside_the_read_models(models: ReadModels, table: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege), reader(models, OURS) as connection:
        connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))


def test_of_what_is_being_carried_out_a_reader_sees_its_own(models: ReadModels) -> None:
    with models.connect() as connection:
        for organization_id in (OURS, THEIRS):
            connection.execute(FAN_OUT, {"id": uuid4(), "organization": organization_id})
    with reader(models, OURS) as connection:
        assert organizations(connection, sql.Identifier("phase_fan_outs")) == [OURS]


def test_a_table_that_does_not_say_whose_its_rows_are_is_not_made(database_url: str) -> None:
    ownerless = counting(ddl="CREATE TABLE counting (athlete_id uuid PRIMARY KEY)")
    with pytest.raises(psycopg.errors.UndefinedColumn, match="organization_id"):
        ReadModels(database_url, [ownerless]).project()


def test_a_rebuilt_table_and_one_that_took_over_are_locked_as_well(database_url: str) -> None:
    models = ReadModels(database_url, [COUNTING]).project()
    models.rebuilder.rebuild(COUNTING)
    put_a_row_of_each(models)
    assert models.rebuilder.verify(COUNTING).differences, "the projector sees what nobody's events made"
    with reader(models, OURS) as connection:
        assert organizations(connection, sql.Identifier("read_models", "counting")) == [OURS]


events = st.tuples(*map(any_event, EVENTS.values()))
"""One of each kind, in the order in which aggregates and their events are listed: what begins a thing comes first."""


def test_whatever_happens_a_row_is_of_the_organization_whose_events_made_it(database_url: str) -> None:
    """Both organizations' events come in turns, and in one batch; each organization's things have its own id."""
    models = ReadModels(database_url)
    filled: set[str] = set()

    @settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(events)
    def each_sees_its_own(happened: Sequence[Event]) -> None:
        ours, theirs = uuid4(), uuid4()
        for event in happened:
            for one in (ours, theirs):
                (recorded,) = models.log.add(recent(event, [one], 0))
                models.log.events[-1] = recorded._replace(organization_id=OrganizationId(one))
        models.projector().process_available()
        filled.update(tables_seen(models, ours, theirs), tables_seen(models, theirs, ours))

    each_sees_its_own()
    assert len(filled) >= len(PROJECTIONS)
    assert filled == {table for _, table in tables_of(models)}, "each table had rows"


def tables_seen(models: ReadModels, one: UUID, other: UUID) -> set[str]:
    """In which the organization ``one`` sees rows; fails where it sees anything of the other."""
    found = set()
    with reader(models, one) as connection, connection.cursor(row_factory=dict_row) as cursor:
        for _, table in tables_of(models):
            for row in cursor.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(versions.VIEWS, table))):
                assert other not in row.values(), (table, row)
                found.add(table)
    return found
