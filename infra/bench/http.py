"""The API over HTTP, one process of it: reading, against a route that passes on what PostgreSQL makes of a row; and
commands, against the command runner alone. `wrk` asks, with 16 connections kept open."""

import json
import multiprocessing
import re
import shutil
import subprocess
import tempfile
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from fastapi import FastAPI, Response

from api.principal import Principal, Role
from domain.assignment import PlanAssignment
from domain.ids import AssignmentId
from infra.bench import club, contenders
from infra.bench.cluster import Cluster, counted
from infra.bench.measure import Contest, MeasuredNothing, Sample, compete, expect
from infra.bench.workload import ORGANIZATION, SPORT, TITLE, athlete, day, load
from infra.bench.writers import WARM_UP, started_writers
from infra.clock import new_id
from infra.event_store.database import writer_pool
from infra.http_server import ApiServer
from infra.main import CONNECTIONS, open_application
from infra.service import calm_garbage_collector, running
from infra.settings import Settings
from infra.tokens import OwnTokens

CLIENTS = 16
PAGE = 100
TOKENS = OwnTokens(b"of a bench that nobody else can reach", "mesocycle", "mesocycle")

ROW, ROW_THROUGH = "one row by id", "row_to_json of it, passed on"
LIST, LIST_THROUGH = "a page of 100", "json_agg of it, passed on"
COMMANDS, RUNNER = "commands over HTTP", "the runner alone"

ONE: LiteralString = "SELECT row_to_json(b)::text FROM read_models.assignment_board AS b WHERE assignment_id = %b"
MANY: LiteralString = """
SELECT json_agg(row_to_json(b))::text FROM (
    SELECT * FROM read_models.assignment_board WHERE team_id = %b
    ORDER BY scheduled_on, athlete_id, assignment_id LIMIT 100
) AS b
"""
STARTED: LiteralString = "SELECT count(*) FROM events WHERE name = 'assignment.started'"

RATE = re.compile(r"(\d+) requests in ([\d.]+)(ms|s|m),")
FAILED = re.compile(r"Non-2xx or 3xx responses|Socket errors.*")
SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0}


class Size(NamedTuple):
    """``workouts`` of one team; ``seconds`` of each measure; ``commands`` that there is something to start for."""

    workouts: int = 5_000
    seconds: int = 5
    commands: int = 20_000


class NoWrk(Exception):
    """There is no wrk here."""


def wrk() -> str:
    found = shutil.which("wrk")
    if found is None:
        raise NoWrk("no wrk on PATH: install it (Debian: apt install wrk) to measure HTTP")
    return found


def measure(cluster: Cluster, *, rounds: int, size: Size | None = None) -> Contest:
    """Raises NoWrk."""
    size, program = size or Size(), wrk()
    with cluster.database() as url:
        team_id, ids = filled(url, size)
        with served(ours, url) as api, served(passing_through, url) as through:
            routes = {
                ROW: f"{api}/api/v1/assignments/{ids[0]}",
                ROW_THROUGH: f"{through}/one/{ids[0]}",
                LIST: f"{api}/api/v1/teams/{team_id}/assignment-board?limit={PAGE}",
                LIST_THROUGH: f"{through}/many/{team_id}",
            }
            expect(len(asked(routes[LIST])["entries"]), PAGE, LIST)
            expect(len(asked(routes[LIST_THROUGH])), PAGE, LIST_THROUGH)
            measured = {name: partial(read, program, route, size.seconds) for name, route in routes.items()}
            contest = compete(measured, rounds)
    for _ in range(rounds):
        contest.add(COMMANDS, over_http(cluster, program, size))
        contest.add(RUNNER, alone(cluster, size))
    return contest


def filled(url: str, size: Size) -> tuple[UUID, Sequence[UUID]]:
    """A team with so many workouts, and their ids."""
    with open_application(Settings(), url) as application:
        application.prepare()
        club.found(application, 100)
        ids = planned(size.workouts)
        club.run(application, ids)
        application.reactions.process_available()
        application.projector.process_available()
    return club.team(0), [one.assignment_id for one in ids]


def planned(count: int) -> list[PlanAssignment]:
    return [
        PlanAssignment(
            assignment_id=AssignmentId(new_id()),
            team_id=club.team(0),
            athlete_id=athlete(number % 25),
            title=TITLE,
            sport=SPORT,
            scheduled_on=day(number),
            load=load(number),
        )
        for number in range(count)
    ]


