"""The demo's planning service with faults: each request to a route meets the next fault that was planned for it.

Without a fault it keeps the contract. `server.plan_fault("season-plan", status(500), cut())`.
"""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import date
from http.server import BaseHTTPRequestHandler
from typing import Any

from infra.demo import planning_server
from infra.demo.planning_server import Answer, Asked, PlanningServer, write

TODAY = date(2026, 3, 10)

Fault = Callable[["FaultyPlanningServer", BaseHTTPRequestHandler, Asked], None]


class FaultyPlanningServer(PlanningServer):
    """``asked`` is every request that reached it, the oldest first."""

    def __init__(self, port: int = 0, *, token: str | None = None, today: date = TODAY) -> None:
        super().__init__(port, token=token, today=lambda: today)
        self.asked: list[Asked] = []
        self.ended = threading.Event()
        self._faults: dict[str, list[Fault]] = {}
        self._always: dict[str, Fault] = {}

    def plan_fault(self, route: str, *faults: Fault) -> None:
        """One for each of the next requests."""
        self._faults.setdefault(route, []).extend(faults)

    def always(self, route: str, fault: Fault | None) -> None:
        """For every request from now on; None ends it."""
        self._always.pop(route, None)
        if fault is not None:
            self._always[route] = fault

    def count(self, route: str) -> int:
        return sum(asked.route == route for asked in self.asked)

    def start(self) -> None:
        self.ended.clear()
        super().start()

    def stop(self) -> None:
        self.ended.set()
        super().stop()

    def respond(self, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        self.asked.append(asked)
        planned = self._faults.get(asked.route)
        fault = planned.pop(0) if planned else self._always.get(asked.route)
        if fault is None:
            super().respond(handler, asked)
        else:
            fault(self, handler, asked)


def status(code: int, content: object = None, **headers: str) -> Fault:
    """Headers by their names with underscores: ``Retry_After="1"``."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _, handler, __: write(handler, Answer(code, content, named))


def busy(seconds: int) -> Fault:
    """429 with a Retry-After, and 403 to whoever comes back before that."""
    calm_at: list[float] = []

    def fault(server: FaultyPlanningServer, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        if not calm_at:
            calm_at.append(time.monotonic() + seconds)
            server.always(asked.route, fault)
            status(429, Retry_After=str(seconds))(server, handler, asked)
        elif time.monotonic() < calm_at[0]:
            status(403)(server, handler, asked)
        else:
            write(handler, server.answer(asked))

    return fault


def says(**changed: Any) -> Fault:
    """The right answer, with some fields changed: lies, or nonsense."""

    def fault(server: FaultyPlanningServer, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        content = server.answer(asked).content
        assert isinstance(content, dict), f"there is nothing right to change: {content}"
        write(handler, Answer(200, {**content, **changed}))

    return fault


def raw(body: bytes, content_type: str = "application/json") -> Fault:
    def fault(_: FaultyPlanningServer, handler: BaseHTTPRequestHandler, __: Asked) -> None:
        head(handler, len(body), content_type)
        handler.wfile.write(body)

    return fault


def late(delay_s: float) -> Fault:
    """The right answer, that much later."""

    def fault(server: FaultyPlanningServer, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        server.ended.wait(delay_s)
        write(handler, server.answer(asked))

    return fault


def stuck(first: int, announced: int) -> Fault:
    """So many bytes of those announced, and then nothing more."""

    def fault(server: FaultyPlanningServer, handler: BaseHTTPRequestHandler, _: Asked) -> None:
        head(handler, announced, "application/json")
        handler.wfile.write(b" " * first)
        server.ended.wait(20)

    return fault


def dripping(body: bytes, pieces: int, pause_s: float) -> Fault:
    """``body`` in so many pieces, with a pause after each."""

    def fault(server: FaultyPlanningServer, handler: BaseHTTPRequestHandler, _: Asked) -> None:
        head(handler, len(body), "application/json")
        size = -(-len(body) // pieces)
        for start in range(0, len(body), size):
            handler.wfile.write(body[start : start + size])
            server.ended.wait(pause_s)

    return fault


def cut(after: bytes | None = None) -> Fault:
    """The connection ends: before any answer, or within the body after these bytes of it."""

    def fault(_: FaultyPlanningServer, handler: BaseHTTPRequestHandler, __: Asked) -> None:
        if after is not None:
            head(handler, len(after) + 100, "application/json")
            handler.wfile.write(after)
        handler.close_connection = True
        planning_server.cut(handler.connection)

    return fault


def accepts_then(fault: Fault) -> Fault:
    """Does what was asked, but the answer is lost."""

    def both(server: FaultyPlanningServer, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        server.answer(asked)
        fault(server, handler, asked)

    return both


def head(handler: BaseHTTPRequestHandler, length: int, content_type: str) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", content_type)
    handler.send_header("Content-Length", str(length))
    handler.end_headers()


def phase_json(phase_id: str, start: str, end: str, **fields: Any) -> dict[str, Any]:
    return {
        "phaseId": phase_id,
        "type": "preseason",
        "startDate": start,
        "endDate": end,
        "loadLevel": "medium",
        **fields,
    }


def season_plan_json(*phases: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    """Two phases that meet, the first of them on TODAY, unless others are given."""
    given = phases or (phase_json("p1", "2026-02-01", "2026-03-31"), phase_json("p2", "2026-04-01", "2026-05-31"))
    return {"seasonPlanId": "plan-1", "phases": list(given), **fields}


def template_json(template_id: str = "t1", **fields: Any) -> dict[str, Any]:
    workout = {"week": 1, "weekday": 2, "title": "Intervals", "sport": "run", "load": 80}
    return {"templateId": template_id, "version": 1, "name": "Base", "workouts": [workout], **fields}
