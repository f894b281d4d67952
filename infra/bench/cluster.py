"""The PostgreSQL that is measured: made for the run with fsync on, gone afterwards; and a fresh database a measure."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import LiteralString

import psutil
import psycopg
from psycopg import conninfo, sql

from infra.embedded_postgres import SETTINGS, EmbeddedPostgres
from infra.migrate import migrate
from infra.postgres_account import server_account, temp_root
from infra.settings import Settings

OPTIONS = {"max_connections": "200", "autovacuum": "off"}
"""Sixteen writers of the service, each with what a process holds; no vacuum that falls into one contender's turn."""

EMPTY, MIGRATED = "template0", "bench_migrated"
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Cluster:
    """``pid`` is the server's first process, None where it runs elsewhere."""

    url: Callable[[str], str]
    pid: int | None

    @contextmanager
    def database(self, template: str = MIGRATED) -> Iterator[str]:
        """The URL of a new database, a copy of ``template``; gone afterwards."""
        name = f"bench_{os.getpid()}_{next(_numbers)}"
        with self.administrator() as connection:
            create = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
            connection.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
        try:
            yield self.url(name)
        finally:
            with self.administrator() as connection:
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def administrator(self) -> psycopg.Connection:
        return psycopg.connect(self.url("postgres"), autocommit=True)

    def settle(self) -> None:
        """Before the clock starts: what earlier measures left to be written is written."""
        with self.administrator() as connection:
            connection.execute("CHECKPOINT")

    def cpu_s(self) -> float:
        """Processor time that the server's processes have used which live now; 0 where they run elsewhere."""
        if self.pid is None:
            return 0.0
        used = 0.0
        for process in psutil.Process(self.pid).children():
            try:
                times = process.cpu_times()
            except psutil.NoSuchProcess:
                continue
            used += times.user + times.system
        return used


@contextmanager
def bench_cluster() -> Iterator[Cluster]:
    """Beside the service's data folder, as that disk is the one that counts; else in the temporary folder."""
    folder = Path(tempfile.mkdtemp(prefix="mesocycle-bench-", dir=folder_beside(Settings().data_dir)))
    if os.geteuid() == 0:
        folder.chmod(0o755)  # made by us just now; the server's account must pass through
    try:
        with EmbeddedPostgres(folder / "pg", options={**SETTINGS, **OPTIONS}) as server:
            yield prepared(Cluster(server.url, server.pid))
    finally:
        shutil.rmtree(folder)


def prepared(cluster: Cluster) -> Cluster:
    """With the template that ``database`` copies by default."""
    with cluster.administrator() as connection:
        exists = connection.execute("SELECT FROM pg_database WHERE datname = %s", (MIGRATED,)).fetchone()
        if exists is None:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(MIGRATED)))
    migrate(cluster.url(MIGRATED))
    return cluster


def folder_beside(data_dir: Path) -> Path:
    account = server_account(data_dir)
    parent = data_dir.parent
    usable = parent.is_dir() and os.access(parent, os.W_OK) and account.first_closed_parent(data_dir) is None
    return parent if usable else temp_root(account)


def name_of(database_url: str) -> str:
    """The database's name, for use as a template."""
    return str(conninfo.conninfo_to_dict(database_url)["dbname"])


def counted(database_url: str, statement: LiteralString, *parameters: object) -> int:
    """The number that ``statement`` asks the database for."""
    with psycopg.connect(database_url) as connection:
        row = connection.execute(statement, parameters or None).fetchone()
    return 0 if row is None else int(row[0])
