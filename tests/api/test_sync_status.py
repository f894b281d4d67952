"""Whether a team's workouts are in step, over HTTP."""

from uuid import UUID

from api.principal import Role
from domain.ids import TeamId, external_id
from domain.organization import ConnectPlanningSource, FoundOrganization
from domain.season_plan import OpenSeasonPlan
from domain.team import FormTeam
from tests.api.conftest import Served, token
from tests.support.asking import PLANNING, ask, assert_guarded
from tests.support.club import ORGANIZATION, change, workout
from tests.support.planned_club import ANA, club
from tests.support.transfers import join

NULLS = (
    "currentPhaseId",
    "phaseAsOf",
    "declaration",
    "declarationId",
    "declaredAt",
    "declaredBy",
    "planningId",
    "planningAt",
    "planningAgeSeconds",
    "appliedId",
    "appliedPhaseId",
    "appliedCount",
    "appliedAt",
)


def of(team_id: UUID) -> str:
    return f"{PLANNING}/sync-status/{team_id}"


def test_before_anything_was_said_there_is_nothing_to_follow(served: Served) -> None:
    team_id = TeamId(external_id(ORGANIZATION, "plan", "team", "17"))
    served.run(FormTeam(team_id=team_id, name="U17", zone="UTC"), OpenSeasonPlan(team_id=team_id, zone="UTC"))
    served.settle()
    assert ask(served.client, "GET", of(team_id)) == {
        "teamId": str(team_id),
        "inStep": True,
        "isApplying": False,
        "autoApply": True,
        **dict.fromkeys(NULLS),
        "setAside": [],
        "stale": False,
    }


def test_it_tells_what_was_declared_and_what_was_applied_last(served: Served) -> None:
    team_id = club(served)
    served.run(workout(team_id, 12, athlete_id=ANA))
    outcome = served.run(change(team_id, "in", 10, 30))
    served.app.projector.process_available()
    meanwhile = ask(served.client, "GET", of(team_id))
    assert (meanwhile["inStep"], meanwhile["isApplying"], meanwhile["appliedPhaseId"]) == (False, True, None)
    served.settle()

    told = ask(served.client, "GET", of(team_id), params={"minPosition": token(outcome)})
    assert (told["inStep"], told["isApplying"], told["stale"]) == (True, False, False)
    assert (told["declaration"], told["declaredBy"]) == ("season_plan.phase_changed", "coach:ana")
    assert (told["currentPhaseId"], told["appliedPhaseId"], told["appliedCount"]) == ("in", "in", 1)
    assert told["appliedId"] == told["declarationId"]


def test_a_message_that_was_set_aside_stands_in_the_way_and_athletes_are_not_told(served: Served) -> None:
    team_id = TeamId(external_id(ORGANIZATION, "plan", "team", "17"))
    served.run(
        FoundOrganization(organization_id=ORGANIZATION, name="SV Nord"),
        ConnectPlanningSource(organization_id=ORGANIZATION, source="plan", topic="planning.events"),
        FormTeam(team_id=team_id, name="U17", zone="UTC", external_source="plan", external_id="17"),
        join(ANA, team_id, -9),
    )
    served.settle()
    ask(served.client, "POST", f"{PLANNING}/events", 202, json={"teamId": "17", "what": "nobody knows"})
    served.app.listener.process_available()

    told = ask(served.client, "GET", of(team_id))
    [aside] = told["setAside"]
    assert (told["inStep"], aside["consumer"], aside["status"], aside["messages"]) == (
        False,
        "planning-listener",
        "dead",
        1,
    )
    assert "no known kind" in aside["reason"]
    athlete = served.client_for(Role.ATHLETE, athlete_id=ANA)
    assert ask(athlete, "GET", of(team_id))["setAside"] == []
    assert_guarded(served, team_id, "GET", of(team_id))
