"""The commands around phase templates: `mesocycle templates list|apply`."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer
from psycopg import Connection

from domain.ids import TeamId, TemplateId
from domain.template_application import Customizations, TemplateAssignmentsCreated
from infra.cli_bus import failed, moment, plural
from infra.cli_teams import (
    DAY,
    Opened,
    TeamName,
    Wait,
    add,
    effect,
    operator,
    reading,
    refusing,
    show,
    table_of,
    team_named,
)
from infra.main import Application
from projections.teams import teams
from projections.template_library import ApplicationRow, TemplateRow, applications, templates

WAIT_S = 5.0
MOST = 10_000


def templates_app(opened: Opened) -> typer.Typer:
    """``opened`` gives the application for as long as a command runs."""
    app = typer.Typer(no_args_is_help=True, help="Templates that are kept here, and who follows them.")

    @app.command("list")
    def list_them(
        team: Annotated[str | None, typer.Option(help="What this team follows and has followed, instead.")] = None,
        withdrawn: Annotated[bool, typer.Option("--withdrawn", help="Those that were withdrawn, too.")] = False,
    ) -> None:
        """Show the templates of every organization that has teams, or what one team follows."""
        with opened() as application, reading(application) as connection:
            if team is not None:
                followed = applications(connection, team_named(connection, team).team_id, limit=MOST)
                return print_applications(followed)
            organizations = sorted({row.organization_id for row in teams(connection)})
            found = [row for each in organizations for row in templates_of(connection, each, withdrawn=withdrawn)]
        print_templates(found)

    @app.command()
    def apply(
        template: Annotated[str, typer.Argument(metavar="TEMPLATE", help="Its id, or its name.")],
        team: TeamName,
        starts_on: Annotated[datetime, typer.Argument(metavar="DAY", formats=[DAY], help="The first day.")],
        version: Annotated[int | None, typer.Option(min=1, help="The one that holds now when not given.")] = None,
        load_multiplier: Annotated[float, typer.Option(help="Of every load; more than 0, at most 3.")] = 1.0,
        training_frequency: Annotated[int | None, typer.Option(help="Days with training a week, 1 to 7.")] = None,
        wait: Wait = WAIT_S,
    ) -> None:
        """Let a team follow a template from a day on: its players get their workouts, once."""
        with opened() as application:
            with reading(application) as connection:
                row = team_named(connection, team)
                chosen = template_named(connection, row.organization_id, template)
            caller = operator(application, row.organization_id)
            with refusing():
                wishes = Customizations(load_multiplier=load_multiplier, training_frequency=training_frequency)
                outcome = application.templating.apply(
                    TeamId(row.team_id), TemplateId(chosen.template_id), starts_on.date(), wishes, caller, version
                )
            if not outcome.events:
                kept = followed_already(application, row.team_id, outcome.stream_id) or chosen.name
                show(f"{row.name} follows {kept} from {starts_on:{DAY}} on already: nothing new")
                return
            made = effect(application, outcome, caller, TemplateAssignmentsCreated, wait)
        if made is None:
            show(f"{row.name} follows {chosen.name} from {starts_on:{DAY}} on; its workouts were not planned within "
                 f"{wait:g} s. It happens as soon as `mesocycle run` is at work.")  # fmt: skip
        else:
            show(f"{row.name} follows {chosen.name} from {starts_on:{DAY}} on: "
                 f"{made.assignments_count} {plural('assignment', made.assignments_count)} for "
                 f"{made.players_count} {plural('player', made.players_count)}")  # fmt: skip

    return app


def templates_of(connection: Connection, organization_id: UUID, *, withdrawn: bool) -> list[TemplateRow]:
    return templates(connection, organization_id, withdrawn=withdrawn, limit=MOST)


def template_named(connection: Connection, organization_id: UUID, name: str) -> TemplateRow:
    """By id, or by name; fails where the organization has none such, or more than one."""
    known = templates_of(connection, organization_id, withdrawn=True)
    found = [row for row in known if name.lower() == str(row.template_id)]
    # Two may have one name, of which the older is withdrawn.
    found = found or sorted((row for row in known if row.name == name), key=lambda row: row.withdrawn)
    if not found:
        raise failed(f"the team's organization has no template {name}")
    if len([row for row in found if not row.withdrawn]) > 1:
        ids = ", ".join(str(row.template_id) for row in found)
        raise failed(f"there is more than one template {name}; name one by its id: {ids}")
    return found[0]


def followed_already(application: Application, team_id: UUID, application_id: UUID) -> str | None:
    """Name and version of what it was then; None where that is not projected yet."""
    with reading(application) as connection:
        known = applications(connection, team_id, limit=MOST)
    same = (f"{row.name}, version {row.template_version}," for row in known if row.application_id == application_id)
    return next(same, None)


def print_templates(found: list[TemplateRow]) -> None:
    if not found:
        return show("no templates")
    table = table_of("id", "name", "version", "changed", "by", "organization", "", right=("version",))
    for row in found:
        add(table, row.template_id, row.name, row.template_version, moment(row.changed_at), row.changed_by,
            row.organization_id, "withdrawn" if row.withdrawn else None)  # fmt: skip
    return show(table)


def print_applications(found: list[ApplicationRow]) -> None:
    if not found:
        return show("it follows no template")
    numbers = ("version", "load ×", "a week", "workouts", "assignments")
    table = table_of("from", "to", "template", "id", *numbers, "asked by", right=numbers)
    for row in found:
        made = "not yet" if row.assignments_count is None else row.assignments_count
        add(table, row.starts_on, row.ends_on, row.name, row.template_id, row.template_version,
            f"{row.load_multiplier:g}", row.training_frequency, row.workouts_count, made, row.triggered_by)  # fmt: skip
    return show(table)
