"""Event stores to test on: one that is emptied for each test, and one that a test may spoil."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from tests.support.postgres import PostgresServer, fresh_database
from tests.support.store import Store, open_test_store

TABLES = """
SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('schema_migrations', 'store_era')
"""


@pytest.fixture(scope="session")
def reused_database_url(postgres: PostgresServer, migrated_template: str) -> Iterator[str]:
    """Made once: on a busy machine a new database takes a third of a second, and there are hundreds of tests."""
    with fresh_database(postgres, template=migrated_template) as url:
        yield url


@pytest.fixture
def store(reused_database_url: str) -> Iterator[Store]:
    """An empty store, opened, with the counter's events. For tests that change rows only."""
    empty(reused_database_url)
    with open_test_store(reused_database_url) as opened:
        yield opened


@pytest.fixture
def own_store(database_url: str) -> Iterator[Store]:
    """The same on a database of its own, for tests that change tables, functions or settings."""
    with open_test_store(database_url) as opened:
        yield opened


def empty(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("SET session_replication_role = replica")  # lets rows of append-only tables go
        for (table,) in connection.execute(TABLES).fetchall():
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
