"""The commands that run the service: `mesocycle run`, and `mesocycle demo` with a club and a planning service."""

import signal
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

from infra.database import open_database
from infra.demo.planning_server import PlanningServer
from infra.demo.show import show
from infra.http_server import ApiServer
from infra.logging import configure_logging
from infra.main import Application, open_application
from infra.migrate import migrate
from infra.service import Running, calm_garbage_collector, running
from infra.settings import Settings, load_settings
from infra.tokens import open_tokens

LOOK_S = 0.2
FOR_THE_DEMO = {"planning_breaker_reset_s": 1.0, "planning_rate_per_minute": 100_000}
"""A person watches while the planning service is away, and six weeks of completed workouts are told at once."""


def run() -> None:
    """Run the service: the API and all consumers in one process, until Ctrl-C or SIGTERM."""
    settings = load_settings()
    configure_logging(settings.log_level, form=settings.log_format)
    with asked_to_stop() as asked, serving(settings) as (_, server, service):
        print(f"mesocycle: API on {server.url}/docs; Ctrl-C stops", flush=True)
        wait(asked, service)


def demo() -> None:
    """Run the service with a club and a planning service made up for today, and change its season."""
    settings = load_settings()
    if "log_level" not in settings.model_fields_set:  # a person watches: the story, in which an outage is wanted
        settings = settings.model_copy(update={"log_level": "error"})
    configure_logging(settings.log_level, form=settings.log_format)
    with asked_to_stop() as asked:
        print("mesocycle: starting PostgreSQL and bringing the schema up to date ...", flush=True)
        with PlanningServer() as planning, serving(with_planning(settings, planning)) as (application, server, service):
            show(application, planning, server.url, asked)
            wait(asked, service)
        print("mesocycle: stopped", flush=True)


def with_planning(settings: Settings, planning: PlanningServer) -> Settings:
    return settings.model_copy(update={"planning_service_url": planning.url, **FOR_THE_DEMO})


@contextmanager
def serving(settings: Settings) -> Iterator[tuple[Application, ApiServer, Running]]:
    """The whole service as one process, on a migrated database, for as long as the block runs."""
    with (
        closing(ApiServer(settings.host, settings.port, settings.log_level)) as server,
        open_database(settings) as url,
        open_tokens(settings) as tokens,
    ):
        migrate(url)
        with open_application(settings, url, tokens=tokens) as application:
            application.prepare()
            calm_garbage_collector()
            with running({**application.loops, "api": server.loop(application.api)}) as service:
                yield application, server, service


@contextmanager
def asked_to_stop() -> Iterator[threading.Event]:
    """Set by Ctrl-C or SIGTERM. The second time Python's own handling is back: it ends at once."""
    asked = threading.Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def ask(*_: object) -> None:
        asked.set()
        for number, handler in before.items():
            signal.signal(number, handler)

    for number in before:
        signal.signal(number, ask)
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def wait(asked: threading.Event, service: Running) -> None:
    """Until asked, or until a loop has died, which ends the service with its error."""
    while not asked.wait(LOOK_S):
        if service.failed.is_set():
            break
