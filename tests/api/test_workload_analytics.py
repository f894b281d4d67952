"""Load and readiness over HTTP, of a team and of one player."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from api.principal import Role
from domain.assignment import CompleteAssignment
from domain.athlete import ForgetAthlete
from domain.rules.acute_chronic import CONTESTED
from tests.api.conftest import Served
from tests.support.asking import PLANNING, ask
from tests.support.club import day, plan_all, workout
from tests.support.planned_club import ANA, BEN, OTHER_CLUB, club
from tests.support.workloads import breach

PATH = f"{PLANNING}/workload-analytics"


def trained(served: Served) -> UUID:
    """Ana did 100 on each of 21 days and 200 on each of the 7 up to yesterday; Ben nothing."""
    team_id = club(served)
    plans = [workout(team_id, offset, athlete_id=ANA) for offset in range(-28, 0)]
    plan_all(served.app, plans)
    for offset, plan in zip(range(-28, 0), plans, strict=True):
        load = 200.0 if offset >= -7 else 100.0
        served.run(CompleteAssignment(assignment_id=plan.assignment_id, load=load, rpe=5.0, duration_min=40.0))
    served.run(breach(ANA, team_id, -1, 0.4))
    served.settle()
    return team_id


def analytics(served: Served, client: Any = None, status: int = 200, code: str | None = None, **asked: Any) -> Any:
    parameters = {"day": day(-1).isoformat(), **{name: str(value) for name, value in asked.items()}}
    return ask(client or served.client, "GET", PATH, status, code, params=parameters)


def test_the_published_figures_with_bands_restrictions_and_label(served: Served) -> None:
    team_id = trained(served)
    told = analytics(served, teamId=team_id)
    ana, ben = told["players"]
    assert (told["teamId"], told["day"], told["measure"], told["stale"]) == (
        str(team_id),
        day(-1).isoformat(),
        "load",
        False,
    )
    assert (ana["athleteName"], ana["load7d"], ana["load28d"], ana["daysOfData"]) == ("Ana Ruiz", 1400.0, 3500.0, 28)
    assert (ana["sessions"], ana["unrated"]) == (28, 0)
    assert ana["acwr"] == {
        "coupled": {"ratio": 1.6, "band": "high"},
        "uncoupled": {"ratio": 2.0, "band": "high"},
        "ewma": {"ratio": 1.34, "band": "elevated"},
        "label": CONTESTED,
    }
    [restriction] = ana["restrictions"]
    assert (restriction["fraction"], restriction["response"], restriction["startsOn"]) == (
        0.6,
        "reduce_load",
        day(-1).isoformat(),
    )
    assert (ben["load28d"], ben["acwr"]["coupled"], ben["restrictions"]) == (0.0, {"ratio": None, "band": None}, [])
    assert told["team"]["players"] == 2
    assert told["team"]["load7d"] == {"mean": 1400.0, "median": 1400.0, "players": 1}
    assert told["label"] == CONTESTED


def test_of_one_player_and_of_what_was_rated(served: Served) -> None:
    team_id = trained(served)
    told = analytics(served, playerId=ANA, measure="session_load")
    assert (told["teamId"], told["team"], told["measure"]) == (None, None, "session_load")
    assert [player["load7d"] for player in told["players"]] == [1400.0]
    assert told["players"][0]["acwr"]["coupled"] == {"ratio": 1.0, "band": "sweet_spot"}
    assert analytics(served, playerId=ANA, teamId=team_id)["players"] == analytics(served, playerId=ANA)["players"]
    today = ask(served.client, "GET", PATH, params={"playerId": str(ANA)})
    assert today["day"] == served.app.clock.now().date().isoformat()

    served.run(ForgetAthlete(athlete_id=ANA))
    served.settle()
    assert analytics(served, playerId=ANA)["players"][0]["athleteName"] == "forgotten athlete"


def test_an_athlete_sees_themselves_alone(served: Served) -> None:
    team_id = trained(served)
    ben = served.client_for(Role.ATHLETE, athlete_id=BEN)
    told = analytics(served, ben, teamId=team_id)
    assert (told["team"], [player["athleteId"] for player in told["players"]]) == (None, [str(BEN)])
    assert analytics(served, ben, playerId=BEN)["players"] == told["players"]
    analytics(served, ben, 404, "not-found", playerId=ANA)


def test_who_is_not_one_s_own_is_not_found(served: Served) -> None:
    team_id = club(served)
    for client in (served.client_for(Role.ADMIN, organization_id=OTHER_CLUB), served.client_for(Role.COACH)):
        analytics(served, client, 404, "not-found", teamId=team_id)
        analytics(served, client, 404, "not-found", playerId=ANA)
    analytics(served, None, 404, "not-found", playerId=uuid4())
    analytics(served, None, 404, "not-found", playerId=ANA, teamId=uuid4())
    coach = served.client_for(Role.COACH, teams=(team_id,))
    assert len(analytics(served, coach, teamId=team_id)["players"]) == 2
    assert len(analytics(served, served.client_for(Role.SERVICE), playerId=ANA)["players"]) == 1


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({}, 400, "team-or-player"),
        ({"teamId": "17"}, 422, "invalid-request"),
        ({"playerId": ANA, "measure": "mood"}, 422, "invalid-request"),
        ({"playerId": ANA, "day": "1850-01-01"}, 422, "invalid-request"),
    ],
)
def test_what_cannot_be_asked_for(served: Served, asked: dict[str, Any], status: int, code: str) -> None:
    club(served)
    analytics(served, None, status, code, **asked)
