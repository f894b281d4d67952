"""The recorder as the library knows it: an ApplicationRecorder, with the behaviour that the library describes."""

import threading
from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import (
    ApplicationRecorder,
    IntegrityError,
    Notification,
    OperationalError,
    ProgrammingError,
    StoredEvent,
)

from infra.event_store.envelope import EnvelopedEvent
from infra.event_store.recorder import PostgresEventRecorder
from tests.support.open_append import OpenAppend
from tests.support.store import Store, open_test_store, plain_event, stream_of

ONE, TWO = UUID(int=1), UUID(int=2)


@pytest.fixture
def recorder(store: Store) -> PostgresEventRecorder:
    return store.recorder


def renamed(event: EnvelopedEvent, name: str) -> EnvelopedEvent:
    fields = {field: getattr(event, field) for field in EnvelopedEvent.__dataclass_fields__}
    return EnvelopedEvent(**{**fields, "topic": name})


def inserted(recorder: PostgresEventRecorder, *events: EnvelopedEvent) -> list[int]:
    ids = recorder.insert_events(events)
    assert ids is not None
    return list(ids)


def ids(notifications: Sequence[Notification]) -> list[int]:
    return [notification.id for notification in notifications]


def test_it_is_an_application_recorder(recorder: PostgresEventRecorder) -> None:
    assert isinstance(recorder, ApplicationRecorder)


def test_inserting_gives_rising_ids(recorder: PostgresEventRecorder) -> None:
    assert recorder.insert_events([]) == []
    first = inserted(recorder, *stream_of(1, ONE))
    second = inserted(recorder, *stream_of(3, TWO))
    assert len(first) == 1
    assert len(second) == 3
    assert first + second == sorted(set(first + second))
    assert ids(recorder.select_notifications(None, 10)) == first + second


def test_a_version_that_is_there_is_an_integrity_error_and_nothing_is_inserted(recorder: PostgresEventRecorder) -> None:
    inserted(recorder, plain_event(ONE, 2))
    with pytest.raises(IntegrityError):
        recorder.insert_events(stream_of(2, ONE))
    assert [event.originator_version for event in recorder.select_events(ONE)] == [2]


def test_events_without_an_envelope_are_refused(recorder: PostgresEventRecorder) -> None:
    with pytest.raises(ProgrammingError, match="enveloped events only"):
        recorder.insert_events([StoredEvent(ONE, 1, "test.counted", b"{}")])


def test_a_database_that_is_gone_is_an_operational_error(database_url: str) -> None:
    with open_test_store(database_url, size=1) as store:
        with store.pool.connection() as connection:
            pid = connection.info.backend_pid
        with store.connect() as other:
            other.execute("SELECT pg_terminate_backend(%s, 10000)", (pid,))
        with pytest.raises(OperationalError):
            store.recorder.insert_events(stream_of(1))


@pytest.mark.parametrize(
    ("span", "versions"),
    [
        ({}, [1, 2, 3, 4, 5]),
        ({"gt": 2}, [3, 4, 5]),
        ({"lte": 2}, [1, 2]),
        ({"lte": 0}, []),
        ({"gt": 1, "lte": 4}, [2, 3, 4]),
        ({"limit": 2}, [1, 2]),
        ({"desc": True}, [5, 4, 3, 2, 1]),
        ({"desc": True, "limit": 1}, [5]),
        ({"gt": 1, "lte": 4, "desc": True, "limit": 2}, [4, 3]),
    ],
)
def test_selecting_a_stream(recorder: PostgresEventRecorder, span: dict[str, int], versions: list[int]) -> None:
    events = stream_of(5, ONE)
    inserted(recorder, *events)
    inserted(recorder, *stream_of(1, TWO))
    selected = recorder.select_events(ONE, **span)  # type: ignore[arg-type]
    assert selected == [events[version - 1] for version in versions]


