"""Dead letters: a key's messages stay in order behind the one that failed; other keys never notice."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Connection

from consumers.dead_letter_queue import NotRetriable, Sequel, discard, retry
from consumers.dead_letters import (
    Unprocessable,
    blocked_keys,
    count_waiting,
    find,
    first_open,
    known,
    listed,
    place,
    queue_behind,
    set_aside,
)
from domain.errors import NotFound
from domain.ports import Message, Unavailable
from tests.support.messages import message

CONSUMER = "listener"


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


@dataclass
class Reader:
    """A consumer of the smallest kind: it refuses what is in ``poison``, and keeps the rest in order."""

    connection: Connection
    poison: set[int] = field(default_factory=set)
    processed: list[int] = field(default_factory=list)

    def process(self, _: Connection, message: Message) -> None:
        if message.offset in self.poison:
            raise Unprocessable(f"{message.offset} is poison")
        self.processed.append(message.offset)

    def receive(self, *messages: Message) -> None:
        seen = known(self.connection, CONSUMER, messages)
        for each in messages:
            if place(each) in seen:
                continue
            if blocked_keys(self.connection, CONSUMER, [each.key]):
                with self.connection.transaction():
                    if queue_behind(self.connection, CONSUMER, each):
                        continue
            try:
                self.process(self.connection, each)
            except Unprocessable as error:
                set_aside(self.connection, CONSUMER, each, error)

    def open(self) -> list[tuple[int, str]]:
        letters = reversed(listed(self.connection))
        return [(letter.message.offset, letter.status) for letter in letters]


def letter_id(connection: Connection, key: str) -> int:
    letter = first_open(connection, CONSUMER, key)
    assert letter is not None
    return letter.id


def numbered(*offsets: int, key: str | None = "a") -> list[Message]:
    return [message(b"{}", key=key, offset=offset) for offset in offsets]


def test_what_is_set_aside_keeps_every_byte(connection: Connection) -> None:
    poison = message(bytes(range(256)), {"ce_id": "7\0", "h": "\ud800"}, key="k", offset=1 << 100)
    set_aside(connection, CONSUMER, poison, Unprocessable("it is not JSON"))
    (letter,) = listed(connection)
    assert letter.message == poison
    assert (letter.consumer, letter.status, letter.reason, letter.error_type, letter.attempts) == (
        CONSUMER, "dead", "it is not JSON", "Unprocessable", 1
    )  # fmt: skip
    assert find(connection, letter.id) == letter
    assert find(connection, letter.id + 1) is None


def test_reasons_are_written_for_people(connection: Connection) -> None:
    errors = [NotFound("there is no phase p9", hint="Add it."), KeyError("teamId")]
    for offset, error in enumerate(errors):
        set_aside(connection, CONSUMER, message(b"", offset=offset, key=None), error)
    assert [letter.reason for letter in listed(connection)] == [
        "unexpected KeyError: 'teamId'",
        "there is no phase p9. Add it.",
    ]


def test_later_messages_of_the_key_queue_and_others_proceed(connection: Connection) -> None:
    reader = Reader(connection, poison={2})
    reader.receive(*numbered(1, 2), *numbered(3, key="b"), *numbered(4), *numbered(5, key="b"), *numbered(6))
    assert reader.processed == [1, 3, 5]
    assert reader.open() == [(2, "dead"), (4, "waiting"), (6, "waiting")]
    assert count_waiting(connection, CONSUMER, "a") == 2
    assert blocked_keys(connection, CONSUMER, ["a", "b", None]) == {"a"}
    assert blocked_keys(connection, "another consumer", ["a"]) == set()


def test_a_redelivery_changes_nothing(connection: Connection) -> None:
    reader = Reader(connection, poison={1})
    reader.receive(*numbered(1, 2))
    reader.receive(*numbered(1, 2, 3))
    assert reader.open() == [(1, "dead"), (2, "waiting"), (3, "waiting")]
    set_aside(connection, CONSUMER, numbered(1)[0], Unprocessable("again"))
    with connection.transaction():
        assert queue_behind(connection, CONSUMER, *numbered(2))
    assert reader.open() == [(1, "dead"), (2, "waiting"), (3, "waiting")]
    discard(connection, letter_id(connection, "a"), reader.process)
    reader.receive(*numbered(1, 2, 3))
    assert reader.processed == [2, 3]
    assert reader.open() == []


def test_a_message_without_a_key_blocks_nothing(connection: Connection) -> None:
    reader = Reader(connection, poison={1, 3})
    reader.receive(*numbered(1, 2, 3, 4, key=None))
    assert reader.processed == [2, 4]
    assert reader.open() == [(1, "dead"), (3, "dead")]
    latest, first = listed(connection)
    reader.poison.clear()
    assert retry(connection, first.id, reader.process) == Sequel(1, None)
    assert discard(connection, latest.id, reader.process) == Sequel(0, None)
    assert reader.processed == [2, 4, 1]
    assert reader.open() == []


def test_retry_goes_through_the_queue_in_order_up_to_the_next_failure(connection: Connection) -> None:
    reader = Reader(connection, poison={1, 3})
    reader.receive(*numbered(1, 2, 3, 4))
    stuck = retry(connection, letter_id(connection, "a"), reader.process)
    assert stuck.processed == 0
    assert stuck.stopped_at is not None
    assert (stuck.stopped_at.message.offset, stuck.stopped_at.attempts) == (1, 2)

    reader.poison = {3}
    partly = retry(connection, letter_id(connection, "a"), reader.process)
    assert partly.processed == 2
    assert partly.stopped_at is not None
    assert (partly.stopped_at.message.offset, partly.stopped_at.status, partly.stopped_at.reason) == (
        3, "dead", "3 is poison"
    )  # fmt: skip
    assert reader.open() == [(3, "dead"), (4, "waiting")]

    assert discard(connection, letter_id(connection, "a"), reader.process) == Sequel(1, None)
    assert reader.processed == [1, 2, 4]
    reader.receive(*numbered(5))
    assert reader.processed == [1, 2, 4, 5]
    assert {letter.message.offset: letter.status for letter in listed(connection, settled=True)} == {
        1: "retried", 2: "retried", 3: "discarded", 4: "retried"
    }  # fmt: skip


def test_an_outage_during_a_retry_leaves_everything_as_it_was(connection: Connection) -> None:
    reader = Reader(connection, poison={1})
    reader.receive(*numbered(1, 2))

    def down(_: Connection, _message: Message) -> None:
        raise Unavailable("the planning service is down")

    with pytest.raises(Unavailable):
        retry(connection, letter_id(connection, "a"), down)
    assert reader.open() == [(1, "dead"), (2, "waiting")]


def test_what_process_writes_and_the_settling_are_one_transaction(connection: Connection) -> None:
    connection.execute("CREATE TABLE effects (message_offset numeric)")
    Reader(connection, poison={1}).receive(*numbered(1, 2))

    def process(within: Connection, message: Message) -> None:
        within.execute("INSERT INTO effects VALUES (%s)", (message.offset,))
        if message.offset == 2:
            raise ZeroDivisionError("a programming error")

    sequel = retry(connection, letter_id(connection, "a"), process)
    assert sequel.processed == 1
    assert sequel.stopped_at is not None
    assert sequel.stopped_at.reason == "unexpected ZeroDivisionError: a programming error"
    assert connection.execute("SELECT message_offset FROM effects").fetchall() == [(1,)]


def test_only_the_first_of_a_queue_can_be_retried(connection: Connection) -> None:
    reader = Reader(connection, poison={1})
    reader.receive(*numbered(1, 2))
    waiting, dead = listed(connection)
    with pytest.raises(NotRetriable, match=f"waits in the queue of its key: retry or discard {dead.id} instead"):
        retry(connection, waiting.id, reader.process)
    with pytest.raises(NotRetriable, match="there is no dead letter 999"):
        discard(connection, 999, reader.process)
    reader.poison.clear()
    retry(connection, dead.id, reader.process)
    with pytest.raises(NotRetriable, match="is settled: it was retried at"):
        retry(connection, dead.id, reader.process)


def test_keys_that_a_text_column_cannot_keep_still_queue(connection: Connection) -> None:
    reader = Reader(connection, poison={1, 3, 5})
    strange = ("nul\0", "half \ud800", "x" * 100_000)
    for index, key in enumerate(strange):
        reader.receive(*numbered(2 * index + 1, 2 * index + 2, key=key))
    assert reader.processed == []
    assert blocked_keys(connection, CONSUMER, strange) == set(strange)
    assert [status for _, status in reader.open()] == ["dead", "waiting"] * 3


def test_nothing_is_left_waiting_when_a_retry_ends_meanwhile(connection: Connection, database_url: str) -> None:
    """The consumer saw the key blocked; before it queues, the retry finishes: the message is processed instead."""
    reader = Reader(connection, poison={1})
    reader.receive(*numbered(1))
    entered, go_on = threading.Event(), threading.Event()

    def slow(_: Connection, _message: Message) -> None:
        entered.set()
        assert go_on.wait(20)

    queued: list[bool] = []

    def queue() -> None:
        with psycopg.connect(database_url) as consumer:
            queued.append(queue_behind(consumer, CONSUMER, *numbered(2)))

    with psycopg.connect(database_url, autocommit=True) as person:
        retrying = threading.Thread(target=retry, args=(person, letter_id(connection, "a"), slow))
        retrying.start()
        assert entered.wait(20)
        queueing = threading.Thread(target=queue)
        queueing.start()
        queueing.join(0.2)
        assert queueing.is_alive(), "it waits for the retry"
        go_on.set()
        retrying.join()
        queueing.join()
    assert queued == [False]
    assert reader.open() == []


def test_a_message_that_queues_as_a_retry_begins_is_taken_along(connection: Connection, database_url: str) -> None:
    reader = Reader(connection, poison={1})
    reader.receive(*numbered(1, 2))
    reader.poison.clear()
    with psycopg.connect(database_url) as consumer, psycopg.connect(database_url, autocommit=True) as person:
        assert queue_behind(consumer, CONSUMER, *numbered(3))
        retrying = threading.Thread(target=retry, args=(person, letter_id(connection, "a"), reader.process))
        retrying.start()
        retrying.join(0.2)
        assert retrying.is_alive(), "it waits for the consumer's transaction"
        consumer.commit()
        retrying.join()
    assert reader.processed == [1, 2, 3]
    assert reader.open() == []


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    keys=st.lists(st.sampled_from("abc"), min_size=1, max_size=12),
    poison=st.sets(st.integers(0, 11)),
    redelivered=st.integers(0, 11),
)
def test_any_interleaving_keeps_the_order_of_each_key(
    connection: Connection, keys: list[str], poison: set[int], redelivered: int
) -> None:
    connection.execute("TRUNCATE dead_letters")
    messages = [replace(message(b""), key=key, offset=offset) for offset, key in enumerate(keys)]
    reader = Reader(connection, poison=set(poison))
    half = len(messages) // 2
    reader.receive(*messages[:half])
    while letters := [letter for letter in listed(connection) if letter.status == "dead"]:
        reader.poison.discard(letters[0].message.offset)
        retry(connection, letters[0].id, reader.process)
    reader.receive(*messages[half:])
    reader.receive(*[m for m in messages[redelivered:] if m.offset not in reader.processed])
    while letters := [letter for letter in listed(connection) if letter.status == "dead"]:
        reader.poison.discard(letters[0].message.offset)
        retry(connection, letters[0].id, reader.process)
    for key in "abc":
        assert [offset for offset in reader.processed if keys[offset] == key] == [
            offset for offset, of_key in enumerate(keys) if of_key == key
        ]
