"""Teams over HTTP: formed, listed, set, and who coaches them."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from api.principal import Role
from domain.ids import TeamId, external_id
from domain.team import AppointCoach, FormTeam
from tests.api.conftest import Served
from tests.support.asking import answered, ask, assert_guarded
from tests.support.club import ORGANIZATION
from tests.support.planned_club import ANA, OTHER_CLUB, club

PATH = "/api/v1/teams"
U17 = {"name": "U17", "zone": "Europe/Berlin"}
KEY = {"Idempotency-Key": "u17"}


def names(listed: Any) -> list[str]:
    return [team["name"] for team in listed["teams"]]


def test_a_team_is_formed_once_under_a_key_and_can_be_read(served: Served) -> None:
    answer = answered(served.client, "POST", PATH, 201, json=U17, headers=KEY)
    formed = answer.json()
    assert (formed["version"], formed["changed"], answer.headers["etag"]) == (1, True, '"1"')
    assert answer.headers["location"] == f"{PATH}/{formed['id']}"
    again = ask(served.client, "POST", PATH, 201, json=U17, headers=KEY)
    assert again == formed | {"changed": False}
    ask(served.client, "POST", PATH, 422, "idempotency-key-reused", json=U17 | {"name": "U19"}, headers=KEY)

    served.settle()
    assert ask(served.client, "GET", answer.headers["location"], params={"minPosition": formed["position"]}) == {
        "teamId": formed["id"],
        **U17,
        "autoApplyAdjustments": True,
        "externalSource": None,
        "externalId": None,
        "players": 0,
        "coaches": [],
        "stale": False,
    }
    assert len(ask(served.client, "GET", PATH)["teams"]) == 1


def test_one_that_a_planning_service_knows_has_the_id_by_which_its_messages_find_it(served: Served) -> None:
    known = U17 | {"externalSource": "plan", "externalId": "17"}
    formed = ask(served.client, "POST", PATH, 201, json=known)
    assert formed["id"] == str(external_id(ORGANIZATION, "plan", "team", "17"))
    assert ask(served.client, "POST", PATH, 201, json=known)["changed"] is False
    ask(served.client, "POST", PATH, 409, "already-exists", json=known | {"name": "U19"})


@pytest.mark.parametrize(
    ("wrong", "location"),
    [
        ({"zone": "Mars/Olympus"}, "body.zone"),
        ({"name": " "}, "body.name"),
        ({"externalId": "17"}, "body"),
        ({"colour": "red"}, "body.colour"),
    ],
)
def test_what_is_wrong_with_a_team_is_named(served: Served, wrong: dict[str, str], location: str) -> None:
    problem = ask(served.client, "POST", PATH, 422, "invalid-request", json=U17 | wrong)
    assert [one["location"] for one in problem["errors"]] == [location]


@pytest.mark.parametrize("role", [Role.COACH, Role.SERVICE, Role.ATHLETE])
def test_administrators_form_teams(served: Served, role: Role) -> None:
    problem = ask(served.client_for(role, athlete_id=ANA), "POST", PATH, 403, "forbidden", json=U17)
    assert "admin" in problem["hint"]


def test_lists_show_one_s_own_page_by_page(served: Served) -> None:
    first = club(served)
    mine, others, foreign = (TeamId(uuid4()) for _ in range(3))
    for team_id, name in ((mine, "A"), (others, "B")):
        served.run(FormTeam(team_id=team_id, name=name, zone="UTC"))
    served.run(AppointCoach(team_id=mine, coach="coach:ana"))
    elsewhere = served.client_for(Role.ADMIN, organization_id=OTHER_CLUB)
    ask(elsewhere, "POST", PATH, 201, json=U17 | {"externalSource": "plan", "externalId": str(foreign)})
    served.settle()

    assert names(ask(served.client, "GET", PATH)) == ["A", "B", "U17"]
    page = ask(served.client, "GET", PATH, params={"limit": 2})
    assert (names(page), page["stale"]) == (["A", "B"], False)
    rest = ask(served.client, "GET", PATH, params={"limit": 2, "cursor": page["nextCursor"]})
    assert (names(rest), rest["nextCursor"]) == (["U17"], None)

    assert names(ask(served.client_for(Role.SERVICE), "GET", PATH)) == ["A", "B", "U17"]
    assert names(ask(served.client_for(Role.COACH, subject="coach:ana", teams=(first,)), "GET", PATH)) == ["A", "U17"]
    assert names(ask(served.client_for(Role.COACH), "GET", PATH)) == []
    assert names(ask(served.client_for(Role.ATHLETE, athlete_id=ANA, subject="coach:ana"), "GET", PATH)) == ["U17"]
    assert names(ask(elsewhere, "GET", PATH)) == ["U17"]


@pytest.mark.parametrize(
    "cursor", ["x", "bm8=", "WyIiLCJ4Il0=", "WyJcdTAwMDAiLCIwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDEiXQ=="]
)
def test_a_cursor_that_is_none_is_refused(served: Served, cursor: str) -> None:
    ask(served.client, "GET", PATH, 400, "bad-cursor", params={"cursor": cursor})
    ask(served.client, "GET", PATH, 422, "invalid-request", params={"limit": 1001})


def test_the_setting_is_changed_by_whoever_saw_how_it_is(served: Served) -> None:
    team_id = club(served)
    path, off = f"{PATH}/{team_id}/auto-apply", {"autoApplyAdjustments": False}
    ask(served.client, "PUT", path, 412, "version-mismatch", json=off, headers={"If-Match": '"1"'})
    coach = served.client_for(Role.COACH, teams=(team_id,))
    changed = ask(coach, "PUT", path, json=off, headers={"If-Match": '"3"'})
    assert (changed["id"], changed["version"]) == (str(team_id), 4)
    assert ask(coach, "PUT", path, json=off)["changed"] is False
    served.settle()
    assert ask(coach, "GET", f"{PATH}/{team_id}")["autoApplyAdjustments"] is False
    assert_guarded(served, team_id, "PUT", path, off, forbidden=(Role.ATHLETE, Role.SERVICE))


def test_a_coach_who_is_appointed_may_plan_until_dismissed(served: Served) -> None:
    team_id = club(served)
    path = f"{PATH}/{team_id}/coaches/coach:eve"
    eve = served.client_for(Role.COACH, subject="coach:eve")
    ask(eve, "GET", f"{PATH}/{team_id}", 404)
    assert ask(served.client, "PUT", path)["changed"]
    served.settle()
    assert ask(eve, "GET", f"{PATH}/{team_id}")["coaches"] == ["coach:eve"]
    assert_guarded(served, team_id, "PUT", path, forbidden=(Role.ATHLETE, Role.SERVICE))
    assert_guarded(served, team_id, "DELETE", path, forbidden=(Role.ATHLETE, Role.SERVICE))
    assert ask(eve, "DELETE", path)["changed"]
    served.settle()
    ask(eve, "GET", f"{PATH}/{team_id}", 404)


def test_a_team_that_was_formed_a_moment_ago_is_waited_for(served: Served) -> None:
    formed = ask(served.client, "POST", PATH, 201, json=U17)
    path = f"{PATH}/{formed['id']}/season-plan"
    ask(
        served.client, "POST", path, 404, "not-found", json={}, params={"minPosition": formed["position"], "timeout": 0}
    )
    served.settle()
    ask(served.client, "POST", path, 201, json={}, params={"minPosition": formed["position"]})
    ask(served.client, "POST", path, 400, "bad-position", json={}, params={"minPosition": "soon"})


def test_a_team_is_seen_by_those_whose_it_is(served: Served) -> None:
    team_id = club(served)
    assert_guarded(served, team_id, "GET", f"{PATH}/{team_id}")
    ask(served.client, "GET", f"{PATH}/{UUID(int=1)}", 404, "not-found")
    ask(served.client, "GET", f"{PATH}/17", 422, "invalid-request")
