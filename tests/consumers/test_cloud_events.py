"""Reading messages from outside: three ways to say the same, and what is wrong with the rest."""

from typing import Any
from uuid import UUID

import pytest
from cloudevents.core.bindings import kafka
from cloudevents.core.v1.event import CloudEvent

from consumers.cloud_events import Inbound, Malformed, correlation_of, inbound
from tests.support.messages import message

DATA = {"teamId": "17", "newPhaseId": "p2"}
CORRELATION = UUID("0198a3c0-0000-7000-8000-000000000001")
ATTRIBUTES = {"specversion": "1.0", "id": "m-1", "source": "/planning", "type": "planning.phase_change"}
HEADERS = {f"ce_{name}": value for name, value in ATTRIBUTES.items()}
EXPECTED = Inbound("/planning", "m-1", "planning.phase_change", DATA, None)


@pytest.mark.parametrize(
    ("value", "headers"),
    [
        (ATTRIBUTES | {"data": DATA}, {"content-type": "application/cloudevents+json; charset=utf-8"}),
        (ATTRIBUTES | {"data": DATA}, {"content-type": "application/json"}),
        (ATTRIBUTES | {"data": DATA}, {}),
        (ATTRIBUTES | {"data_base64": "eyJ0ZWFtSWQiOiAiMTciLCAibmV3UGhhc2VJZCI6ICJwMiJ9"}, {}),
        (DATA, HEADERS),
        (DATA, HEADERS | {"content-type": "application/json"}),
        (DATA, {name.upper(): value for name, value in HEADERS.items()} | {"Content-Type": "text/json"}),
    ],
)
def test_one_event_in_every_mode(value: dict[str, Any], headers: dict[str, str]) -> None:
    assert inbound(message(value, headers)) == EXPECTED


def test_bare_json() -> None:
    assert inbound(message(DATA)) == Inbound(None, None, None, DATA, None)
    assert inbound(message(DATA, {"correlationid": str(CORRELATION)})).correlation_id == CORRELATION


@pytest.mark.parametrize("write", [kafka.to_binary_event, kafka.to_structured_event])
def test_what_the_cloudevents_library_writes(write: Any) -> None:
    written = write(CloudEvent(dict(ATTRIBUTES), DATA))
    headers = {name: value.decode() for name, value in written.headers.items()}
    assert inbound(message(written.value, headers)) == EXPECTED


@pytest.mark.parametrize(
    ("value", "headers", "reason"),
    [
        (b"{", {}, "it is not JSON: EOF"),
        (b"\xff", {}, "it is not JSON"),
        (b'{"a": NaN}', {}, "it is not JSON"),
        (b"[" * 100_000, {}, "it is not JSON: recursion"),
        (b"[1]", {}, "it is a list; a JSON object is expected"),
        (b"null", {}, "it is empty; a JSON object is expected"),
        (b"{}", {"content-type": "text/xml"}, "its content type is 'text/xml'; only JSON is understood"),
        ([], {"content-type": "application/cloudevents-batch+json"}, "batch of CloudEvents; send each"),
        (DATA, {"content-type": "application/cloudevents+json"}, "specversion: Field required; id: Field required"),
        (ATTRIBUTES | {"id": ""}, {}, "no valid CloudEvent: id: String should have at least 1"),
        (ATTRIBUTES | {"id": 7}, {}, "no valid CloudEvent: id: Input should be a valid string"),
        (ATTRIBUTES | {"specversion": "0.3"}, {}, "version '0.3'; only 1.0 is understood"),
        (ATTRIBUTES, {}, "its data is empty; a JSON object is expected"),
        (ATTRIBUTES | {"data": "text"}, {}, "its data is text; a JSON object is expected"),
        (ATTRIBUTES | {"data_base64": "?"}, {}, "its data_base64 is not base64"),
        (ATTRIBUTES | {"data_base64": 3}, {}, "its data_base64 is not base64"),
        (DATA, {"ce_specversion": "1.0", "ce_type": "t"}, "id: Field required; source: Field required"),
        (b"<x/>", HEADERS | {"content-type": "application/xml"}, "only JSON is understood"),
    ],
)
def test_what_is_wrong_is_said(value: Any, headers: dict[str, str], reason: str) -> None:
    with pytest.raises(Malformed) as refused:
        inbound(message(value, headers))
    assert reason in str(refused.value)


def test_ids_that_the_inbox_cannot_keep_are_known_by_their_hash() -> None:
    long = inbound(message(ATTRIBUTES | {"id": "x" * 5_000, "source": "a\0b", "data": DATA}))
    assert long.message_id is not None
    assert long.message_id.startswith("sha256:")
    assert long.source is not None
    assert long.source.startswith("sha256:")
    assert long == inbound(message(ATTRIBUTES | {"id": "x" * 5_000, "source": "a\0b", "data": DATA}))
    assert long.message_id != inbound(message(ATTRIBUTES | {"id": "x" * 5_001, "data": DATA})).message_id


def test_correlation_comes_from_the_sender() -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    assert correlation_of(str(CORRELATION), trace) == CORRELATION
    assert correlation_of(None, trace) == UUID("4bf92f3577b34da6a3ce929d0e0e4736")
    assert correlation_of("request 12", None) == correlation_of("request 12", trace) is not None
    assert correlation_of("", "nonsense") is None
    event = ATTRIBUTES | {"data": DATA, "correlationid": str(CORRELATION)}
    assert inbound(message(event)).correlation_id == CORRELATION
    assert inbound(message(DATA, HEADERS | {"ce_traceparent": trace})).correlation_id == correlation_of(None, trace)
