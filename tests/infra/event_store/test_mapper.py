"""From events to bytes and back: names, versions, upcasting, and what is unknown."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.assignment import AssignmentPlanned
from domain.catalogue import EVENTS
from domain.event import Event
from infra.event_store.mapper import EventMapper, StoredPayload, UnknownEvent
from infra.event_store.sealing import Place
from tests.support import counter
from tests.support.any_event import any_event
from tests.support.counter import Counted, Label
from tests.support.keyring import MemoryKeyring

STREAM = UUID(int=3)
MAPPER = EventMapper(counter.EVENTS, MemoryKeyring())
EXAMPLES = Path(__file__).parents[2] / "domain" / "examples"


def through_bytes(mapper: EventMapper, event: Event, version: int = 7) -> tuple[bytes, Event]:
    keys = mapper.keys_to_encode([event])
    payload = mapper.encode(event, Place(STREAM, version), keys)
    (decoded,) = mapper.decode_many([StoredPayload(event.event_name, event.event_version, STREAM, version, payload)])
    return payload, decoded


def decode(mapper: EventMapper, name: str, version: int, payload: dict[str, Any]) -> Event:
    (event,) = mapper.decode_many([StoredPayload(name, version, STREAM, 1, json.dumps(payload).encode())])
    return event


@pytest.mark.parametrize("name", EVENTS)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_every_event_comes_back_as_it_was(name: str, data: st.DataObject) -> None:
    mapper = EventMapper(EVENTS, MemoryKeyring())
    event = data.draw(any_event(EVENTS[name]))
    payload, decoded = through_bytes(mapper, event)
    assert decoded == event
    assert type(decoded) is type(event)
    assert set(json.loads(payload)) == {field.alias for field in type(event).model_fields.values()}, "camelCase"


def test_tuples_stay_tuples_and_models_stay_models() -> None:
    event = Counted(counter_id=STREAM, amount=1, labels=(Label(text="a", weights=(0.1, 2.0)), Label(text="b")))
    _, decoded = through_bytes(MAPPER, event)
    assert decoded == event
    assert isinstance(decoded, Counted)
    assert isinstance(decoded.labels, tuple)
    assert isinstance(decoded.labels[0], Label)
    assert isinstance(decoded.labels[0].weights, tuple)


def test_unknown_fields_are_ignored_and_missing_ones_are_not_made_up() -> None:
    known = {"counterId": str(STREAM), "amount": 3}
    assert decode(MAPPER, "test.counted", 2, {**known, "fromLater": [1]}) == Counted(counter_id=STREAM, amount=3)
    with pytest.raises(ValidationError):
        decode(MAPPER, "test.counted", 2, {"counterId": str(STREAM)})


def test_an_older_version_is_brought_up_to_date() -> None:
    assert decode(MAPPER, "test.counted", 1, {"counterId": str(STREAM), "by": 4}) == Counted(
        counter_id=STREAM, amount=4
    )


def test_the_first_version_of_a_planned_assignment_is_brought_up_to_date() -> None:
    payload = (EXAMPLES / "assignment.planned.v1.json").read_bytes()
    mapper = EventMapper(EVENTS, MemoryKeyring())
    (event,) = mapper.decode_many([StoredPayload("assignment.planned", 1, STREAM, 1, payload)])
    assert isinstance(event, AssignmentPlanned)
    assert event.baseline.load == json.loads(payload)["baseLoad"]


@pytest.mark.parametrize(
    ("name", "version", "says"),
    [
        ("test.counted", 3, "knows versions up to 2"),
        ("test.unheard_of", 1, "no event of that name"),
        ("test.noted", 2, "knows versions up to 1"),
    ],
)
def test_what_this_program_is_too_old_for_is_an_error(name: str, version: int, says: str) -> None:
    payload = {"counterId": str(STREAM), "amount": 1, "athleteId": str(uuid4()), "note": None}
    with pytest.raises(UnknownEvent, match=says):
        decode(MAPPER, name, version, payload)


def test_old_new_and_personal_events_among_each_other_keep_their_order() -> None:
    old = StoredPayload("test.counted", 1, STREAM, 1, json.dumps({"counterId": str(STREAM), "by": 1}).encode())
    new = StoredPayload("test.counted", 2, STREAM, 2, json.dumps({"counterId": str(STREAM), "amount": 2}).encode())
    plain = {"counterId": str(STREAM), "athleteId": str(uuid4()), "note": None, "mood": 3}
    personal = StoredPayload("test.noted", 1, STREAM, 3, json.dumps(plain).encode())
    decoded = MAPPER.decode_many([new, old, personal, new, personal, old])
    read: Callable[[Any], int] = lambda event: getattr(event, "amount", None) or event.mood  # noqa: E731
    assert [read(event) for event in decoded] == [2, 1, 3, 2, 3, 1]
