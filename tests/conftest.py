"""Fixtures that every part of the suite uses: a real PostgreSQL, and a migrated database for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack

import pytest
from psycopg import conninfo

from infra.embedded_postgres import EmbeddedPostgres
from infra.migrate import migrate
from tests.support.postgres import FAST, PostgresServer, cluster_folder, fresh_database, server_for_tests


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One server for the run (for each worker of pytest-xdist)."""
    with server_for_tests() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_template(postgres: PostgresServer) -> Iterator[str]:
    """The name of a database with the newest schema and no rows, to copy from."""
    with fresh_database(postgres) as url:
        migrate(url)
        yield str(conninfo.conninfo_to_dict(url)["dbname"])


@pytest.fixture
def database_url(postgres: PostgresServer, migrated_template: str) -> Iterator[str]:
    """The URL of a database with the newest schema and no rows, for this test alone."""
    with fresh_database(postgres, template=migrated_template) as url:
        yield url


@pytest.fixture
def empty_database_url(postgres: PostgresServer) -> Iterator[str]:
    """The URL of a database with nothing in it, for this test alone."""
    with fresh_database(postgres) as url:
        yield url


@pytest.fixture
def postgres_factory() -> Iterator[Callable[[Mapping[str, str]], EmbeddedPostgres]]:
    """Starts servers for this test alone: `postgres_factory({"fsync": "on"})`; they end with it."""
    with ExitStack() as stack:

        def start(options: Mapping[str, str] | None = None) -> EmbeddedPostgres:
            folder = stack.enter_context(cluster_folder())
            return stack.enter_context(EmbeddedPostgres(folder / "pg", options={**FAST, **(options or {})}))

        yield start
