"""`mesocycle templates`, as a person types it."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from domain.ids import AthleteId, OrganizationId, TeamId, TemplateId
from domain.phase_template import DefineTemplate, PlannedWorkout, ReviseTemplate, WithdrawTemplate
from domain.template_application import TemplateApplied
from infra.cli_templates import templates_app
from infra.main import Application
from infra.service import running
from tests.support.club import ORGANIZATION, application, assignments, coach, day, run_all, team, whole_log
from tests.support.command_line import cells, typed
from tests.support.scheduling import SetClock, noon
from tests.support.templates import EASY, FIRST_DAY, GYM, TEMPO
from tests.support.transfers import join

TEAM = TeamId(UUID(int=17))
BASE, OTHER = TemplateId(UUID(int=0x7E)), TemplateId(UUID(int=0x7F))
ANA = AthleteId(UUID(int=0xA))
OTHER_CLUB = OrganizationId(UUID(int=0xC9))
START = day(FIRST_DAY)


@pytest.fixture
def app(database_url: str) -> Iterator[Application]:
    with application(database_url, clock=SetClock(noon(0))) as opened:
        run_all(opened, *team(TEAM), join(ANA, TEAM, -9), define(BASE))
        opened.projector.process_available()
        yield opened


def define(template_id: TemplateId, name: str = "Base [3]") -> DefineTemplate:
    workouts = tuple(PlannedWorkout.model_validate(workout) for workout in (EASY, GYM, TEMPO))
    return DefineTemplate(template_id=template_id, name=name, workouts=workouts)


def templates(app: Application, *arguments: object) -> tuple[int, str]:
    return typed(app, templates_app, *arguments)


def know(app: Application, *commands: DefineTemplate | ReviseTemplate | WithdrawTemplate) -> None:
    run_all(app, *commands)
    app.projector.process_available()


def test_those_that_there_are(app: Application) -> None:
    header, row = cells(templates(app, "list")[1])
    assert header == ["id", "name", "version", "changed", "by", "organization"]
    assert row == [str(BASE), "Base [3]", "1", "2026-11-21 11:00:00", "coach:ana", str(ORGANIZATION)]
    know(app, WithdrawTemplate(template_id=BASE))
    assert templates(app, "list") == (0, "no templates")
    assert cells(templates(app, "list", "--withdrawn")[1])[1][-1] == "withdrawn"


def test_applied_it_tells_what_came_of_it_and_the_list_of_the_team_shows_it(app: Application) -> None:
    assert templates(app, "list", "--team", "U17") == (0, "it follows no template")
    wishes = ("--load-multiplier", 1.5, "--training-frequency", 2)
    with running({"reactions": app.reactions.run}):
        done = templates(app, "apply", "Base [3]", "U17", START, *wishes, "--wait", 60)
    assert done == (0, f"U17 follows Base [3] from {START} on: 4 assignments for 1 player")
    assert len(assignments(app)) == 4
    app.projector.process_available()
    header, row = cells(templates(app, "list", "--team", "U17")[1])
    assert header == [
        "from",
        "to",
        "template",
        "id",
        "version",
        "load ×",
        "a week",
        "workouts",
        "assignments",
        "asked by",
    ]
    assert row == [str(START), str(day(13)), "Base [3]", str(BASE), "1", "1.5", "2", "4", "4", "command-line"]


def test_where_no_reactions_run_it_says_that_it_will_happen(app: Application) -> None:
    code, output = templates(app, "apply", BASE, "U17", START, "--wait", 0)
    assert code == 0
    assert output.endswith("not planned within 0 s. It happens as soon as `mesocycle run` is at work.")
    app.projector.process_available()
    assert cells(templates(app, "list", "--team", "U17")[1])[1][-2] == "not yet"
    app.reactions.process_available()
    assert len(assignments(app)) == 3


def test_applied_again_it_says_that_nothing_is_new_and_which_version_is_followed(app: Application) -> None:
    templates(app, "apply", BASE, "U17", START, "--wait", 0)
    know(app, ReviseTemplate(template_id=BASE, name="Base, harder"))
    assert templates(app, "apply", BASE, "U17", START, "--wait", 0) == (
        0, f"U17 follows Base [3], version 1, from {START} on already: nothing new",
    )  # fmt: skip
    app.reactions.process_available()
    assert len(assignments(app)) == 3


def test_an_earlier_version_may_be_asked_for(app: Application) -> None:
    know(app, ReviseTemplate(template_id=BASE, name="Base, harder"))
    assert templates(app, "apply", BASE, "U17", START, "--version", 1, "--wait", 0)[0] == 0
    (applied,) = [recorded.event for recorded in whole_log(app) if isinstance(recorded.event, TemplateApplied)]
    assert applied.template_version == 1


def test_what_cannot_be_followed_is_told_with_what_to_do(app: Application) -> None:
    for command in (define(OTHER, "Theirs"), *team(TeamId(UUID(int=18)))):
        app.runner.run(command, coach(OTHER_CLUB))
    app.projector.process_available()
    assert templates(app, "apply", OTHER, str(TEAM), START) == (
        1, f"mesocycle: the team's organization has no template {OTHER}",
    )  # fmt: skip
    code, output = templates(app, "apply", BASE, str(TEAM), START, "--version", 2)
    assert (code, f"there is no template {BASE}, version 2. Check the template's id" in output) == (1, True)
    code, output = templates(app, "apply", BASE, str(TEAM), START, "--load-multiplier", 0)
    assert (code, output) == (1, "mesocycle: load_multiplier: Input should be greater than 0")
    assert templates(app, "apply", BASE, str(TEAM), "soon")[0] == 2
    assert not any(isinstance(recorded.event, TemplateApplied) for recorded in whole_log(app))


def test_of_two_with_one_name_the_one_that_was_not_withdrawn_is_meant(app: Application) -> None:
    know(app, define(OTHER))
    code, output = templates(app, "apply", "Base [3]", "U17", START)
    assert (code, "more than one template Base [3]" in output, str(OTHER) in output) == (1, True, True)
    know(app, WithdrawTemplate(template_id=BASE))
    assert templates(app, "apply", "Base [3]", "U17", START, "--wait", 0)[0] == 0
    know(app, WithdrawTemplate(template_id=OTHER))
    code, output = templates(app, "apply", "Base [3]", "U17", day(FIRST_DAY + 1))
    assert (code, "was withdrawn. Choose another template" in output) == (1, True)
