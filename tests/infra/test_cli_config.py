"""The commands `config` and `migrate`, started as a person does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.migrate import read_migrations


def mesocycle(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("mesocycle")), *arguments]
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    return subprocess.run(
        command, env={**kept, **environment}, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60
    )


def test_config_prints_every_setting_and_no_secret() -> None:
    done = mesocycle("config", PORT="9000", DATABASE_URL="postgresql://coach:open-sesame@db/club")
    assert (done.returncode, done.stderr) == (0, "")
    lines = {line.split()[0]: line for line in done.stdout.splitlines()}
    assert "9000" in lines["PORT"]
    assert "environment" in lines["PORT"]
    assert "default" in lines["HOST"]
    assert "Where the planning service answers" in lines["PLANNING_SERVICE_URL"]
    assert "password=***" in lines["DATABASE_URL"]
    assert "open-sesame" not in done.stdout


@pytest.mark.parametrize("command", ["config", "migrate"])
def test_a_wrong_setting_is_a_message_and_not_a_traceback(command: str) -> None:
    done = mesocycle(command, PORT="abc")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("These settings cannot be used:\nPORT: ")
    assert "Traceback" not in done.stderr


def test_migrate_says_what_it_applied(empty_database_url: str) -> None:
    first = mesocycle("migrate", DATABASE_URL=empty_database_url)
    assert first.returncode == 0, first.stderr
    assert first.stdout.splitlines() == [f"applied {migration}" for migration in read_migrations()]
    assert mesocycle("migrate", DATABASE_URL=empty_database_url).stdout == "the schema is up to date\n"


def test_a_database_that_does_not_answer_is_a_message_and_not_a_traceback(tmp_path: Path) -> None:
    done = mesocycle("migrate", DATABASE_URL=f"postgresql:///club?host={tmp_path}")
    assert done.returncode == 1
    assert done.stderr.startswith("mesocycle: ")
    assert "Traceback" not in done.stderr
