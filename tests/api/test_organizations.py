"""One's own organization over HTTP."""

import pytest

from api.principal import Role
from domain.organization import ConnectPlanningSource, FoundOrganization
from tests.api.conftest import Served
from tests.support.asking import answered, ask
from tests.support.club import ORGANIZATION
from tests.support.planned_club import ANA, OTHER_CLUB

PATH = "/api/v1/organization"


@pytest.mark.parametrize("role", Role)
def test_everybody_sees_the_organization_of_their_token(served: Served, role: Role) -> None:
    served.run(
        FoundOrganization(organization_id=ORGANIZATION, name="SV Nord"),
        ConnectPlanningSource(organization_id=ORGANIZATION, source="plan", topic="planning.events"),
    )
    answer = answered(served.client_for(role, athlete_id=ANA), "GET", PATH)
    assert answer.json() == {
        "organizationId": str(ORGANIZATION),
        "name": "SV Nord",
        "planningSources": [{"source": "plan", "topic": "planning.events"}],
    }
    assert answer.headers["etag"] == '"2"'


def test_one_that_was_never_founded_is_not_found_and_the_hint_tells_which_claim_names_it(served: Served) -> None:
    served.run(FoundOrganization(organization_id=ORGANIZATION, name="SV Nord"))
    stranger = served.client_for(Role.ADMIN, organization_id=OTHER_CLUB)
    assert "`org`" in ask(stranger, "GET", PATH, 404, "not-found")["hint"]
