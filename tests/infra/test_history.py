""" "Why?" gets the chain of events, back to the message from outside."""

from uuid import UUID, uuid4

import pytest

from domain.ports import Caller
from domain.rules.load import LoadLevel
from infra.explaining import lines
from infra.history import Explained
from infra.main import Application
from tests.support.club import ORGANIZATION, application, change, phase, plan_all, run_all, team, workout

TEAM = UUID(int=17)
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
    assert origin == f"    because of a message to planning:planning-service ({MESSAGE})"


def test_what_is_not_there_has_no_history(database_url: str) -> None:
    with application(database_url) as app:
        assert app.history.explain(uuid4()) == []
