"""Each dead letter is told of once on training.errors, with what an operator needs and nothing about a person."""

import json
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consumers.cloud_events import inbound
from consumers.dead_letter_queue import retry
from consumers.dead_letters import set_aside
from consumers.error_events import ErrorEvents
from consumers.planning_listener import CONSUMER
from domain.ports import Message, OutgoingMessage, Unavailable
from infra.service import running
from tests.support.messages import message
from tests.support.planning import change_to, publish
from tests.support.planning_desk import Desk, breach, desk_of, follow, update
from tests.support.waiting import eventually


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with desk_of(database_url) as desk:
        yield desk


OF_NO_KIND = "training.message.error"
KINDS: list[tuple[Any, str]] = [
    (change_to("p1", phaseStartDate="soon", teamId="1"), "training.phase_change.error"),
    (update("p1", kind="phase_lost", team="2"), "training.season_plan.sync_error"),
    (breach(magnitude=7.0, team="3"), "training.workload_adjustment.error"),
    (follow(startDate=None, team="4"), "training.template_application.error"),
    ({"teamId": "5", "lunch": True}, OF_NO_KIND),
    (b"{", OF_NO_KIND),
    ({"specversion": "1.0", "id": "1", "source": "s", "type": "x.lunch", "data": {}, "teamId": "6"}, OF_NO_KIND),
]


def test_each_kind_has_its_type(desk: Desk) -> None:
    for content, _ in KINDS:
        desk.hears(content)
    told = desk.told()
    assert [inbound(each).type for each in told] == [error_type for _, error_type in KINDS]
    assert [inbound(each).data.get("teamId") for each in told] == ["1", "2", "3", "4", "5", None, None]
    assert len({inbound(each).message_id for each in told}) == len(KINDS)
    assert desk.told() == told, "each once"


def test_it_says_where_the_message_is(desk: Desk) -> None:
    correlation = uuid4()
    attributes = {"specversion": "1.0", "source": "/p", "type": "phase_change", "id": "m-1"}
    desk.hears(attributes | {"data": {"teamId": "17"}, "correlationid": str(correlation)})
    (letter,) = desk.letters()
    (told,) = desk.told()
    assert told.key == "17"
    event = inbound(told)
    assert event.correlation_id == correlation
    occurred_at = event.data["occurredAt"]
    assert event.data == {
        "teamId": "17",
        "messageId": "m-1",
        "topic": "planning.events",
        "partition": 0,
        "offset": str(letter.message.offset),
        "reason": letter.reason,
        "deadLetterId": letter.id,
        "occurredAt": occurred_at,
    }
    assert occurred_at.startswith("2")


def test_one_that_was_retried_before_it_was_told_of_is_told_of_all_the_same_and_once(desk: Desk) -> None:
    desk.hears(change_to("p1"))
    desk.resume()
    (letter,) = desk.letters()
    assert letter.status == "dead"
    desk.found_team("17", "p1")
    with desk.app.pool.connection() as connection:
        assert retry(connection, letter.id, desk.listener.process).processed == 1
    assert len(desk.told()) == 1
    desk.hears(change_to("p1", teamId="99"))
    with desk.app.pool.connection() as connection:
        retry(connection, desk.letters()[0].id, desk.listener.process)
    assert len(desk.told()) == 2


def test_an_outage_of_the_bus_delays_and_loses_nothing(desk: Desk) -> None:
    published: list[OutgoingMessage] = []
    failures = [Unavailable("no broker")] * 3

    class Away:
        def publish(self, topic: str, messages: Sequence[OutgoingMessage]) -> None:
            assert topic == "training.errors"
            if failures:
                raise failures.pop()
            published.extend(messages)

    events = ErrorEvents(Away(), CONSUMER, desk.app.pool.connection, poll_s=0.02)  # type: ignore[arg-type]
    desk.hears(b"{", b"[", b"")
    with pytest.raises(Unavailable):
        events.announce()
    with running({"errors": events.run, "listener": desk.listener.run}):
        publish(desk.app, change_to("p1", teamId="99"))
        eventually(lambda: len(published) == 2)
    assert [json.loads(each.value)["deadLetterId"] for each in published] == [1, desk.letters()[-1].id]


def test_killed_before_it_is_noted_it_is_told_again_under_the_same_id(desk: Desk) -> None:
    desk.hears(b"{")
    (first,) = desk.told()
    with desk.app.pool.connection() as connection:
        connection.execute("UPDATE dead_letters SET announced_at = NULL")
    (again,) = [each for each in desk.told() if each.offset != first.offset]
    assert inbound(again).message_id == inbound(first).message_id


def test_what_nobody_foresaw_is_told_without_its_words(desk: Desk) -> None:
    with desk.app.pool.connection() as connection:
        set_aside(connection, CONSUMER, message(b"{}"), KeyError("Ada has a cold"))
    (told,) = desk.told()
    assert inbound(told).data["reason"] == "unexpected KeyError; the dead letter says more"
    assert "Ada" in desk.letters()[0].reason


SECRET = "Ada Brandt, torn ligament, 191 bpm"
FIELDS = [
    (content, name)
    for content in (change_to("p1"), update("p1"), breach(), follow(customizations={"loadMultiplier": 1}))
    for name in content
    if name not in ("teamId", "playerId", "newPhaseId", "oldPhaseId", "updatedPhases", "templateId", "seasonPlanId")
]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(field=st.sampled_from(FIELDS), wrapped=st.sampled_from([lambda x: x, lambda x: [x], lambda x: {x: x}]))
def test_no_value_of_a_message_is_in_its_reason(desk: Desk, field: tuple[dict[str, Any], str], wrapped: Any) -> None:
    content, name = field
    desk.app.prepare()
    before = {each.offset for each in desk.told()}
    desk.hears({**content, name: wrapped(SECRET), "teamId": str(uuid4())})
    new: list[Message] = [each for each in desk.told() if each.offset not in before]
    for each in new:
        assert "Ada" not in each.value.decode()
    assert "Ada" not in "".join(reason for _, reason in desk.open())
