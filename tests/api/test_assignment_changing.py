"""What people do to assignments over HTTP: each act, once, by whom it may be done."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient

from api.principal import Role
from domain.assignment import AssignmentStatus
from tests.api.conftest import Served, token
from tests.support.club import ORGANIZATION, assignments, day
from tests.support.planned_club import ANA, BEN, OTHER_CLUB, club
from tests.support.transfers import planned_for

ACTS: dict[str, Any] = {
    "adjust": {"load": 45, "reason": "school trip"},
    "revert": None,
    "start": None,
    "complete": {"load": 58.5, "rpe": 6, "durationMin": 50},
    "skip": {"reason": "caught a cold"},
    "cancel": {"reason": "rain"},
}
OF_ATHLETES = {"start", "complete", "skip"}


def planned(served: Served, offset: int | None = 12) -> UUID:
    """Ana's; on day 12 with a phase that makes 72 of 60. Projected."""
    team_id = club(served)
    plan = planned_for(ANA, team_id, offset)
    served.run(plan)
    served.settle()
    return plan.assignment_id


def act(
    client: TestClient,
    assignment_id: UUID,
    name: str,
    body: Any = None,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Any:
    answer = client.post(f"/api/v1/assignments/{assignment_id}/{name}", json=body, headers=headers)
    assert answer.status_code == status, answer.text
    if status == 200:
        assert answer.headers["etag"] == f'"{answer.json()["version"]}"'
    return answer.json()


def code(answer: Any) -> str:
    return str(answer["type"]).rpartition(":")[2]


def test_a_workout_from_hand_to_done(served: Served) -> None:
    assignment_id = planned(served)
    client = served.client
    adjusted = act(client, assignment_id, "adjust", {"load": 45, "exercises": SQUAT, "reason": "school trip"})
    assert (adjusted["id"], adjusted["version"], adjusted["changed"]) == (str(assignment_id), 3, True)
    state = assignments(served.app)[assignment_id]
    assert (state.shown.load, state.shown.exercises and state.shown.exercises[0].name) == (45.0, "Squat")

    act(client, assignment_id, "revert", {"layers": ["hand"]})
    assert assignments(served.app)[assignment_id].shown.load == 72.0
    act(client, assignment_id, "revert")
    assert assignments(served.app)[assignment_id].shown.load == 60.0
    act(client, assignment_id, "start")
    done = act(client, assignment_id, "complete", {"load": 58.5, "rpe": 6, "completedOn": day(13).isoformat()})
    state = assignments(served.app)[assignment_id]
    assert state.status is AssignmentStatus.COMPLETED
    assert state.completion is not None
    assert (state.completion.load, state.completion.rpe, state.completion.completed_on) == (58.5, 6.0, day(13))

    served.settle()
    path = f"/api/v1/assignments/{assignment_id}"
    told = client.get(path, params={"minPosition": done["position"]}).json()
    assert (told["status"], told["executedLoad"], told["version"]) == ("completed", 58.5, done["version"])


SQUAT = [{"name": "Squat", "focus": "strength", "sets": 5, "reps": 5}]


@pytest.mark.parametrize(("name", "status"), [("skip", "skipped"), ("cancel", "cancelled")])
def test_a_workout_that_is_left_out_or_given_up(served: Served, name: str, status: str) -> None:
    assignment_id = planned(served)
    act(served.client, assignment_id, name, ACTS[name])
    assert assignments(served.app)[assignment_id].status.value == status
    for other in ACTS.keys() - {name, "revert"}:
        refused = act(served.client, assignment_id, other, ACTS[other], 409)
        assert code(refused) == "assignment-closed"
        assert refused["hint"]
    assert act(served.client, assignment_id, name, ACTS[name])["changed"] is False


@pytest.mark.parametrize("name", ACTS)
def test_each_act_is_one_with_its_repeat_and_of_the_version_that_was_seen(served: Served, name: str) -> None:
    assignment_id = planned(served)
    key = {"Idempotency-Key": "k1"}
    refused = act(served.client, assignment_id, name, ACTS[name], 412, {"If-Match": '"1"'})
    assert code(refused) == "version-mismatch"
    assert act(served.client, assignment_id, name, ACTS[name], 400, {"If-Match": "W/2"})["hint"]
    first = act(served.client, assignment_id, name, ACTS[name], 200, {"If-Match": '"2"', **key})
    again = act(served.client, assignment_id, name, ACTS[name], 200, {"If-Match": '"2"', **key})
    assert (first["version"], first["changed"]) == (3, True)
    assert again == first | {"changed": False}
    assert len(served.app.history.explain(assignment_id, ORGANIZATION)) == 3
    if ACTS[name] is not None:
        other = {**ACTS[name], "reason": "another"} if "reason" in ACTS[name] else {"load": 1}
        refused = act(served.client, assignment_id, name, other, 422, key)
        assert code(refused) == "idempotency-key-reused"


@pytest.mark.parametrize("name", ACTS)
def test_who_may_and_who_may_not(served: Served, name: str) -> None:
    assignment_id = planned(served)
    team_id = assignments(served.app)[assignment_id].team_id
    other_club = {"organization_id": OTHER_CLUB}
    own = 200 if name in OF_ATHLETES else 403
    everybody: list[tuple[Role, dict[str, Any], int]] = [
        (Role.ADMIN, other_club, 404),
        (Role.COACH, {"teams": (team_id,), **other_club}, 404),
        (Role.COACH, {"teams": (uuid4(),)}, 404),
        (Role.ATHLETE, {"athlete_id": BEN}, 404),
        (Role.ATHLETE, {"athlete_id": ANA, **other_club}, 404),
    ]
    for role, who, status in everybody:
        act(served.client_for(role, **who), assignment_id, name, ACTS[name], status)
    assert len(served.app.history.explain(assignment_id, ORGANIZATION)) == 2
    refused = act(served.client_for(Role.ATHLETE, athlete_id=ANA), assignment_id, name, ACTS[name], own)
    assert own == 200 or code(refused) == "forbidden"
    act(served.client_for(Role.COACH, teams=(team_id,)), assignment_id, name, ACTS[name])
    act(served.client, uuid4(), name, ACTS[name], 404)


def test_a_service_gives_nothing_up(served: Served) -> None:
    assignment_id, service = planned(served), served.client_for(Role.SERVICE)
    for name in ("adjust", "revert", "cancel"):
        assert code(act(service, assignment_id, name, ACTS[name], 403)) == "forbidden"


@pytest.mark.parametrize(
    ("name", "body", "location"),
    [
        ("adjust", {"reason": "nothing"}, "body"),
        ("adjust", {"load": 45}, "body.reason"),
        ("adjust", {"load": -1, "reason": "no"}, "body.load"),
        ("adjust", {"load": 45, "reason": "no", "force": True}, "body.force"),
        ("revert", {"layers": []}, "body.layers"),
        ("revert", {"layers": ["all"]}, "body.layers.0"),
        ("complete", {"load": 1, "rpe": 11}, "body.rpe"),
        ("complete", {"load": 1, "completedOn": "2300-01-01"}, "body.completedOn"),
        ("skip", {"reason": " "}, "body.reason"),
        ("cancel", None, "body"),
    ],
)
def test_what_cannot_be_meant_names_its_field(served: Served, name: str, body: Any, location: str) -> None:
    refused = act(served.client, planned(served), name, body, 422)
    assert refused["errors"][0]["location"] == location


def test_rules_that_refuse_say_what_to_do(served: Served) -> None:
    weekly, dated = planned(served, None), planned(served)
    assert code(act(served.client, weekly, "complete", {"load": 40}, 409)) == "day-unknown"
    assert code(act(served.client, dated, "adjust", {"weekdays": [1], "reason": "no"}, 409)) == "on-one-day"


def test_what_was_planned_a_moment_ago_can_be_waited_for(served: Served) -> None:
    team_id = club(served)
    plan = planned_for(ANA, team_id, 2)
    written = token(served.run(plan))
    path = f"/api/v1/assignments/{plan.assignment_id}/start"
    assert served.client.post(path, params={"minPosition": written, "timeout": 0}).status_code == 404
    served.settle()
    assert served.client.post(path, params={"minPosition": written, "timeout": 0}).status_code == 200
    assert served.client.post(path, params={"minPosition": "yesterday"}).status_code == 400
