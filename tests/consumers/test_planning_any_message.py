"""Whatever comes in on the topic, in whatever order and however often: the listener goes on, and loses nothing."""

import json
from collections.abc import Iterator
from typing import Any, LiteralString
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.ports import OutgoingMessage, Position
from tests.support.planning import TOPIC, change_to, phases
from tests.support.planning_desk import Desk, breach, desk_of, follow, update
from tests.support.planning_server import season_plan_json, template_json


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with desk_of(database_url) as desk:
        desk.found_team("17", "p1", "p2", players=("9",))
        desk.server.set_season_plan("17", season_plan_json())
        desk.server.set_template(template_json())
        yield desk


JUNK = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text(), max_size=2)
GOOD = st.sampled_from([
    change_to("p1"), change_to("p9"), update("p1"), update("p7"), update("p2", kind="phase_removed"),
    breach("9"), breach("8"), follow("t1"), follow("t2"), change_to("p1", "99"),
])  # fmt: skip


TYPES = st.sampled_from(["phase_change", "season_plan.updated", "workload.threshold", "template_applied", "lunch", ""])


@st.composite
def spoiled(draw: st.DrawFn) -> bytes:
    content: dict[str, Any] = dict(draw(GOOD))
    for field in draw(st.sets(st.sampled_from(sorted(content)), max_size=2)):
        content[field] = draw(JUNK)
    if draw(st.booleans()):
        # An id of its own: copies of one event count once.
        content = {"specversion": "1.0", "id": str(uuid4()), "source": "/p", "type": draw(TYPES), "data": content}
    return json.dumps(content).encode()


VALUES = spoiled() | st.binary(max_size=20) | GOOD.map(lambda content: json.dumps(content).encode())
HEADERS = st.dictionaries(st.sampled_from(["content-type", "ce_specversion", "ce_id"]), st.text("ab/", max_size=5))
PLACES: LiteralString = """
SELECT message_offset, 'processed' FROM inbox UNION ALL
SELECT message_offset, status FROM dead_letters WHERE status <> 'retried'
"""


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(messages=st.lists(st.tuples(VALUES, HEADERS), min_size=1, max_size=8), down=st.booleans(), again=st.booleans())
def test_every_message_is_processed_or_kept(
    desk: Desk, messages: list[tuple[bytes, dict[str, str]]], down: bool, again: bool
) -> None:
    keys = uuid4()
    outgoing = [OutgoingMessage(f"{keys}-{number % 3}", *each) for number, each in enumerate(messages)]
    desk.app.bus.publish(TOPIC, outgoing)
    if down:
        desk.server.stop()
    desk.hears()
    if again:
        desk.forget_offsets()
        desk.hears()
    if down:
        desk.server.start()
    desk.errors.announce()
    with desk.app.pool.connection() as connection:
        published = connection.execute("SELECT era, xid, ordinal FROM topic_messages WHERE topic = %s", (TOPIC,))
        expected = {Position(*row).to_int() for row in published}
        places = [(int(offset), status) for offset, status in connection.execute(PLACES).fetchall()]
    assert {offset for offset, _ in places} == expected
    assert len(places) == len(expected), "each in one place"


def test_good_ones_among_all_that_still_count(desk: Desk) -> None:
    for key, value in (("a", b"\xff"), ("b", json.dumps(change_to("p2")).encode()), ("a", b"{}")):
        desk.app.bus.publish(TOPIC, [OutgoingMessage(key, value)])
    desk.hears()
    assert phases(desk.app) == ["p2"]
    assert [status for status, _ in desk.open()] == ["dead", "waiting"]
