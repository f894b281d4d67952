"""What is checked and settled before a store is used, and how writers' connections are set up."""

from collections.abc import Callable, Mapping
from uuid import uuid4

import psycopg
import pytest

from infra.embedded_postgres import EmbeddedPostgres
from infra.event_store.database import open_store, writer_pool
from tests.support.store import Store, plain_event

PROMISES = [("synchronous_commit", "a crash would lose"), ("track_activities", "could not see what writers do")]


@pytest.mark.parametrize(("setting", "reason"), PROMISES)
def test_a_session_without_a_promise_is_refused(store: Store, setting: str, reason: str) -> None:
    with store.connect() as connection:
        connection.execute(f"SET {setting} = off")
        with pytest.raises(psycopg.OperationalError, match=reason):
            open_store(connection)


@pytest.mark.parametrize(("setting", "reason"), PROMISES)
def test_a_database_without_a_promise_is_refused(own_store: Store, setting: str, reason: str) -> None:
    with own_store.connect() as connection:
        connection.execute(f"ALTER DATABASE {connection.info.dbname} SET {setting} = off")
    with own_store.connect() as later, pytest.raises(psycopg.OperationalError, match=reason):
        open_store(later)


@pytest.mark.parametrize("level", ["on", "local", "remote_write", "remote_apply"])
def test_every_durable_way_to_commit_is_accepted(store: Store, level: str) -> None:
    with store.connect() as connection:
        connection.execute(f"SET synchronous_commit = {level}")
        open_store(connection)


def test_a_standby_is_refused(postgres_factory: Callable[[Mapping[str, str]], EmbeddedPostgres]) -> None:
    server = postgres_factory({})
    (server.data_dir / "standby.signal").touch(mode=0o644)
    server.restart()
    with (
        psycopg.connect(server.url("postgres"), autocommit=True) as connection,
        pytest.raises(psycopg.OperationalError, match="the address of the primary"),
    ):
        open_store(connection)


def test_opening_in_the_cluster_where_it_was_written_begins_no_era(store: Store) -> None:
    position = store.append(plain_event(uuid4(), 1))
    with store.connect() as connection:
        for _ in range(3):
            open_store(connection)
    assert position.era == 1
    assert store.append(plain_event(uuid4(), 1)).era == 1


def test_writers_connections_end_by_themselves_when_forgotten_and_speak_utc(database_url: str) -> None:
    with (
        writer_pool(database_url, size=2, idle_timeout_ms=5_000, application_name="mesocycle-api") as pool,
        pool.connection() as connection,
    ):
        assert connection.autocommit
        assert shown(connection, "idle_in_transaction_session_timeout") == "5s"
        assert shown(connection, "TimeZone") == "UTC"
        assert shown(connection, "application_name") == "mesocycle-api"


def shown(connection: psycopg.Connection, setting: str) -> str:
    row = connection.execute(f"SHOW {setting}").fetchone()
    assert row is not None
    return str(row[0])
