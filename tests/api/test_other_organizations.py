"""No route shows or changes another organization's row, whoever asks: every route of the description is walked."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
from fastapi.testclient import TestClient

from api.principal import Role
from domain.athlete import RegisterAthlete
from domain.ids import FixtureId, OrganizationId
from domain.organization import FoundOrganization
from domain.phase_template import DefineTemplate
from domain.rules.load import LoadLevel
from domain.season_plan import AddFixture
from domain.team import AddPlayer, AppointCoach
from infra.tokens import OwnTokens
from tests.api.conftest import Served
from tests.support.club import ORGANIZATION, SECRET, change, day, phase, team, whole_log, workout
from tests.support.tokens import bearing, principal, token
from tests.support.walking import Description, Operation

ABROAD = UUID(int=0xB)
NAME = "Ana Ruiz of the club that nobody else may see"
OPEN = ("/health/", "/metrics")
UNIQUE = ("organizationId", "teamId", "athleteId", "assignmentId", "templateId")


@dataclass
class Walked:
    """``ids``: what there is of one organization, by the names that routes give it."""

    served: Served
    ids: dict[str, UUID | str]
    operations: list[Operation]
    description: Description

    def written(self) -> int:
        return sum(recorded.organization_id == ORGANIZATION for recorded in whole_log(self.served.app))


@pytest.fixture
def walked(served: Served) -> Walked:
    plan = workout(uuid4(), 2)
    template_id = uuid4()
    lesson = {"week": 1, "weekday": 1, "title": NAME, "sport": "run", "load": 60.0}
    served.run(
        *team(plan.team_id),
        RegisterAthlete(athlete_id=plan.athlete_id, name=NAME),
        AddPlayer(team_id=plan.team_id, athlete_id=plan.athlete_id, joined_on=served.app.clock.now().date()),
        AppointCoach(team_id=plan.team_id, coach="coach:ana"),
        plan,
        DefineTemplate.model_validate({"template_id": template_id, "name": NAME, "workouts": [lesson]}),
        phase(plan.team_id, "build", 0, 10, LoadLevel.PEAK),
        AddFixture(team_id=plan.team_id, fixture_id=FixtureId("cup"), on=day(5)),
        FoundOrganization(organization_id=ORGANIZATION, name=NAME),
        change(plan.team_id, "build", 0, 10),
    )
    served.settle()
    ids: dict[str, UUID | str] = {
        "organizationId": ORGANIZATION,
        "teamId": plan.team_id,
        "athleteId": plan.athlete_id,
        "playerId": plan.athlete_id,
        "playerIds": plan.athlete_id,
        "assignmentId": plan.assignment_id,
        "templateId": template_id,
        "phaseId": "build",
        "fixtureId": "cup",
        "coach": "coach:ana",
        "version": "1",
    }
    description = Description(served.client.get("/openapi.json").json(), ids)
    operations = [one for one in description.operations() if not one.path.startswith(OPEN)]
    assert len(operations) >= 3
    return Walked(served, ids, operations, description)


@pytest.mark.parametrize("role", Role)
def test_somebody_of_another_organization_finds_nothing_of_this_one(walked: Walked, role: Role) -> None:
    """With the same account id, and a token that names the very team and athlete."""
    ids, before = walked.ids, walked.written()
    stranger = principal(
        role,
        subject="coach:ana",
        organization_id=OrganizationId(ABROAD),
        teams=(UUID(str(ids["teamId"])),),
        athlete_id=UUID(str(ids["athleteId"])),
    )
    for operation in walked.operations:
        answer = walked.description.ask(walked.served.client, operation, bearing(stranger))
        told = f"{role} {operation.method} {operation.path}: {answer.status_code} {answer.text}"
        assert answer.status_code in (401, 403, 404) or (answer.is_success and not operation.names_something), told
        assert NAME not in answer.text, told
        # A refusal may repeat what was asked for.
        assert not answer.is_success or not [one for one in UNIQUE if str(walked.ids[one]) in answer.text], told
    walked.served.settle()
    assert walked.written() == before


def test_without_a_good_token_nobody_gets_anywhere(walked: Walked) -> None:
    now = datetime.now(UTC)
    claims: dict[str, Any] = jwt.decode(token(principal()), options={"verify_signature": False})
    bad = {
        "none": None,
        "expired": token(principal(), begun=timedelta(hours=2)),
        "unsigned": jwt.encode(claims, "", "none"),
        "of no organization": jwt.encode({**claims, "org": None}, SECRET, "HS256"),
        "of no role": jwt.encode({**claims, "role": None}, SECRET, "HS256"),
        "another's": OwnTokens(b"x" * 32, "mesocycle", "mesocycle").token(principal(), now, timedelta(hours=1)),
    }
    before = walked.written()
    with TestClient(walked.served.app.api) as client:
        for kind, sent in bad.items():
            headers = {} if sent is None else {"Authorization": f"Bearer {sent}"}
            for operation in walked.operations:
                answer = walked.description.ask(client, operation, headers)
                assert answer.status_code == 401, f"{kind} {operation}: {answer.text}"
    assert walked.written() == before


def test_the_walk_meets_what_there_is_when_the_right_one_asks(walked: Walked) -> None:
    """Otherwise a walk that asks for nonsense would find every route safe."""
    reading = [one for one in walked.operations if one.method == "get"]
    for operation in reading:
        answer = walked.description.ask(walked.served.client, operation)
        assert answer.status_code == 200, f"{operation.path}: {answer.text}"
