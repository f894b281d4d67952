"""Assignments over HTTP: one with its planning metadata, and lists by what is asked for together."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient

from api.principal import Role
from domain.assignment import CancelAssignment, PlanAssignment
from domain.ids import TeamId, season_plan_id
from tests.api.conftest import Served, token
from tests.support.club import change, day, team, workout
from tests.support.planned_club import ANA, BEN, OTHER_CLUB, club
from tests.support.transfers import planned_for

PATH = "/api/v1/assignments"


def one(client: TestClient, assignment_id: UUID, status: int = 200) -> Any:
    answer = client.get(f"{PATH}/{assignment_id}")
    assert answer.status_code == status, answer.text
    return answer.json()


def ids(client: TestClient, **parameters: Any) -> list[UUID]:
    answer = client.get(PATH, params=parameters)
    assert answer.status_code == 200, answer.text
    assert answer.json()["stale"] is False
    return [UUID(entry["assignmentId"]) for entry in answer.json()["assignments"]]


def refusal(client: TestClient, **parameters: Any) -> tuple[int, str]:
    answer = client.get(PATH, params=parameters)
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


def two_teams(served: Served) -> tuple[TeamId, UUID, list[PlanAssignment]]:
    """Ana's on days 2, 12 (in the phase) and open-ended; Ben's on day 12; Ana's on day 5 in another team."""
    team_id, other = club(served), uuid4()
    plans = [planned_for(ANA, team_id, offset) for offset in (2, 12, None)]
    plans += [planned_for(BEN, team_id, 12), planned_for(ANA, other, 5)]
    served.run(*team(other), *plans)
    served.settle()
    return team_id, other, plans


def test_one_tells_what_its_phases_made_of_it(served: Served) -> None:
    team_id = club(served)
    plan = workout(team_id, 12, athlete_id=ANA, intensity={"zones": ["3"]})
    served.run(plan, change(team_id, "in", 10, 30))
    served.settle()
    answer = served.client.get(f"{PATH}/{plan.assignment_id}")
    told = answer.json()
    assert answer.headers["etag"] == f'"{told["version"]}"' == '"3"'
    assert (told["teamId"], told["athleteName"], told["load"], told["stale"]) == (str(team_id), "Ana Ruiz", 72.0, False)

    planning = told["planning"]
    assert (planning["planningPhaseId"], planning["seasonPlanId"]) == ("in", str(season_plan_id(team_id)))
    assert planning["lastPhaseAdjustment"] == planning["phaseAdjustments"][-1]["appliedAt"]
    assert [one.pop("appliedAt")[-1] for one in planning["phaseAdjustments"]] == ["Z", "Z"]
    adjusted = {
        "adjustmentType": "load",
        "originalValue": 60.0,
        "adjustedValue": 72.0,
        "reason": "phase in: high load, planned × 1.2",
        "appliedBy": "reaction:phase-fan-out",
        "phaseId": "in",
    }
    assert planning["phaseAdjustments"] == [adjusted, adjusted], "of the phase, and of its change"
    assert planning["originalPlanningData"] == {
        "baseLoad": 60.0,
        "originalFrequency": None,
        "originalIntensity": {"zones": ["3"], "powerPctFtp": None, "heartRatePctMax": None},
    }


def test_what_was_written_a_moment_ago_is_waited_for_or_said_to_be_missing(served: Served) -> None:
    team_id = club(served)
    plan = planned_for(ANA, team_id, 2)
    served.run(plan)
    served.settle()
    changed = token(served.run(CancelAssignment(assignment_id=plan.assignment_id, reason="rain")))
    path = f"{PATH}/{plan.assignment_id}"
    now: dict[str, Any] = {"minPosition": changed, "timeout": 0}
    told = served.client.get(path, params=now).json()
    assert (told["status"], told["stale"]) == ("planned", True)
    listed = served.client.get(PATH, params={"teamId": str(team_id), **now}).json()
    assert (len(listed["assignments"]), listed["stale"]) == (1, True)
    served.settle()
    told = served.client.get(path, params=now).json()
    assert (told["status"], told["stale"]) == ("cancelled", False)


