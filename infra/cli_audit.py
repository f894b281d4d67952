"""The commands that ask the log itself: `mesocycle why ASSIGNMENT`, and `mesocycle store audit`."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Annotated
from uuid import UUID

import typer

from infra.event_store.audit import broken_links
from infra.explaining import lines
from infra.main import Application

Opened = Callable[[], AbstractContextManager[Application]]


def why_command(opened: Opened) -> Callable[..., None]:
    def why(
        stream: Annotated[UUID, typer.Argument(metavar="ID", help="An assignment, or any other aggregate.")],
    ) -> None:
        """Tell every change of an assignment, each with the chain of events that led to it."""
        with opened() as application:
            explained = application.history.explain(stream)
        if not explained:
            typer.echo(f"mesocycle: nothing has the id {stream}; the board shows the ids of assignments", err=True)
            raise typer.Exit(1)
        for change in explained:
            for line in lines(change):
                print(line)

    return why


def store_app(opened: Opened) -> typer.Typer:
    app = typer.Typer(no_args_is_help=True, help="The event store.")

    @app.callback()
    def store() -> None:
        """The event store."""

    @app.command()
    def audit() -> None:
        """Check the hash chain of every stream; exit 1 and name each event whose bytes are not those stored."""
        with opened() as application, application.pool.connection() as connection:
            broken = list(broken_links(connection))
            row = connection.execute("SELECT count(*), count(DISTINCT stream_id) FROM events").fetchone()
        for link in broken:
            print(f"stream {link.stream_id} version {link.version}: {link.problem}")
        events, streams = row or (0, 0)
        print(f"{events} events in {streams} streams: {f'{len(broken)} broken' if broken else 'every hash is right'}")
        if broken:
            raise typer.Exit(1)

    return app
