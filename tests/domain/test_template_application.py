"""A team follows a template from a day on, once: the workouts are dated, and told when all are planned."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from domain.ids import TeamId, TemplateApplicationId, assignment_of_template, template_application_id
from domain.phase_template import PlannedWorkout
from domain.template_application import (
    ApplyTemplate,
    Customizations,
    DatedWorkout,
    RecordAssignmentsCreated,
    TemplateApplied,
    TemplateAppliedAlready,
    TemplateAssignmentsCreated,
    TemplateIsOver,
    TemplateTooHeavy,
)
from tests.domain.known import ATHLETE, OTHER_ATHLETE, OTHER_TEAM, TEAM
from tests.domain.templates import GYM, INTERVALS, LONG
from tests.support.scenario import given

MONDAY = date(2026, 3, 2)
APPLICATION = template_application_id(TEAM, "base", MONDAY)


def apply(starts: date | datetime = MONDAY, team_id: TeamId = TEAM, **other: Any) -> ApplyTemplate:
    fields: dict[str, Any] = {"template_version": 2, "workouts": (INTERVALS, GYM, LONG), **other}
    return ApplyTemplate(
        team_id=team_id,
        zone="Europe/Madrid",
        template_id="base",
        name="Base block",
        starts=starts,
        triggered_by="coach-1",
        **fields,
    )


def wishing(load_multiplier: float = 1.0, training_frequency: int | None = None) -> Customizations:
    return Customizations(load_multiplier=load_multiplier, training_frequency=training_frequency)


def on(day: date, workout: PlannedWorkout, load: float | None = None) -> DatedWorkout:
    planned = workout.stored()
    prescription = planned.prescription.model_copy(update={"load": workout.load if load is None else load})
    return DatedWorkout(day=day, title=planned.title, sport=planned.sport, prescription=prescription)


def applied(*workouts: DatedWorkout, **other: Any) -> TemplateApplied:
    fields: dict[str, Any] = {"load_multiplier": 1.0, "training_frequency": None, **other}
    return TemplateApplied(
        **{
            "application_id": APPLICATION,
            "team_id": TEAM,
            "template_id": "base",
            "template_version": 2,
            "name": "Base block",
            "starts_on": MONDAY,
            "triggered_by": "coach-1",
            **fields,
        },
        workouts=workouts,
    )


AS_IT_IS = on(date(2026, 3, 3), INTERVALS), on(date(2026, 3, 5), GYM), on(date(2026, 3, 14), LONG)
CREATED = TemplateAssignmentsCreated(application_id=APPLICATION, team_id=TEAM, assignments_count=54, players_count=18)


def record(count: int = 54) -> RecordAssignmentsCreated:
    return RecordAssignmentsCreated(application_id=APPLICATION, assignments_count=count, players_count=18)


def test_known_failure_a_template_created_nothing() -> None:
    """Here its workouts stand in the event, on their days and whole; the reaction plans them for everybody."""
    given().when(apply()).then(applied(*AS_IT_IS))


def test_a_load_multiplier_of_12_tenths_and_a_training_frequency_of_4_as_in_seed_000() -> None:
    """A week of three days of training gets a fourth, with the easiest of its workouts; each load is a fifth more."""
    saturday = LONG.model_copy(update={"week": 1})
    given().when(apply(workouts=(INTERVALS, GYM, saturday), customizations=wishing(1.2, 4))).then(
        applied(
            on(date(2026, 3, 2), GYM, 48.0),
            on(date(2026, 3, 3), INTERVALS, 96.6),
            on(date(2026, 3, 5), GYM, 48.0),
            on(date(2026, 3, 7), saturday, 132.0),
            load_multiplier=1.2,
            training_frequency=4,
        )
    )


def test_known_failure_frequency_left_the_days_as_they_were() -> None:
    given().when(apply(customizations=wishing(training_frequency=1))).then(
        applied(on(date(2026, 3, 3), INTERVALS), AS_IT_IS[2], training_frequency=1)
    )


def test_a_start_in_mid_week_leaves_out_what_lies_before() -> None:
    wednesday = date(2026, 3, 4)
    started = {"application_id": template_application_id(TEAM, "base", wednesday), "starts_on": wednesday}
    given().when(apply(wednesday)).then(applied(*AS_IT_IS[1:], **started))


def test_an_instant_is_the_day_in_the_teams_zone() -> None:
    sunday_night = datetime(2026, 3, 1, 23, 0, tzinfo=UTC)  # midnight in Madrid
    assert apply(sunday_night).stream_id == apply().stream_id == APPLICATION
    given().when(apply(sunday_night)).then(applied(*AS_IT_IS))


def test_known_failure_a_second_application_compounded_the_multiplier() -> None:
    """It is refused, and told how the team follows the template already."""
    before = applied(*AS_IT_IS, load_multiplier=1.2)
    error = given(before).when(apply(customizations=wishing(1.3))).raises(TemplateAppliedAlready)
    assert str(error) == (
        f"team {TEAM} follows template base from 2026-03-02 on already, "
        "with load × 1.2 and its own number of days a week"
    )
    assert (error.code, "another first day" in error.hint) == ("template-applied-already", True)
    given(before).when(apply(customizations=wishing(1.2, 4))).raises("template-applied-already")
    given(before).when(apply(customizations=wishing(1.2))).then()


def test_what_the_template_says_later_changes_nothing_for_who_follows_it() -> None:
    given(applied(*AS_IT_IS)).when(apply(template_version=3, workouts=(LONG,))).then()
    given(applied(*AS_IT_IS), CREATED).when(apply(template_version=3, workouts=(LONG,))).then()


def test_another_team_day_or_template_is_another_application() -> None:
    others = {apply(team_id=OTHER_TEAM).stream_id, apply(date(2026, 3, 3)).stream_id, apply().stream_id}
    assert len(others | {template_application_id(TEAM, "peak", MONDAY)}) == 4


def test_a_template_whose_last_workout_is_over_in_the_first_week() -> None:
    error = given().when(apply(date(2026, 3, 6), workouts=(INTERVALS, GYM))).raises(TemplateIsOver, "after 2026-03-06")
    assert (error.code, "not later" in error.hint) == ("template-is-over", True)


def test_a_multiplier_that_makes_more_of_a_workout_than_may_be_planned() -> None:
    """Otherwise no assignment could be made of it, and the refusal would come where nobody waits for it."""
    heavy = LONG.model_copy(update={"load": 1000.0})
    error = given().when(apply(workouts=(heavy,), customizations=wishing(2.1))).raises(TemplateTooHeavy, "load 2100.0")
    assert (error.code, "above 2000" in error.hint) == ("template-too-heavy", True)
    given().when(apply(workouts=(heavy,), customizations=wishing(2.0))).then(
        applied(on(date(2026, 3, 14), heavy, 2000.0), load_multiplier=2.0)
    )


def test_recording_that_all_are_planned_once() -> None:
    given(applied(*AS_IT_IS)).when(record()).then(CREATED)
    given(applied(*AS_IT_IS), CREATED).when(record(0)).then()


def test_recording_what_was_never_applied() -> None:
    assert given().when(record()).raises("not-found", str(APPLICATION)).hint


@pytest.mark.parametrize(
    "wrong",
    [
        {"customizations": {"load_multiplier": 0}},
        {"customizations": {"load_multiplier": 3.1}},
        {"customizations": {"load_multiplier": float("nan")}},
        {"customizations": {"training_frequency": 0}},
        {"customizations": {"training_frequency": 8}},
        {"customizations": {"rest_days": 2}},
        {"template_version": 0},
        {"workouts": ()},
        {"starts": datetime(2026, 3, 2)},
        {"starts": "9999-12-31"},
    ],
)
def test_what_cannot_be_asked(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        apply(**wrong)


def test_each_player_has_an_assignment_of_each_workout_and_the_same_each_time() -> None:
    application = TemplateApplicationId(APPLICATION)
    ids = [assignment_of_template(application, athlete, n) for athlete in (ATHLETE, OTHER_ATHLETE) for n in (0, 1)]
    assert len(set(ids)) == 4
    assert assignment_of_template(application, OTHER_ATHLETE, 1) == ids[3]
