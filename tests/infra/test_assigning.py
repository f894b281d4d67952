"""Workouts planned with the phase of their day at once, item by item."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest

from domain.assignment import AssignmentPhaseAdjusted
from domain.ids import TeamId
from domain.prescription import LoadAdjustment
from domain.rules.load import LoadLevel
from domain.team import SetAutoApply
from infra.assigning import Assigning
from infra.main import Application
from tests.support.club import application, assignments, change, coach, phase, run_all, team, whole_log, workout

TEAM = UUID(int=17)


@pytest.fixture
def app(database_url: str) -> Iterator[Application]:
    with application(database_url) as opened:
        run_all(
            opened,
            *team(TEAM),
            phase(TEAM, "pre", 0, 27, LoadLevel.LOW),
            phase(TEAM, "in", 28, 90, LoadLevel.HIGH),
            change(TEAM, "pre", 0, 27),
        )
        opened.projector.process_available()
        yield opened


@pytest.fixture
def assigning(app: Application) -> Assigning:
    return Assigning(app.runner, app.pool.connection)


def adjusted(app: Application) -> list[AssignmentPhaseAdjusted]:
    return [recorded.event for recorded in whole_log(app) if isinstance(recorded.event, AssignmentPhaseAdjusted)]


def test_one_is_there_with_the_phase_of_its_day_before_any_reaction(app: Application, assigning: Assigning) -> None:
    planned = workout(TEAM, 30)
    [result] = assigning.assign([planned], coach())
    assert result.created
    assert result.shown is not None
    assert result.shown.load == 72.0
    [adjustment] = result.adjustments
    assert isinstance(adjustment, LoadAdjustment)
    assert (adjustment.original, adjustment.adjusted) == (60.0, 72.0)
    assert assignments(app)[planned.assignment_id].shown_load == 72.0


def test_the_reaction_that_catches_it_afterwards_adds_nothing(app: Application, assigning: Assigning) -> None:
    assigning.assign([workout(TEAM, 3), workout(TEAM, 30), workout(TEAM, None)], coach())
    before = adjusted(app)
    app.reactions.process_available()
    assert adjusted(app) == before
    assert sorted(event.phase_id for event in before) == ["in", "pre", "pre"]


def test_a_read_model_that_is_behind_is_made_good_by_the_reaction(app: Application, assigning: Assigning) -> None:
    run_all(app, change(TEAM, "in", 0, 90))  # and nobody has projected it yet
    planned = workout(TEAM, 3)
    [result] = assigning.assign([planned], coach())
    assert result.shown is not None
    assert result.shown.load == 48.0
    app.reactions.process_available()
    assert assignments(app)[planned.assignment_id].shown_load == 72.0


def test_hundreds_at_once_with_a_result_each(app: Application, assigning: Assigning) -> None:
    there = workout(TEAM, 3)
    run_all(app, there)
    double = workout(TEAM, 4)
    new = [workout(TEAM, offset % 60) for offset in range(300)]
    another = there.model_copy(update={"load": 10.0})

    results = assigning.assign([*new, another, double, double, workout(TEAM, 500)], coach())

    assert len(results) == 304
    assert all(result.created and result.adjustments for result in results[:300])
    assert [result.refusal and result.refusal.code for result in results[300:]] == [
        "already-exists", "twice-in-one-request", "twice-in-one-request", None,
    ]  # fmt: skip
    assert (results[303].created, results[303].adjustments) == (True, ()), "no phase covers that day"
    assert double.assignment_id not in assignments(app)


def test_what_is_there_already_is_not_created_again(assigning: Assigning) -> None:
    planned = workout(TEAM, 3)
    [first] = assigning.assign([planned], coach())
    [again] = assigning.assign([planned], coach())
    assert (first.created, again.created, again.refusal) == (True, False, None)


def test_a_team_that_does_not_apply_phases_gets_what_was_planned(app: Application, assigning: Assigning) -> None:
    run_all(app, SetAutoApply(team_id=TeamId(TEAM), auto_apply_adjustments=False))
    app.projector.process_available()
    [result] = assigning.assign([workout(TEAM, 30)], coach())
    assert result.shown is not None
    assert (result.shown.load, result.adjustments) == (60.0, ())


def test_a_team_without_a_season_too(assigning: Assigning) -> None:
    planned = workout(uuid4(), 3)
    [result] = assigning.assign([planned], coach())
    assert (result.created, result.shown, result.adjustments) == (True, planned.baseline, ())
