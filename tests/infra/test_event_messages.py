"""The event store's log as the topic training.events: every byte and the whole envelope, readable by others."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from cloudevents.core.bindings import kafka

from domain.ports import BEGINNING, Message, OutgoingMessage
from infra.bus.embedded import EmbeddedBus
from infra.bus.event_messages import EVENTS_TOPIC, rfc3339, row_of
from infra.bus.event_source import open_event_source
from tests.support.counter import Count, Note
from tests.support.store import Store, caller, open_test_store, plain_event, stream_of


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with open_test_store(database_url) as store:
        yield store


@pytest.fixture
def bus(store: Store) -> EmbeddedBus:
    return EmbeddedBus(store.pool, store.database_url, store.waker, 0.01)


def delivered(bus: EmbeddedBus, group: str = "g") -> list[Message]:
    with bus.subscribe(group, [EVENTS_TOPIC]) as member:
        messages = list(member.poll(1_000, 0))
        member.commit(messages)
    return messages


def test_a_message_carries_the_whole_envelope_and_the_payload_byte_for_byte(store: Store, bus: EmbeddedBus) -> None:
    store.append(*stream_of(3))
    store.append(replace(plain_event(uuid4(), 1, b'{"a":  "\xc3\xa9"}'), causation_id=uuid4(), actor="entraîneur"))
    rows = store.rows()
    messages = delivered(bus)
    assert [row_of(message) for message in messages] == [row._replace(hash=b"") for row in rows]
    assert [message.offset for message in messages] == [row.position.to_int() for row in rows]
    assert [message.timestamp for message in messages] == [row.recorded_at for row in rows]
    assert "ce_causationid" not in messages[0].headers


def test_the_cloudevents_library_reads_it(store: Store, bus: EmbeddedBus) -> None:
    store.append(replace(plain_event(uuid4(), 1), causation_id=uuid4()))
    (message,) = delivered(bus)
    headers = {name: value.encode() for name, value in message.headers.items()}
    event = kafka.from_binary_event(kafka.KafkaMessage(headers, message.key, message.value))
    (row,) = store.rows()
    assert (event.get_specversion(), event.get_type(), event.get_id()) == ("1.0", row.name, str(row.event_id))
    assert (event.get_source(), event.get_subject()) == ("mesocycle", str(row.stream_id))
    assert event.get_time() == row.occurred_at
    assert event.get_data() == {"counterId": "0", "amount": 1}
    assert event.get_extension("partitionkey") == str(row.partition_key)


def test_groups_read_the_log_like_any_topic(store: Store, bus: EmbeddedBus) -> None:
    stream = uuid4()
    store.append(*stream_of(5, stream))
    assert [message.headers["ce_streamversion"] for message in delivered(bus)] == ["1", "2", "3", "4", "5"]
    store.append(*stream_of(2, stream, first=6))
    assert [message.headers["ce_streamversion"] for message in delivered(bus)] == ["6", "7"]
    assert delivered(bus) == []
    assert len(delivered(bus, "another")) == 7


def test_an_append_wakes_a_member(store: Store) -> None:
    slow = EmbeddedBus(store.pool, store.database_url, store.waker, 60)
    with slow.subscribe("g", [EVENTS_TOPIC]) as member:
        assert member.poll(10, 0.05) == []
        store.append(plain_event(uuid4(), 1))
        assert len(member.poll(10, 20)) == 1


def test_the_projectors_source_reads_events_and_knows_their_messages(store: Store, bus: EmbeddedBus) -> None:
    runner = store.runner()
    runner.run(Count(counter_id=uuid4(), times=3), caller())
    runner.run(Note(counter_id=uuid4(), athlete_id=uuid4(), note="knee"), caller(causation_id=uuid4()))
    with open_event_source(store.pool, store.mapper) as source:
        events = source.read(BEGINNING, 100)
        assert events == store.log.read(BEGINNING, 100)
        assert source.read(events[1].position, 1) == [events[2]]
        messages = [source.message_of(recorded) for recorded in events]
        assert messages == delivered(bus)
        assert [source.recorded_of(message) for message in messages] == events
        with pytest.raises(LookupError, match="no event at 0-0-0"):
            source.message_of(events[0]._replace(position=BEGINNING))


def test_only_the_store_writes_its_log(bus: EmbeddedBus) -> None:
    with pytest.raises(ValueError, match="run a command instead"):
        bus.publish(EVENTS_TOPIC, [OutgoingMessage("k", b"{}")])


def test_times_are_utc_to_the_microsecond() -> None:
    assert rfc3339(datetime(2026, 8, 1, 6, tzinfo=UTC)) == "2026-08-01T06:00:00.000000Z"
    assert rfc3339(datetime.fromisoformat("2026-08-01T06:00:00.5+02:00")) == "2026-08-01T04:00:00.500000Z"
