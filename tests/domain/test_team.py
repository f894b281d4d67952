"""Teams: forming, coaches, the setting. The roster has its own file."""

import pytest
from pydantic import ValidationError

from domain.team import (
    AddPlayer,
    AppointCoach,
    AutoApplySet,
    CoachAppointed,
    CoachDismissed,
    DismissCoach,
    FormTeam,
    RemovePlayer,
    SetAutoApply,
    TeamCommand,
)
from tests.domain.known import ATHLETE, TEAM, TEAM_FORMED
from tests.support.scenario import NOW, given

FORM = FormTeam(team_id=TEAM, name="U19", zone="Europe/Madrid", external_source="planning", external_id="17")
APPOINTED = CoachAppointed(team_id=TEAM, coach="coach-1")


def test_forming_a_team_which_applies_adjustments_unless_told_otherwise() -> None:
    given().when(FORM).then(TEAM_FORMED)


def test_forming_it_again_after_its_setting_changed() -> None:
    given(TEAM_FORMED, AutoApplySet(team_id=TEAM, auto_apply_adjustments=False)).when(FORM).then()


def test_another_team_under_the_same_id_is_refused() -> None:
    given(TEAM_FORMED).when(FORM.model_copy(update={"name": "U17"})).raises("already-exists", "U19")


@pytest.mark.parametrize("zone", ["Europe", "Mars/Olympus", "", "../etc/passwd", "Europe/Madrid ", "/etc/localtime"])
def test_a_zone_is_one_of_the_database(zone: str) -> None:
    with pytest.raises(ValidationError):
        FormTeam(team_id=TEAM, name="U19", zone=zone)


def test_appointing_and_dismissing_coaches() -> None:
    given(TEAM_FORMED).when(AppointCoach(team_id=TEAM, coach="coach-1")).then(APPOINTED)
    given(TEAM_FORMED, APPOINTED).when(DismissCoach(team_id=TEAM, coach="coach-1")).then(
        CoachDismissed(team_id=TEAM, coach="coach-1")
    )
    given(TEAM_FORMED, APPOINTED).when(DismissCoach(team_id=TEAM, coach="coach-2")).then()


def test_a_dismissed_coach_can_come_back() -> None:
    given(TEAM_FORMED, APPOINTED, CoachDismissed(team_id=TEAM, coach="coach-1")).when(
        AppointCoach(team_id=TEAM, coach="coach-1")
    ).then(APPOINTED)


@pytest.mark.parametrize("auto_apply", [True, False])
def test_the_setting(auto_apply: bool) -> None:
    before = AutoApplySet(team_id=TEAM, auto_apply_adjustments=not auto_apply)
    given(TEAM_FORMED, before).when(SetAutoApply(team_id=TEAM, auto_apply_adjustments=auto_apply)).then(
        AutoApplySet(team_id=TEAM, auto_apply_adjustments=auto_apply)
    )


def test_setting_what_is_set() -> None:
    given(TEAM_FORMED).when(SetAutoApply(team_id=TEAM, auto_apply_adjustments=True)).then()


@pytest.mark.parametrize(
    "command",
    [
        AddPlayer(team_id=TEAM, athlete_id=ATHLETE, joined_on=NOW.date()),
        RemovePlayer(team_id=TEAM, athlete_id=ATHLETE, left_on=NOW.date()),
        AppointCoach(team_id=TEAM, coach="coach-1"),
        DismissCoach(team_id=TEAM, coach="coach-1"),
        SetAutoApply(team_id=TEAM, auto_apply_adjustments=True),
    ],
)
def test_a_team_that_is_not_there(command: TeamCommand) -> None:
    given().when(command).raises("not-found")
