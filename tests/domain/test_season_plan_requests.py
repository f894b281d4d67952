"""Somebody asks to adjust a phase's workouts once more (the seed's sync of phase adjustments)."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from domain.ids import PhaseId
from domain.season_plan import AdjustmentsRequested, NoCurrentPhase, PhaseUnknown, RequestAdjustments
from tests.domain.known import ATHLETE, OTHER_ATHLETE, SEASON_PLAN, TEAM
from tests.domain.season import HISTORY, IN, changed, ended
from tests.support.scenario import given

REQUEST = UUID("0a000000-0000-7000-8000-000000000051")


def request(**other: Any) -> RequestAdjustments:
    return RequestAdjustments(**{"team_id": TEAM, "request_id": REQUEST, "triggered_by": "coach-1", **other})


def requested(phase_id: str, **other: Any) -> AdjustmentsRequested:
    fields: dict[str, Any] = {"athlete_ids": None, "force": False, "triggered_by": "coach-1", **other}
    return AdjustmentsRequested(
        season_plan_id=SEASON_PLAN, team_id=TEAM, request_id=REQUEST, phase_id=PhaseId(phase_id), **fields
    )


def test_without_a_phase_it_is_about_the_current_one() -> None:
    given(*HISTORY, changed(IN)).when(request()).then(requested("in"))
    given(*HISTORY, changed(IN)).when(request(phase_id="pre")).then(requested("pre"))


def test_known_failure_force_and_the_chosen_players_were_ignored() -> None:
    chosen = {"athlete_ids": (ATHLETE, OTHER_ATHLETE), "force": True}
    given(*HISTORY, changed(IN)).when(request(**chosen)).then(requested("in", **chosen))


def test_a_request_is_one_however_much_has_come_between() -> None:
    other = requested("in").model_copy(update={"request_id": TEAM})
    given(*HISTORY, changed(IN), requested("in"), other).when(request()).then()
    given(*HISTORY, changed(IN), other).when(request()).then(requested("in"))
    given(*HISTORY, changed(IN), requested("in"), ended("in", date(2026, 6, 1))).when(request()).then()


def test_a_team_in_no_phase() -> None:
    error = given(*HISTORY).when(request()).raises(NoCurrentPhase, str(TEAM))
    assert (error.code, "Name a phase" in error.hint) == ("no-current-phase", True)
    given(*HISTORY, changed(IN), ended("in", date(2026, 6, 1))).when(request()).raises("no-current-phase")
    given(*HISTORY).when(request(phase_id="in")).then(requested("in"))


def test_a_phase_that_the_plan_does_not_know() -> None:
    given(*HISTORY).when(request(phase_id="po")).raises(PhaseUnknown, "no phase po")


@pytest.mark.parametrize("athlete_ids", [(), (ATHLETE,) * 1001])
def test_nobody_and_too_many(athlete_ids: tuple[UUID, ...]) -> None:
    with pytest.raises(ValidationError, match="athlete_ids"):
        request(athlete_ids=athlete_ids)
