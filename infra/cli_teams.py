"""What commands about a team share: which team is meant, its day, what its events lead to, and how that is printed."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime, timedelta
from typing import Annotated, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import typer
from psycopg import Connection
from psycopg.errors import UndefinedTable
from pydantic import ValidationError
from rich.table import Table

from consumers.cloud_events import explained
from domain.errors import DomainError
from domain.event import Event
from domain.ids import OrganizationId
from domain.ports import Caller, Clock, Outcome
from infra.cli_bus import console, failed, visible
from infra.main import Application
from projections.teams import TeamRow, teams

Opened = Callable[[], AbstractContextManager[Application]]
E = TypeVar("E", bound=Event)

TeamName = Annotated[
    str, typer.Argument(metavar="TEAM", help="A team's id, the planning service's id of it, or its name.")
]
Wait = Annotated[float, typer.Option("--wait", min=0, help="How many seconds to wait for what comes of it.")]
Limit = Annotated[int, typer.Option(min=1, help="At most so many, the newest first.")]
DAY = "%Y-%m-%d"
LOOK_S = 0.05
ACTOR = "command-line"


@contextmanager
def reading(application: Application) -> Iterator[Connection]:
    """A connection to the read models; that there are none yet is a message, not a traceback."""
    try:
        with application.pool.connection() as connection:
            yield connection
    except UndefinedTable as error:
        raise failed("there are no read models yet: `mesocycle run` makes them") from error


@contextmanager
def refusing() -> Iterator[None]:
    """What a rule refuses, or a command does not take, is a message with a hint."""
    try:
        yield
    except DomainError as error:
        raise failed(f"{error}. {error.hint}") from error
    except ValidationError as error:
        raise failed(explained(error)) from error


def team_named(connection: Connection, name: str) -> TeamRow:
    """By id, by the planning service's id, or by name; fails where that is none, or more than one."""
    found = [team for team in teams(connection) if name.lower() == str(team.team_id)]
    found = found or [team for team in teams(connection) if name in (team.external_id, team.name)]
    if not found:
        raise failed(f"there is no team {name}")
    if len(found) > 1:
        ids = ", ".join(str(team.team_id) for team in found)
        raise failed(f"there is more than one team {name}; name one by its id: {ids}")
    return found[0]


def today_of(team: TeamRow, clock: Clock) -> date:
    """The day that it is where the team is."""
    return clock.now().astimezone(ZoneInfo(team.zone)).date()


def operator(application: Application, organization_id: UUID) -> Caller:
    """Whoever types the command, on behalf of that organization."""
    return Caller(OrganizationId(organization_id), ACTOR, application.new_id())


def effect(application: Application, outcome: Outcome, caller: Caller, kind: type[E], wait_s: float) -> E | None:
    """The event of that kind to which the command has led; None where the reactions do not come to it in time."""
    assert outcome.position is not None, "a command that changed nothing leads to nothing"
    deadline, after = time.monotonic() + wait_s, outcome.position
    while True:
        batch, after = application.log.read_some(after, 1000, (kind.event_name,))
        for recorded in batch:
            if recorded.correlation_id == caller.correlation_id and isinstance(recorded.event, kind):
                return recorded.event
        if time.monotonic() >= deadline:
            return None
        time.sleep(LOOK_S)


def table_of(*names: str, right: tuple[str, ...] = ()) -> Table:
    """Columns of these names, numbers in those to the ``right`` that are never broken."""
    table = Table(box=None, pad_edge=False)
    for name in names:
        if name in right:
            table.add_column(name, justify="right", no_wrap=True)
        else:
            table.add_column(name, overflow="fold")
    return table


def add(table: Table, *cells: object) -> None:
    """As a row; what is None is left empty, and what comes from outside cannot do anything to the terminal."""
    table.add_row(*("" if cell is None else visible(str(cell)) for cell in cells))


def show(what: Table | str) -> None:
    console().print(visible(what) if isinstance(what, str) else what, highlight=False, soft_wrap=isinstance(what, str))


def ago(at: datetime, now: datetime) -> str:
    """How long that is ago, in its two greatest units: ``3 d 4 h``."""
    seconds = int(max(now - at, timedelta()).total_seconds())
    parts = (("d", seconds // 86_400), ("h", seconds // 3_600 % 24), ("min", seconds // 60 % 60), ("s", seconds % 60))
    first = next((place for place, (_, count) in enumerate(parts) if count), len(parts) - 1)
    return " ".join(f"{count} {unit}" for unit, count in parts[first : first + 2] if count or unit == "s") + " ago"


def athlete(name: str | None, athlete_id: UUID, *, forgotten: bool = False) -> str:
    return "forgotten athlete" if forgotten else name or f"athlete {athlete_id}"
