"""The programs of PostgreSQL: used where the wheel has them, copied where the server's account cannot reach them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.postgres_account import Account, server_account
from infra.postgres_binaries import COPIED, NOT_COPIED, bin_dir_for, wheel_bin_dir
from tests.support.postgres import cluster_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    with cluster_folder() as folder:
        # Open above, so that it is the closed part below that decides.
        folder.chmod(0o755)
        yield folder


@pytest.fixture
def closed_wheel(folder: Path) -> Path:
    """The wheel's programs in a place that only we can enter, like a checkout below a closed home."""
    closed = folder / "home"
    for part in COPIED:
        if (source := wheel_bin_dir().parents[2] / part).exists():
            shutil.copytree(source, closed / part, ignore=NOT_COPIED)
    closed.chmod(0o700)
    return closed / COPIED[0] / "bin"


def somebody_else() -> Account:
    """As root the account that servers run as; else one that is made up, which we cannot start anything as."""
    return server_account(Path("/nowhere")) if os.geteuid() == 0 else Account(os.geteuid() + 1, os.getegid() + 1, "x")


def test_we_ourselves_use_the_wheel_where_it_is(folder: Path, closed_wheel: Path) -> None:
    ourselves = Account(os.geteuid(), os.getegid(), "ourselves")
    assert bin_dir_for(ourselves, folder, closed_wheel) == closed_wheel


def test_programs_out_of_reach_are_copied_once_and_nothing_is_opened(folder: Path, closed_wheel: Path) -> None:
    home = folder / "data"
    home.mkdir(mode=0o755)
    bin_dir = bin_dir_for(somebody_else(), home, closed_wheel)
    assert bin_dir.is_relative_to(home)
    assert somebody_else().can_read(bin_dir / "postgres")
    if os.geteuid() == 0:
        somebody_else().run(str(bin_dir / "initdb"), "--version")
    made = bin_dir.stat().st_mtime_ns
    assert bin_dir_for(somebody_else(), home, closed_wheel) == bin_dir
    assert bin_dir.stat().st_mtime_ns == made
    assert len(list(home.iterdir())) == 1
    assert (folder / "home").stat().st_mode & 0o777 == 0o700
