"""The role of readers, on servers where many databases share it, and where we may not make roles."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial

import psycopg
import pytest
from psycopg import conninfo

from domain.ids import TeamId
from infra.embedded_postgres import EmbeddedPostgres
from infra.migrate import MigrationError, migrate
from projections.teams import PROJECTION, teams
from tests.support.club import ORGANIZATION, application, run_all, team
from tests.support.postgres import fresh_database
from tests.support.waiting import eventually

TEAM = TeamId(ORGANIZATION)


@pytest.fixture
def server(postgres_factory: Callable[[], EmbeddedPostgres]) -> EmbeddedPostgres:
    """Its roles are this test's alone; nobody has made one of ours in it yet."""
    return postgres_factory()


def administer(server: EmbeddedPostgres, *statements: str) -> None:
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def owned_by(server: EmbeddedPostgres, database_url: str, user: str) -> str:
    """The URL by which that user connects to the database, which becomes its own."""
    name = conninfo.conninfo_to_dict(database_url)["dbname"]
    administer(server, f"ALTER DATABASE {name} OWNER TO {user}", f"GRANT pg_read_all_stats TO {user}")
    return conninfo.make_conninfo(database_url, user=user)


def serves(database_url: str) -> None:
    """The owner of the tables projects into them and reads them; a reader sees what is its organization's."""
    with application(database_url) as app:
        run_all(app, *team(TEAM))
        app.projector.process_available()
        assert app.rebuilder.verify(PROJECTION).clean
        with app.pool.connection() as connection:
            assert len(teams(connection)) == 1
            with connection.transaction():
                connection.execute("SET LOCAL ROLE mesocycle_reader")
                connection.execute("SET LOCAL mesocycle.organization = '00000000-0000-0000-0000-0000000000ff'")
                assert teams(connection) == []


def test_databases_that_migrate_at_the_same_moment_share_it(server: EmbeddedPostgres) -> None:
    with ExitStack() as stack, ThreadPoolExecutor(6) as threads:
        urls = [stack.enter_context(fresh_database(server)) for _ in range(6)]
        list(threads.map(partial(migrate, up_to=11), urls))
        assert all(list(threads.map(migrate, urls)))
        serves(urls[0])


def test_another_databases_migration_is_a_moment_faster(server: EmbeddedPostgres) -> None:
    with fresh_database(server) as url, ThreadPoolExecutor(1) as thread:
        with psycopg.connect(server.url("postgres")) as other:
            other.execute("CREATE ROLE mesocycle_reader NOLOGIN")
            migrated = thread.submit(migrate, url)
            eventually(partial(waits_for_another, server))
        assert migrated.result()
        serves(url)


def waits_for_another(server: EmbeddedPostgres) -> bool:
    with psycopg.connect(server.url("postgres")) as connection:
        blocked = "SELECT FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0"
        return connection.execute(blocked).fetchone() is not None


def test_a_user_who_may_create_roles_needs_nobody(server: EmbeddedPostgres) -> None:
    administer(server, "CREATE ROLE planner LOGIN CREATEROLE")
    with fresh_database(server) as empty:
        url = owned_by(server, empty, "planner")
        assert migrate(url)
        serves(url)


def test_a_user_who_may_not_is_told_what_to_run_once(server: EmbeddedPostgres) -> None:
    administer(server, "CREATE ROLE planner LOGIN")
    with fresh_database(server) as empty:
        url = owned_by(server, empty, "planner")
        advice = "CREATE ROLE mesocycle_reader NOLOGIN; GRANT mesocycle_reader TO planner;"
        with pytest.raises(MigrationError, match=f"may not create the role mesocycle_reader(.|\n)*{advice}"):
            migrate(url)
        administer(server, "CREATE ROLE mesocycle_reader NOLOGIN")
        with pytest.raises(MigrationError, match="planner may not act as mesocycle_reader"):
            migrate(url)
        administer(server, "GRANT mesocycle_reader TO planner")
        assert migrate(url)
        serves(url)


def test_a_role_above_the_policies_is_refused(server: EmbeddedPostgres) -> None:
    administer(server, "CREATE ROLE mesocycle_reader BYPASSRLS")
    with fresh_database(server) as empty, pytest.raises(MigrationError, match="NOSUPERUSER NOBYPASSRLS"):
        migrate(empty)
