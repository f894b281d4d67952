"""Migrations: each once, in order, whoever else tries at the same time; and never a changed or a missing file."""

from __future__ import annotations

import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from infra.migrate import MigrationError, migrate, read_migrations
from tests.support.postgres import PostgresServer, fresh_database


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "0001_first.sql").write_text("CREATE TABLE first (id int); INSERT INTO first VALUES (1);")
    (tmp_path / "0002_second.sql").write_text("ALTER TABLE first ADD COLUMN name text;")
    return tmp_path


def names(url: str) -> list[tuple[int, str]]:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT number, name FROM schema_migrations ORDER BY number").fetchall()


def schema(server: PostgresServer, url: str) -> str:
    """The database's definition as pg_dump writes it, without the key that is new in every dump."""
    pg_dump = [str(server.bin_dir / "pg_dump"), "--schema-only", f"--dbname={url}"]
    dumped = subprocess.run(pg_dump, check=True, capture_output=True, text=True).stdout
    return re.sub(r"^\\(un)?restrict .*$", "", dumped, flags=re.MULTILINE)


def test_step_by_step_and_in_one_go_give_the_same_schema(postgres: PostgresServer, empty_database_url: str) -> None:
    migrations = read_migrations()
    for migration in migrations:
        assert migrate(empty_database_url, up_to=migration.number) == [migration]
    with fresh_database(postgres) as at_once:
        assert migrate(at_once) == migrations
        assert schema(postgres, empty_database_url) == schema(postgres, at_once)
        assert "CREATE TABLE public.schema_migrations" in schema(postgres, at_once)


def test_what_is_applied_is_not_applied_again(empty_database_url: str, directory: Path) -> None:
    assert [str(m) for m in migrate(empty_database_url, directory)] == ["0001_first", "0002_second"]
    assert migrate(empty_database_url, directory) == []
    assert names(empty_database_url) == [(1, "first"), (2, "second")]


def test_several_at_once_apply_each_once(empty_database_url: str, directory: Path) -> None:
    with ThreadPoolExecutor(4) as threads:
        runs = list(threads.map(lambda _: migrate(empty_database_url, directory), range(4)))
    assert sorted(len(applied) for applied in runs) == [0, 0, 0, 2]
    with psycopg.connect(empty_database_url) as connection:
        assert connection.execute("SELECT id FROM first").fetchall() == [(1,)]


def test_a_failing_file_leaves_nothing_of_itself(empty_database_url: str, directory: Path) -> None:
    (directory / "0003_third.sql").write_text("CREATE TABLE third (id int); SELECT nonsense;")
    with pytest.raises(MigrationError, match=r"0003_third\.sql failed, and nothing of it was kept.*nonsense"):
        migrate(empty_database_url, directory)
    assert names(empty_database_url) == [(1, "first"), (2, "second")]
    (directory / "0003_third.sql").write_text("CREATE TABLE third (id int);")
    assert [str(m) for m in migrate(empty_database_url, directory)] == ["0003_third"]


def test_a_file_changed_after_it_was_applied_is_refused(empty_database_url: str, directory: Path) -> None:
    migrate(empty_database_url, directory)
    (directory / "0001_first.sql").write_text("CREATE TABLE first (id bigint);")
    with pytest.raises(MigrationError, match=r"0001_first\.sql is not what was applied"):
        migrate(empty_database_url, directory)


def test_other_line_ends_are_not_a_change(empty_database_url: str, directory: Path) -> None:
    (directory / "0001_first.sql").write_bytes(b"CREATE TABLE first (\n  id int\n);\n")
    migrate(empty_database_url, directory)
    (directory / "0001_first.sql").write_bytes(b"CREATE TABLE first (\r\n  id int\r\n);\r\n")
    assert migrate(empty_database_url, directory) == []


def test_a_database_newer_than_the_code_is_refused(empty_database_url: str, directory: Path) -> None:
    migrate(empty_database_url, directory)
    (directory / "0002_second.sql").unlink()
    with pytest.raises(MigrationError, match="0002_second, which this version does not know"):
        migrate(empty_database_url, directory)


def test_a_hole_in_what_was_applied_is_refused(empty_database_url: str, directory: Path) -> None:
    migrate(empty_database_url, directory)
    with psycopg.connect(empty_database_url) as connection:
        connection.execute("DELETE FROM schema_migrations WHERE number = 1")
    with pytest.raises(MigrationError, match="has 0002_second but not number 0001"):
        migrate(empty_database_url, directory)


@pytest.mark.parametrize(
    ("file", "complaint"),
    [
        ("0004_gap.sql", "0004_gap.sql stands where number 0003 belongs"),
        ("0002_twice.sql", "0002_twice.sql stands where number 0003 belongs"),
        ("third.sql", "third.sql: a migration is called like"),
    ],
)
def test_files_that_do_not_count_up_are_refused(directory: Path, file: str, complaint: str) -> None:
    (directory / file).touch()
    with pytest.raises(MigrationError, match=re.escape(complaint)):
        read_migrations(directory)
