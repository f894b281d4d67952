"""Log lines: JSON, with what was bound to the piece of work, for our own lines and those of libraries."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from infra.logging import configure_logging


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Where lines from `info` on go for the time of a test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging("info", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_a_line_is_an_object_with_what_was_bound(lines: io.StringIO) -> None:
    log = structlog.get_logger("reactions")
    with structlog.contextvars.bound_contextvars(correlation_id="c-1"):
        log.info("adjusted", count=3, phase="préparation")
    log.debug("too fine")
    (line,) = lines.getvalue().splitlines()
    said = json.loads(line)
    assert said.pop("timestamp").endswith("Z")
    assert said == {
        "event": "adjusted",
        "level": "info",
        "logger": "reactions",
        "correlation_id": "c-1",
        "count": 3,
        "phase": "préparation",
    }


def test_lines_of_libraries_and_tracebacks_are_objects_too(lines: io.StringIO) -> None:
    try:
        raise ValueError("no such phase")
    except ValueError:
        logging.getLogger("uvicorn").exception("failed on %s", "a message")
    (line,) = lines.getvalue().splitlines()
    said = json.loads(line)
    assert (said["event"], said["level"]) == ("failed on a message", "error")
    assert said["exception"][0]["exc_value"] == "no such phase"
