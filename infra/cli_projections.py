"""The commands around read models: `mesocycle projections list|rebuild|verify`."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Annotated, Protocol

import typer
from psycopg import Connection
from rich.console import Console
from rich.table import Table

from consumers.rebuild import NotProjected, Rebuilder, Report
from domain.ports import Clock
from infra.cli_bus import visible
from projections.comparison import Row, TableDifference
from projections.lag import COUNTED, Lag, lags
from projections.projection import Projection
from projections.registry import PROJECTIONS


class Connections(Protocol):
    def connection(self) -> AbstractContextManager[Connection]: ...


class Projecting(Protocol):
    """What these commands need of the application."""

    @property
    def pool(self) -> Connections: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def rebuilder(self) -> Rebuilder: ...


Opened = Callable[[], AbstractContextManager[Projecting]]

BY_NAME = {projection.name: projection for projection in PROJECTIONS}
NAMES = ", ".join(BY_NAME)


def projections_app(opened: Opened) -> typer.Typer:
    """``opened`` gives the application for as long as a command runs."""
    app = typer.Typer(no_args_is_help=True, help="Read models: how far they are, and whether they are right.")

    @app.command("list")
    def list_them() -> None:
        """Show every read model, its version, and how far it is behind the log."""
        with opened() as application, application.pool.connection() as connection:
            found, now = lags(connection), application.clock.now()
        table = Table("name", "version", "status", "position", "behind", "set aside", box=None, pad_edge=False)
        for lag in found:
            behind = f"{many(lag)}, {lag.seconds(now):.1f} s" if lag.events else "-"
            table.add_row(lag.name, lag.version, lag.status, lag.position, behind, str(lag.set_aside or "-"))
        for name in BY_NAME.keys() - {lag.name for lag in found}:
            table.add_row(name, "", "missing: no projector has run yet")
        console().print(table, highlight=False)

    @app.command()
    def rebuild(name: Annotated[str, typer.Argument(metavar="NAME", help=f"One of {NAMES}.")]) -> None:
        """Fill a read model anew from the log, and put it in the place of the old one, which serves until then."""
        [projection] = chosen(name)
        with opened() as application:
            report = application.rebuilder.rebuild(projection)
        print_report(report, "rebuilt")

    @app.command()
    def verify(
        name: Annotated[str | None, typer.Argument(metavar="NAME", help=f"One of {NAMES}; all if left out.")] = None,
    ) -> None:
        """Compare read models, row for row, with what the log makes of them. Exits with 1 where they differ."""
        clean = True
        with opened() as application:
            for projection in chosen(name):
                try:
                    report = application.rebuilder.verify(projection)
                except NotProjected as error:
                    console().print(f"{error}", markup=False, highlight=False)
                    clean = False
                    continue
                print_report(report, "verified")
                clean = clean and report.clean
        if not clean:
            raise typer.Exit(1)

    return app


def chosen(name: str | None) -> Sequence[Projection]:
    if name is None:
        return PROJECTIONS
    if name not in BY_NAME:
        typer.echo(f"mesocycle: there is no projection {name} (there are: {NAMES})", err=True)
        raise typer.Exit(2)
    return [BY_NAME[name]]


def many(lag: Lag) -> str:
    return f"{lag.events}{' or more' if lag.events >= COUNTED else ''} event{'' if lag.events == 1 else 's'}"


def print_report(report: Report, done: str) -> None:
    if report.differences is None:
        verdict = "there were no tables of this program's code to compare with"
    elif report.differences:
        verdict = "DIFFERENT"
    else:
        verdict = "rebuilt and live are equal, row for row"
    console().print(f"{report.name} {done} at {report.position}: {verdict}", markup=False, highlight=False)
    for difference in report.differences or ():
        print_difference(difference)


def print_difference(difference: TableDifference) -> None:
    for count, rows, where in (
        (difference.only_live_count, difference.only_live, "only in the live table"),
        (difference.only_rebuilt_count, difference.only_rebuilt, "only as rebuilt from the log"),
    ):
        if count:
            console().print(f"  {difference.table}: {count} row{'' if count == 1 else 's'} {where}", highlight=False)
            for row in rows:
                console().print(f"    {visible(shown(row))}", highlight=False, soft_wrap=True)


def shown(row: Row) -> str:
    return ", ".join(f"{column}={value}" for column, value in row.items() if value is not None)


def console() -> Console:
    terminal = Console()
    # Whoever reads this from a file or a pipe wants whole lines.
    return terminal if terminal.is_terminal else Console(width=240)
