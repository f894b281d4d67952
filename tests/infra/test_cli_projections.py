"""`mesocycle projections`, as a person types it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import typer
from psycopg import sql
from typer.testing import CliRunner

from infra.cli_projections import projections_app
from infra.main import Application
from projections import versions
from projections.registry import PROJECTIONS
from tests.support.club import application, run_all, team, workout
from tests.support.read_models import CAUSE

TEAM = CAUSE


@pytest.fixture
def app(database_url: str) -> Iterator[Application]:
    with application(database_url) as opened:
        yield opened


def run(app: Application, *arguments: str) -> tuple[int, str]:
    cli = typer.Typer()

    @contextmanager
    def opened() -> Iterator[Application]:
        yield app

    cli.add_typer(projections_app(opened), name="projections")
    result = CliRunner().invoke(cli, ["projections", *arguments], env={"COLUMNS": "240"})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def spoil(app: Application) -> None:
    """A row that the log does not explain."""
    with app.pool.connection() as connection:
        live = versions.live(connection, "assignment_board")
        assert live is not None
        update = sql.SQL("UPDATE {}.assignment_board SET title = 'forged'")
        connection.execute(update.format(sql.Identifier(live.schema_name)))


def test_list_shows_what_is_missing_how_far_the_others_are_and_what_was_set_aside(app: Application) -> None:
    code, output = run(app, "list")
    assert code == 0
    assert output.count("missing") == len(PROJECTIONS)

    run_all(app, *team(TEAM))
    app.projector.process_available()
    run_all(app, workout(TEAM, 1))
    code, output = run(app, "list")
    assert code == 0
    lines = [line.split() for line in output.splitlines()[1:]]
    assert [line[0] for line in lines] == sorted(projection.name for projection in PROJECTIONS)
    assert {line[2] for line in lines} == {"live"}
    assert {tuple(line[4:6]) for line in lines} == {("1", "event,")}


def test_verify_says_equal_or_shows_what_differs_and_exits_with_1(app: Application) -> None:
    run_all(app, *team(TEAM), workout(TEAM, 1))
    code, output = run(app, "verify")
    assert code == 1
    assert "start its projector" in output

    app.projector.process_available()
    code, output = run(app, "verify")
    assert code == 0, output
    assert output.count("equal, row for row") == len(PROJECTIONS)

    spoil(app)
    code, output = run(app, "verify", "assignment_board")
    assert code == 1
    assert "assignment_board: 1 row only in the live table" in output
    assert "title=forged" in output
    assert "title=Tempo run" in output


def test_rebuild_tells_what_it_mended(app: Application) -> None:
    run_all(app, *team(TEAM), workout(TEAM, 1))
    app.projector.process_available()
    spoil(app)
    code, output = run(app, "rebuild", "assignment_board")
    assert code == 0
    assert "DIFFERENT" in output
    assert "title=forged" in output
    assert run(app, "verify")[0] == 0


def test_a_name_that_does_not_exist_is_told_with_those_that_do(app: Application) -> None:
    for command in ("rebuild", "verify"):
        code, output = run(app, command, "board")
        assert code == 2
        assert "there is no projection board" in output
        assert "assignment_board" in output
