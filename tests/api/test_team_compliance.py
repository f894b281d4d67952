"""How closely a team follows its plan, over HTTP."""

from typing import Any
from uuid import UUID

import pytest

from api.principal import Role
from domain.assignment import CompleteAssignment
from tests.api.conftest import Served
from tests.support.asking import ask, assert_guarded
from tests.support.club import day, plan_all, workout
from tests.support.planned_club import ANA, BEN, club

NOTHING = {"sessions": 0, "green": 0.0, "yellow": 0.0, "orange": 0.0, "red": 0.0}


def of(team_id: UUID) -> str:
    return f"/api/v1/teams/{team_id}/compliance"


def window(first: int, last: int) -> dict[str, Any]:
    return {"params": {"from": day(first).isoformat(), "to": day(last).isoformat()}}


def judged(served: Served) -> UUID:
    """Ana did one of two as planned; Ben, two times too much."""
    team_id = club(served)
    plans = [workout(team_id, offset, athlete_id=who) for offset, who in ((-3, ANA), (-2, ANA), (-2, BEN))]
    plan_all(served.app, plans)
    served.run(
        CompleteAssignment(assignment_id=plans[0].assignment_id, load=60.0),
        CompleteAssignment(assignment_id=plans[2].assignment_id, load=130.0),
    )
    served.settle()
    return team_id


def test_shares_of_the_team_and_of_each_athlete(served: Served) -> None:
    team_id = judged(served)
    told = ask(served.client, "GET", of(team_id), **window(-7, -1))
    assert told == {
        "teamId": str(team_id),
        "from": day(-7).isoformat(),
        "to": day(-1).isoformat(),
        "team": {"sessions": 3, "green": 33.3, "yellow": 0.0, "orange": 33.3, "red": 33.3},
        "athletes": [
            {
                "athleteId": str(ANA),
                "athleteName": "Ana Ruiz",
                "shares": {"sessions": 2, "green": 50.0, "yellow": 0.0, "orange": 0.0, "red": 50.0},
            },
            {
                "athleteId": str(BEN),
                "athleteName": "Ben Ott",
                "shares": {"sessions": 1, "green": 0.0, "yellow": 0.0, "orange": 100.0, "red": 0.0},
            },
        ],
        "stale": False,
    }
    assert ask(served.client, "GET", of(team_id), **window(-60, -30))["team"] == NOTHING
    last_four_weeks = ask(served.client, "GET", of(team_id), params={"to": day(-1).isoformat()})
    assert (last_four_weeks["from"], last_four_weeks["team"]) == (day(-28).isoformat(), told["team"])


def test_an_athlete_sees_themselves_alone_and_strangers_nothing(served: Served) -> None:
    team_id = judged(served)
    told = ask(served.client_for(Role.ATHLETE, athlete_id=BEN), "GET", of(team_id), **window(-7, -1))
    assert (told["team"], [each["athleteId"] for each in told["athletes"]]) == (None, [str(BEN)])
    assert_guarded(served, team_id, "GET", of(team_id))


@pytest.mark.parametrize(("first", "last"), [(-1, -7), (-400, -1)])
def test_days_that_are_none(served: Served, first: int, last: int) -> None:
    ask(served.client, "GET", of(club(served)), 400, "bad-days", **window(first, last))
