"""The page of known failures names tests that are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = re.findall(
    r"`(tests/[\w/]+\.py)::(test_\w+)`", (ROOT / "docs" / "known-failures.md").read_text(encoding="utf-8")
)


def test_it_names_tests() -> None:
    assert len(NAMED) >= 9


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_each_is_there(path: str, name: str) -> None:
    assert re.search(rf"def {name}\(", (ROOT / path).read_text(encoding="utf-8"))
