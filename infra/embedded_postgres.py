"""A PostgreSQL server of our own in a data folder, reached over a Unix socket: nothing to install but Python packages.

Several processes may use one folder at a time: the first starts the server, the last stops it. A process that dies
without a word (kill -9) leaves the server running; the next one takes it over. A server that somebody else started in
the folder is used and left running.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shlex
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from infra.postgres_account import EmbeddedPostgresError, server_account, temp_root
from infra.postgres_binaries import bin_dir_for
from infra.postmaster import forget_stale, running_postmaster
from projections.tenancy import READER

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError"]

MAJOR_VERSION = "18"
SUPERUSER = "mesocycle"
PORT = 5432
# A socket's whole path has 104 bytes on macOS and 108 on Linux, the final zero byte included.
LONGEST_SOCKET_PATH = 100
# Long enough for the recovery of max_wal_size after a crash on a slow disk.
START_TIMEOUT_S = 120
LOG_KEPT_BYTES = 10_000_000

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "port": str(PORT),
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class EmbeddedPostgres:
    """`with EmbeddedPostgres(folder) as pg: connect(pg.url("mesocycle"))`; `options` override server settings."""

    def __init__(self, data_dir: Path, options: Mapping[str, str] | None = None) -> None:
        self.data_dir = data_dir.expanduser().resolve()
        self._options = {**SETTINGS, **(options or {})}
        self._lock_file = self.data_dir.parent / f".{self.data_dir.name}.lock"
        self._users_file = self.data_dir.parent / f".{self.data_dir.name}.users"
        self._held = ExitStack()
        # Where postgres, psql, pg_dump and the rest are; known once started.
        self.bin_dir: Path

    def __enter__(self) -> Self:
        try:
            self._account = server_account(self.data_dir)
            self._refuse_closed_parent()
            self._make_parents()
            self._socket_dir = self._choose_socket_dir()
            with _flock(self._lock_file, fcntl.LOCK_EX):
                self.bin_dir = bin_dir_for(self._account, self.data_dir.parent)
                self._held.enter_context(_flock(self._users_file, fcntl.LOCK_SH))
                self._create_cluster_once()
                self._start_unless_running()
        except OSError as error:
            self._held.close()
            raise EmbeddedPostgresError(f"cannot start PostgreSQL in {self.data_dir}: {error}") from error
        except BaseException:
            self._held.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        with _flock(self._lock_file, fcntl.LOCK_EX):
            self._held.close()
            with suppress(BlockingIOError), _flock(self._users_file, fcntl.LOCK_EX | fcntl.LOCK_NB):
                # Nobody else uses it. Stop it if it is one that a process of ours has started.
                server = running_postmaster(self.data_dir)
                if server is not None and server.identity == self._users_file.read_text():
                    self._stop()

    @property
    def pid(self) -> int:
        """The process id of the server's first process."""
        if (server := running_postmaster(self.data_dir)) is None:
            raise EmbeddedPostgresError(f"no server runs in {self.data_dir}")
        return server.pid

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self.data_dir / "server.log"

    def url(self, database: str) -> str:
        """The connection URL of a database, which need not exist."""
        socket_dir = quote(str(self._socket_dir), safe="")
        return f"postgresql://{SUPERUSER}@/{quote(database, safe='')}?host={socket_dir}&port={PORT}"

    def ensure_database(self, name: str) -> str:
        """Create the database unless it is there, and the role that a dump restored into it names; return its URL."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            # Two at once: one of them is told by either error that the other was first, here and below.
            with suppress(psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
                connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(READER)))
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
            if found is None:
                with suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def restart(self) -> None:
        """Stop the server if it still runs, breaking open connections, and start it anew."""
        with _flock(self._lock_file, fcntl.LOCK_EX):
            if running_postmaster(self.data_dir) is not None:
                self._stop()
            self._start_unless_running()

    def _refuse_closed_parent(self) -> None:
        if (closed := self._account.first_closed_parent(self.data_dir)) is not None:
            raise EmbeddedPostgresError(
                f"PostgreSQL does not run as root but as the user {self._account.name!r}, which cannot pass through "
                f"{closed} to the data folder {self.data_dir}. Set DATA_DIR to a folder that it can reach, such as "
                f"/var/lib/mesocycle; or start as an ordinary user; or set DATABASE_URL. No mode was changed."
            )

    def _make_parents(self) -> None:
        for parent in reversed(self.data_dir.parents):
            if not parent.exists():
                parent.mkdir()
                if not self._account.is_ourselves:
                    # Made by us just now, so ours to open, whatever the umask.
                    parent.chmod(0o755)

    def _choose_socket_dir(self) -> Path:
        if len(os.fsencode(self.data_dir / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET_PATH:
            return self.data_dir
        digest = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:12]
        socket_dir = temp_root(self._account) / f"mesocycle-{digest}"
        with suppress(FileExistsError):
            socket_dir.mkdir(mode=0o700)
            os.chown(socket_dir, self._account.uid, self._account.gid)
        status = socket_dir.lstat()
        # Anybody can make a folder in the temporary one: only the server's own, closed to others, is trusted.
        if socket_dir.is_symlink() or status.st_uid != self._account.uid or status.st_mode & 0o077:
            raise EmbeddedPostgresError(f"{socket_dir} belongs to another user or is open to others: remove it")
        return socket_dir

    def _create_cluster_once(self) -> None:
        version_file = self.data_dir / "PG_VERSION"
        if version_file.exists():
            if (found := version_file.read_text().strip()) != MAJOR_VERSION:
                raise EmbeddedPostgresError(
                    f"{self.data_dir} was made by PostgreSQL {found}, this is {MAJOR_VERSION}: "
                    f"dump it with the old version, or set DATA_DIR to another folder"
                )
            return
        if self.data_dir.exists() and any(self.data_dir.iterdir()):
            raise EmbeddedPostgresError(f"{self.data_dir} holds something else than a database: choose another folder")
        # Made aside and renamed, so that an initdb cut short is never taken for a whole cluster.
        aside = self.data_dir.with_name(f".{self.data_dir.name}.new")
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(mode=0o700)
        os.chown(aside, self._account.uid, self._account.gid)
        # One collation on every machine: by code point, as the C library's version never changes it.
        locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        sync = ["--no-sync"] if self._options["fsync"] == "off" else []
        self._run("initdb", f"--pgdata={aside}", f"--username={SUPERUSER}", "--auth=trust", *locale, *sync)
        aside.rename(self.data_dir)

    def _start_unless_running(self) -> None:
        """Start the server; or wait for one that is there already, be it in recovery or on its way down."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while (server := running_postmaster(self.data_dir)) is not None:
            if server.status == "ready":
                return
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(f"the server in {self.data_dir} is {server.status}, see {self.log}")
            time.sleep(0.02)
        self._start(deadline)

    def _start(self, deadline: float) -> None:
        with suppress(FileNotFoundError):
            if self.log.stat().st_size > LOG_KEPT_BYTES:
                self.log.rename(self.log.with_suffix(".log.1"))
        forget_stale(self.data_dir, self._socket_dir)
        settings = {**self._options, "unix_socket_directories": f'"{self._socket_dir}"'}
        arguments = shlex.join(part for name, value in settings.items() for part in ("-c", f"{name}={value}"))
        while True:
            log_end = self.log.stat().st_size if self.log.exists() else 0
            try:
                self._pg_ctl("start", f"--log={self.log}", f"--options={arguments}")
                break
            except EmbeddedPostgresError as error:
                said = self.log.read_bytes()[log_end:].decode(errors="replace") if self.log.exists() else ""
                # The first process was killed and a child of it has not noticed yet.
                if "pre-existing shared memory block" not in said or time.monotonic() > deadline:
                    raise EmbeddedPostgresError(f"{error}\n{said}".rstrip()) from None
                time.sleep(0.1)
        server = running_postmaster(self.data_dir)
        self._users_file.write_text(server.identity if server is not None else "")

    def _stop(self) -> None:
        try:
            self._pg_ctl("stop", "--mode=fast")
        except EmbeddedPostgresError:
            # It may have died by itself, or by somebody's hand, as we were about to stop it.
            if running_postmaster(self.data_dir) is not None:
                raise

    def _pg_ctl(self, action: str, *arguments: str) -> None:
        self._run("pg_ctl", action, f"--pgdata={self.data_dir}", "--wait", f"--timeout={START_TIMEOUT_S}", *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        self._account.run(str(self.bin_dir / program), *arguments)


@contextmanager
def _flock(path: Path, mode: int) -> Iterator[None]:
    """Hold an advisory lock on a file; the kernel lets go of it when the process dies, however it dies."""
    with path.open("a") as file:
        fcntl.flock(file, mode)
        yield