def test_filters_hold_together(served: Served) -> None:
    team_id, _, (early, late, weekly, of_ben, elsewhere) = two_teams(served)
    served.run(CancelAssignment(assignment_id=early.assignment_id, reason="rain"))
    served.settle()
    a, b, c, d = (plan.assignment_id for plan in (early, late, weekly, of_ben))
    of_team = {"teamId": str(team_id)}
    client = served.client
    assert ids(client, **of_team) == [a, b, d, c]
    assert ids(client, **of_team, athleteId=str(ANA)) == [a, b, c]
    assert ids(client, athleteId=str(ANA)) == [a, elsewhere.assignment_id, b, c]
    assert ids(client, **of_team, phaseId="in") == [b, d]
    assert ids(client, **of_team, phaseId="in", athleteId=str(BEN)) == [d]
    assert ids(client, **of_team, status="cancelled") == [a]
    assert ids(client, **of_team, status="planned") == [b, d, c]
    assert ids(client, **of_team, **{"from": day(3).isoformat()}) == [b, d, c]
    assert ids(client, **of_team, to=day(11).isoformat()) == [a, c], "what is open-ended is on all days"
    assert ids(client, **of_team, seasonPlanId=str(season_plan_id(team_id))) == [b, d]
    assert ids(client, **of_team, seasonPlanId=str(uuid4())) == []

    adjusted_at = datetime.fromisoformat(one(client, b)["lastPhaseAdjustment"])
    assert set(ids(client, **of_team, adjustedSince=adjusted_at.isoformat())) >= {b}
    later = adjusted_at + timedelta(minutes=5)
    assert ids(client, **of_team, adjustedSince=later.isoformat()) == []


@pytest.mark.parametrize("limit", [1, 2])
def test_pages_follow_each_other(served: Served, limit: int) -> None:
    team_id, *_ = two_teams(served)
    asked: dict[str, Any] = {"teamId": str(team_id), "limit": limit}
    found: list[str] = []
    while True:
        page = served.client.get(PATH, params=asked).json()
        assert len(page["assignments"]) <= limit
        found += [entry["assignmentId"] for entry in page["assignments"]]
        if page["nextCursor"] is None:
            break
        asked["cursor"] = page["nextCursor"]
    assert [UUID(each) for each in found] == ids(served.client, teamId=str(team_id))
    assert refusal(served.client, teamId=str(team_id), cursor="nonsense") == (400, "bad-cursor")


def test_what_is_asked_for_too_widely_or_not_at_all_is_refused(served: Served) -> None:
    assert refusal(served.client) == (400, "team-wanted")
    assert refusal(served.client, status="planned") == (400, "team-wanted")
    for wrong in ({"limit": 0}, {"limit": 1001}, {"status": "late"}, {"adjustedSince": "2026-01-01T00:00:00"}):
        assert refusal(served.client, teamId=str(uuid4()), **wrong) == (422, "invalid-request")
    assert refusal(served.client, teamId=str(uuid4())) == (404, "not-found")
    assert refusal(served.client, athleteId=str(uuid4())) == (404, "not-found")


def test_everybody_sees_their_own(served: Served) -> None:
    team_id, other, (early, late, weekly, of_ben, elsewhere) = two_teams(served)
    of_team = {"teamId": str(team_id)}

    ana = served.client_for(Role.ATHLETE, athlete_id=ANA)
    mine = [each.assignment_id for each in (early, elsewhere, late, weekly)]
    assert ids(ana) == ids(ana, athleteId=str(ANA)) == mine
    assert ids(ana, **of_team) == [each.assignment_id for each in (early, late, weekly)]
    assert refusal(ana, athleteId=str(BEN)) == (404, "not-found")
    assert refusal(ana, **of_team, athleteId=str(BEN)) == (404, "not-found")
    assert one(ana, early.assignment_id)["athleteName"] == "Ana Ruiz"
    one(ana, of_ben.assignment_id, 404)

    coach = served.client_for(Role.COACH, teams=(team_id,))
    assert len(ids(coach, **of_team)) == 4
    assert ids(coach, **of_team, athleteId=str(BEN)) == [of_ben.assignment_id]
    assert refusal(coach, athleteId=str(ANA)) == (400, "team-wanted"), "some may be in another's team"
    assert refusal(coach, teamId=str(other)) == (404, "not-found")
    one(coach, elsewhere.assignment_id, 404)

    assert len(ids(served.client_for(Role.SERVICE), **of_team)) == 4
    one(served.client_for(Role.SERVICE), of_ben.assignment_id)


def test_another_organization_sees_none_of_it(served: Served) -> None:
    team_id, _, plans = two_teams(served)
    for role, who in (
        (Role.ADMIN, {}),
        (Role.SERVICE, {}),
        (Role.COACH, {"teams": (team_id,)}),
        (Role.ATHLETE, {"athlete_id": ANA}),
    ):
        stranger = served.client_for(role, organization_id=OTHER_CLUB, **who)
        one(stranger, plans[0].assignment_id, 404)
        assert refusal(stranger, teamId=str(team_id)) == (404, "not-found")
        if role is Role.ATHLETE:
            assert ids(stranger) == []
