"""A template is defined, revised and withdrawn; each version stands for itself."""

from typing import Any

import pytest
from pydantic import ValidationError

from domain.catalogue import decider_for
from domain.phase_template import (
    DefineTemplate,
    PhaseTemplate,
    PlannedWorkout,
    ReviseTemplate,
    TemplateCommand,
    TemplateDefined,
    TemplateRevised,
    TemplateWithdrawn,
    TemplateWorkout,
    WithdrawTemplate,
)
from domain.prescription import Exercise, Intensity, Prescription, Range
from domain.rules.intensity import Zone
from tests.domain.templates import GYM, INTERVALS, LONG, TEMPLATE
from tests.support.scenario import given

DEFINE = DefineTemplate(template_id=TEMPLATE, name="Base block", workouts=(INTERVALS, GYM))
DEFINED = TemplateDefined(
    template_id=TEMPLATE, template_version=1, name="Base block", workouts=(INTERVALS.stored(), GYM.stored())
)
WITHDRAW, WITHDRAWN = WithdrawTemplate(template_id=TEMPLATE), TemplateWithdrawn(template_id=TEMPLATE)


def revise(**other: Any) -> ReviseTemplate:
    return ReviseTemplate(template_id=TEMPLATE, **other)


def revised(version: int, **other: Any) -> TemplateRevised:
    return TemplateRevised(
        **{
            "template_id": TEMPLATE,
            "template_version": version,
            "name": DEFINED.name,
            "workouts": DEFINED.workouts,
            **other,
        }
    )


def test_defining() -> None:
    given().when(DEFINE).then(DEFINED)


def test_a_workout_is_kept_with_all_that_it_prescribes() -> None:
    assert INTERVALS.stored() == TemplateWorkout(
        week=1,
        weekday=2,
        title="Threshold intervals",
        sport="run",
        prescription=Prescription(
            load=80.5, intensity=Intensity(zones=(Zone.Z2, Zone.Z4), power_pct_ftp=Range(low=88, high=94))
        ),
    )
    exercises = (Exercise(name="Back squat", focus="strength", sets=5, reps=5), Exercise(name="Hips", focus="mobility"))
    assert GYM.stored().prescription == Prescription(load=40, exercises=exercises)


def test_another_template_under_the_same_id_is_refused() -> None:
    other = DEFINE.model_copy(update={"name": "Peak block"})
    error = given(DEFINED).when(other).raises("already-exists", "'Base block', version 1")
    assert "another id" in error.hint
    given(DEFINED).when(DEFINE.model_copy(update={"workouts": (INTERVALS,)})).raises("already-exists")
    given(DEFINED, WITHDRAWN).when(DEFINE).raises("already-exists")


def test_what_is_not_named_in_a_revision_stays() -> None:
    given(DEFINED).when(revise(name="Base")).then(revised(2, name="Base"))
    given(DEFINED).when(revise(workouts=(LONG,))).then(revised(2, workouts=(LONG.stored(),)))
    both = revise(name="Base", workouts=(LONG,))
    given(DEFINED, revised(2, name="Base")).when(both).then(revised(3, name="Base", workouts=(LONG.stored(),)))


def test_a_revision_to_what_is_there_is_none() -> None:
    given(DEFINED).when(revise(name="Base block", workouts=DEFINE.workouts)).then()
    given(DEFINED, revised(2, name="Base")).when(revise(name="Base")).then()


def test_withdrawing_once_and_coming_back_by_a_revision() -> None:
    given(DEFINED).when(WITHDRAW).then(WITHDRAWN)
    given(DEFINED, WITHDRAWN).when(WITHDRAW).then()
    given(DEFINED, WITHDRAWN).when(revise(name="Base block")).then(revised(2))


def test_what_was_withdrawn_stays_readable() -> None:
    template = decider_for(WithdrawTemplate).fold([DEFINED, WITHDRAWN])
    assert template == PhaseTemplate(TEMPLATE, 1, "Base block", DEFINED.workouts, withdrawn=True)


@pytest.mark.parametrize("command", [revise(name="Base"), WITHDRAW])
def test_a_template_that_is_not_there(command: TemplateCommand) -> None:
    assert given().when(command).raises("not-found", str(TEMPLATE)).hint


@pytest.mark.parametrize(
    "wrong",
    [
        {"week": 0},
        {"week": 53},
        {"weekday": 0},
        {"weekday": 8},
        {"title": " "},
        {"sport": ""},
        {"load": -1},
        {"load": 2000.1},
        {"intensity": {}},
        {"intensity": {"heart_rate_pct_max": {"low": 90, "high": 101}}},
        {"exercises": ()},
        {"weekdays": (1, 3)},
    ],
)
def test_what_no_workout_of_a_template_can_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PlannedWorkout(**{"week": 1, "weekday": 1, "title": "Run", "sport": "run", "load": 50.0, **wrong})


def test_a_template_holds_some_workouts_and_a_revision_revises_something() -> None:
    with pytest.raises(ValidationError, match="at least 1"):
        DefineTemplate(template_id=TEMPLATE, name="Nothing", workouts=())
    with pytest.raises(ValidationError, match="at most 1000"):
        DefineTemplate(template_id=TEMPLATE, name="Too much", workouts=(LONG,) * 1001)
    with pytest.raises(ValidationError, match="send a name, workouts, or both"):
        revise()
