"""Who plays for a team, over HTTP."""

from typing import Any
from uuid import uuid4

import pytest

from api.principal import Role
from domain.athlete import ForgetAthlete, RegisterAthlete
from domain.ids import AthleteId, TeamId
from tests.api.conftest import Served
from tests.support.asking import answered, ask, assert_guarded
from tests.support.club import day, run_all, team, workout
from tests.support.planned_club import ANA, BEN, OTHER_CLUB, club

CAT = AthleteId(uuid4())


def of(team_id: TeamId) -> str:
    return f"/api/v1/teams/{team_id}/roster"


def who(roster: Any) -> list[str]:
    return [player["athleteName"] for player in roster["players"]]


def test_the_roster_is_that_of_a_day(served: Served) -> None:
    team_id = club(served)
    served.run(RegisterAthlete(athlete_id=CAT, name="Cat Lim"))
    served.settle()
    body = {"athleteId": str(CAT), "joinedOn": day(400).isoformat()}
    answer = answered(served.client, "POST", of(team_id), 201, json=body)
    assert answer.json()["changed"]
    served.settle()

    location, written = answer.headers["location"], answer.json()["position"]
    later = ask(served.client, "GET", location, params={"on": day(400).isoformat(), "minPosition": written})
    assert location == f"{of(team_id)}?on={day(400)}"
    assert (who(later), later["stale"]) == (["Ana Ruiz", "Ben Ott", "Cat Lim"], False)
    assert later["players"][2] == {
        "athleteId": str(CAT),
        "athleteName": "Cat Lim",
        "joinedOn": day(400).isoformat(),
        "leftOn": None,
    }
    now = ask(served.client, "GET", of(team_id))
    assert (who(now), now["on"]) == (["Ana Ruiz", "Ben Ott"], served.app.clock.now().date().isoformat())
    assert ask(served.client, "POST", of(team_id), 201, json=body)["changed"] is False


def test_pages_and_who_was_forgotten(served: Served) -> None:
    team_id = club(served)
    page = ask(served.client, "GET", of(team_id), params={"limit": 1})
    rest = ask(served.client, "GET", of(team_id), params={"limit": 1, "cursor": page["nextCursor"]})
    assert (who(page), who(rest), rest["nextCursor"]) == (["Ana Ruiz"], ["Ben Ott"], None)
    served.run(ForgetAthlete(athlete_id=ANA))
    served.settle()
    assert who(ask(served.client, "GET", of(team_id))) == ["forgotten athlete", "Ben Ott"]
    ask(served.client, "GET", of(team_id), 400, "bad-cursor", params={"cursor": "x"})


def test_an_athlete_sees_themselves_alone(served: Served) -> None:
    team_id = club(served)
    assert who(ask(served.client_for(Role.ATHLETE, athlete_id=ANA), "GET", of(team_id))) == ["Ana Ruiz"]
    assert who(ask(served.client_for(Role.COACH, teams=(team_id,)), "GET", of(team_id))) == ["Ana Ruiz", "Ben Ott"]
    assert_guarded(served, team_id, "GET", of(team_id))


def test_who_is_transferred_goes_on_in_the_other_team(served: Served) -> None:
    team_id, other = club(served), TeamId(uuid4())
    plan = workout(team_id, 12, athlete_id=BEN)
    run_all(served.app, *team(other), plan)
    served.settle()
    body = {"leftOn": day(10).isoformat(), "transferredTo": str(other)}
    coach_of_one = served.client_for(Role.COACH, teams=(team_id,))
    ask(coach_of_one, "POST", f"{of(team_id)}/{BEN}/leave", 404, "not-found", json=body)
    coach = served.client_for(Role.COACH, teams=(team_id, other))
    assert ask(coach, "POST", f"{of(team_id)}/{BEN}/leave", json=body)["changed"]
    served.settle()

    on = {"on": day(10).isoformat()}
    assert who(ask(served.client, "GET", of(team_id), params=on)) == ["Ana Ruiz"]
    assert who(ask(served.client, "GET", of(other), params=on)) == ["Ben Ott"]
    board = ask(served.client, "GET", f"/api/v1/teams/{other}/assignment-board")
    assert [entry["athleteName"] for entry in board["entries"]] == ["Ben Ott"]


def test_who_just_leaves_leaves_today_in_the_team_s_zone(served: Served) -> None:
    team_id = club(served)
    assert ask(served.client, "POST", f"{of(team_id)}/{BEN}/leave", json={})["changed"]
    served.settle()
    assert who(ask(served.client, "GET", of(team_id))) == ["Ana Ruiz"]


@pytest.mark.parametrize(
    ("athlete_id", "body", "code"),
    [
        (uuid4(), {}, "not-on-roster"),
        (ANA, {"leftOn": day(-20).isoformat()}, "left-before-joining"),
        (ANA, {"transferredTo": "own"}, "transfer-to-same-team"),
    ],
)
def test_who_cannot_leave(served: Served, athlete_id: AthleteId, body: dict[str, str], code: str) -> None:
    team_id = club(served)
    sent = {name: str(team_id) if value == "own" else value for name, value in body.items()}
    ask(served.client, "POST", f"{of(team_id)}/{athlete_id}/leave", 409, code, json=sent)


def test_who_cannot_join(served: Served) -> None:
    team_id = club(served)
    before = {"athleteId": str(ANA), "joinedOn": day(-30).isoformat()}
    ask(served.client, "POST", of(team_id), 409, "stays-overlap", json=before)
    ask(served.client, "POST", of(team_id), 404, "not-found", json={"athleteId": str(CAT)})
    elsewhere = served.client_for(Role.ADMIN, organization_id=OTHER_CLUB)
    known = ask(elsewhere, "POST", "/api/v1/athletes", 201, json={"name": "Eve Sol"})
    served.settle()
    ask(served.client, "POST", of(team_id), 404, "not-found", json={"athleteId": known["id"]})


def test_who_may_change_a_roster(served: Served) -> None:
    team_id = club(served)
    deny = (Role.ATHLETE, Role.SERVICE)
    assert_guarded(served, team_id, "POST", of(team_id), {"athleteId": str(ANA)}, forbidden=deny)
    assert_guarded(served, team_id, "POST", f"{of(team_id)}/{ANA}/leave", {}, forbidden=deny)
