"""The current phase over HTTP."""

from uuid import uuid4

from domain.rules.load import LoadLevel
from tests.api.conftest import Served, token
from tests.support.club import change, day, phase, team


def test_the_current_phase_with_its_age_and_how_many_assignments_it_adjusted(served: Served) -> None:
    team_id = uuid4()
    build = phase(
        team_id, "build", 0, 10, LoadLevel.PEAK, sessions_per_week=5, intensity="high", focus_areas=("power",)
    )
    path = f"/api/v1/training/planning/current-phase/{team_id}"
    served.run(*team(team_id), build)
    served.settle()
    missing = served.client.get(path)
    assert missing.status_code == 404
    assert "first phase change" in missing.json()["hint"]

    outcome = served.run(change(team_id, "build", 0, 12))
    served.settle()
    answer = served.client.get(path, params={"minPosition": token(outcome)})
    assert answer.status_code == 200
    told = answer.json()
    assert 0 <= told.pop("ageSeconds") < 300
    assert told.pop("since") == told.pop("asOf")
    assert told.pop("changeId")
    assert told.pop("seasonPlanId") == str(outcome.stream_id)
    assert told == {
        "teamId": str(team_id),
        "phaseId": "build",
        "phaseType": "preseason",
        "startsOn": day(0).isoformat(),
        "endsOn": day(12).isoformat(),
        "loadLevel": "peak",
        "loadMultiplier": 1.4,
        "sessionsPerWeek": 5,
        "intensity": "high",
        "focusAreas": ["power"],
        "oldPhaseId": None,
        "autoApply": True,
        "triggeredBy": "planning",
        "adjustmentsCount": 0,
        "stale": False,
    }
