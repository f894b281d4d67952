"""Builders for tests of the scheduler: a clock that the test sets, and what a season has come to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg import Connection

from consumers.projector import Projector
from consumers.scheduler import ACTIVE_LOCK, Scheduler
from domain.decider import Command
from domain.ports import Caller, Outcome, Reaction, Refusal
from domain.season_plan import GameWeekSet, PhaseBegan, PhaseEnded
from infra.bus.event_source import open_event_source
from infra.main import Application
from projections.due_times import PROJECTION
from tests.support.club import day, whole_log

LEADING = """
SELECT pid FROM pg_locks JOIN pg_database AS d ON d.oid = database
WHERE datname = current_database() AND locktype = 'advisory' AND objid = %s AND granted
"""


@dataclass
class SetClock:
    moment: datetime

    def now(self) -> datetime:
        return self.moment


def midnight(offset: int, zone: str = "Europe/Berlin") -> datetime:
    """When that day of the club's begins."""
    return datetime.combine(day(offset), time(), ZoneInfo(zone))


def noon(offset: int) -> datetime:
    return midnight(offset) + timedelta(hours=12)


def know_what_is_due(app: Application) -> None:
    """What there is in the log by now; no other read model is made, of which each would take its time."""
    source = partial(open_event_source, app.pool, app.mapper)
    Projector([PROJECTION], source, app.pool.connection, app.waker, batch=500, poll_s=0.01).process_available()


def settle(app: Application, scheduler: Scheduler | None = None) -> None:
    """All that is due is done, and so is what that made due."""
    scheduler = scheduler or app.scheduler
    know_what_is_due(app)
    while scheduler.process_due():
        know_what_is_due(app)


def turns(app: Application, team_id: UUID) -> list[tuple[Any, ...]]:
    """What the calendar has brought to the team's season, and on which days from today."""
    found: list[tuple[Any, ...]] = []
    for recorded in whole_log(app):
        match recorded.event:
            case PhaseBegan() as event if event.team_id == team_id:
                found.append(("begins", event.phase_id, (event.began_on - day(0)).days))
            case PhaseEnded() as event if event.team_id == team_id:
                found.append(("ends", event.phase_id, (event.ended_on - day(0)).days))
            case GameWeekSet() as event if event.team_id == team_id:
                found.append(("games", event.games, (event.week_starts_on - day(0)).days))
            case _:
                pass
    return found


def leaders(connection: Connection) -> set[int]:
    """The server processes of whoever holds the scheduler's lock."""
    return {pid for (pid,) in connection.execute(LEADING, (ACTIVE_LOCK,))}


@dataclass
class WatchedRunner:
    """The application's, and what it was given; ``before`` and ``after`` happen to whoever gives it many."""

    app: Application
    given: list[Command] = field(default_factory=list)
    under: list[Reaction | None] = field(default_factory=list)
    before: Callable[[], object] = lambda: None
    after: Callable[[], object] = lambda: None

    def run(self, command: Command, caller: Caller, **more: Any) -> Outcome:
        self.given.append(command)
        return self.app.runner.run(command, caller, **more)

    def run_many(
        self,
        commands: Sequence[Command],
        callers: Sequence[Caller],
        *,
        reactions: Sequence[Reaction | None] = (),
        **more: Any,
    ) -> list[Outcome | Refusal]:
        self.given += commands
        self.under += reactions
        self.before()
        results = self.app.runner.run_many(commands, callers, reactions=reactions, **more)
        self.after()
        return results
