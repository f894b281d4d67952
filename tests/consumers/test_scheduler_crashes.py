"""Schedulers that die, and several at once: what is due is done once, and one of them always does it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import Connection

from consumers.scheduler import Scheduler
from domain.ids import TeamId
from domain.rules.load import LoadLevel
from infra.main import Application
from infra.service import running
from tests.support.club import application, phase, run_all, team, two_phases
from tests.support.reacting import Crash, CrashingRunner
from tests.support.scheduling import (
    SetClock,
    WatchedRunner,
    know_what_is_due,
    leaders,
    midnight,
    noon,
    settle,
    turns,
)
from tests.support.waiting import eventually

TEAM = TeamId(UUID(int=17))
POLL_S = 0.01


@pytest.fixture
def clock() -> SetClock:
    return SetClock(noon(-5))


@pytest.fixture
def app(database_url: str, clock: SetClock) -> Iterator[Application]:
    with application(database_url, clock=clock) as opened:
        yield opened


@dataclass
class Network:
    """To the application's database; it can be cut for good. ``asked``: how often somebody wanted to connect."""

    app: Application
    is_cut: bool = False
    asked: int = 0

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        self.asked += 1
        if self.is_cut:
            raise psycopg.OperationalError("nobody answers")
        with self.app.pool.connection() as connection:
            yield connection

    def leaders(self) -> set[int]:
        with self.app.pool.connection() as connection:
            return leaders(connection)

    def kill_the_leader(self) -> None:
        with self.app.pool.connection() as connection:
            for pid in leaders(connection):
                connection.execute("SELECT pg_terminate_backend(%s)", (pid,))


def day_by_day(app: Application, days: int) -> None:
    """A season in which each day has a phase of its own."""
    run_all(app, *team(TEAM), *(phase(TEAM, f"{n}", n, n, LoadLevel.LOW) for n in range(days)))
    know_what_is_due(app)


def begins(*days: int) -> list[Any]:
    return [("begins", f"{n}", n) for n in days]


def live_through(app: Application, clock: SetClock, days: range) -> None:
    """Each phase begins in time, once, and none of those before begins again."""
    for offset in days:
        clock.moment = midnight(offset)
        expected = begins(*range(offset + 1))
        eventually(lambda expected=expected: turns(app, TEAM) == expected)  # type: ignore[misc]


def test_a_crash_between_the_command_and_what_is_kept_of_it_repeats_without_effect(
    app: Application, clock: SetClock
) -> None:
    run_all(app, *two_phases(TEAM))
    know_what_is_due(app)
    clock.moment = noon(0)
    with pytest.raises(Crash):
        Scheduler(app.pool.connection, CrashingRunner(app, 1), clock).process_due()
    assert turns(app, TEAM) == [("begins", "pre", 0)]
    assert app.scheduler.process_due() == 2
    assert turns(app, TEAM) == [("begins", "pre", 0)]
    assert app.scheduler.process_due() == 0


def test_what_is_repeated_after_a_crash_has_the_key_that_it_had_and_nothing_else_has(
    app: Application, clock: SetClock
) -> None:
    day_by_day(app, 2)
    clock.moment = noon(0)
    watched = WatchedRunner(app, after=Network(app).kill_the_leader)
    for _ in range(2):
        with pytest.raises(psycopg.OperationalError):
            Scheduler(app.pool.connection, watched, clock).process_due()
    clock.moment = noon(1)
    with pytest.raises(psycopg.OperationalError):
        Scheduler(app.pool.connection, watched, clock).process_due()
    first, again, later = watched.under
    assert first == again != later
    assert turns(app, TEAM) == begins(0, 1)


def test_after_a_crash_the_same_scheduler_looks_at_the_same_again(app: Application, clock: SetClock) -> None:
    day_by_day(app, 3)
    crashing = CrashingRunner(app, 2)
    scheduler = Scheduler(app.pool.connection, crashing, clock)
    scheduler.process_due()
    clock.moment = noon(0)
    with pytest.raises(Crash):
        scheduler.process_due()
    assert scheduler.process_due() == 1, "the beginning of the first, again"
    assert turns(app, TEAM) == begins(0)


def test_one_whose_connection_is_killed_hands_over_and_nothing_is_done_twice(app: Application, clock: SetClock) -> None:
    day_by_day(app, 3)
    clock.moment = noon(0)
    dying = WatchedRunner(app, after=Network(app).kill_the_leader)
    with pytest.raises(psycopg.OperationalError):
        Scheduler(app.pool.connection, dying, clock).process_due()
    assert app.scheduler.process_due() == 2
    assert turns(app, TEAM) == begins(0)


def test_one_stands_by_while_another_leads(app: Application, clock: SetClock) -> None:
    day_by_day(app, 1)
    clock.moment = noon(0)
    second: list[int] = []
    leading = WatchedRunner(app, after=lambda: second.append(app.scheduler.process_due()))
    assert Scheduler(app.pool.connection, leading, clock).process_due() == 2
    assert second == [0]
    assert turns(app, TEAM) == begins(0)


def test_two_that_both_believe_to_lead_have_one_effect(app: Application, clock: SetClock) -> None:
    """One has lost its lock while its command was on its way, and the other does it first."""
    day_by_day(app, 1)
    clock.moment = noon(0)
    overtaken = WatchedRunner(app, before=lambda: overtake(app))
    with pytest.raises(psycopg.OperationalError):
        Scheduler(app.pool.connection, overtaken, clock).process_due()
    assert len(overtaken.given) == 1
    assert turns(app, TEAM) == begins(0)


def overtake(app: Application) -> None:
    Network(app).kill_the_leader()
    eventually(lambda: app.scheduler.process_due() == 2)


def test_when_the_leader_is_gone_the_other_takes_over(app: Application, database_url: str, clock: SetClock) -> None:
    with ExitStack() as stack:
        second_app = stack.enter_context(application(database_url, clock=clock))
        networks = Network(app), Network(second_app)
        runners = WatchedRunner(app), WatchedRunner(second_app)
        first, second = (
            Scheduler(network.connect, runner, clock, poll_s=POLL_S)
            for network, runner in zip(networks, runners, strict=True)
        )
        day_by_day(app, 8)
        stack.enter_context(running({"first": first.run}))
        eventually(lambda: bool(networks[0].leaders()))
        stack.enter_context(running({"second": second.run}))

        live_through(app, clock, range(4))
        assert runners[1].given == []

        networks[0].is_cut = True
        networks[0].kill_the_leader()
        live_through(app, clock, range(4, 8))
        assert len(runners[1].given) >= 4


def test_it_waits_for_the_tables_and_through_an_outage(app: Application, clock: SetClock) -> None:
    network = Network(app)
    scheduler = Scheduler(network.connect, app.runner, clock, poll_s=POLL_S)
    run_all(app, *two_phases(TEAM))
    with running({"scheduler": scheduler.run}) as service:
        eventually(lambda: network.asked > 1)
        clock.moment = noon(0)
        know_what_is_due(app)
        eventually(lambda: turns(app, TEAM) == [("begins", "pre", 0)])
        eventually(lambda: bool(network.leaders()))
        network.kill_the_leader()
        clock.moment = noon(28)
        eventually(lambda: len(turns(app, TEAM)) == 2)
        assert not service.failed.is_set()
    settle(app, scheduler)
    assert turns(app, TEAM) == [("begins", "pre", 0), ("begins", "in", 28)]