def test_selecting_notifications_by_start_stop_and_limit(recorder: PostgresEventRecorder) -> None:
    first, second, third, fourth = inserted(recorder, *stream_of(2, ONE)) + inserted(recorder, *stream_of(2, TWO))
    select = recorder.select_notifications
    assert ids(select(None, 10)) == [first, second, third, fourth]
    assert ids(select(0, 10)) == [first, second, third, fourth]
    assert ids(select(second, 10)) == [second, third, fourth]
    assert ids(select(third, 10)) == [third, fourth], "the first of its transaction"
    assert ids(select(second, 10, inclusive_of_start=False)) == [third, fourth]
    assert ids(select(fourth, 10, inclusive_of_start=False)) == []
    assert ids(select(second, 10, stop=third)) == [second, third]
    assert ids(select(None, 10, stop=first - 1)) == []
    assert ids(select(None, 3)) == [first, second, third]
    assert ids(select(second, 1)) == [second]


def test_notifications_carry_what_was_stored(recorder: PostgresEventRecorder) -> None:
    (number,) = inserted(recorder, plain_event(ONE, 1, b'{"amount":8}'))
    assert recorder.select_notifications(None, 1) == [Notification(ONE, 1, "test.counted", b'{"amount":8}', number)]


def test_selecting_notifications_of_some_topics(recorder: PostgresEventRecorder) -> None:
    kinds = ["a", "b", "b", "a", "c", "b", "a", "a"]
    all_ids = inserted(recorder, *(renamed(plain_event(uuid4(), 1), kind) for kind in kinds))
    of_a = [number for number, kind in zip(all_ids, kinds, strict=True) if kind == "a"]
    assert ids(recorder.select_notifications(None, 2, topics=["a"])) == of_a[:2]
    assert ids(recorder.select_notifications(None, 10, topics=["a"])) == of_a
    assert ids(recorder.select_notifications(of_a[0], 10, topics=["a"], inclusive_of_start=False)) == of_a[1:]
    assert ids(recorder.select_notifications(None, 10, topics=["a", "c"])) == sorted([*of_a, all_ids[4]])
    assert ids(recorder.select_notifications(None, 10, topics=["d"])) == []


def test_a_subscription_does_not_read_again_what_is_of_other_topics(recorder: PostgresEventRecorder) -> None:
    last = inserted(recorder, *stream_of(20))[-1]
    assert recorder.scan(-1, 10, None, ["rare"]) == ([], last)
    (rare,) = inserted(recorder, renamed(plain_event(uuid4(), 1), "rare"))
    found, through = recorder.scan(last, 10, None, ["rare"])
    assert (ids(found), through) == ([rare], rare)


def test_the_greatest_id(recorder: PostgresEventRecorder) -> None:
    assert recorder.max_notification_id() is None
    inserted(recorder, *stream_of(2))
    last = inserted(recorder, *stream_of(2))[-1]
    assert recorder.max_notification_id() == last


def test_notifications_stop_at_an_open_append(store: Store) -> None:
    (first,) = inserted(store.recorder, *stream_of(1))
    with OpenAppend(store.database_url) as slow:
        slow.begin()
        (later,) = inserted(store.recorder, *stream_of(1))
        assert ids(store.recorder.select_notifications(None, 10)) == [first]
        slow.rollback()
        assert ids(store.recorder.select_notifications(None, 10)) == [first, later]


def test_a_subscription_yields_what_is_there_then_what_comes(recorder: PostgresEventRecorder) -> None:
    before = inserted(recorder, *stream_of(3))
    with recorder.subscribe(gt=before[0]) as subscription:
        assert [next(subscription).id for _ in range(2)] == before[1:]
        writer = threading.Timer(0.05, lambda: inserted(recorder, *stream_of(1, ONE)))
        writer.start()
        assert next(subscription).originator_id == ONE
        writer.join()


def test_a_subscription_to_some_topics(recorder: PostgresEventRecorder) -> None:
    events = [renamed(plain_event(uuid4(), 1), kind) for kind in ("b", "a", "b", "a", "b")]
    all_ids = inserted(recorder, *events)
    with recorder.subscribe(topics=["a"]) as subscription:
        assert [next(subscription).id for _ in range(2)] == [all_ids[1], all_ids[3]]


def test_a_stopped_subscription_ends(recorder: PostgresEventRecorder) -> None:
    subscription = recorder.subscribe()
    with subscription:
        stopper = threading.Timer(0.05, subscription.stop)
        stopper.start()
        assert list(subscription) == []
        stopper.join()
    with pytest.raises(ProgrammingError):
        subscription.__enter__()
