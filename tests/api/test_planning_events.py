"""The planning service's messages over HTTP: they go the way of those on its topic."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from cloudevents.core.bindings.http import to_binary, to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from fastapi.testclient import TestClient

from api.principal import Role
from domain.ids import TeamId
from domain.organization import ConnectPlanningSource, FoundOrganization
from domain.rules.load import LoadLevel
from domain.season_plan import PhaseChanged
from tests.api.conftest import Served
from tests.support.asking import PLANNING, ask
from tests.support.club import ORGANIZATION, phase, team, whole_log
from tests.support.planned_club import ANA, OTHER_CLUB
from tests.support.planning import team_of

PATH = f"{PLANNING}/events"
SAID = {
    "teamId": "17",
    "newPhaseId": "build",
    "phaseStartDate": "2026-11-21",
    "phaseEndDate": "2026-12-21",
    "autoApplyAdjustments": True,
    "triggeredBy": "planner",
}


def connected(served: Served) -> TeamId:
    team_id = team_of("17")
    served.run(
        FoundOrganization(organization_id=ORGANIZATION, name="SV Nord"),
        ConnectPlanningSource(organization_id=ORGANIZATION, source="planning", topic="planning.events"),
        *team(team_id),
        phase(team_id, "build", 0, 30, LoadLevel.HIGH),
    )
    served.settle()
    return team_id


def planner(served: Served) -> TestClient:
    return served.client_for(Role.SERVICE, subject="planning-service")


def changes(served: Served) -> list[Any]:
    served.app.listener.process_available()
    return [one for one in whole_log(served.app) if isinstance(one.event, PhaseChanged)]


def cloud_event(**more: Any) -> CloudEvent:
    attributes = {"id": "7c0e", "source": "/planning", "type": "planning.phase_changed", **more}
    return CloudEvent(attributes | {"datacontenttype": "application/json"}, SAID)


def test_bare_json_is_a_message_of_its_team_and_its_request_s_correlation_goes_along(served: Served) -> None:
    team_id, request = connected(served), str(uuid4())
    taken = ask(planner(served), "POST", PATH, 202, json=SAID, headers={"X-Correlation-Id": request})
    assert taken == {"topic": "planning.events", "key": "17"}
    [change] = changes(served)
    assert (change.event.team_id, change.event.phase_id, change.actor) == (team_id, "build", "planning:planning")
    assert change.correlation_id == UUID(request)


@pytest.mark.parametrize("mode", ["structured", "binary"])
def test_a_cloud_event_counts_once_however_often_it_is_sent(served: Served, mode: str) -> None:
    connected(served)
    event = cloud_event(correlationid="c\u00f6rrelation 1")
    message = (to_structured if mode == "structured" else to_binary)(event, JSONFormat())
    for _ in range(2):
        ask(planner(served), "POST", PATH, 202, content=message.body, headers=dict(message.headers))
    [change] = changes(served)
    assert change.event.phase_id == "build"
    other = cloud_event(id="7c0f", correlationid="c\u00f6rrelation 1")
    bare = {**SAID, "newPhaseId": "build", "phaseEndDate": "2026-12-20"}
    again = to_structured(CloudEvent(other.get_attributes(), bare), JSONFormat())
    ask(planner(served), "POST", PATH, 202, content=again.body, headers=dict(again.headers))
    assert [one.correlation_id for one in changes(served)] == [change.correlation_id] * 2, "read alike in both modes"


@pytest.mark.parametrize(
    ("content", "headers", "said"),
    [
        (b"{", {}, "not JSON"),
        (b'{"load": NaN, "teamId": "17"}', {}, "not JSON"),
        (b"[]", {}, "no JSON object"),
        (b"", {}, "not JSON"),
        (b"{}", {}, "names no team"),
        (b'{"teamId": 17}', {}, "names no team"),
        (b'{"teamId": ""}', {}, "names no team"),
        (json.dumps({"specversion": "1.0", "teamId": "17"}).encode(), {}, "names no team"),
        (b'{"data": {"teamId": "17"}}', {}, "names no team"),
        (b"[]", {"content-type": "application/cloudevents-batch+json"}, "batch"),
        (json.dumps(SAID).encode(), {"ce-specversion": "1.0", "ce-id": "a%00b"}, "NUL"),
    ],
)
def test_what_makes_no_message_is_refused_at_once(
    served: Served, content: bytes, headers: dict[str, str], said: str
) -> None:
    connected(served)
    sent = {"content-type": "application/json", **headers}
    problem = ask(planner(served), "POST", PATH, 422, "no-message", content=content, headers=sent)
    assert said in problem["detail"]
    assert served.app.listener.process_available() == 0


def test_what_is_a_message_and_cannot_be_processed_is_set_aside_like_any_other(served: Served) -> None:
    connected(served)
    ask(planner(served), "POST", PATH, 202, json=SAID | {"phaseEndDate": "soon"})
    assert changes(served) == []
    with served.app.pool.connection() as connection:
        rows = connection.execute("SELECT key, status FROM dead_letters").fetchall()
    assert rows == [("17", "dead")]


def test_who_may_speak_as_the_planning_service(served: Served) -> None:
    team_id = connected(served)
    for role in (Role.COACH, Role.ATHLETE):
        client = served.client_for(role, teams=(team_id,), athlete_id=ANA)
        ask(client, "POST", PATH, 403, "forbidden", json=SAID)
    for role in (Role.SERVICE, Role.ADMIN):
        stranger = served.client_for(role, organization_id=OTHER_CLUB)
        ask(stranger, "POST", PATH, 403, "no-planning-source", json=SAID)
    assert served.app.listener.process_available() == 0
    ask(served.client, "POST", PATH, 202, json=SAID)
    assert len(changes(served)) == 1


def test_a_topic_that_nobody_has_connected_takes_nothing(served: Served) -> None:
    ask(planner(served), "POST", PATH, 403, "no-planning-source", json=SAID)
    assert served.app.listener.process_available() == 0
