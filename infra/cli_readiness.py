"""The commands that look at players: `mesocycle readiness`, and `mesocycle compliance`."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Annotated

import typer
from rich.table import Table

from domain.rules.acute_chronic import Band
from domain.rules.readiness import Average
from infra.cli_bus import failed
from infra.cli_teams import DAY, Opened, TeamName, add, athlete, reading, show, table_of, team_named, today_of
from projections.compliance import Shares, TeamShares, team_shares
from projections.readiness import Measure, PlayerReadiness, ReadinessTable, team_readiness
from projections.workload_restrictions import RestrictionRow

LOOK_BACK = timedelta(days=27)
"""Four weeks with the day itself, as the chronic load has them."""

TENTHS = {"load_7d": "7 days", "load_28d": "28 days", "ctl": "CTL", "atl": "ATL", "tsb": "TSB", "strain": "strain"}
HUNDREDTHS = {"monotony": "monotony"}
RATIOS = ("coupled", "uncoupled", "ewma")


def readiness_command(opened: Opened) -> Callable[..., None]:
    def readiness(
        team: TeamName,
        day: Annotated[
            datetime | None, typer.Option(formats=[DAY], help="As of the end of that day; today when not given.")
        ] = None,
        measure: Annotated[Measure, typer.Option(help="Load as executed, or RPE × minutes.")] = Measure.LOAD,
    ) -> None:
        """Show how ready a team's players are: load, fitness, form, monotony, strain, and the contested ACWR."""
        with opened() as application, reading(application) as connection:
            row = team_named(connection, team)
            on = today_of(row, application.clock) if day is None else day.date()
            found = team_readiness(connection, row.team_id, on, measure=measure)
        show(f"{row.name}, {on:%a %Y-%m-%d}, {measure.replace('_', ' ')}:")
        show("")
        show(loads_table(found))
        show("")
        show(f"ACWR, a {found.label}:")
        show("")
        show(ratios_table(found))

    return readiness


def loads_table(found: ReadinessTable) -> Table:
    """The players, then mean and median of those who have a figure."""
    digits = {**dict.fromkeys(TENTHS, 1), **dict.fromkeys(HUNDREDTHS, 2)}
    numbers = (*TENTHS.values(), *HUNDREDTHS.values(), "days")
    table = table_of("player", *numbers, right=numbers)
    for player in found.players:
        seen = player.readiness
        figures = (number(getattr(seen, name), places) for name, places in digits.items())
        add(table, name_of(player), *figures, seen.days_of_data)
    for which in ("mean", "median"):
        add(table, which, *(average(found, name, which, places) for name, places in digits.items()))
    return table


def ratios_table(found: ReadinessTable) -> Table:
    """Likewise; a band stands beside its ratio, and who is restricted beside both."""
    table = table_of("player", *RATIOS, "restricted")
    for player in found.players:
        seen, bands = player.readiness, player.bands
        ratios = (ratio(getattr(seen, f"acwr_{name}"), getattr(bands, name)) for name in RATIOS)
        add(table, name_of(player), *ratios, ", ".join(map(restriction, player.restrictions)))
    for which in ("mean", "median"):
        add(table, which, *(average(found, f"acwr_{name}", which, 2) for name in RATIOS))
    return table


def average(found: ReadinessTable, name: str, which: str, digits: int) -> str:
    of: Average | None = getattr(found.team, name)
    return number(None if of is None else getattr(of, which), digits)


def ratio(value: float | None, band: Band | None) -> str:
    return "-" if value is None or band is None else f"{value:.2f} {band.replace('_', ' ')}"


def number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def name_of(player: PlayerReadiness) -> str:
    return athlete(player.athlete_name, player.athlete_id, forgotten=player.forgotten)


def restriction(row: RestrictionRow) -> str:
    what = "no training" if row.skip else f"{100 * row.fraction:.0f} %{', easy' if row.easy_only else ''}"
    return f"{what} to {row.ends_on}"


def compliance_command(opened: Opened) -> Callable[..., None]:
    def compliance(
        team: TeamName,
        first: Annotated[
            datetime | None, typer.Option("--from", formats=[DAY], help="The first day; four weeks when not given.")
        ] = None,
        last: Annotated[
            datetime | None, typer.Option("--to", formats=[DAY], help="The last day; today when not given.")
        ] = None,
    ) -> None:
        """Show how closely a team's players do what is planned: the share of workouts of each colour."""
        with opened() as application, reading(application) as connection:
            row = team_named(connection, team)
            today = today_of(row, application.clock)
            end = today if last is None else last.date()
            start = end - LOOK_BACK if first is None else first.date()
            if end < start:
                raise failed(f"{end} is before {start}; --from is the first day and --to the last")
            found = team_shares(connection, row.team_id, start, end, today)
        print_compliance(row.name, start, end, found)

    return compliance


def print_compliance(team: str, start: date, end: date, found: TeamShares) -> None:
    show(f"{team}, {start} to {end}: {found.whole.sessions} workouts that were due; shares in percent")
    show("")
    colours = ("green", "yellow", "orange", "red")
    table = table_of("player", "workouts", *colours, right=("workouts", *colours))
    for one in sorted(found.athletes, key=lambda one: (one.athlete_name or "", one.athlete_id)):
        add_shares(table, athlete(one.athlete_name, one.athlete_id), one.shares)
    add_shares(table, "all", found.whole)
    show(table)
    show("")
    show("load done of load planned: green 80 to 120 %, yellow 50 to 79 or 121 to 150 %, orange beyond, red missed")


def add_shares(table: Table, name: str, shares: Shares) -> None:
    add(table, name, shares.sessions, *(number(share, 1) for share in shares[1:]))
