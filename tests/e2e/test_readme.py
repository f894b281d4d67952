"""Every `curl` of the README works as it stands there: typed into a shell, against the demo that it tells of."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.service import Service, environment_with, mesocycle, program
from tests.support.postgres import cluster_folder

README = Path(__file__).parents[2] / "README.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CURL = re.compile(r"^\s*curl ", re.MULTILINE)
TOLD = "\nHTTP "

TELLING = f"""
curl() {{ command curl --show-error --max-time 30 --write-out '{TOLD}%{{http_code}}\\n' "$@"; }}
"""
"""So that a block's output tells each status."""


def blocks() -> list[str]:
    return [block for block in BLOCK.findall(README.read_text(encoding="utf-8")) if CURL.search(block)]


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    with cluster_folder() as folder:
        yield folder / "data"


@pytest.fixture(scope="module")
def demo(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    log = tmp_path_factory.mktemp("demo") / "demo.log"
    with mesocycle(log, "demo", DATA_DIR=str(data_dir), PORT="0") as service:
        service.until_said("API: http")
        yield service
        assert service.ctrl_c() == 0


def typed(block: str, demo: Service, data_dir: Path) -> subprocess.CompletedProcess[str]:
    """In bash, in the checkout; the service has another port here, and its data are elsewhere."""
    here = re.sub(r"(http://)?(localhost|127\.0\.0\.1):8000", demo.url, block).replace(".venv/bin/mesocycle", program())
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", TELLING + here],
        env=environment_with({"DATA_DIR": str(data_dir)}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_every_curl_of_the_readme_is_answered(demo: Service, data_dir: Path) -> None:
    found = blocks()
    assert found, "the README shows how to ask"
    for block in found:
        done = typed(block, demo, data_dir)
        assert done.returncode == 0, done.stderr
        statuses = [line.removeprefix("HTTP ") for line in done.stdout.splitlines() if line.startswith("HTTP ")]
        assert statuses == ["200"] * len(CURL.findall(block)), done.stdout


def test_the_line_that_the_demo_proposes_shows_a_board(demo: Service, data_dir: Path) -> None:
    proposed = re.search(r"^  (curl -H .*?\\\n.*?)$", demo.said, re.MULTILINE)
    assert proposed, demo.said
    done = typed(proposed[1], demo, data_dir)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("HTTP 200\n"), done.stdout
    assert '"entries":[{"assignmentId":' in done.stdout
