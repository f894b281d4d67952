"""The commands around messages: `mesocycle publish`, and `mesocycle dead-letters list|show|retry|discard`."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, BinaryIO, Protocol

import typer
from psycopg import Connection
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from consumers import dead_letter_queue, dead_letters
from consumers.dead_letter_queue import NotRetriable, Process, Sequel
from consumers.dead_letters import PASSING, DeadLetter
from domain.ports import Bus, Unavailable
from infra.publishing import BadLine, messages_of


class Connections(Protocol):
    def connection(self) -> AbstractContextManager[Connection]: ...


class TopicSettings(Protocol):
    @property
    def planning_topic(self) -> str: ...


class Publishing(Protocol):
    """What `publish` needs of the application."""

    @property
    def bus(self) -> Bus: ...
    @property
    def settings(self) -> TopicSettings: ...


class Consuming(Protocol):
    """What `dead-letters` needs of it. ``consumers`` is by the name under which each sets messages aside."""

    @property
    def pool(self) -> Connections: ...
    @property
    def consumers(self) -> Mapping[str, Process]: ...


LetterId = Annotated[int, typer.Argument(metavar="ID", help="The number that `dead-letters list` shows.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask first.")]


def publish_command(opened: Callable[[], AbstractContextManager[Publishing]]) -> Callable[..., None]:
    """``opened`` gives the application for as long as the command runs."""

    def publish(
        file: Annotated[str, typer.Argument(metavar="FILE|-", help="JSON lines: a file, or - for standard input.")],
        topic: Annotated[str | None, typer.Option(help="The topic; the planning topic when not given.")] = None,
        key: Annotated[str | None, typer.Option(help="The key of lines that have no teamId.")] = None,
    ) -> None:
        """Put JSON lines on a topic: bare objects or CloudEvents, all of them or, where one is wrong, none."""
        try:
            with source(file) as lines:
                messages = messages_of(lines, key)
        except (BadLine, OSError) as error:
            raise failed(f"{error}; nothing was published") from error
        with opened() as application:
            to = topic or application.settings.planning_topic
            try:
                application.bus.publish(to, messages)
            except (ValueError, Unavailable) as error:
                raise failed(str(error)) from error
        Console().print(
            f"published {len(messages)} {plural('message', len(messages))} on {escape(to)}", highlight=False
        )

    return publish


def dead_letters_app(opened: Callable[[], AbstractContextManager[Consuming]]) -> typer.Typer:
    """``opened`` gives the application for as long as a command runs."""
    app = typer.Typer(no_args_is_help=True, help="Messages that could not be processed (yet), and those behind them.")

    @app.command("list")
    def list_them(
        consumer: Annotated[str | None, typer.Option(help="Only those of this consumer.")] = None,
        settled: Annotated[bool, typer.Option("--settled", help="Also those retried or discarded.")] = False,
        limit: Annotated[int, typer.Option(min=1, help="At most so many, the latest first.")] = 100,
    ) -> None:
        """Show what was set aside or is parked, the latest first."""
        with opened() as application, application.pool.connection() as connection:
            letters = dead_letters.listed(connection, consumer=consumer, settled=settled, limit=limit)
        print_table(letters)

    @app.command()
    def show(letter_id: LetterId) -> None:
        """Show one dead letter with its headers and its content."""
        with opened() as application, application.pool.connection() as connection:
            letter = dead_letters.find(connection, letter_id)
            if letter is None:
                raise failed(f"there is no dead letter {letter_id}")
            waiting = dead_letters.count_waiting(connection, letter.consumer, letter.message.key)
        print_letter(letter, waiting)

    @app.command()
    def retry(letter_id: LetterId) -> None:
        """Process a dead or parked letter now, and then what waits behind it, in order, up to the next failure."""
        settle(letter_id, dead_letter_queue.retry)

    @app.command()
    def discard(letter_id: LetterId, yes: Yes = False) -> None:
        """Give a dead or parked letter up, and go on with what waits behind it."""
        if not yes:
            typer.confirm(f"Discard {letter_id} for good?", abort=True)
        settle(letter_id, dead_letter_queue.discard)

    def settle(letter_id: int, how: Callable[[Connection, int, Process], Sequel]) -> None:
        with opened() as application, application.pool.connection() as connection:
            letter = dead_letters.find(connection, letter_id)
            if letter is None:
                raise failed(f"there is no dead letter {letter_id}")
            process = application.consumers.get(letter.consumer)
            if process is None:
                known = ", ".join(sorted(application.consumers)) or "none"
                raise failed(f"this program has no consumer {letter.consumer} (it has: {known})")
            try:
                sequel = how(connection, letter_id, process)
            except NotRetriable as error:
                raise failed(str(error)) from error
            except PASSING as error:
                raise failed(f"not now: {error}. What was not processed stands as it did; try again.") from error
        print_sequel(sequel)

    return app


@contextmanager
def source(file: str) -> Iterator[BinaryIO]:
    if file == "-":
        yield sys.stdin.buffer
    else:
        with Path(file).open("rb") as opened_file:
            yield opened_file


def failed(message: str) -> typer.Exit:
    typer.echo(f"mesocycle: {message}", err=True)
    return typer.Exit(1)


def plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"


def visible(text: str) -> str:
    """As rich prints it; what a stranger could do to the terminal is spelled out."""
    return escape("".join(c if c.isprintable() or c in "\n\t" else f"\\x{ord(c):02x}" for c in text))


def console() -> Console:
    wide = Console()
    # Whoever reads this from a file or a pipe wants whole lines.
    return wide if wide.is_terminal else Console(width=240)


def print_table(letters: list[DeadLetter]) -> None:
    if not letters:
        console().print("no dead letters")
        return
    names = ("id", "status", "consumer", "topic", "key", "set aside", "tries", "next attempt", "reason")
    table = Table(*names, box=None, pad_edge=False)
    for letter in letters:
        cells = (letter.id, letter.status, letter.consumer, letter.message.topic, letter.message.key or "",
                 moment(letter.set_aside_at), letter.attempts, moment(letter.next_attempt_at),
                 letter.reason)  # fmt: skip
        table.add_row(*(visible(str(cell)) for cell in cells))
    console().print(table, highlight=False)


def moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else ""


def print_letter(letter: DeadLetter, waiting: int) -> None:
    message = letter.message
    rows = {
        "id": letter.id,
        "status": letter.status,
        "consumer": letter.consumer,
        "reason": letter.reason,
        "error": letter.error_type,
        "tries": letter.attempts,
        "behind it": f"{waiting} {plural('message', waiting)}",
        "place": f"{message.topic}, partition {message.partition}, offset {message.offset}",
        "key": message.key if message.key is not None else "(none)",
        "published": message.timestamp.isoformat(),
        "set aside": letter.set_aside_at.isoformat(),
        "next attempt": letter.next_attempt_at.isoformat() if letter.next_attempt_at else "",
        "settled": letter.settled_at.isoformat() if letter.settled_at else "",
    }
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in [*rows.items(), *sorted(message.headers.items())]:
        table.add_row(visible(name), visible(str(value)))
    console().print(table, highlight=False)
    console().print()
    console().print(visible(message.value.decode(errors="backslashreplace")), highlight=False, soft_wrap=True)


def print_sequel(sequel: Sequel) -> None:
    console().print(f"processed {sequel.processed} {plural('message', sequel.processed)}", highlight=False)
    if sequel.stopped_at is not None:
        raise failed(f"stopped at {sequel.stopped_at.id}: {sequel.stopped_at.reason}")
