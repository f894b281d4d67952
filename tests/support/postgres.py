"""PostgreSQL for tests: whichever server there is, with a fresh database for whoever asks."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import psycopg
from psycopg import conninfo, sql

from infra.embedded_postgres import EmbeddedPostgres
from infra.postgres_account import server_account, temp_root
from infra.postgres_binaries import wheel_bin_dir

# Tests do not survive a power cut; what they lose by these is only waiting.
FAST = {"fsync": "off", "full_page_writes": "off", "max_connections": "200", "shared_buffers": "128MB"}


class PostgresServer(Protocol):
    """What tests ask of a server: URLs of its databases, and where psql and pg_dump are."""

    bin_dir: Path

    def url(self, database: str) -> str: ...


@dataclass
class GivenServer:
    """The server that DATABASE_URL names; its user must be allowed to create databases."""

    database_url: str
    bin_dir: Path

    def url(self, database: str) -> str:
        return conninfo.make_conninfo(self.database_url, dbname=database)


@contextmanager
def cluster_folder() -> Iterator[Path]:
    """A folder for one cluster, where the server's account can reach it: pytest's tmp_path is closed to others."""
    root = temp_root(server_account(Path("/nowhere")))
    folder = Path(tempfile.mkdtemp(prefix="mesocycle-test-", dir=root))
    if os.geteuid() == 0:
        folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def server_for_tests() -> Iterator[PostgresServer]:
    """The server named by DATABASE_URL, else one of our own that ends with the test run."""
    if given := os.environ.get("DATABASE_URL"):
        yield GivenServer(given, wheel_bin_dir())
        return
    with cluster_folder() as folder, EmbeddedPostgres(folder / "pg", options=FAST) as server:
        yield server


@contextmanager
def fresh_database(server: PostgresServer, *, template: str = "template0") -> Iterator[str]:
    """The URL of a new database, a copy of `template`; gone afterwards, whoever is still connected."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        # Measured with fsync off: 13 ms by file copy, 36 ms by WAL.
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        connection.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
        try:
            yield server.url(name)
        finally:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
