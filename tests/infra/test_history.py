""" "Why?" gets the chain of events, back to the message from outside."""

import re
from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest

from domain.ids import AthleteId, OrganizationId, TeamId, assignment_of_template
from domain.ports import Caller
from domain.rules.load import LoadLevel
from infra.explaining import lines
from infra.history import Explained
from infra.main import Application
from tests.support.club import ORGANIZATION, application, change, phase, plan_all, run_all, team, two_phases, workout
from tests.support.scheduling import SetClock, noon, settle
from tests.support.templates import EASY, apply
from tests.support.transfers import join
from tests.support.workloads import breach

TEAM, ANA = UUID(int=17), AthleteId(UUID(int=0xA))
MESSAGE = uuid4()


@pytest.fixture
def explained(database_url: str) -> list[Explained]:
    """An assignment that was planned, caught by the current phase, and changed by a message."""
    with application(database_url) as app:
        planned = workout(TEAM, 3)
        prepare(app)
        plan_all(app, [planned])
        app.reactions.process_available()
        message = Caller(ORGANIZATION, "planning:planning-service", uuid4(), MESSAGE)
        app.runner.run(change(TEAM, "in", 0, 90), message)
        app.reactions.process_available()
        return list(app.history.explain(planned.assignment_id))


def prepare(app: Application) -> None:
    run_all(app, *team(TEAM), phase(TEAM, "pre", 0, 27, LoadLevel.MEDIUM), phase(TEAM, "in", 28, 90, LoadLevel.HIGH))


def test_every_change_comes_with_its_causes(explained: list[Explained]) -> None:
    told = [(e.change.event.event_name, [cause.event.event_name for cause in e.causes], e.origin) for e in explained]
    assert told == [
        ("assignment.planned", [], None),
        ("assignment.phase_adjusted", ["assignment.planned"], None),
        ("assignment.phase_adjusted", ["season_plan.phase_changed"], MESSAGE),
    ]


def test_a_person_reads_it_line_by_line(explained: list[Explained]) -> None:
    change, because, origin = lines(explained[-1])
    assert "load 60.0 → 72.0; phase in: high load, planned × 1.2" in change
    assert because.startswith("  because ")
    assert "season_plan.phase_changed by planning:planning-service" in because
    assert origin == f"    because of a message from planning:planning-service ({MESSAGE})"


def gist(told: Sequence[Explained]) -> list[list[str]]:
    """Of each change its lines, without what the events say and when they were."""
    return [
        [re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ", "", line.strip()).partition(": ")[0] for line in lines(each)]
        for each in told
    ]


def test_a_threshold_and_its_end_by_the_calendar(database_url: str) -> None:
    """The scheduler acts because a time has come; the message is the planning service's, from which that time is."""
    clock = SetClock(noon(0))
    with application(database_url, clock=clock) as app:
        planned = workout(TEAM, None, athlete_id=ANA)
        run_all(app, *team(TEAM), planned)
        message = Caller(ORGANIZATION, "planning:planning-service", uuid4(), MESSAGE)
        app.runner.run(breach(ANA, TEAM, 0), message)
        app.reactions.process_available()
        clock.moment = noon(8)
        settle(app)
        app.reactions.process_available()
        told = app.history.explain(planned.assignment_id)
    assert gist(told)[1:] == [
        [
            "assignment.workload_adjusted by reaction:workload-fan-out",
            "because workload.threshold_breached by planning:planning-service",
            f"because of a message from planning:planning-service ({MESSAGE})",
        ],
        [
            "assignment.workload_lifted by reaction:workload-fan-out",
            "because workload.restriction_ended by scheduler",
            "because its time had come, as set by workload.threshold_breached by planning:planning-service",
            f"because of a message from planning:planning-service ({MESSAGE})",
        ],
    ]


def test_a_template_that_a_coach_applied(database_url: str) -> None:
    with application(database_url) as app:
        run_all(app, *team(TEAM), join(ANA, TEAM, -9))
        asked = apply(TEAM, EASY)
        request = Caller(ORGANIZATION, "coach:ana", uuid4(), MESSAGE)
        app.runner.run(asked, request)
        app.reactions.process_available()
        told = app.history.explain(assignment_of_template(asked.stream_id, ANA, 0))
    assert gist(told) == [
        [
            "assignment.planned by reaction:template",
            "because template_application.applied by coach:ana",
            f"because of what is not in the log ({MESSAGE})",
        ]
    ]


def test_a_phase_that_the_calendar_began(database_url: str) -> None:
    """Told of as the effect of its own declaration, and not of that of the phase which ended the day before."""
    clock = SetClock(noon(0))
    with application(database_url, clock=clock) as app:
        planned = workout(TEAM, None)
        run_all(app, *two_phases(TEAM), planned)
        settle(app)
        clock.moment = noon(28)
        settle(app)
        app.reactions.process_available()
        began = app.history.explain(planned.assignment_id)[-1]
    assert gist([began]) == [
        [
            "assignment.phase_adjusted by reaction:phase-fan-out",
            "because season_plan.phase_began by scheduler",
            "because its time had come, as set by season_plan.phase_added by coach:ana",
        ]
    ]
    assert "phase id in" in list(lines(began))[-1]


def test_what_is_not_there_has_no_history(database_url: str) -> None:
    with application(database_url) as app:
        assert app.history.explain(uuid4()) == []


def test_another_organization_has_no_history_of_it_nor_is_told_as_a_cause(database_url: str) -> None:
    """Whoever names another organization's event as the cause is shown no more of it than the id."""
    theirs = OrganizationId(uuid4())
    with application(database_url) as app:
        planned = workout(TEAM, None)
        run_all(app, *team(TEAM), planned)
        (first,) = app.history.explain(planned.assignment_id, ORGANIZATION)
        assert app.history.explain(planned.assignment_id, theirs) == []
        stranger = workout(TeamId(uuid4()), None)
        app.runner.run(stranger, Caller(theirs, "coach:eve", uuid4(), first.change.event_id))
        (told,) = app.history.explain(stranger.assignment_id)
    assert (told.causes, told.origin) == ((), first.change.event_id)
