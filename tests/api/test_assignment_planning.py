"""Workouts planned over HTTP: one, with the phase of its day, and many at once."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from api.principal import Role
from domain.ids import season_plan_id
from tests.api.conftest import Served
from tests.support.club import TODAY, assignments
from tests.support.planned_club import ANA, BEN, OTHER_CLUB, club, tempo
from tests.support.transfers import join, leave

PATH = "/api/v1/assignments"
BULK = f"{PATH}/bulk"
KEY = {"Idempotency-Key": "monday's"}


def post(served: Served, path: str, body: Any, status: int, headers: dict[str, str] | None = None) -> Any:
    answer = served.client.post(path, json=body, headers=headers)
    assert answer.status_code == status, answer.text
    return answer.json()


def code(answer: Any) -> str:
    return str(answer["type"]).rpartition(":")[2]


def test_one_comes_with_the_phase_of_its_day_and_says_where_it_is(served: Served) -> None:
    team_id = club(served)
    answer = served.client.post(PATH, json=tempo(team_id))
    assert answer.status_code == 201
    told = answer.json()
    assert (told["version"], told["changed"], told["shown"]["load"]) == (2, True, 72.0)
    assert [(one["kind"], one["original"], one["adjusted"]) for one in told["adjustments"]] == [("load", 60.0, 72.0)]
    assert (answer.headers["etag"], answer.headers["location"]) == ('"2"', f"{PATH}/{told['id']}")

    served.settle()
    read = served.client.get(answer.headers["location"], params={"minPosition": told["position"]}).json()
    assert (read["load"], read["version"], read["seasonPlanId"]) == (72.0, 2, str(season_plan_id(team_id)))


def test_a_repeat_under_one_key_is_one_with_the_first_and_another_body_is_refused(served: Served) -> None:
    team_id = club(served)
    first = post(served, PATH, tempo(team_id), 201, KEY)
    served.settle()
    post(served, f"{PATH}/{first['id']}/adjust", {"load": 10, "reason": "sore knee"}, 200)
    again = post(served, PATH, tempo(team_id), 201, KEY)
    assert again == first | {"changed": False}, "as it was then, whatever has become of it since"
    assert code(post(served, PATH, tempo(team_id, load=61), 422, KEY)) == "idempotency-key-reused"
    assert len(assignments(served.app)) == 1


def test_an_id_of_ones_own_is_planned_once_too(served: Served) -> None:
    team_id = club(served)
    wish = tempo(team_id, assignmentId=str(uuid4()))
    first = post(served, PATH, wish, 201)
    assert post(served, PATH, wish, 201) == first | {"changed": False, "position": None}
    assert code(post(served, PATH, wish | {"load": 61}, 409)) == "already-exists"
    headers = {"If-Match": '"7"'}
    assert code(post(served, PATH, tempo(team_id), 412, headers)) == "version-mismatch"


def test_who_is_not_on_the_roster_on_the_day_is_planned_for_in_vain(served: Served) -> None:
    team_id = club(served)
    served.run(leave(BEN, team_id, 12))
    served.settle()
    assert post(served, PATH, tempo(team_id, 11, athleteId=str(BEN)), 201)["changed"]
    for wish in (tempo(team_id, 12, athleteId=str(BEN)), tempo(team_id, athleteId=str(uuid4())), tempo(team_id, -10)):
        refused = post(served, PATH, wish, 409)
        assert code(refused) == "not-on-roster"
        assert "add the player" in refused["hint"]
    assert len(assignments(served.app)) == 1


def test_an_open_ended_one_is_for_who_is_in_the_team_today(served: Served) -> None:
    team_id, carl, dora = club(served), uuid4(), uuid4()
    now = (served.app.clock.now().date() - TODAY) // timedelta(days=1)
    served.run(join(carl, team_id, now + 3), join(dora, team_id, now - 3))
    served.settle()
    weekly: dict[str, Any] = {"weekdays": [1, 4]}
    assert post(served, PATH, tempo(team_id, None, athleteId=str(dora), **weekly), 201)["shown"]["weekdays"] == [1, 4]
    assert code(post(served, PATH, tempo(team_id, None, athleteId=str(carl), **weekly), 409)) == "not-on-roster"


@pytest.mark.parametrize(
    ("wrong", "location"),
    [
        ({"load": -1}, "body.load"),
        ({"load": None}, "body.load"),
        ({"title": " "}, "body.title"),
        ({"scheduledOn": "2300-01-01"}, "body.scheduledOn"),
        ({"weekdays": [1]}, "body"),
        ({"intensity": {"zones": ["9"]}}, "body.intensity.zones.0"),
        ({"season": None}, "body.season"),
    ],
)
def test_what_cannot_be_meant_names_its_field(served: Served, wrong: dict[str, Any], location: str) -> None:
    refused = post(served, PATH, tempo(uuid4()) | wrong, 422)
    assert [error["location"] for error in refused["errors"]] == [location]
    refused = post(served, BULK, {"assignments": [tempo(uuid4()), tempo(uuid4()) | wrong]}, 422)
    [error] = refused["errors"]
    assert error["location"] == location.replace("body", "body.assignments.1")


def test_only_who_may_plans(served: Served) -> None:
    team_id = club(served)
    other = {"organization_id": OTHER_CLUB}
    for role, who, status in (
        (Role.COACH, {"teams": (team_id,)}, 201),
        (Role.COACH, {"teams": (uuid4(),)}, 404),
        (Role.ATHLETE, {"athlete_id": ANA}, 403),
        (Role.ATHLETE, {"athlete_id": uuid4()}, 404),
        (Role.SERVICE, {}, 403),
        (Role.ADMIN, other, 404),
        (Role.COACH, {"teams": (team_id,), **other}, 404),
    ):
        client = served.client_for(role, **who)
        assert client.post(PATH, json=tempo(team_id)).status_code == status, (role, who)
        many = client.post(BULK, json={"assignments": [tempo(team_id)]})
        assert many.status_code == (200 if status == 201 else status), (role, who)
    assert len(assignments(served.app)) == 2


def test_many_are_planned_each_for_itself(served: Served) -> None:
    team_id = club(served)
    twice = str(uuid4())
    wishes = [
        tempo(team_id, 3),
        tempo(team_id, 12, athleteId=str(BEN)),
        tempo(team_id, athleteId=str(uuid4())),
        tempo(team_id, assignmentId=twice),
        tempo(team_id, assignmentId=twice),
    ]
    told = post(served, BULK, {"assignments": wishes}, 200)
    assert (told["created"], told["phaseAdjustments"], told["refused"]) == (2, 1, 3)
    assert [item["status"] for item in told["results"]] == ["created"] * 2 + ["refused"] * 3
    assert [item["shown"] and item["shown"]["load"] for item in told["results"]] == [60.0, 72.0] + [None] * 3
    assert [code(item["problem"]) for item in told["results"][2:]] == [
        "not-on-roster", "twice-in-one-request", "twice-in-one-request",
    ]  # fmt: skip
    assert [item["problem"] for item in told["results"][:2]] == [None, None]
    assert post(served, BULK, {"assignments": [tempo(team_id), tempo(uuid4())]}, 404)["type"].endswith("not-found")
    assert set(assignments(served.app)) == {UUID(item["id"]) for item in told["results"][:2]}

    served.settle()
    listed = served.client.get(PATH, params={"teamId": str(team_id), "minPosition": told["position"], "timeout": 0})
    assert (len(listed.json()["assignments"]), listed.json()["stale"]) == (2, False)


def test_a_thousand_at_once_and_no_more(served: Served) -> None:
    team_id = club(served)
    wishes = [tempo(team_id, offset % 60) for offset in range(1001)]
    told = post(served, BULK, {"assignments": wishes[:1000]}, 200)
    assert (told["created"], len({item["id"] for item in told["results"]})) == (1000, 1000)
    assert post(served, BULK, {"assignments": wishes}, 422)["errors"][0]["location"] == "body.assignments"
    assert post(served, BULK, {"assignments": []}, 422)["errors"][0]["location"] == "body.assignments"


def test_a_repeat_of_many_plans_nothing_twice_and_another_body_nothing_at_all(served: Served) -> None:
    team_id, carl = club(served), uuid4()
    wishes = {"assignments": [tempo(team_id, 3), tempo(team_id, 4, athleteId=str(carl)), tempo(team_id, 5)]}
    first = post(served, BULK, wishes, 200, KEY)
    served.run(join(carl, team_id, 0))
    served.settle()
    again = post(served, BULK, wishes, 200, KEY)
    assert [item["id"] for item in again["results"]] == [item["id"] for item in first["results"]]
    assert [item["status"] for item in again["results"]] == ["existing", "created", "existing"]
    assert (again["created"], again["refused"], len(assignments(served.app))) == (1, 0, 3)

    assert code(post(served, BULK, {"assignments": [tempo(team_id, 6)]}, 422, KEY)) == "idempotency-key-reused"
    elsewhere = served.client_for(Role.ADMIN, subject="account:18").post(BULK, json=wishes, headers=KEY)
    assert elsewhere.json()["created"] == 3, "another's key is another key"
    assert len(assignments(served.app)) == 6


def test_many_have_no_version(served: Served) -> None:
    body = {"assignments": [tempo(club(served))]}
    assert code(post(served, BULK, body, 400, {"If-Match": '"1"'})) == "if-match-of-many"


def test_the_id_of_something_else_is_no_id_for_a_workout(served: Served) -> None:
    team_id = club(served)
    mistaken = tempo(team_id, assignmentId=str(team_id))
    for _ in ("the team is read from the log", "and is known from before"):
        assert code(post(served, PATH, mistaken, 409)) == "id-taken"
        assert code(post(served, BULK, {"assignments": [tempo(team_id), mistaken]}, 409)) == "id-taken"
    assert assignments(served.app) == {}
