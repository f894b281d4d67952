"""What the file postmaster.pid in a data folder says of the server there, and whether it still is true."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Postmaster:
    """The first process of a server, as it notes itself in its data folder."""

    pid: int
    # Seconds since the epoch; with the pid it tells one run of a server from another.
    started: int
    # "starting", "ready", "standby" or "stopping"
    status: str

    @property
    def identity(self) -> str:
        return f"{self.pid} {self.started}"


def pid_file(data_dir: Path) -> Path:
    """The file that PostgreSQL locks a data folder with."""
    return data_dir / "postmaster.pid"


def running_postmaster(data_dir: Path) -> Postmaster | None:
    """The server that runs in `data_dir`, if one does: the number in a left file may by now be another process."""
    try:
        lines = pid_file(data_dir).read_text().splitlines()
    except FileNotFoundError:
        return None
    if len(lines) < 3:
        return None
    noted = Postmaster(int(lines[0]), int(lines[2]), lines[7].strip() if len(lines) > 7 else "starting")
    return noted if _works_in(noted.pid, data_dir) else None


def forget_stale(data_dir: Path, socket_dir: Path) -> None:
    """Remove the files of a dead server when its number now is some other process, or one that nobody has buried yet.

    Both happen in containers, and PostgreSQL would take that process for itself and refuse to start. With any other
    left file it deals better than we could.
    """
    for left in (pid_file(data_dir), *socket_dir.glob(".s.PGSQL.*.lock")):
        try:
            pid = int(left.read_text().splitlines()[0])
        except (FileNotFoundError, IndexError):
            continue
        if psutil.pid_exists(pid) and not _works_in(pid, data_dir):
            left.unlink()


def _works_in(pid: int, data_dir: Path) -> bool:
    """Whether the process is a living one with `data_dir` as its working folder, as every PostgreSQL process has."""
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and os.path.samefile(process.cwd(), data_dir)
    except (psutil.NoSuchProcess, psutil.AccessDenied, FileNotFoundError):
        # Denied: another user's process, while a server of this folder runs as its owner, whom we may look into.
        return False
