"""What can be asked for, and told, under the planning service's paths: sync, template, completion."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from api.principal import Role
from domain.assignment import AdjustByHand
from domain.phase_template import DefineTemplate, WithdrawTemplate
from domain.season_plan import PhaseAdjustmentsApplied
from domain.team import SetAutoApply
from tests.api.conftest import Served
from tests.support.asking import PLANNING, answered, ask, assert_guarded
from tests.support.club import change, day, plan_all, whole_log, workout
from tests.support.planned_club import ANA, BEN, OTHER_CLUB, club
from tests.support.templates import EASY, TEMPO

SYNC = f"{PLANNING}/sync-phase-adjustments"
APPLY = f"{PLANNING}/apply-phase-template"
DONE = f"{PLANNING}/notify-completion"
KEY = {"Idempotency-Key": "monday's"}


def loads(served: Served, team_id: UUID) -> dict[str, float]:
    served.settle()
    board = ask(served.client, "GET", f"/api/v1/teams/{team_id}/assignment-board")
    return {entry["athleteName"]: entry["load"] for entry in board["entries"]}


def set_by_hand(served: Served) -> UUID:
    """A team in the phase "in", whose two workouts were set to 10 by hand."""
    team_id = club(served)
    plans = [workout(team_id, 12, athlete_id=who) for who in (ANA, BEN)]
    plan_all(served.app, plans)
    served.run(change(team_id, "in", 10, 30))
    served.settle()
    for plan in plans:
        served.run(AdjustByHand(assignment_id=plan.assignment_id, load=10.0, reason="school trip"))
    return team_id


def test_sync_adjusts_what_was_set_by_hand_only_where_it_is_forced_and_only_the_players_named(served: Served) -> None:
    team_id = set_by_hand(served)
    asked = ask(served.client, "POST", SYNC, 202, json={"teamId": str(team_id)})
    assert asked["changed"]
    assert loads(served, team_id) == {"Ana Ruiz": 10.0, "Ben Ott": 10.0}
    body = {"teamId": str(team_id), "phaseId": "in", "playerIds": [str(BEN)], "forceUpdate": True}
    ask(served.client, "POST", SYNC, 202, json=body)
    assert loads(served, team_id) == {"Ana Ruiz": 10.0, "Ben Ott": 72.0}


def test_the_request_is_one_however_often_it_is_sent_under_its_key(served: Served) -> None:
    team_id = set_by_hand(served)
    body = {"teamId": str(team_id)}
    first = ask(served.client, "POST", SYNC, 202, json=body, headers=KEY)
    assert ask(served.client, "POST", SYNC, 202, json=body, headers=KEY) == first | {"changed": False}
    forced = body | {"forceUpdate": True}
    ask(served.client, "POST", SYNC, 422, "idempotency-key-reused", json=forced, headers=KEY)
    assert ask(served.client, "POST", SYNC, 202, json=body)["changed"], "another request without a key"
    served.settle()
    applied = [one for one in whole_log(served.app) if isinstance(one.event, PhaseAdjustmentsApplied)]
    assert len(applied) == 3, "of the change, and of two requests"


def test_a_team_that_wants_no_adjustments_by_themselves_gets_none_unforced(served: Served) -> None:
    team_id = set_by_hand(served)
    served.run(SetAutoApply(team_id=team_id, auto_apply_adjustments=False))  # type: ignore[arg-type]
    served.settle()
    problem = ask(served.client, "POST", SYNC, 409, "auto-apply-off", json={"teamId": str(team_id)})
    assert "forceUpdate" in problem["hint"]
    assert loads(served, team_id) == {"Ana Ruiz": 10.0, "Ben Ott": 10.0}
    ask(served.client, "POST", SYNC, 202, json={"teamId": str(team_id), "forceUpdate": True})
    assert loads(served, team_id) == {"Ana Ruiz": 72.0, "Ben Ott": 72.0}


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({}, 409, "no-current-phase"),
        ({"phaseId": "none"}, 404, "phase-unknown"),
        ({"playerIds": []}, 422, "invalid-request"),
        ({"playerIds": ["17"]}, 422, "invalid-request"),
        ({"force": True}, 422, "invalid-request"),
    ],
)
def test_what_cannot_be_asked_for(served: Served, more: dict[str, Any], status: int, code: str) -> None:
    ask(served.client, "POST", SYNC, status, code, json={"teamId": str(club(served)), **more})


def test_who_may_ask_for_adjustments(served: Served) -> None:
    team_id = set_by_hand(served)
    body = {"teamId": str(team_id)}
    assert_guarded(served, team_id, "POST", SYNC, body, forbidden=(Role.ATHLETE,))
    for role in (Role.COACH, Role.SERVICE):
        assert ask(served.client_for(role, teams=(team_id,)), "POST", SYNC, 202, json=body)["changed"]


def template(served: Served) -> UUID:
    template_id = uuid4()
    served.run(DefineTemplate.model_validate({"template_id": template_id, "name": "Base", "workouts": [EASY, TEMPO]}))
    served.settle()
    return template_id


def test_a_template_becomes_workouts_of_everybody_on_the_roster_once(served: Served) -> None:
    team_id, template_id = club(served), template(served)
    body = {
        "teamId": str(team_id),
        "templateId": str(template_id),
        "startDate": day(44).isoformat(),
        "customizations": {"loadMultiplier": 1.2},
    }
    answer = answered(served.client, "POST", APPLY, 201, json=body, headers=KEY)
    applied = answer.json()
    assert answer.headers["location"] == f"/api/v1/teams/{team_id}/template-applications"
    served.settle()
    board = ask(served.client, "GET", f"/api/v1/teams/{team_id}/assignment-board")
    assert [entry["load"] for entry in board["entries"]] == [48.0, 48.0, 96.0, 96.0]
    [listed] = ask(served.client, "GET", answer.headers["location"])["applications"]
    assert listed["applicationId"] == applied["id"]

    assert ask(served.client, "POST", APPLY, 201, json=body, headers=KEY) == applied | {"changed": False}
    assert ask(served.client, "POST", APPLY, 201, json=body)["changed"] is False
    other = body | {"startDate": day(51).isoformat()}
    ask(served.client, "POST", APPLY, 422, "idempotency-key-reused", json=other, headers=KEY)


def test_what_template_cannot_be_applied_and_by_whom(served: Served) -> None:
    team_id, template_id = club(served), template(served)
    body = {"teamId": str(team_id), "templateId": str(template_id), "startDate": day(44).isoformat()}
    assert_guarded(served, team_id, "POST", APPLY, body, forbidden=(Role.ATHLETE, Role.SERVICE))
    ask(served.client, "POST", APPLY, 404, "not-found", json=body | {"templateId": str(uuid4())})
    wrong = body | {"customizations": {"loadMultiplier": 4}}
    ask(served.client, "POST", APPLY, 422, "invalid-request", json=wrong)
    served.run(WithdrawTemplate(template_id=template_id))  # type: ignore[arg-type]
    served.settle()
    ask(served.client, "POST", APPLY, 409, "template-withdrawn", json=body)


def test_a_workout_that_was_done_is_told_once(served: Served) -> None:
    team_id = club(served)
    plan = workout(team_id, 12, athlete_id=ANA)
    served.run(plan)
    served.settle()
    body = {"assignmentId": str(plan.assignment_id), "load": 68.0, "rpe": 6.0, "durationMin": 55.0}
    told = ask(served.client, "POST", DONE, json=body, headers=KEY)
    assert (told["id"], told["changed"]) == (str(plan.assignment_id), True)
    assert ask(served.client, "POST", DONE, json=body, headers=KEY) == told | {"changed": False}
    assert ask(served.client, "POST", DONE, json=body)["changed"] is False
    ask(served.client, "POST", DONE, 409, "assignment-closed", json=body | {"load": 70.0})
    served.settle()
    [entry] = ask(served.client, "GET", f"/api/v1/teams/{team_id}/assignment-board")["entries"]
    assert (entry["status"], entry["executedLoad"], entry["rpe"]) == ("completed", 68.0, 6.0)
    assert entry["completedOn"] == day(12).isoformat()


def test_whose_workout_may_be_told_of_and_what_cannot_be(served: Served) -> None:
    team_id = club(served)
    plans = [workout(team_id, offset, athlete_id=ANA) for offset in (12, 13, 14, None)]
    plan_all(served.app, plans)
    served.settle()
    bodies = [{"assignmentId": str(plan.assignment_id), "load": 50.0} for plan in plans]
    for client in (
        served.client_for(Role.ADMIN, organization_id=OTHER_CLUB),
        served.client_for(Role.COACH),
        served.client_for(Role.ATHLETE, athlete_id=BEN),
    ):
        ask(client, "POST", DONE, 404, "not-found", json=bodies[0])
    ask(served.client, "POST", DONE, 404, "not-found", json=bodies[0] | {"assignmentId": str(uuid4())})
    ask(served.client, "POST", DONE, 409, "day-unknown", json=bodies[3])
    ask(served.client, "POST", DONE, 422, "invalid-request", json=bodies[0] | {"rpe": 11})
    tellers = (
        served.client_for(Role.ATHLETE, athlete_id=ANA),
        served.client_for(Role.COACH, teams=(team_id,)),
        served.client_for(Role.SERVICE),
    )
    for client, body in zip(tellers, bodies, strict=False):
        assert ask(client, "POST", DONE, json=body)["changed"]
