"""Log lines: JSON on stderr, one object a line, or readable text where a person watches.

No line has personal data: tracebacks come without the values of variables, and of an exception's text only the first
line, as databases and validators put what they were given into the others.
What belongs to a piece of work is bound once and is on every line of it:
`with structlog.contextvars.bound_contextvars(correlation_id=...): ...`
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from typing import Any, Literal, TextIO

import structlog
from structlog.tracebacks import ExceptionDictTransformer

LogFormat = Literal["auto", "json", "console"]

LONGEST_REASON = 300
"""Signs of an exception's text."""


def configure_logging(level: str, stream: TextIO | None = None, form: LogFormat = "auto") -> None:
    """Send all lines from `level` on to `stream` (stderr), also those of libraries; the composition root calls this.

    `form` auto: for a person where `stream` is a terminal, JSON elsewhere.
    """
    stream = stream or sys.stderr
    before: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[structlog.typing.Processor] = (
        [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
        if form == "console" or (form == "auto" and stream.isatty())
        else [
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            plain,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    )
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())


def plain(_: object, __: str, line: structlog.typing.EventDict) -> Mapping[str, Any]:
    """Short reasons, and not uvicorn's lines a second time for terminals."""
    line.pop("color_message", None)
    for raised in line.get("exception", ()):
        raised["exc_value"] = raised["exc_value"].partition("\n")[0][:LONGEST_REASON]
    return line
