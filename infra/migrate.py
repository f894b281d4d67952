"""Brings a database to the newest schema: the numbered SQL files in infra/migrations, each once and in order.

A file that has been applied anywhere is never edited: the next number says what changes. Each file is one transaction
with its row in `schema_migrations`; an advisory lock lets one process at a time do this.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import psycopg

MIGRATIONS = Path(__file__).parent / "migrations"
FILE_NAME = re.compile(r"(?P<number>\d{4})_(?P<name>[a-z0-9_]+)\.sql")
# The key of the advisory lock: "meso" as four bytes, so that it meets no lock that somebody else counts from 1.
LOCK_KEY = 0x6D65736F

TABLE = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    number     integer     PRIMARY KEY,
    name       text        NOT NULL,
    sha256     text        NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""


class MigrationError(Exception):
    """The files and what the database says was applied do not fit together; the message says where."""


@dataclass(frozen=True)
class Migration:
    """One numbered file of SQL."""

    number: int
    name: str
    sql: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.sql).hexdigest()

    def __str__(self) -> str:
        return f"{self.number:04}_{self.name}"


def read_migrations(directory: Path = MIGRATIONS) -> list[Migration]:
    """The migrations of a folder in order; MigrationError unless they count 1, 2, 3 and so on."""
    found = []
    for path in sorted(directory.glob("*.sql")):
        if (match := FILE_NAME.fullmatch(path.name)) is None:
            raise MigrationError(f"{path.name}: a migration is called like 0001_what_it_does.sql")
        # A checkout with other line ends is still the same migration.
        found.append(Migration(int(match["number"]), match["name"], path.read_bytes().replace(b"\r\n", b"\n")))
    for expected, migration in enumerate(found, start=1):
        if migration.number != expected:
            raise MigrationError(f"{migration}.sql stands where number {expected:04} belongs: no gaps, no number twice")
    return found


def migrate(connection_url: str, directory: Path = MIGRATIONS, *, up_to: int | None = None) -> list[Migration]:
    """Apply what is not applied yet, up to and including the number `up_to`; return what was."""
    migrations = read_migrations(directory)
    with psycopg.connect(connection_url, autocommit=True) as connection:
        # Held until the connection closes; what was applied is read only once it is ours.
        connection.execute("SELECT pg_advisory_lock(%s)", (LOCK_KEY,))
        connection.execute(TABLE)
        applied = connection.execute("SELECT number, name, sha256 FROM schema_migrations ORDER BY number").fetchall()
        _check(applied, migrations)
        pending = [m for m in migrations[len(applied) :] if up_to is None or m.number <= up_to]
        for migration in pending:
            _apply(connection, migration)
    return pending


def _check(applied: list[tuple[int, str, str]], migrations: list[Migration]) -> None:
    for expected, (number, name, sha256) in enumerate(applied, start=1):
        if number != expected:
            raise MigrationError(f"the database has {number:04}_{name} but not number {expected:04}")
        if number > len(migrations):
            raise MigrationError(f"the database has {number:04}_{name}, which this version does not know: update it")
        if sha256 != migrations[number - 1].sha256:
            raise MigrationError(
                f"{migrations[number - 1]}.sql is not what was applied to this database: put the file back as it was, "
                f"and write the change as a new migration"
            )


def _apply(connection: psycopg.Connection[tuple[object, ...]], migration: Migration) -> None:
    try:
        with connection.transaction():
            connection.execute(migration.sql)
            connection.execute(
                "INSERT INTO schema_migrations (number, name, sha256) VALUES (%s, %s, %s)",
                (migration.number, migration.name, migration.sha256),
            )
    except psycopg.Error as error:
        raise MigrationError(f"{migration}.sql failed, and nothing of it was kept: {error}") from error
