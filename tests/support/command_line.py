"""Commands as a person types them, on a test's application; what is printed goes to a pipe."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import typer
from typer.testing import CliRunner

from infra.main import Application

Command = Callable[[Callable[[], AbstractContextManager[Application]]], object]
"""Such as ``season_app``: takes what opens the application, gives an app or a function."""


def typed(app: Application, command: Command, *arguments: object) -> tuple[int, str]:
    """Exit code, and what was printed, errors included; without the blanks that columns end with."""

    @contextmanager
    def opened() -> Iterator[Application]:
        yield app

    made = command(opened)
    cli = typer.Typer()
    if isinstance(made, typer.Typer):
        cli = made
    else:
        assert callable(made)
        cli.command()(made)
    result = CliRunner().invoke(cli, [str(each) for each in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, "\n".join(line.rstrip() for line in result.output.splitlines())


def cells(output: str) -> list[list[str]]:
    """Each line of a table, split where at least two blanks are."""
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in output.splitlines()]
