"""Log lines: JSON, with what was bound to the piece of work, for our own lines and those of libraries."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from infra.logging import LogFormat, configure_logging


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


def test_no_value_of_a_variable_gets_into_the_log_and_of_a_reason_its_first_line(lines: io.StringIO) -> None:
    """A database puts the row that it refused into the second line."""
    try:
        name = "Ana Ruiz"
        raise ValueError(f"no such player{chr(10)}DETAIL: {name} is not in the table")
    except ValueError as error:
        logging.getLogger("api").exception("failed")
        structlog.get_logger("api").error("failed too", exc_info=error)
    said = lines.getvalue()
    assert "Ana" not in said
    for line in said.splitlines():
        (raised,) = json.loads(line)["exception"]
        assert raised["exc_value"] == "no such player"
        assert raised["frames"][-1]["name"].startswith("test_no_value")
        assert "locals" not in raised["frames"][-1]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "form", "is_json"),
    [
        (Terminal, "auto", False),
        (io.StringIO, "auto", True),
        (Terminal, "json", True),
        (io.StringIO, "console", False),
    ],
)
@pytest.mark.usefixtures("lines")
def test_the_format_is_as_wanted_or_as_the_stream_is(stream: type[io.StringIO], form: LogFormat, is_json: bool) -> None:
    into = stream()
    configure_logging("info", into, form)
    try:
        name = "Ana Ruiz"
        raise ValueError(len(name))
    except ValueError:
        logging.getLogger("api").exception("failed")
    assert into.getvalue().startswith("{") == is_json
    assert "ValueError" in into.getvalue()
    assert "Ana Ruiz" not in into.getvalue(), "no values of variables, in neither format"
