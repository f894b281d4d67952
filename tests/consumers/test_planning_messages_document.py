"""What docs/planning-messages.md shows is what the listener understands, and what is sent."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel

import infra
from consumers.cloud_events import Malformed, inbound
from consumers.dead_letters import DeadLetter, Unprocessable
from consumers.error_events import ERRORS_TOPIC, OF_NO_KIND, TYPES, error_event
from consumers.planning_messages import (
    KINDS,
    PhaseChange,
    RecommendedAdjustment,
    SeasonPlanUpdate,
    TemplateApplication,
    TemplateCustomizations,
    WorkloadThreshold,
    kind_of,
    read,
)
from domain.ids import AthleteId, TeamId
from domain.ports import Message
from domain.rules.load import LoadLevel
from domain.rules.workload_response import DAYS_IN_FORCE
from infra.main import Application
from infra.settings import Settings
from tests.support.club import application, change, phase, run_all, team, workout
from tests.support.messages import message

PAGE = (Path(infra.__file__).parents[1] / "docs" / "planning-messages.md").read_text()
SHAPES: dict[str, type[BaseModel]] = {
    "Phase change": PhaseChange,
    "Season plan update": SeasonPlanUpdate,
    "Workload threshold": WorkloadThreshold,
    "Template application": TemplateApplication,
}
PARTS: dict[str, type[BaseModel]] = {
    "recommendedAdjustment": RecommendedAdjustment,
    "customizations": TemplateCustomizations,
}


def section(heading: str, page: str = PAGE) -> str:
    """What stands below it, up to the next heading of any level."""
    return re.split(r"^#+ ", page.partition(f"# {heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def examples(heading: str) -> list[dict[str, Any]]:
    return [json.loads(block) for block in re.findall(r"```json\n(.*?)```", section(heading), re.DOTALL)]


def first_cells(text: str) -> list[str]:
    """All that is in backquotes in the first column of its tables."""
    return [name for row in re.findall(r"^\| (.*?) \|", text, re.MULTILINE) for name in re.findall(r"`(.*?)`", row)]


def fields(shape: type[BaseModel]) -> set[str]:
    """Whole paths; a question mark behind what may be left out."""
    found = set()
    for field in shape.model_fields.values():
        name = f"{field.alias}{'' if field.is_required() else '?'}"
        part = PARTS.get(str(field.alias))
        found |= {f"{name}.{inner}" for inner in fields(part)} if part else {name}
    return found


@pytest.mark.parametrize("heading", SHAPES)
def test_an_inbound_example_is_understood_and_has_every_field(heading: str) -> None:
    (example,) = examples(heading)
    said = read(inbound(message(example)))
    assert type(said) is SHAPES[heading]
    assert {str(field.alias) for field in type(said).model_fields.values()} == set(example)
    for name in PARTS.keys() & example.keys():
        assert {str(field.alias) for field in PARTS[name].model_fields.values()} == set(example[name])


@pytest.mark.parametrize("heading", SHAPES)
def test_the_table_of_an_inbound_message_has_the_fields_that_are_read(heading: str) -> None:
    assert set(first_cells(section(heading))) == fields(SHAPES[heading])


def test_the_cloud_event_is_one_in_both_modes() -> None:
    (example,) = examples("Inbound in general")
    structured = inbound(message(example))
    attributes = {f"ce_{name}": value for name, value in example.items() if name != "data"}
    assert inbound(message(example["data"], attributes)) == structured
    assert isinstance(read(structured), PhaseChange)
    assert (structured.message_id, structured.correlation_id) == (example["id"], UUID(example["correlationid"]))


def test_kinds_are_told_as_the_page_says() -> None:
    rows = re.findall(r"^\| ([a-z ]+) \| (`.*`) \| `(\w+)` \|$", section("Inbound in general"), re.MULTILINE)
    told = {called: (tuple(re.findall(r"`(.*?)`", endings)), mark) for called, endings, mark in rows}
    assert told == {kind.called: (kind.endings, kind.mark) for kind in KINDS}
    assert [kind_of(inbound(message(examples(heading)[0]))) for heading in SHAPES] == list(KINDS)


def test_topics_and_days_are_those_of_the_code() -> None:
    defaults = Settings()
    topics = re.findall(r"^\| `([\w.]+)` \| (?:`(\w+)`)? ?\|", PAGE, re.MULTILINE)
    assert topics[:3] == [
        (defaults.planning_topic, "PLANNING_TOPIC"),
        (defaults.integration_topic, "INTEGRATION_TOPIC"),
        (ERRORS_TOPIC, ""),
    ]
    days = re.search(r"for (\d+) days after `(\w+)`, (\d+)\nafter `(\w+)`, (\d+) after `(\w+)`", PAGE)
    assert days is not None
    counts, names = days.groups()[::2], days.groups()[1::2]
    assert dict(zip(names, map(int, counts), strict=True)) == {str(name): each for name, each in DAYS_IN_FORCE.items()}


class TestIntegration:
    @pytest.fixture
    def sent(self, database_url: str) -> Iterator[list[Message]]:
        """One message of each type."""
        with application(database_url) as app:
            yield adjusted(app)

    def test_its_two_messages_have_the_shapes_that_are_sent(self, sent: list[Message]) -> None:
        by_type = {each.headers["ce_type"]: json.loads(each.value) for each in sent}
        assert len(by_type) == 2
        for of_type, value in by_type.items():
            (example,) = examples(f"`{of_type}`")
            assert {name: type(each) for name, each in example.items()} == {
                name: type(each) for name, each in value.items()
            }

    def test_its_headers_are_those_that_are_sent(self, sent: list[Message]) -> None:
        told = set(first_cells(section("`training.integration`")))
        assert [set(each.headers) for each in sent] == [told, told]


def adjusted(app: Application) -> list[Message]:
    team_id = TeamId(UUID(int=17))
    planned = workout(team_id, 3, athlete_id=AthleteId(UUID(int=9)))
    run_all(app, *team(team_id), phase(team_id, "in", 0, 90, LoadLevel.LOW))
    app.reactions.process_available()
    app.integration.process_available()
    run_all(app, planned, change(team_id, "in", 0, 80))
    app.reactions.process_available()
    app.integration.process_available()
    with app.bus.subscribe("test", [app.settings.integration_topic]) as member:
        return list(member.poll(100, 0))[-2:]


class TestErrors:
    def letter(self, failed: Message) -> DeadLetter:
        at = datetime(2026, 4, 1, 6, tzinfo=UTC)
        return DeadLetter(4, "planning-listener", failed, "dead", "why", Unprocessable.__name__, 1, at, None, None)

    def test_the_example_has_the_shape_that_is_sent(self) -> None:
        (cloud_event,), (example,) = examples("Inbound in general"), examples("`training.errors`")
        told = error_event(self.letter(message(cloud_event)), datetime(2026, 4, 1, 6, tzinfo=UTC))
        value = json.loads(told.value)
        assert {name: type(each) for name, each in value.items()} == {
            name: type(each) for name, each in example.items()
        }
        assert (value["teamId"], value["messageId"]) == (example["teamId"], example["messageId"])
        headers = section("`training.errors`").partition("in binary mode:")[2].partition("All have")[0]
        assert set(re.findall(r"`(.*?)`", headers)) == set(told.headers)

    def test_its_reason_is_one_that_is_given(self) -> None:
        (example,) = examples("`training.errors`")
        (change_of_phase,) = examples("Phase change")
        with pytest.raises(Malformed) as raised:
            read(inbound(message(change_of_phase | {"phaseStartDate": "soon"})))
        assert str(raised.value) == example["reason"]

    def test_what_is_left_out_of_a_message_without_team_and_id(self) -> None:
        told = error_event(self.letter(message(b"{")), datetime(2026, 4, 1, 6, tzinfo=UTC))
        (example,) = examples("`training.errors`")
        assert set(example) - set(json.loads(told.value)) == {"teamId", "messageId"}

    def test_each_kind_has_its_type(self) -> None:
        rows = re.findall(r"^\| `(training\.[\w.]+)` \| ([\w ]+) \|$", section("`training.errors`"), re.MULTILINE)
        assert rows == [
            *((type_, kind.called) for kind, type_ in TYPES.items()),
            (OF_NO_KIND, "what is of no known kind"),
        ]
