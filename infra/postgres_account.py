"""The system account that the embedded PostgreSQL runs under when we are root, and what that account can reach.

PostgreSQL refuses to run as root. We then start it as an ordinary system user, and never widen the mode of a folder
that was there before us: what the account cannot reach is either copied to where it can, or refused with a reason.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

# A machine that has PostgreSQL installed has the first; else we make the second.
EXISTING_ACCOUNT = "postgres"
OWN_ACCOUNT = "mesocycle"


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL cannot be used as asked; the message says why and what to do."""


@dataclass(frozen=True)
class Account:
    """A user that programs are started as: ourselves, or (as root) another, with its primary group and no other."""

    uid: int
    gid: int
    name: str

    @property
    def is_ourselves(self) -> bool:
        return self.uid == os.geteuid()

    def can_read(self, path: Path) -> bool:
        """Whether this account can pass through every parent of `path` and read it."""
        return self.first_closed_parent(path) is None and self._may(path, os.R_OK)

    def first_closed_parent(self, path: Path) -> Path | None:
        """The uppermost parent of `path` that this account cannot pass through; parents yet to be made are left out."""
        for parent in reversed(path.resolve().parents):
            if parent.exists() and not self._may(parent, os.X_OK):
                return parent
        return None

    def run(self, *command: str) -> None:
        """Run a program to its end as this account; EmbeddedPostgresError with its output if it fails."""
        done = subprocess.run(
            command,
            user=None if self.is_ourselves else self.uid,
            group=None if self.is_ourselves else self.gid,
            extra_groups=None if self.is_ourselves else [],
            # Nothing of ours that could mislead: no PG* variable, no locale, no folder that the account cannot read.
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # A Ctrl-C in our terminal is meant for us: the server is stopped when we are done with it.
            start_new_session=True,
        )
        if done.returncode != 0:
            raise EmbeddedPostgresError(f"{Path(command[0]).name} failed: {done.stdout.strip()}")

    def _may(self, path: Path, access: int) -> bool:
        if self.is_ourselves:
            return os.access(path, access)
        status = path.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & access << 6)
        if status.st_gid == self.gid:
            return bool(status.st_mode & access << 3)
        return bool(status.st_mode & access)


def server_account(data_dir: Path) -> Account:
    """The account to run the server of `data_dir` as: ourselves, or as root the folder's owner or a system user."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), _name_of(os.geteuid()))
    if (data_dir / "PG_VERSION").exists() and (owner := data_dir.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid, _name_of(owner.st_uid))
    for name in (EXISTING_ACCOUNT, OWN_ACCOUNT):
        if (account := _account_named(name)) is not None:
            return account
    return _create_account()


def temp_root(account: Account) -> Path:
    """A folder for short-lived files that `account` can reach; the system's own, unless that is closed to it."""
    for candidate in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")):
        if candidate.is_dir() and account.first_closed_parent(candidate / "any") is None:
            return candidate.resolve()
    raise EmbeddedPostgresError(f"no folder for temporary files is open to user {account.name!r}: set TMPDIR to one")


def _account_named(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid, name)


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _create_account() -> Account:
    advice = f"make a system user {OWN_ACCOUNT!r} by hand, start as an ordinary user, or set DATABASE_URL"
    if (useradd := shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")) is None:
        raise EmbeddedPostgresError(f"PostgreSQL does not run as root, and there is no useradd here: {advice}")
    made = subprocess.run(
        [useradd, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", OWN_ACCOUNT],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    # Another process may have made it between our look and our attempt: what counts is that it is there.
    if (account := _account_named(OWN_ACCOUNT)) is not None:
        return account
    raise EmbeddedPostgresError(f"cannot make a user to run PostgreSQL as ({made.stderr.strip()}): {advice}")
