"""Athletes over HTTP: registered, listed by name, forgotten."""

from typing import Any
from uuid import uuid4

import pytest

from api.principal import Role
from domain.ids import external_id
from tests.api.conftest import Served
from tests.support.asking import answered, ask
from tests.support.club import ORGANIZATION
from tests.support.planned_club import ANA, BEN, OTHER_CLUB, club

PATH = "/api/v1/athletes"
CAT = {"name": "Cat Lim"}


def names(listed: Any) -> list[str]:
    return [athlete["name"] for athlete in listed["athletes"]]


def test_an_athlete_is_registered_once_under_a_key_and_can_be_read(served: Served) -> None:
    key = {"Idempotency-Key": "cat"}
    answer = answered(served.client, "POST", PATH, 201, json=CAT, headers=key)
    registered = answer.json()
    assert answer.headers["location"] == f"{PATH}/{registered['id']}"
    assert ask(served.client, "POST", PATH, 201, json=CAT, headers=key) == registered | {"changed": False}
    ask(served.client, "POST", PATH, 422, "idempotency-key-reused", json={"name": "Eve"}, headers=key)
    served.settle()
    read = ask(served.client, "GET", answer.headers["location"], params={"minPosition": registered["position"]})
    assert read == {"athleteId": registered["id"], **CAT, "forgotten": False, "stale": False}


def test_one_whom_a_planning_service_knows_has_the_id_by_which_its_messages_find_them(served: Served) -> None:
    known = CAT | {"externalSource": "plan", "externalId": "9"}
    registered = ask(served.client, "POST", PATH, 201, json=known)
    assert registered["id"] == str(external_id(ORGANIZATION, "plan", "athlete", "9"))
    assert ask(served.client, "POST", PATH, 201, json=known | {"name": "Catherine Lim"})["changed"] is False
    problem = ask(served.client, "POST", PATH, 422, "invalid-request", json=CAT | {"externalId": "9"})
    assert "send both, or neither" in problem["errors"][0]["message"]


def test_forgetting_is_accepted_final_and_leaves_no_name(served: Served) -> None:
    club(served)
    path = f"{PATH}/{ANA}"
    assert ask(served.client, "DELETE", path, 202)["changed"]
    assert ask(served.client, "DELETE", path, 202)["changed"] is False
    served.settle()
    read = ask(served.client, "GET", path)
    assert (read["name"], read["forgotten"]) == ("forgotten athlete", True)
    assert names(ask(served.client, "GET", PATH)) == ["Ben Ott"]


def test_one_who_was_forgotten_does_not_come_back_under_that_id(served: Served) -> None:
    known = CAT | {"externalSource": "plan", "externalId": "9"}
    registered = ask(served.client, "POST", PATH, 201, json=known)
    served.settle()
    ask(served.client, "DELETE", f"{PATH}/{registered['id']}", 202)
    ask(served.client, "POST", PATH, 409, "athlete-forgotten", json=known)


def test_lists_show_one_s_own_page_by_page(served: Served) -> None:
    team_id = club(served)
    registered = ask(served.client, "POST", PATH, 201, json=CAT)
    elsewhere = served.client_for(Role.ADMIN, organization_id=OTHER_CLUB)
    ask(elsewhere, "POST", PATH, 201, json={"name": "Eve Sol"})
    served.settle()

    assert names(ask(served.client, "GET", PATH, params={"minPosition": registered["position"]})) == [
        "Ana Ruiz",
        "Ben Ott",
        "Cat Lim",
    ]
    page = ask(served.client, "GET", PATH, params={"limit": 2})
    rest = ask(served.client, "GET", PATH, params={"limit": 2, "cursor": page["nextCursor"]})
    assert (names(page), names(rest), rest["nextCursor"]) == (["Ana Ruiz", "Ben Ott"], ["Cat Lim"], None)

    assert len(names(ask(served.client_for(Role.SERVICE), "GET", PATH))) == 3
    assert names(ask(served.client_for(Role.COACH, teams=(team_id,)), "GET", PATH)) == ["Ana Ruiz", "Ben Ott"]
    assert names(ask(served.client_for(Role.COACH), "GET", PATH)) == []
    assert names(ask(served.client_for(Role.ATHLETE, athlete_id=BEN), "GET", PATH)) == ["Ben Ott"]
    assert names(ask(elsewhere, "GET", PATH)) == ["Eve Sol"]
    ask(served.client, "GET", PATH, 400, "bad-cursor", params={"cursor": "x"})


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_who_is_not_one_s_own_is_not_found(served: Served, method: str) -> None:
    club(served)
    for client in (
        served.client_for(Role.ADMIN, organization_id=OTHER_CLUB),
        served.client_for(Role.COACH),
        served.client_for(Role.ATHLETE, athlete_id=BEN),
    ):
        ask(client, method, f"{PATH}/{ANA}", 404, "not-found")
    ask(served.client, method, f"{PATH}/{uuid4()}", 404, "not-found")


@pytest.mark.parametrize("role", [Role.COACH, Role.SERVICE, Role.ATHLETE])
def test_administrators_register_and_forget(served: Served, role: Role) -> None:
    client = served.client_for(role, teams=(club(served),), athlete_id=ANA)
    ask(client, "POST", PATH, 403, "forbidden", json=CAT)
    ask(client, "DELETE", f"{PATH}/{ANA}", 403, "forbidden")
    served.settle()
    assert ask(served.client, "GET", f"{PATH}/{ANA}")["name"] == "Ana Ruiz"
