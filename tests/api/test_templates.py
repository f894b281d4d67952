"""Templates over HTTP: defined, revised, withdrawn, read in every version."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient

from api.principal import Role
from tests.api.conftest import Served
from tests.support.planned_club import ANA, OTHER_CLUB
from tests.support.templates import EASY, GYM

PATH = "/api/v1/templates"
BASE: dict[str, Any] = {"name": "Base", "workouts": [EASY, GYM]}
SHORTER: dict[str, Any] = {"name": "Base, shorter", "workouts": [EASY]}
KEY = {"Idempotency-Key": "k1"}


def ask(client: TestClient, method: str, path: str, body: Any = None, status: int = 200, headers: Any = None) -> Any:
    answer = client.request(method, PATH + path, json=body, headers=headers)
    assert answer.status_code == status, answer.text
    return answer.json()


def define(served: Served, **more: Any) -> str:
    """Its id; projected."""
    made = ask(served.client, "POST", "", BASE | more, 201)
    served.settle()
    return str(made["id"])


def code(answer: Any) -> str:
    return str(answer["type"]).rpartition(":")[2]


def test_what_is_defined_is_read_whole(served: Served) -> None:
    answer = served.client.post(PATH, json=BASE)
    made = answer.json()
    assert (answer.status_code, made["version"], made["changed"]) == (201, 1, True)
    assert (answer.headers["etag"], answer.headers["location"]) == ('"1"', f"{PATH}/{made['id']}")
    served.settle()
    read = served.client.get(answer.headers["location"], params={"minPosition": made["position"]})
    assert read.headers["etag"] == '"1"'
    told = read.json()
    assert told.pop("definedAt").endswith("Z")
    exercises = [{"name": "Squat", "focus": "strength", "sets": 5, "reps": 5}]
    exercises.append({"name": "Plank", "focus": "core", "sets": None, "reps": None})
    nothing_more = {"weekdays": None, "intensity": None}
    assert told == {
        "templateId": made["id"],
        "templateVersion": 1,
        "name": "Base",
        "workouts": [
            {"week": 1, "weekday": 2, "title": "Easy run", "sport": "run"}
            | {"prescription": {"load": 40.0, "exercises": None} | nothing_more},
            {"week": 1, "weekday": 4, "title": "Gym", "sport": "strength"}
            | {"prescription": {"load": 55.0, "exercises": exercises} | nothing_more},
        ],
        "definedBy": "account:17",
        "latest": True,
        "withdrawn": False,
        "version": 1,
        "stale": False,
    }


def test_a_revision_is_another_version_and_a_withdrawal_hides_it_until_the_next(served: Served) -> None:
    template_id = define(served)
    revised = ask(served.client, "PUT", f"/{template_id}", SHORTER, headers={"If-Match": '"1"'})
    assert (revised["version"], revised["changed"]) == (2, True)
    served.settle()
    now, first = (ask(served.client, "GET", f"/{template_id}{which}") for which in ("", "/versions/1"))
    assert (now["name"], now["templateVersion"], now["latest"], len(now["workouts"])) == ("Base, shorter", 2, True, 1)
    assert (first["name"], first["templateVersion"], first["latest"], len(first["workouts"])) == ("Base", 1, False, 2)
    ask(served.client, "GET", f"/{template_id}/versions/3", status=404)
    ask(served.client, "GET", f"/{template_id}/versions/0", status=422)

    gone = ask(served.client, "DELETE", f"/{template_id}", headers={"If-Match": '"2"'})
    assert gone["version"] == 3
    assert ask(served.client, "DELETE", f"/{template_id}")["changed"] is False
    served.settle()
    assert ask(served.client, "GET", f"/{template_id}")["withdrawn"] is True
    assert ask(served.client, "GET", "")["templates"] == []
    [listed] = ask(served.client, "GET", "?withdrawn=true")["templates"]
    assert (listed["templateId"], listed["withdrawn"], listed["templateVersion"]) == (template_id, True, 2)

    ask(served.client, "PUT", f"/{template_id}", {"name": "Base"})
    served.settle()
    assert [one["name"] for one in ask(served.client, "GET", "")["templates"]] == ["Base"]


def test_the_list_goes_by_name_page_by_page(served: Served) -> None:
    for name in ("Taper", "Base", "Peak"):
        define(served, name=name)
    names, cursor = [], ""
    while True:
        page = ask(served.client, "GET", f"?limit=1{cursor}")
        names += [one["name"] for one in page["templates"]]
        if page["nextCursor"] is None:
            break
        cursor = f"&cursor={page['nextCursor']}"
    assert names == ["Base", "Peak", "Taper"]
    assert code(ask(served.client, "GET", "?cursor=nonsense", status=400)) == "bad-cursor"


def test_one_request_is_one_with_its_repeat(served: Served) -> None:
    first = ask(served.client, "POST", "", BASE, 201, KEY)
    assert ask(served.client, "POST", "", BASE, 201, KEY) == first | {"changed": False}
    assert code(ask(served.client, "POST", "", SHORTER, 422, KEY)) == "idempotency-key-reused"
    served.settle()
    assert len(ask(served.client, "GET", "")["templates"]) == 1

    path = f"/{first['id']}"
    revised = ask(served.client, "PUT", path, SHORTER, headers=KEY)
    assert ask(served.client, "PUT", path, SHORTER, headers=KEY) == revised | {"changed": False}
    assert code(ask(served.client, "PUT", path, BASE, 422, KEY)) == "idempotency-key-reused"
    gone = ask(served.client, "DELETE", path, headers=KEY)
    assert ask(served.client, "DELETE", path, headers=KEY) == gone | {"changed": False}


def test_only_what_was_seen_is_changed(served: Served) -> None:
    template_id = define(served)
    for method, body in (("PUT", SHORTER), ("DELETE", None)):
        refused = ask(served.client, method, f"/{template_id}", body, 412, {"If-Match": '"4"'})
        assert code(refused) == "version-mismatch"


@pytest.mark.parametrize(
    ("wrong", "location"),
    [
        ({"name": " "}, "body.name"),
        ({"workouts": []}, "body.workouts"),
        ({"workouts": [EASY | {"week": 53}]}, "body.workouts.0.week"),
        ({"workouts": [EASY | {"weekday": 8}]}, "body.workouts.0.weekday"),
        ({"colour": "red"}, "body.colour"),
    ],
)
def test_what_cannot_be_meant_names_its_field(served: Served, wrong: dict[str, Any], location: str) -> None:
    template_id = define(served)
    for method, path in (("POST", ""), ("PUT", f"/{template_id}")):
        refused = ask(served.client, method, path, BASE | wrong, 422)
        assert refused["errors"][0]["location"] == location
    assert ask(served.client, "PUT", f"/{template_id}", {}, 422)["errors"][0]["location"] == "body"


def test_who_may_see_and_who_may_change(served: Served) -> None:
    template_id = define(served)
    here: dict[str, Any] = {}
    there = {"organization_id": OTHER_CLUB}
    for role, who, see, change, listed in (
        (Role.COACH, here, 200, 200, 200),
        (Role.SERVICE, here, 200, 403, 200),
        (Role.ATHLETE, {"athlete_id": ANA}, 404, 404, 403),
        (Role.ADMIN, there, 404, 404, 200),
        (Role.COACH, there, 404, 404, 200),
    ):
        client = served.client_for(role, **who)
        ask(client, "GET", f"/{template_id}", status=see)
        ask(client, "GET", f"/{template_id}/versions/1", status=see)
        found = ask(client, "GET", "", status=listed)
        if listed == 200:
            assert len(found["templates"]) == (see == 200)
        ask(client, "PUT", f"/{template_id}", SHORTER, change)
        ask(client, "DELETE", f"/{template_id}", None, change)
        defined = ask(client, "POST", "", BASE, 201 if role in (Role.COACH, Role.ADMIN) else 403)
        assert defined.get("changed") or code(defined) == "forbidden"
    for method, body in (("GET", None), ("PUT", SHORTER), ("DELETE", None)):
        ask(served.client, method, f"/{uuid4()}", body, 404)


def test_what_was_defined_a_moment_ago_can_be_waited_for(served: Served) -> None:
    made = ask(served.client, "POST", "", BASE, 201)
    at = f"/{UUID(made['id'])}?timeout=0&minPosition={made['position']}"
    ask(served.client, "GET", at, status=404)
    ask(served.client, "PUT", at, SHORTER, 404)
    served.settle()
    ask(served.client, "PUT", at, SHORTER)
    assert ask(served.client, "GET", at)["stale"] is False
    listed = ask(served.client, "GET", f"?timeout=0&minPosition={made['position']}")
    assert (len(listed["templates"]), listed["stale"]) == (1, False)
