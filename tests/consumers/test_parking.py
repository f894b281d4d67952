"""Parked messages as a queue: who is due, what blocks whom, and that a kill between any two steps loses nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Connection

from consumers.dead_letter_queue import NotRetriable, Sequel, attempt, discard, retry
from consumers.dead_letters import Unprocessable, blocked_keys, known, listed, place, queue_behind, set_aside
from consumers.parking import LOOKS, Incomplete, NotYetKnown, Waits, due, park
from consumers.planning_service import PlanningServiceAway
from domain.ports import Message
from tests.support.messages import message

CONSUMER = "listener"
NOW = Waits(0.0, 0.0)
LATER = Waits(100.0, 100.0)


class Killed(BaseException):
    """As if the process ended here."""


@dataclass
class Listener:
    """A consumer that asks somebody about the messages in ``asking``, and keeps what it has done, as an inbox does.

    ``steps`` counts what it does; at the step ``dies_at`` it is killed.
    """

    connection: Connection
    asking: set[int] = field(default_factory=set)
    poison: set[int] = field(default_factory=set)
    away: bool = False
    done: list[int] = field(default_factory=list)
    steps: int = 0
    dies_at: int | None = None

    def step(self) -> None:
        self.steps += 1
        if self.steps == self.dies_at:
            raise Killed

    def process(self, _: Connection, message: Message) -> None:
        self.step()
        if message.offset in self.done:
            return
        if message.offset in self.asking:
            raise Incomplete("somebody is to be asked", lambda: self.asked())
        self.take(_, message)

    def asked(self) -> Callable[[Connection, Message], None]:
        self.step()
        if self.away:
            raise PlanningServiceAway("nobody answers", retry_after_s=None)
        return self.take

    def take(self, _: Connection, message: Message) -> None:
        if message.offset in self.poison:
            raise Unprocessable(f"{message.offset} is poison")
        self.done.append(message.offset)
        self.step()

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
            except Incomplete as error:
                park(self.connection, CONSUMER, each, error)
            except Unprocessable as error:
                set_aside(self.connection, CONSUMER, each, error)
            self.step()

    def resume(self, waits: Waits = NOW) -> None:
        """Until nothing is due, or one is parked again."""
        while letters := due(self.connection, CONSUMER, 1):
            sequel = attempt(self.connection, letters[0], self.process, waits)
            self.step()
            if sequel.stopped_at is not None and sequel.stopped_at.status == "parked":
                return

    def open(self) -> list[tuple[int, str]]:
        return [(letter.message.offset, letter.status) for letter in reversed(listed(self.connection))]


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def numbered(*offsets: int, key: str | None = "a") -> list[Message]:
    return [message(b"{}", key=key, offset=offset) for offset in offsets]


def test_a_parked_one_blocks_its_key_and_is_due_at_once(connection: Connection) -> None:
    listener = Listener(connection, asking={1})
    listener.receive(*numbered(1, 2), *numbered(3, key="b"))
    assert listener.done == [3]
    assert listener.open() == [(1, "parked"), (2, "waiting")]
    (first,) = due(connection, CONSUMER, 10)
    assert (first.message.offset, first.attempts, first.reason) == (1, 0, "somebody is to be asked")
    assert due(connection, "another", 10) == []
    listener.resume()
    assert listener.done == [3, 1, 2]
    assert listener.open() == []


def test_parked_again_it_waits_longer_each_time(connection: Connection) -> None:
    listener = Listener(connection, asking={1}, away=True)
    listener.receive(*numbered(1, 2))
    listener.resume(LATER)
    letter = listed(connection)[1]
    assert (letter.status, letter.attempts, letter.reason, letter.error_type) == (
        "parked", 1, "nobody answers", "PlanningServiceAway"
    )  # fmt: skip
    assert letter.next_attempt_at is not None
    assert letter.next_attempt_at - letter.set_aside_at > timedelta(seconds=99)
    assert due(connection, CONSUMER, 10) == []


@given(attempt=st.integers(0, 10_000), asked_s=st.none() | st.floats(0, 3600))
def test_waits_grow_to_a_bound_and_honour_what_was_asked_for(attempt: int, asked_s: float | None) -> None:
    waits = Waits(1.0, 60.0)
    least = max(min(2.0**attempt, 60.0) if attempt < 10 else 60.0, asked_s or 0.0)
    assert least <= waits.before(attempt, asked_s) <= least * 1.25


def test_without_a_key_it_blocks_nothing(connection: Connection) -> None:
    listener = Listener(connection, asking={1, 3}, away=True)
    listener.receive(*numbered(1, 2, 3, key=None))
    assert listener.done == [2]
    listener.away = False
    listener.resume()
    assert listener.done == [2, 1, 3]


def test_what_fails_after_it_was_parked_is_dead_and_blocks(connection: Connection) -> None:
    listener = Listener(connection, asking={1}, poison={1})
    listener.receive(*numbered(1, 2))
    listener.resume()
    assert listener.open() == [(1, "dead"), (2, "waiting")]
    assert due(connection, CONSUMER, 10) == []
    assert discard(connection, listed(connection)[1].id, listener.process) == Sequel(1, None)
    assert listener.done == [2]


def test_who_waits_and_lacks_something_too_is_parked_in_turn(connection: Connection) -> None:
    listener = Listener(connection, asking={1, 2}, poison={3})
    listener.receive(*numbered(1, 2, 3, 4))
    listener.resume()
    assert listener.done == [1, 2]
    assert listener.open() == [(3, "dead"), (4, "waiting")]


def test_what_is_not_known_yet_is_looked_for_some_times(connection: Connection) -> None:
    looks: list[int] = []

    def unknown(_: Connection, message: Message) -> None:
        looks.append(message.offset)
        raise NotYetKnown("there is no team 17")

    park(connection, CONSUMER, numbered(1)[0], NotYetKnown("there is no team 17"))
    while letters := due(connection, CONSUMER, 1):
        attempt(connection, letters[0], unknown, NOW)
    assert looks == [1] * LOOKS
    (letter,) = listed(connection)
    assert (letter.status, letter.reason) == ("dead", "there is no team 17")


def test_one_is_settled_once_whoever_tries_at_the_same_time(connection: Connection, database_url: str) -> None:
    """A person discards it while the planning service is asked: it has no effect then."""
    listener = Listener(connection, asking={1})
    listener.receive(*numbered(1, 2))
    (letter,) = due(connection, CONSUMER, 1)

    def process(_: Connection, _message: Message) -> None:
        def complete() -> Callable[[Connection, Message], None]:
            with psycopg.connect(database_url, autocommit=True) as person:
                assert discard(person, letter.id, listener.process) == Sequel(1, None)
            return listener.take

        raise Incomplete("asking", complete)

    assert attempt(connection, letter, process) == Sequel(0, None)
    assert listener.done == [2]
    with pytest.raises(NotRetriable, match="it was discarded at"):
        retry(connection, letter.id, listener.process)


def test_a_queue_that_an_outage_stopped_can_be_gone_on_with_by_a_person(connection: Connection) -> None:
    def down(_: Connection, message: Message) -> None:
        if message.offset == 2:
            raise psycopg.OperationalError("the database is away")

    listener = Listener(connection, poison={1})
    listener.receive(*numbered(1, 2, 3))
    _, second, first = listed(connection)
    with pytest.raises(psycopg.OperationalError):
        retry(connection, first.id, down)
    assert listener.open() == [(2, "waiting"), (3, "waiting")]
    assert retry(connection, second.id, listener.process) == Sequel(2, None)
    assert listener.done == [2, 3]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    keys=st.lists(st.sampled_from("abc"), min_size=1, max_size=10),
    asking=st.sets(st.integers(0, 9)),
    kills=st.lists(st.integers(1, 12), max_size=6),
    outage=st.booleans(),
)
def test_killed_between_any_two_steps_nothing_is_lost_and_each_key_keeps_its_order(
    connection: Connection, keys: list[str], asking: set[int], kills: list[int], outage: bool
) -> None:
    """Each life begins with everything delivered again, as after offsets that were not committed."""
    connection.execute("TRUNCATE dead_letters")
    messages = [message(b"", key=key, offset=offset) for offset, key in enumerate(keys)]
    done: list[int] = []
    lives: list[int | None] = [*kills, None]
    for number, dies_at in enumerate(lives):
        away = outage and number < len(lives) - 1
        listener = Listener(connection, asking=asking, away=away, done=done, dies_at=dies_at)
        try:
            listener.receive(*messages)
            listener.resume()
        except Killed:
            continue
    assert listed(connection) == []
    assert sorted(done) == list(range(len(keys))), "each once"
    for key in "abc":
        of_key = [offset for offset in done if keys[offset] == key]
        assert of_key == sorted(of_key)
