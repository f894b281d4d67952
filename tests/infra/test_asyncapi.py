"""The AsyncAPI document says of each topic what is really written there, and what is really taken."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft7Validator

from consumers.error_events import ERRORS_TOPIC
from consumers.planning_messages import KINDS
from domain.athlete import RegisterAthlete
from domain.catalogue import EVENTS
from domain.organization import ConnectPlanningSource, FoundOrganization
from domain.ports import Message
from domain.rules.load import LoadLevel
from infra.asyncapi import document
from infra.main import Application
from tests.support.club import ORGANIZATION, application, change, phase, run_all, team, workout
from tests.support.planning import publish

TEAM = UUID(int=17)


@pytest.fixture
def app(database_url: str) -> Iterator[Application]:
    with application(database_url) as opened:
        yield opened


def heard(app: Application, topic: str) -> Sequence[Message]:
    with app.bus.subscribe("test", [topic]) as member:
        return member.poll(1_000, 0)


def valid(described: Mapping[str, Any], reference: str, value: object) -> list[str]:
    """What is wrong with ``value`` as the schema behind ``reference`` says."""
    schema = {"$ref": reference, "components": described["components"]}
    return [error.message for error in Draft7Validator(schema).iter_errors(value)]


def wrong_with(described: Mapping[str, Any], channel: str, message: Message) -> list[str]:
    """As a reader of the document would find it: by topic, then by the CloudEvent's type."""
    told = described["channels"][channel]["messages"][message.headers["ce_type"]]["$ref"]
    of_type = described["components"]["messages"][told.rpartition("/")[2]]
    content = json.loads(message.value)
    return [
        *valid(described, of_type["headers"]["$ref"], dict(message.headers)),
        *valid(described, of_type["payload"]["$ref"], content),
        *(f"{name} is not described" for name in undescribed(described, of_type["payload"]["$ref"], content)),
    ]


def undescribed(described: Mapping[str, Any], reference: str, content: Mapping[str, Any]) -> set[str]:
    properties = described["components"]["schemas"][reference.rpartition("/")[2]]["properties"]
    return set(content) - set(properties)


def test_whatever_is_written_on_a_topic_is_as_the_document_says(app: Application) -> None:
    planned = workout(TEAM, 3)
    run_all(app, FoundOrganization(organization_id=ORGANIZATION, name="SV Test"))
    run_all(app, ConnectPlanningSource(organization_id=ORGANIZATION, source="planning", topic=app.planning_topic))
    run_all(app, *team(TEAM), RegisterAthlete(athlete_id=planned.athlete_id, name="Ana Ruiz"))
    run_all(app, phase(TEAM, "in", 0, 90, LoadLevel.HIGH), planned, change(TEAM, "in", 0, 80))
    app.reactions.process_available()
    app.integration.process_available()
    app.projector.process_available()
    publish(app, {"teamId": "5", "lunch": True}, {"teamId": "6", "newPhaseId": "in"}, b"{")
    app.listener.process_available()
    app.error_events.announce()

    described = document()
    written = {
        channel: heard(app, described["channels"][channel]["address"])
        for channel in ("events", "integration", "errors")
    }
    assert {channel: len(messages) for channel, messages in written.items()} == {
        "events": 11,
        "integration": 3,
        "errors": 3,
    }
    for channel, messages in written.items():
        assert [wrong_with(described, channel, message) for message in messages] == [[]] * len(messages)


def test_a_message_is_good_by_the_document_where_the_listener_takes_it() -> None:
    described = document()
    said: dict[str, dict[str, Any]] = {
        "phase_change": {
            "teamId": "17", "newPhaseId": "in", "phaseStartDate": "2026-11-21", "phaseEndDate": "2027-01-31",
            "autoApplyAdjustments": True, "triggeredBy": "coach-9",
        },
        "template_application": {
            "teamId": "17", "templateId": "t", "startDate": "2026-11-21", "triggeredBy": "coach-9",
        },
    }  # fmt: skip
    for ending, content in said.items():
        reference = described["components"]["messages"][f"planning.{ending}"]["payload"]["$ref"]
        assert valid(described, reference, content) == []
        assert valid(described, reference, content | {"teamId": 17}) == ["17 is not of type 'string'"]
        assert next(kind.shape for kind in KINDS if ending in kind.endings).model_validate(content).team_id == "17"
    assert described["channels"]["planning"]["messages"].keys() == {
        *said,
        "season_plan_update",
        "workload_threshold",
    }


def test_it_is_whole() -> None:
    """Every reference leads somewhere, every schema is one, every event and topic is there."""
    described = document("club.planning", "club.integration")
    assert described["asyncapi"] == "3.0.0"
    assert [one["address"] for one in described["channels"].values()] == [
        "club.planning",
        "training.events",
        "club.integration",
        ERRORS_TOPIC,
    ]
    assert [one["action"] for one in described["operations"].values()] == ["receive", "send", "send", "send"]
    assert described["channels"]["events"]["messages"].keys() == EVENTS.keys()
    for reference in references(described):
        found: Any = described
        for step in reference.removeprefix("#/").split("/"):
            assert step in found, reference
            found = found[step]
    for name, schema in described["components"]["schemas"].items():
        Draft7Validator.check_schema(schema)
        assert schema["type"] in ("object", "string"), name


def references(part: Any) -> Iterator[str]:
    match part:
        case {"$ref": str(reference)}:
            yield reference
        case dict():
            for each in part.values():
                yield from references(each)
        case list():
            for each in part:
                yield from references(each)


def test_the_api_serves_it_with_the_topics_that_are_set(database_url: str) -> None:
    with application(database_url, planning_topic="club.planning") as app, TestClient(app.api) as client:
        answer = client.get("/asyncapi.json")
    assert answer.status_code == 200
    assert answer.json() == document("club.planning")
