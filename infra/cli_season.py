"""The commands around a team's season: `mesocycle season show|sync-status|adjust`."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer
from rich.table import Table

from domain.ids import AthleteId, TeamId
from domain.rules.load import MULTIPLIERS, LoadLevel
from domain.season_plan import PhaseAdjustmentsApplied, RequestAdjustments
from infra.cli_bus import failed, moment, plural
from infra.cli_projections import many
from infra.cli_teams import (
    ACTOR,
    Opened,
    TeamName,
    Wait,
    add,
    ago,
    effect,
    operator,
    reading,
    refusing,
    show,
    table_of,
    team_named,
)
from infra.explaining import days
from projections.lag import Lag, lags
from projections.season import SeasonPlanRow, season_plan
from projections.sync_status import READS, SyncStatus, sync_status
from projections.teams import TeamRow

WAIT_S = 5.0


def season_app(opened: Opened) -> typer.Typer:
    """``opened`` gives the application for as long as a command runs."""
    app = typer.Typer(no_args_is_help=True, help="A team's season: its phases, its games, and whether all follow it.")

    @app.command("show")
    def show_it(team: TeamName) -> None:
        """Show a team's phases and games, which phase is current, and how old the planning service's last word is."""
        with opened() as application, reading(application) as connection:
            row = team_named(connection, team)
            plan, status = season_plan(connection, row.team_id), sync_status(connection, row.team_id)
            now = application.clock.now()
        if plan is None:
            raise failed(f"team {row.name} has no season plan")
        print_season(row, plan, status, now)

    @app.command("sync-status")
    def show_sync_status(team: TeamName) -> None:
        """Show whether a team's workouts follow what was said last about its season, and what stands in the way."""
        with opened() as application, reading(application) as connection:
            row = team_named(connection, team)
            status, now = sync_status(connection, row.team_id), application.clock.now()
            read = [lag for lag in lags(connection) if lag.name in READS and lag.status == "live"]
        assert status is not None, "it is there for every team"
        print_status(row, status, now, max(read, key=lambda lag: lag.events))

    @app.command()
    def adjust(
        team: TeamName,
        phase: Annotated[str | None, typer.Option(help="The phase's id; the current one when not given.")] = None,
        athlete: Annotated[list[UUID] | None, typer.Option(help="An athlete's id; may be given again.")] = None,
        force: Annotated[
            bool, typer.Option("--force", help="Also what was set by hand, and against the setting.")
        ] = False,
        wait: Wait = WAIT_S,
    ) -> None:
        """Adjust a team's workouts for a phase once more, all of them or those of some athletes."""
        with opened() as application:
            with reading(application) as connection:
                row = team_named(connection, team)
            if not (row.auto_apply_adjustments or force):
                raise failed(f"team {row.name} wants no adjustments by themselves; ask with --force to have them made")
            caller = operator(application, row.organization_id)
            with refusing():
                request = RequestAdjustments.model_validate({
                    "team_id": TeamId(row.team_id),
                    "request_id": application.new_id(),
                    "phase_id": phase,
                    "athlete_ids": tuple(map(AthleteId, athlete)) if athlete else None,
                    "force": force,
                    "triggered_by": ACTOR,
                })  # fmt: skip
                outcome = application.runner.run(request, caller)
            applied = effect(application, outcome, caller, PhaseAdjustmentsApplied, wait)
        if applied is None:
            show(f"asked for; nothing came of it within {wait:g} s. It happens as soon as `mesocycle run` is at work.")
        else:
            count = applied.adjustments_count
            show(f"{count} {plural('assignment', count)} of {row.name} adjusted for phase {applied.phase_id}")

    return app


def print_season(team: TeamRow, plan: SeasonPlanRow, status: SyncStatus | None, now: datetime) -> None:
    show(f"{team.name}, {plan.zone}: {plan.revision} {plural('declaration', plan.revision)}, "
         f"the last {ago(plan.as_of, now)}")  # fmt: skip
    show(f"planning service's last word: {last_word(status, now)}")
    show(f"current phase: {plan.current_phase_id or 'none'}")
    if plan.games:
        show(f"games in the week of {plan.games_week}: {days(plan.games)}")
    show("")
    show(phases_table(plan))
    if plan.fixtures:
        games = table_of("day", "game", "title")
        for fixture in plan.fixtures:
            add(games, f"{fixture.day:%a %Y-%m-%d}", fixture.fixture_id, fixture.title)
        show("")
        show(games)


def phases_table(plan: SeasonPlanRow) -> Table:
    """By first day; the current one is marked."""
    table = table_of("", "phase", "type", "from", "to", "load", "a week", "intensity", "focus", right=("from", "to"))
    for phase in plan.phases:
        load = f"{phase.load_level} × {MULTIPLIERS[LoadLevel(phase.load_level)]}"
        add(table, "→" if phase.is_current else None, phase.phase_id, phase.phase_type, phase.starts_on, phase.ends_on,
            load, phase.sessions_per_week, phase.intensity, ", ".join(phase.focus_areas))  # fmt: skip
    return table


def print_status(team: TeamRow, status: SyncStatus, now: datetime, behind: Lag) -> None:
    """``behind`` is the read model that has not taken in the most events, which may say otherwise."""
    rows = {
        "team": team.name,
        "adjusts by itself": "yes" if status.auto_apply else "no",
        "current phase": status.current_phase_id or "none",
        "last declared": said(status.declaration, status.declared_at, f"by {status.declared_by}"),
        "planning service": last_word(status, now),
        "last applied": said(status.applied_phase_id, status.applied_at, f"to {status.applied_count} assignments"),
        "workouts": "still follow" if status.is_applying else "in step",
        "read models": f"{many(behind)} behind the log" if behind.events else "up to date",
    }
    table = table_of("", "")
    table.show_header = False
    for name, value in rows.items():
        add(table, name, value)
    show(table)
    if status.set_aside:
        aside = table_of("consumer", "status", "messages", "since", "next attempt", "reason", right=("messages",))
        for each in status.set_aside:
            add(aside, each.consumer, each.status, each.messages, moment(each.since), moment(each.next_attempt_at),
                each.reason)  # fmt: skip
        show("")
        show(aside)


def last_word(status: SyncStatus | None, now: datetime) -> str:
    if status is None or status.planning_at is None:
        return "none yet"
    return f"{moment(status.planning_at)}, {ago(status.planning_at, now)}"


def said(what: str | None, at: datetime | None, more: str) -> str:
    return "nothing yet" if what is None else f"{what} {more}, {moment(at)}"
