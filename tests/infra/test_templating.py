"""A template that is kept here, followed by a team: whole, once, and only by those whose it is."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.errors import DomainError
from domain.ids import AthleteId, OrganizationId, TeamId, TemplateId, template_application_id
from domain.phase_template import DefineTemplate, PlannedWorkout, ReviseTemplate, WithdrawTemplate
from domain.ports import Outcome
from domain.prescription import Prescription
from domain.template_application import Customizations, TemplateApplied
from infra.main import Application
from projections.template_library import applications
from tests.support.club import application, assignments, coach, day, run_all, team, whole_log
from tests.support.templates import EASY, FIRST_DAY, GYM, TEMPO
from tests.support.transfers import join

TEAM, TEMPLATE = TeamId(UUID(int=17)), TemplateId(UUID(int=0x7E))
ANA = AthleteId(UUID(int=0xA))
OTHER_CLUB = OrganizationId(UUID(int=0xC9))


@pytest.fixture
def app(database_url: str) -> Iterator[Application]:
    with application(database_url) as opened:
        run_all(opened, *team(TEAM), join(ANA, TEAM, -9), define(EASY, GYM, TEMPO))
        opened.projector.process_available()
        yield opened


def define(*workouts: dict[str, Any]) -> DefineTemplate:
    planned = tuple(PlannedWorkout.model_validate(workout) for workout in workouts)
    return DefineTemplate(template_id=TEMPLATE, name="Base", workouts=planned)


def revise(app: Application) -> None:
    easier = PlannedWorkout.model_validate(EASY | {"load": 20.0})
    run_all(app, ReviseTemplate(template_id=TEMPLATE, name="Easier", workouts=(easier,)))
    app.projector.process_available()


def follow(app: Application, starts: int = FIRST_DAY, *, version: int | None = None, **wishes: Any) -> Outcome:
    return app.templating.apply(TEAM, TEMPLATE, day(starts), Customizations(**wishes), coach(), version)


def applied(app: Application) -> list[TemplateApplied]:
    return [recorded.event for recorded in whole_log(app) if isinstance(recorded.event, TemplateApplied)]


def test_its_workouts_become_assignments_whole(app: Application) -> None:
    outcome = follow(app, load_multiplier=1.5)
    assert outcome.stream_id == template_application_id(TEAM, str(TEMPLATE), day(FIRST_DAY))
    app.reactions.process_available()
    planned = sorted(assignments(app).values(), key=lambda state: state.scheduled_on or day(0))
    assert [(state.athlete_id, state.scheduled_on) for state in planned] == [
        (ANA, day(3)), (ANA, day(5)), (ANA, day(10)),
    ]  # fmt: skip
    whole = [PlannedWorkout.model_validate(each).stored().prescription for each in (EASY, GYM, TEMPO)]
    assert [state.baseline for state in planned] == [
        each.model_copy(update={"load": load}) for each, load in zip(whole, (60.0, 82.5, 120.0), strict=True)
    ]


def test_who_asked_and_which_version_it_was_is_kept(app: Application) -> None:
    follow(app)
    (event,) = applied(app)
    assert (event.template_id, event.template_version, event.name) == (str(TEMPLATE), 1, "Base")
    assert (event.starts_on, event.triggered_by) == (day(FIRST_DAY), "coach:ana")


def test_applied_twice_it_makes_nothing_more(app: Application) -> None:
    follow(app)
    app.reactions.process_available()
    before = assignments(app)
    again = follow(app)
    app.reactions.process_available()
    assert (again.events, assignments(app)) == ((), before)


def test_applied_otherwise_from_the_same_day_on_it_is_refused(app: Application) -> None:
    follow(app)
    with pytest.raises(DomainError) as raised:
        follow(app, load_multiplier=1.2)
    assert raised.value.code == "template-applied-already"


def test_a_newer_version_changes_nothing_for_who_follows_an_earlier_one(app: Application) -> None:
    follow(app)
    revise(app)
    assert follow(app).events == ()
    app.projector.process_available()
    with app.pool.connection() as connection:
        (kept,) = applications(connection, TEAM)
    assert (kept.template_version, kept.name, kept.workouts_count) == (1, "Base", 3)


def test_from_another_day_on_it_is_the_newest_version_or_the_one_that_was_asked_for(app: Application) -> None:
    revise(app)
    follow(app, FIRST_DAY)
    follow(app, FIRST_DAY + 7, version=1)
    newest, first = applied(app)
    assert (newest.template_version, [workout.prescription for workout in newest.workouts]) == (
        2, [Prescription(load=20.0)],
    )  # fmt: skip
    assert (first.template_version, len(first.workouts)) == (1, 3)
    assert first.workouts[0].day - newest.workouts[0].day == timedelta(days=7)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"team_id": TeamId(UUID(int=18))}, "team-unknown"),
        ({"template_id": TemplateId(UUID(int=1))}, "template-unknown"),
        ({"version": 2}, "template-unknown"),
        ({"caller": coach(OTHER_CLUB)}, "template-unknown"),
    ],
)
def test_what_cannot_be_followed_is_refused_with_a_hint(app: Application, changed: dict[str, Any], code: str) -> None:
    asked: dict[str, Any] = {
        "team_id": TEAM, "template_id": TEMPLATE, "starts_on": day(FIRST_DAY), "caller": coach(),
        "customizations": Customizations(), **changed,
    }  # fmt: skip
    with pytest.raises(DomainError) as raised:
        app.templating.apply(**asked)
    assert (raised.value.code, bool(raised.value.hint)) == (code, True)
    assert applied(app) == []


def test_a_team_of_another_organization_is_unknown(app: Application) -> None:
    theirs = TeamId(UUID(int=19))
    for command in team(theirs):
        app.runner.run(command, coach(OTHER_CLUB))
    app.projector.process_available()
    with pytest.raises(DomainError) as raised:
        app.templating.apply(theirs, TEMPLATE, day(FIRST_DAY), Customizations(), coach())
    assert raised.value.code == "team-unknown"


def test_one_that_was_withdrawn_is_refused_in_every_version_until_it_comes_back(app: Application) -> None:
    run_all(app, WithdrawTemplate(template_id=TEMPLATE))
    app.projector.process_available()
    for version in (None, 1):
        with pytest.raises(DomainError) as raised:
            follow(app, version=version)
        assert raised.value.code == "template-withdrawn"
    revise(app)
    assert follow(app).events