@contextmanager
def ours(url: str) -> Iterator[FastAPI]:
    """The API as the service runs it, without limits."""
    settings = Settings.model_validate({"rate_per_minute": 0, "writes_per_minute": 0})
    with open_application(settings, url, tokens=TOKENS) as application:
        yield application.api


@contextmanager
def passing_through(url: str) -> Iterator[FastAPI]:
    """The same framework, server, pool and threads; PostgreSQL makes the JSON, and nobody is asked who he is."""
    app = FastAPI()
    with writer_pool(url, size=CONNECTIONS, idle_timeout_ms=5_000, application_name="bench") as pool:

        def passed(statement: LiteralString, wanted: UUID) -> Response:
            with pool.connection() as connection:
                row = connection.execute(statement, (wanted,)).fetchone()
            return Response(row[0] if row else "null", media_type="application/json")

        @app.get("/one/{wanted}")
        def one(wanted: UUID) -> Response:
            return passed(ONE, wanted)

        @app.get("/many/{wanted}")
        def many(wanted: UUID) -> Response:
            return passed(MANY, wanted)

        yield app


Make = Callable[[str], AbstractContextManager[FastAPI]]


@contextmanager
def served(make: Make, database_url: str) -> Iterator[str]:
    """A process of its own, which wrk does not share; its URL."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=serve, args=(there, make, database_url), daemon=True)
    process.start()
    there.close()
    try:
        yield here.recv()
    finally:
        here.close()
        process.join(30)


def serve(pipe: Connection, make: Make, database_url: str) -> None:
    calm_garbage_collector()
    server = ApiServer("127.0.0.1", 0, "warning")
    with make(database_url) as app, running({"api": server.loop(app)}):
        pipe.send(server.url)
        pipe.poll(None)


def token() -> str:
    who = Principal("bench", Role.ADMIN, ORGANIZATION)
    return TOKENS.token(who, datetime.now(UTC), timedelta(hours=1))


def asked(url: str) -> Any:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token()}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def read(program: str, url: str, seconds: int) -> Sample:
    run_wrk(program, url, 1)
    return run_wrk(program, url, seconds)


def run_wrk(program: str, url: str, seconds: int, *more: str) -> Sample:
    command = [program, "-t1", f"-c{CLIENTS}", f"-d{seconds}s", "-H", f"Authorization: Bearer {token()}", *more, url]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    done = RATE.search(told)
    if done is None or FAILED.search(told):
        raise MeasuredNothing(f"wrk {url}: {told}")
    count = int(done[1])
    return Sample(float(done[2]) * SECONDS[done[3]], count, count)


SCRIPT = """
local ids, next_one = {%s}, 0
function request()
  next_one = next_one + 1
  local id = ids[next_one]
  return wrk.format("POST", "/api/v1/assignments/" .. id .. "/start", {["Idempotency-Key"] = id, %s})
end
"""


def over_http(cluster: Cluster, program: str, size: Size) -> Sample:
    """Each request starts another workout, with an idempotency key; how many did is counted in the database."""
    with cluster.database() as url:
        _, ids = filled(url, size._replace(workouts=size.commands))
        bearer = f'["Authorization"] = "Bearer {token()}"'
        with served(ours, url) as api, tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "start.lua"
            script.write_text(SCRIPT % (", ".join(f'"{one}"' for one in ids), bearer), encoding="utf-8")
            done = run_wrk(program, api, size.seconds, "-s", str(script))
        stored = counted(url, STARTED)
    if not done.items <= stored <= done.items + CLIENTS:  # those in flight at the end are done, and not counted
        raise MeasuredNothing(f"{COMMANDS}: {done.items} answers, {stored} events")
    return Sample(done.seconds, done.items, stored)


def alone(cluster: Cluster, size: Size) -> Sample:
    """The same commands from 16 threads of one process, with no HTTP."""
    each = max(size.commands // 5 // CLIENTS, 1)
    with cluster.database() as url, started_writers(1) as processes:
        race = processes.race(cluster, url, contenders.our_runner, CLIENTS, each)
        stored = expect(counted(url, STARTED), CLIENTS * (each + WARM_UP), RUNNER)
    return Sample(race.seconds, CLIENTS * each, stored - CLIENTS * WARM_UP, race.client_cpu_s, race.server_cpu_s)
