"""A team's board and an assignment's history over HTTP: events in, request, answer."""

from typing import Any
from uuid import UUID, uuid4

from domain.assignment import AdjustByHand, AdjustForWorkload, CompleteAssignment
from domain.athlete import ForgetAthlete, RegisterAthlete
from domain.ids import TeamId, season_plan_id, workload_id
from domain.rules.load import LoadLevel
from tests.api.conftest import Served, token
from tests.support.club import change, day, phase, team, workout

LOAD_ALONE = {"weekdays": None, "intensity": None, "exercises": None}


def board(served: Served, team_id: UUID, **parameters: Any) -> Any:
    answer = served.client.get(f"/api/v1/teams/{team_id}/assignment-board", params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_board_shows_what_was_planned_and_what_it_is_now(served: Served) -> None:
    team_id, plan = uuid4(), None
    plan = workout(team_id, 2)
    served.run(*team(team_id), phase(team_id, "build", 0, 10, LoadLevel.HIGH), plan)
    served.run(RegisterAthlete(athlete_id=plan.athlete_id, name="Ana Ruiz"))
    changed = served.run(change(team_id, "build", 0, 10))
    served.settle()

    shown = board(served, team_id)
    [entry] = shown["entries"]
    at, cause = entry.pop("changedAt"), entry.pop("causeId")
    assert at.endswith("Z")
    assert entry.pop("lastPhaseAdjustment") == at
    assert cause is not None
    assert entry == {
        "assignmentId": str(plan.assignment_id),
        "athleteId": str(plan.athlete_id),
        "athleteName": "Ana Ruiz",
        "title": "Tempo run",
        "sport": "run",
        "scheduledOn": day(2).isoformat(),
        "planned": {"load": 60.0, **LOAD_ALONE},
        "shown": {"load": 72.0, **LOAD_ALONE},
        "adjusted": ["load"],
        "plannedLoad": 60.0,
        "load": 72.0,
        "phaseId": "build",
        "loadLevel": "high",
        "seasonPlanId": str(season_plan_id(TeamId(team_id))),
        "workloadSkip": False,
        "workloadFraction": None,
        "setByHand": False,
        "status": "planned",
        "completedOn": None,
        "executedLoad": None,
        "rpe": None,
        "durationMin": None,
        "version": 3,
        "changedBy": "reaction:phase-fan-out",
        "reason": "phase build: high load, planned × 1.2",
    }
    assert (shown["teamId"], shown["nextCursor"], shown["stale"]) == (str(team_id), None, False)
    assert changed.position is not None

    served.run(ForgetAthlete(athlete_id=plan.athlete_id))
    served.settle()
    assert board(served, team_id)["entries"][0]["athleteName"] == "forgotten athlete"


def test_the_board_shows_in_what_a_workout_differs_and_how_it_was_done(served: Served) -> None:
    team_id = uuid4()
    intensity = {"zones": ["3"], "heart_rate_pct_max": {"low": 80.0, "high": 85.0}}
    plan = workout(team_id, None, weekdays=(1, 4), intensity=intensity)
    restricted = AdjustForWorkload(
        assignment_id=plan.assignment_id,
        workload_id=workload_id(plan.team_id, plan.athlete_id),
        workload_revision=1,
        restricted=True,
        fraction=0.5,
    )
    by_hand = AdjustByHand(assignment_id=plan.assignment_id, weekdays=(6,), reason="school trip")
    done = CompleteAssignment(
        assignment_id=plan.assignment_id, load=28.0, rpe=4.0, duration_min=30.0, completed_on=day(1)
    )
    served.run(*team(team_id), plan, restricted, by_hand, done)
    served.settle()

    [entry] = board(served, team_id)["entries"]
    planned = {"zones": ["3"], "powerPctFtp": None, "heartRatePctMax": {"low": 80.0, "high": 85.0}}
    assert entry["planned"] == {"load": 60.0, "weekdays": [1, 4], "intensity": planned, "exercises": None}
    assert entry["shown"] == {"load": 30.0, "weekdays": [6], "intensity": planned, "exercises": None}
    assert (entry["adjusted"], entry["setByHand"]) == (["load", "frequency"], True)
    assert (entry["workloadSkip"], entry["workloadFraction"]) == (False, 0.5)
    assert (entry["plannedLoad"], entry["executedLoad"], entry["status"]) == (60.0, 28.0, "completed")
    assert (entry["completedOn"], entry["rpe"], entry["durationMin"]) == (day(1).isoformat(), 4.0, 30.0)


def test_pages_and_days(served: Served) -> None:
    team_id = uuid4()
    served.run(*team(team_id), *(workout(team_id, offset) for offset in (3, 1, None, 2)))
    served.settle()
    days = [entry["scheduledOn"] for entry in board(served, team_id)["entries"]]
    assert days == [*(day(offset).isoformat() for offset in (1, 2, 3)), None]
    window = {"from": day(2).isoformat(), "to": day(2).isoformat()}
    assert [entry["scheduledOn"] for entry in board(served, team_id, **window)["entries"]] == [days[1], None]

    paged: list[str | None] = []
    page = board(served, team_id, limit=2)
    while True:
        paged += [entry["scheduledOn"] for entry in page["entries"]]
        if page["nextCursor"] is None:
            break
        page = board(served, team_id, limit=2, cursor=page["nextCursor"])
    assert paged == days


def test_an_answer_without_what_was_asked_for_says_stale_and_with_it_does_not(served: Served) -> None:
    team_id = uuid4()
    served.run(*team(team_id))
    served.settle()
    written = token(served.run(workout(team_id, 1)))
    assert written.startswith(f"{team_id}@")

    shown = board(served, team_id, minPosition=written, timeout=0.05)
    assert (shown["entries"], shown["stale"]) == ([], True)
    served.settle()
    shown = board(served, team_id, minPosition=written, timeout=0)
    assert (len(shown["entries"]), shown["stale"]) == (1, False)
    assert board(served, team_id, minPosition=written.partition("@")[2])["stale"] is False


def test_history_tells_each_change_with_the_chain_of_its_causes(served: Served) -> None:
    team_id = uuid4()
    plan = workout(team_id, 2)
    served.run(*team(team_id), phase(team_id, "build", 0, 10, LoadLevel.LOW), plan)
    changed = served.run(change(team_id, "build", 0, 10))
    served.settle()
    served.run(AdjustByHand(assignment_id=plan.assignment_id, load=10.0, reason="sore knee"))

    answer = served.client.get(f"/api/v1/assignments/{plan.assignment_id}/history")
    assert answer.status_code == 200
    changes = answer.json()["changes"]
    assert [(one["event"], [cause["event"] for cause in one["causes"]]) for one in changes] == [
        ("assignment.planned", []),
        ("assignment.phase_adjusted", ["assignment.planned"]),
        ("assignment.phase_adjusted", ["season_plan.phase_changed"]),
        ("assignment.adjusted_by_hand", []),
    ]
    last_adjusted = changes[2]
    assert (last_adjusted["data"]["loadBefore"], last_adjusted["data"]["shown"]["load"]) == (48.0, 48.0)
    assert last_adjusted["causes"][0]["data"]["phaseId"] == "build"
    assert last_adjusted["correlationId"] != changes[0]["correlationId"]
    assert changes[3]["data"]["reason"] == "sore knee"
    assert [one["version"] for one in changes] == [1, 2, 3, 4]
    assert changed.events


def test_who_is_unknown_is_not_found(served: Served) -> None:
    unknown = uuid4()
    for path in (f"/api/v1/teams/{unknown}/assignment-board", f"/api/v1/assignments/{unknown}/history"):
        answer = served.client.get(path)
        assert answer.status_code == 404
        assert answer.json()["type"] == "urn:mesocycle:problem:not-found"
        assert str(unknown) in answer.json()["detail"]
    team_id = uuid4()
    served.run(*team(team_id))
    assert served.client.get(f"/api/v1/assignments/{team_id}/history").status_code == 404, "a team is no assignment"
