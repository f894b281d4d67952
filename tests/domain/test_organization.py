"""Organizations, and the topics that planning services reach them on."""

import pytest
from pydantic import ValidationError

from domain.ids import OrganizationId
from domain.organization import (
    ConnectPlanningSource,
    FoundOrganization,
    OrganizationFounded,
    PlanningSourceConnected,
    TopicTaken,
)
from tests.support.scenario import ORGANIZATION, given

FOUNDED = OrganizationFounded(organization_id=ORGANIZATION, name="Atlético Norte")


def connect(source: str, topic: str, organization_id: OrganizationId = ORGANIZATION) -> ConnectPlanningSource:
    return ConnectPlanningSource(organization_id=organization_id, source=source, topic=topic)


def connected(source: str, topic: str) -> PlanningSourceConnected:
    return PlanningSourceConnected(organization_id=ORGANIZATION, source=source, topic=topic)


def test_founding() -> None:
    given().when(FoundOrganization(organization_id=ORGANIZATION, name=" Atlético Norte ")).then(FOUNDED)


def test_founding_under_another_name_is_refused() -> None:
    given(FOUNDED).when(FoundOrganization(organization_id=ORGANIZATION, name="Other")).raises("already-exists", "Norte")


def test_a_name_is_not_blank() -> None:
    with pytest.raises(ValidationError):
        FoundOrganization(organization_id=ORGANIZATION, name="  ")


def test_connecting_sources() -> None:
    given(FOUNDED).when(connect("planning", "planning.events")).then(connected("planning", "planning.events"))
    given(FOUNDED, connected("planning", "planning.events")).when(connect("academy", "academy.events")).then(
        connected("academy", "academy.events")
    )


def test_a_second_topic_of_a_source() -> None:
    given(FOUNDED, connected("planning", "planning.events")).when(connect("planning", "planning.youth")).then(
        connected("planning", "planning.youth")
    )


def test_a_topic_carries_one_source_only() -> None:
    given(FOUNDED, connected("planning", "planning.events")).when(connect("academy", "planning.events")).raises(
        TopicTaken, "'planning'"
    )


def test_an_organization_that_is_not_there() -> None:
    given().when(connect("planning", "planning.events")).raises("not-found")
