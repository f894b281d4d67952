"""The command `mesocycle`: what a person or a process supervisor starts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import typer
from rich.console import Console
from rich.table import Table

from infra import cli_service
from infra.cli_audit import store_app, why_command
from infra.cli_bus import dead_letters_app, publish_command
from infra.cli_docs import docs_command
from infra.cli_notices import notices_app, refusals_app
from infra.cli_projections import projections_app
from infra.cli_readiness import compliance_command, readiness_command
from infra.cli_season import season_app
from infra.cli_templates import templates_app
from infra.cli_token import token_command
from infra.database import open_database
from infra.demo.watching import TookTooLong
from infra.embedded_postgres import EmbeddedPostgresError
from infra.http_server import CannotListen
from infra.main import Application, open_application
from infra.migrate import MigrationError, migrate
from infra.service import ProcessDied
from infra.settings import InvalidSettingsError, load_settings, shown_values

MENDABLE = (EmbeddedPostgresError, MigrationError, CannotListen, ProcessDied, TookTooLong, psycopg.OperationalError)
"""What the reader can mend, or has read more of in the log. For all else a programmer wants the traceback."""

# A traceback with local variables would print secrets.
app = typer.Typer(name="mesocycle", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def mesocycle() -> None:
    """Plan training, and keep the plan true as life happens."""


@app.command()
def config() -> None:
    """Print every setting, its value and where that comes from; secrets are hidden."""
    console = Console()
    if not console.is_terminal:
        # Whoever reads this from a file or a pipe wants whole lines.
        console = Console(width=200)
    table = Table("name", "value", "from", "description", box=None, header_style="bold", pad_edge=False)
    for row in shown_values(load_settings()):
        table.add_row(*row)
    console.print(table, markup=False)


@app.command(name="migrate")
def migrate_command() -> None:
    """Bring the database to the newest schema."""
    with open_database(load_settings()) as url:
        applied = migrate(url)
    for migration in applied:
        print(f"applied {migration}")
    if not applied:
        print("the schema is up to date")


@contextmanager
def opened() -> Iterator[Application]:
    """The application, on the database that the settings ask for, brought to the newest schema."""
    settings = load_settings()
    with open_database(settings) as url:
        migrate(url)
        with open_application(settings, url, name="mesocycle-cli") as application:
            yield application


app.command()(cli_service.run)
app.command()(cli_service.demo)
app.command()(publish_command(opened))
app.command()(why_command(opened))
app.command()(docs_command)
app.command()(token_command(opened))
app.command()(readiness_command(opened))
app.command()(compliance_command(opened))
app.add_typer(season_app(opened), name="season")
app.add_typer(templates_app(opened), name="templates")
app.add_typer(notices_app(opened), name="notices")
app.add_typer(refusals_app(opened), name="refusals")
app.add_typer(projections_app(opened), name="projections")
app.add_typer(dead_letters_app(opened), name="dead-letters")
app.add_typer(store_app(opened), name="store")


def main() -> None:
    """Run the command line; errors that the reader can mend are one message, not a traceback."""
    try:
        app()
    except InvalidSettingsError as error:
        print(f"These settings cannot be used:\n{error}", file=sys.stderr)
        sys.exit(2)
    except MENDABLE as error:
        print(f"mesocycle: {error}", file=sys.stderr)
        sys.exit(1)
