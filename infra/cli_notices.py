"""What did not get through: `mesocycle notices list` of completed workouts, and `mesocycle refusals list` of rules."""

from enum import StrEnum
from typing import Annotated

import typer

from consumers.completion_notices import notices
from consumers.refusals import refusals
from infra.cli_bus import moment
from infra.cli_teams import Limit, Opened, add, show, table_of

AT_ONCE = 100


class Status(StrEnum):
    """Of a notice: it is sent again until it is accepted, or refused for good."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REFUSED = "refused"


def notices_app(opened: Opened) -> typer.Typer:
    """``opened`` gives the application for as long as a command runs."""
    app = typer.Typer(no_args_is_help=True, help="Notices of completed workouts to the planning service.")

    @app.callback()
    def those() -> None:
        """Notices of completed workouts to the planning service."""

    @app.command("list")
    def list_them(
        status: Annotated[Status, typer.Option(help="Which ones.")] = Status.PENDING, limit: Limit = AT_ONCE
    ) -> None:
        """Show which notices the planning service has not accepted yet, or has, and why not."""
        with opened() as application, application.pool.connection() as connection:
            found = notices(connection, status, limit)
        if not found:
            return show(f"no {status} notices")
        table = table_of("id", "notice", "athlete", "tries", "next attempt", "settled", "why", right=("id", "tries"))
        for row in found:
            next_attempt = None if row.settled_at else moment(row.next_attempt_at)
            add(table, row.id, row.notice_id, row.athlete_id, row.attempts, next_attempt, moment(row.settled_at),
                row.last_error)  # fmt: skip
        return show(table)

    return app


def refusals_app(opened: Opened) -> typer.Typer:
    """Likewise."""
    app = typer.Typer(no_args_is_help=True, help="What a rule refused although a reaction asked for it.")

    @app.callback()
    def those() -> None:
        """What a rule refused although a reaction asked for it."""

    @app.command("list")
    def list_them(limit: Limit = AT_ONCE) -> None:
        """Show which assignments stayed as they were, the event that called for another, and why not."""
        with opened() as application, application.pool.connection() as connection:
            found = refusals(connection, limit)
        if not found:
            return show("no refusals")
        table = table_of("at", "assignment", "cause", "refused as", "reason", right=("at",))
        for row in found:
            add(table, moment(row.at), row.assignment_id, row.cause_event_id, row.error_type, row.reason)
        return show(table)

    return app
