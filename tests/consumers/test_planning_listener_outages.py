"""The planning listener when something else is away: it waits, loses nothing, and sets nothing aside."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from consumers.planning_listener import CONSUMER
from domain.decider import Command
from domain.ids import OrganizationId
from domain.ports import Caller, ConcurrencyConflict, Outcome, Unavailable
from infra.main import Application
from infra.service import running
from tests.support.club import application
from tests.support.planning import Directory, change_to, changes, found_team, letters, listener, phases, publish
from tests.support.waiting import eventually


@dataclass
class UnluckyRunner:
    """The runner with a database that is away for the first so many commands."""

    app: Application
    errors: list[Exception]

    def run(self, command: Command, caller: Caller, **sources: Any) -> Outcome:
        if self.errors:
            raise self.errors.pop(0)
        return self.app.runner.run(command, caller, **sources)


@pytest.fixture
def app(database_url: str) -> Iterator[Application]:
    with application(database_url) as app:
        yield app


def test_a_topic_that_nobody_has_connected(app: Application) -> None:
    found_team(app)
    directory = Directory({})
    publish(app, change_to("p1"))
    with pytest.raises(Unavailable, match=r"connected the topic planning\.events yet"):
        listener(app, directory=directory, patience_s=60.0).process_available()
    assert letters(app) == []
    assert listener(app, directory=directory).process_available() == 1
    (letter,) = letters(app)
    assert letter.reason.endswith("Connect it as a planning source, then retry.")


def test_a_directory_that_is_not_built_yet_is_waited_for(app: Application) -> None:
    class Unbuilt(Directory):
        def for_topic(self, topic: str) -> tuple[OrganizationId, str] | None:
            raise psycopg.errors.UndefinedTable(f"no table knows {topic}")

    publish(app, change_to("p1"))
    with pytest.raises(Unavailable, match="not there yet"):
        listener(app, directory=Unbuilt()).process_available()
    assert letters(app) == []


def test_an_outage_is_waited_out_in_order_and_nothing_is_set_aside(app: Application) -> None:
    found_team(app)
    outages = [Unavailable("the database is away"), ConcurrencyConflict("others won"), psycopg.OperationalError("gone")]
    publish(app, change_to("p1"), change_to("p2"))
    with running({CONSUMER: listener(app, runner=UnluckyRunner(app, outages)).run}):
        publish(app, change_to("p3"))
        eventually(lambda: len(changes(app)) == 3)
    assert phases(app) == ["p1", "p2", "p3"]
    assert letters(app) == []
    assert outages == []


def test_what_was_done_before_an_outage_is_not_asked_for_again(app: Application) -> None:
    found_team(app)
    publish(app, change_to("p1"), change_to("p2"), change_to("p3", autoApplyAdjustments=False))
    calls: list[Command] = []

    class Counting(UnluckyRunner):
        def run(self, command: Command, caller: Caller, **sources: Any) -> Outcome:
            calls.append(command)
            if len(calls) == 2:
                raise Unavailable("just now")
            return super().run(command, caller, **sources)

    unlucky = listener(app, runner=Counting(app, []))
    with pytest.raises(Unavailable):
        unlucky.process_available()
    assert unlucky.process_available() == 2
    assert phases(app) == ["p1", "p2", "p3"]
    assert len(calls) == 4


def test_it_goes_on_when_its_connections_are_cut(app: Application, database_url: str) -> None:
    found_team(app)
    with running({CONSUMER: listener(app).run}):
        publish(app, change_to("p1"))
        eventually(lambda: len(changes(app)) == 1)
        with psycopg.connect(database_url, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE '%group%'"
            )
        publish(app, change_to("p2"))
        eventually(lambda: len(changes(app)) == 2)
    assert phases(app) == ["p1", "p2"]
    assert letters(app) == []
