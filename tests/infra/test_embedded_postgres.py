"""The embedded PostgreSQL: who starts and stops it, what it survives, and what it refuses."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from infra.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError
from infra.postgres_account import server_account
from infra.postmaster import pid_file, running_postmaster
from tests.support.postgres import FAST, cluster_folder

USE_AND_WAIT = """
import signal, sys
from pathlib import Path
import psycopg
from infra.embedded_postgres import EmbeddedPostgres
with EmbeddedPostgres(Path(sys.argv[1]), options={"fsync": "off"}) as pg:
    print(pg.pid, flush=True)
    try:
        signal.pause()
    except KeyboardInterrupt:
        with psycopg.connect(pg.url("postgres")) as connection:
            print(*connection.execute("SELECT 'still here'").fetchone(), flush=True)
"""


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with cluster_folder() as folder:
        yield folder / "pg"


def ask(url: str, query: bytes) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
    return row[0] if row else None


def server_pid(data_dir: Path) -> int | None:
    return server.pid if (server := running_postmaster(data_dir)) else None


def other_process(data_dir: Path) -> tuple[subprocess.Popen[str], int]:
    """A process that uses the folder until it is told to stop, and the pid of the server it uses."""
    process = subprocess.Popen(
        [sys.executable, "-c", USE_AND_WAIT, str(data_dir)], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def end(process: subprocess.Popen[str], how: signal.Signals) -> str:
    os.killpg(process.pid, how)
    said, _ = process.communicate(timeout=30)
    return said.strip()


def test_keeps_its_data_and_uses_the_settings_of_the_service(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir) as pg:
        url = pg.ensure_database("club house")
        assert pg.ensure_database("club house") == url
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        shown = {name: ask(url, f"SHOW {name}".encode()) for name in ("fsync", "synchronous_commit", "timezone")}
        assert shown == {"fsync": "on", "synchronous_commit": "on", "timezone": "UTC"}
        assert ask(url, b"SHOW listen_addresses") == ""
    assert server_pid(data_dir) is None
    with EmbeddedPostgres(data_dir, options=FAST) as pg:
        assert ask(pg.url("club house"), b"SELECT answer FROM kept") == 42
        assert ask(pg.url("club house"), b"SHOW fsync") == "off"


def test_the_folder_is_closed_to_other_users(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, options=FAST):
        assert data_dir.stat().st_mode & 0o077 == 0
        assert data_dir.stat().st_uid == server_account(data_dir).uid


def test_restart_is_a_new_server_on_the_same_data(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, options=FAST) as pg:
        before = pg.pid
        pg.restart()
        assert pg.pid != before
        assert ask(pg.url("postgres"), b"SELECT 1") == 1


def test_the_last_user_stops_the_server(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, options=FAST) as mine:
        pid = mine.pid
        other, others_server = other_process(data_dir)
        assert others_server == pid
    assert server_pid(data_dir) == pid
    assert end(other, signal.SIGINT) == "still here"
    assert server_pid(data_dir) is None


def test_ctrl_c_reaches_the_process_and_not_its_server(data_dir: Path) -> None:
    process, _ = other_process(data_dir)
    assert end(process, signal.SIGINT) == "still here"
    assert process.returncode == 0
    assert server_pid(data_dir) is None


def test_a_killed_process_leaves_a_server_that_the_next_takes_over_and_stops(data_dir: Path) -> None:
    process, pid = other_process(data_dir)
    end(process, signal.SIGKILL)
    with EmbeddedPostgres(data_dir, options=FAST) as pg:
        assert pg.pid == pid
    assert server_pid(data_dir) is None


def test_a_server_that_somebody_else_started_is_used_and_left_running(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, options=FAST) as pg:
        pg_ctl, account = str(pg.bin_dir / "pg_ctl"), server_account(data_dir)
    options = f"-c listen_addresses= -c unix_socket_directories={data_dir}"
    account.run(pg_ctl, "start", f"--pgdata={data_dir}", f"--log={data_dir}/by_hand.log", f"--options={options}")
    try:
        with EmbeddedPostgres(data_dir, options=FAST) as pg:
            pid = pg.pid
            assert ask(pg.url("postgres"), b"SELECT 1") == 1
        assert server_pid(data_dir) == pid
    finally:
        account.run(pg_ctl, "stop", f"--pgdata={data_dir}", "--mode=fast")


def test_comes_back_after_its_server_was_killed(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, options=FAST) as pg:
        os.kill(pg.pid, signal.SIGKILL)
        pg.restart()
        assert ask(pg.url("postgres"), b"SELECT 1") == 1


def test_a_left_pid_file_may_name_a_process_that_lives(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, options=FAST) as pg:
        written = pid_file(data_dir).read_text()
        pid = str(pg.pid)
    pid_file(data_dir).write_text(written.replace(pid, str(os.getppid()), 1))
    with EmbeddedPostgres(data_dir, options=FAST) as pg:
        assert ask(pg.url("postgres"), b"SELECT 1") == 1


def test_several_at_once_make_one_cluster(data_dir: Path) -> None:
    def use(_: int) -> object:
        with EmbeddedPostgres(data_dir, options=FAST) as pg:
            return ask(pg.ensure_database("shared"), b"SELECT system_identifier FROM pg_control_system()")

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(use, range(4)))) == 1


def test_a_start_cut_short_is_made_good(data_dir: Path) -> None:
    aside = data_dir.with_name(f".{data_dir.name}.new")
    aside.mkdir()
    (aside / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(data_dir, options=FAST) as pg:
        assert ask(pg.url("postgres"), b"SELECT 1") == 1
    assert not aside.exists()


def test_a_path_too_long_for_a_socket_gets_a_short_one(data_dir: Path) -> None:
    deep = data_dir.parent / ("long" * 20) / "pg"
    with EmbeddedPostgres(deep, options=FAST) as pg:
        assert ask(pg.url("postgres"), b"SHOW data_directory") == str(deep)
        sockets = Path(str(ask(pg.url("postgres"), b"SHOW unix_socket_directories")).strip('"'))
    assert sockets != deep
    assert sockets.stat().st_mode & 0o077 == 0
    shutil.rmtree(sockets)


def test_refuses_a_folder_of_other_things(data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "letters.txt").write_text("dear")
    with pytest.raises(EmbeddedPostgresError, match="something else than a database"), EmbeddedPostgres(data_dir):
        pass
    assert (data_dir / "letters.txt").read_text() == "dear"


def test_refuses_a_cluster_of_another_version(data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedPostgresError, match="made by PostgreSQL 16"), EmbeddedPostgres(data_dir):
        pass


def test_a_server_that_does_not_start_says_why(data_dir: Path) -> None:
    bad = EmbeddedPostgres(data_dir, options={**FAST, "shared_buffers": "a lot"})
    with pytest.raises(EmbeddedPostgresError, match='invalid value for parameter "shared_buffers"'), bad:
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has parents that its server's account cannot enter")
def test_as_root_a_closed_parent_is_refused_and_stays_closed(data_dir: Path) -> None:
    closed = data_dir.parent / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(EmbeddedPostgresError, match=r"cannot pass through .*/closed to the data folder"):
        EmbeddedPostgres(closed / "new" / "pg").__enter__()
    assert closed.stat().st_mode & 0o777 == 0o700
    assert list(closed.iterdir()) == []
