"""A planning service on the loopback that keeps ``docs/planning-contract.md``: for the demo, and for tests.

It has no database: season plans and templates are what it is told, and it forgets neither them nor the completions when
it is stopped and started again, on the same port.
"""

import json
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request. ``route`` is current-phase, season-plan, template, completions, or empty for an unknown path."""

    method: str
    route: str
    id: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    content: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


class PlanningServer:
    """``completions`` are the notices accepted so far, each once; ``token`` is what a request must bear, if given.

    ``port`` 0 takes any free one at the first start, and keeps it.
    """

    def __init__(self, port: int = 0, *, token: str | None = None, today: Callable[[], date] = date.today) -> None:
        self.port = port
        self.completions: list[Json] = []
        self._token = token
        self._today = today
        self._plans: dict[str, Json] = {}
        self._templates: dict[str, Json] = {}
        self._lock = threading.Lock()
        self._running: _Listening | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def set_season_plan(self, team: str, plan: Json) -> None:
        """``plan`` as the contract tells it; its ``teamId`` may be left out."""
        self._plans[team] = {"teamId": team, **plan}

    def set_template(self, template: Json) -> None:
        self._templates[template["templateId"]] = template

    def start(self) -> None:
        """Raises OSError where the port is taken."""
        self._running = _Listening(self, self.port)
        self.port = self._running.server_port
        threading.Thread(target=self._running.serve_forever, args=(0.02,), name="planning-server", daemon=True).start()

    def stop(self) -> None:
        """As a process that ends: connections break off in the middle. Does nothing where it does not run."""
        if self._running is not None:
            self._running.end()
            self._running = None

    def __enter__(self) -> "PlanningServer":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def respond(self, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        """Writes what ``answer`` says."""
        write(handler, self.answer(asked))

    def answer(self, asked: Asked) -> Answer:
        if self._token is not None and asked.headers.get("authorization") != f"Bearer {self._token}":
            return problem(HTTPStatus.UNAUTHORIZED, "no valid service token", {"WWW-Authenticate": "Bearer"})
        match asked.method, asked.route:
            case "GET", "current-phase":
                return self._found(self._current_phase(asked.id), f"team {asked.id} is in no phase today")
            case "GET", "season-plan":
                return self._found(self._plans.get(asked.id), f"team {asked.id} has no season plan")
            case "GET", "template":
                return self._found(self._templates.get(asked.id), f"there is no template {asked.id}")
            case "POST", "completions":
                return self._complete(asked)
            case _:
                return problem(HTTPStatus.NOT_FOUND, "there is nothing of that name here")

    def _current_phase(self, team: str) -> Json | None:
        today = self._today()
        for phase in self._plans.get(team, {}).get("phases", ()):
            if day(phase["startDate"]) <= today <= day(phase["endDate"]):
                return {"teamId": team, **phase}
        return None

    def _found(self, content: Json | None, otherwise: str) -> Answer:
        return problem(HTTPStatus.NOT_FOUND, otherwise) if content is None else Answer(HTTPStatus.OK, content)

    def _complete(self, asked: Asked) -> Answer:
        try:
            notice = json.loads(asked.body)
            notice_id = notice["noticeId"]
        except (ValueError, KeyError, TypeError):
            return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "not a completion notice")
        if asked.headers.get("idempotency-key") != notice_id:
            return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "the Idempotency-Key is not the noticeId")
        with self._lock:
            if any(known["noticeId"] == notice_id for known in self.completions):
                return problem(HTTPStatus.CONFLICT, f"notice {notice_id} is known already")
            self.completions.append(notice)
        return Answer(HTTPStatus.ACCEPTED)


class _Listening(ThreadingHTTPServer):
    """One life of the server, from start to stop."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, service: PlanningServer, port: int) -> None:
        self.service = service
        self._connections: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""

    def end(self) -> None:
        self.shutdown()
        self.server_close()
        # Kept-alive connections would go on being served by their threads.
        for connection in list(self._connections):
            cut(connection)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Listening

    def handle_any(self) -> None:
        route = name = ""
        match self.path.split("/")[1:]:
            case ["api", "v1", "teams", name, "current-phase" | "season-plan" as route]:
                pass
            case ["api", "v1", "templates", name]:
                route = "template"
            case ["api", "v1", "completions"]:
                route = "completions"
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {key.lower(): value for key, value in self.headers.items()}
        self.server.service.respond(self, Asked(self.command, route, unquote(name), headers, body))

    do_GET = do_POST = handle_any

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: what it prints would be among the demo's own words."""


def write(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
    kind = "application/json" if answer.status < 400 else "application/problem+json"
    body = b"" if answer.content is None else json.dumps(answer.content).encode()
    handler.send_response(answer.status)
    for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **answer.headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def problem(status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(status, {"title": status.phrase, "status": status.value, "detail": detail}, headers or {})


def day(text: str) -> date:
    """Of an instant the date where it was written."""
    return datetime.fromisoformat(text).date()


def cut(connection: socket.socket) -> None:
    """Ends the connection for both sides, also under a thread that reads from it."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other side was faster
