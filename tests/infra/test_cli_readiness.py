"""`mesocycle readiness` and `mesocycle compliance`, as a person types them."""

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from rich.console import Console

from domain.assignment import CompleteAssignment
from domain.athlete import ForgetAthlete, RegisterAthlete
from domain.decider import Command
from domain.ids import AthleteId, TeamId
from domain.rules.acute_chronic import CONTESTED
from infra.cli_readiness import compliance_command, loads_table, ratios_table, readiness_command
from infra.main import Application
from projections.readiness import team_readiness
from tests.support.club import TODAY, application, day, run_all, team, workout
from tests.support.command_line import cells, typed
from tests.support.scheduling import SetClock, noon
from tests.support.transfers import join
from tests.support.workloads import breach

TEAM = TeamId(UUID(int=17))
ANA, BEN = AthleteId(UUID(int=0xA)), AthleteId(UUID(int=0xB))


@pytest.fixture
def app(database_url: str) -> Iterator[Application]:
    """Ana has done 100 a day for three weeks, and 200 a day in the last; Ben has joined, and done nothing."""
    with application(database_url, clock=SetClock(noon(0))) as opened:
        run_all(opened, *team(TEAM), RegisterAthlete(athlete_id=ANA, name="Ana [bold]"), join(ANA, TEAM, -60))
        run_all(opened, join(BEN, TEAM, -60), RegisterAthlete(athlete_id=BEN, name="Ben"))
        for offset in range(-27, 1):
            run_all(opened, *done(offset, 200.0 if offset > -7 else 100.0))
        opened.projector.process_available()
        yield opened


def done(offset: int, load: float, planned: float | None = None) -> list[Command]:
    command = workout(TEAM, offset, athlete_id=ANA, load=load if planned is None else planned)
    completed = CompleteAssignment(assignment_id=command.assignment_id, load=load, completed_on=day(offset))
    return [command, completed]


def know(app: Application, *commands: Command) -> None:
    run_all(app, *commands)
    app.projector.process_available()


def row(output: str, name: str) -> list[str]:
    return next(cells for cells in cells(output) if cells[:1] == [name])


class TestReadiness:
    def test_the_published_figures_with_bands_and_label(self, app: Application) -> None:
        code, output = typed(app, readiness_command, "U17")
        assert (code, output.splitlines()[0]) == (0, "U17, Sat 2026-11-21, load:")
        loads, ratios = output.split(f"ACWR, a {CONTESTED}:")
        seven, month, *_, days = row(loads, "Ana [bold]")[1:]
        assert (seven, month, days) == ("1400.0", "3500.0", "28")
        assert row(loads, "Ben")[1:] == ["0.0"] * 5 + ["-"] * 2 + ["0"]
        assert row(loads, "mean")[1:3] == ["1400.0", "3500.0"]
        assert row(ratios, "Ana [bold]")[1:] == ["1.60 high", "2.00 high", "1.34 elevated"]
        assert row(ratios, "Ben")[1:] == ["-", "-", "-"]
        assert row(ratios, "median")[1:] == ["1.60", "2.00", "1.34"]

    def test_as_of_another_day(self, app: Application) -> None:
        loads, ratios = typed(app, readiness_command, "U17", "--day", day(-1))[1].split("ACWR")
        assert row(loads, "Ana [bold]")[1] == "1300.0"
        assert row(ratios, "Ana [bold]")[1:] == ["-", "-", "-"], "27 days are too few for a ratio"
        assert typed(app, readiness_command, "U17", "--day", "tomorrow")[0] == 2

    def test_of_what_was_rated(self, app: Application) -> None:
        assert row(typed(app, readiness_command, "U17", "--measure", "session_load")[1], "Ana [bold]")[1] == "0.0"

    def test_who_is_restricted_and_who_was_forgotten(self, app: Application) -> None:
        know(app, breach(ANA, TEAM, 0, 0.4), ForgetAthlete(athlete_id=BEN))
        _, ratios = typed(app, readiness_command, "U17")[1].split("ACWR")
        assert row(ratios, "Ana [bold]")[-1] == "60 % to 2026-11-27"
        assert row(ratios, "forgotten athlete")[-1] == "-"

    def test_fits_a_terminal_without_breaking_a_number(self, app: Application) -> None:
        know(app, breach(ANA, TEAM, 0, 0.4))
        with app.pool.connection() as connection:
            found = team_readiness(connection, TEAM, TODAY)
        screen = io.StringIO()
        for table in (loads_table(found), ratios_table(found)):
            Console(file=screen, width=80).print(table, highlight=False)
        assert max(map(len, screen.getvalue().splitlines())) <= 80
        for whole in ("monotony", "1400.0", "3500.0", "1.60", "2.00", "1.34", "2026-11-27"):
            assert whole in screen.getvalue()


class TestCompliance:
    @pytest.fixture
    def judged(self, app: Application) -> Application:
        """Beside 28 green ones, on the day before the last four weeks one red and one yellow."""
        know(app, workout(TEAM, -28, athlete_id=ANA), *done(-28, 70.0, planned=100.0))
        return app

    def test_of_the_last_four_weeks(self, judged: Application) -> None:
        code, output = typed(judged, compliance_command, "U17")
        assert (code, output.splitlines()[0]) == (
            0, "U17, 2026-10-25 to 2026-11-21: 28 workouts that were due; shares in percent",
        )  # fmt: skip
        assert row(output, "Ana [bold]") == ["Ana [bold]", "28", "100.0", "0.0", "0.0", "0.0"]

    @pytest.mark.parametrize(
        ("asked", "shares"),
        [
            (("--to", day(-28)), ["2", "0.0", "50.0", "0.0", "50.0"]),
            (("--from", day(-28), "--to", day(-27)), ["3", "33.3", "33.3", "0.0", "33.3"]),
            (("--from", TODAY + timedelta(1), "--to", day(9)), ["0", "0.0", "0.0", "0.0", "0.0"]),
        ],
    )
    def test_of_other_days(self, judged: Application, asked: tuple[Any, ...], shares: list[str]) -> None:
        _, output = typed(judged, compliance_command, "U17", *asked)
        assert row(output, "all")[1:] == shares

    def test_days_the_wrong_way_round(self, app: Application) -> None:
        assert typed(app, compliance_command, "U17", "--from", day(1), "--to", day(0)) == (
            1, "mesocycle: 2026-11-21 is before 2026-11-22; --from is the first day and --to the last",
        )  # fmt: skip
