"""What every bus promises, whatever carries it. An adapter's tests inherit ``BusContract`` and give it a bus.

Nothing here knows how many partitions a topic has, or what an offset means: only that order holds per key and that
what a group did not commit comes again. Waiting times are generous, for joining a group may take seconds elsewhere.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from domain.ports import Bus, Message, OutgoingMessage, Subscription

PATIENCE_S = 30.0
QUIET_S = 0.3


def drained(member: Subscription, count: int) -> list[Message]:
    """At least ``count`` messages, and whatever else comes along while waiting for them."""
    messages: list[Message] = []
    deadline = time.monotonic() + PATIENCE_S
    while len(messages) < count and time.monotonic() < deadline:
        messages += member.poll(100, 0.2)
    return messages


def drained_and_quiet(member: Subscription, count: int) -> list[Message]:
    """The same, and then everything until nothing came for a while: shows doubles and strays."""
    messages = drained(member, count)
    while more := member.poll(100, QUIET_S):
        messages += more
    return messages


def texts(messages: Iterable[Message]) -> list[str]:
    return [message.value.decode() for message in messages]


def numbered(key: str, numbers: range) -> list[OutgoingMessage]:
    return [OutgoingMessage(key, f"{key}:{number}".encode()) for number in numbers]


class BusContract:
    @pytest.fixture
    def bus(self) -> Bus:
        pytest.fail("the adapter's own tests give the bus")

    @pytest.fixture
    def topic(self) -> str:
        return f"contract.{uuid4().hex}"

    @pytest.fixture
    def group(self) -> str:
        return f"group-{uuid4().hex}"

    def test_a_message_arrives_as_it_was_sent(self, bus: Bus, topic: str, group: str) -> None:
        sent = [
            OutgoingMessage("team-1", b'{"a": 1}', {"content-type": "application/json", "ce_subject": "Zürich 🏃"}),
            OutgoingMessage("ключ", bytes(range(256)), {}),
            OutgoingMessage("team-1", b"", {"empty": ""}),
            OutgoingMessage("large", b"\xff" * 900_000),
        ]
        bus.publish(topic, sent)
        with bus.subscribe(group, [topic]) as member:
            got = drained_and_quiet(member, len(sent))
        assert {(m.key, m.value) for m in got} == {(m.key, m.value) for m in sent}
        assert {m.value: dict(m.headers) for m in got} == {m.value: dict(m.headers) for m in sent}
        assert {m.topic for m in got} == {topic}
        assert all(m.timestamp.utcoffset() is not None and m.cluster_id and m.topic_id for m in got)

    def test_each_message_has_a_place_of_its_own_that_a_redelivery_gives_again(
        self, bus: Bus, topic: str, group: str
    ) -> None:
        bus.publish(topic, [*numbered("a", range(5)), *numbered("b", range(5))])
        seen = []
        for _ in range(2):
            with bus.subscribe(group, [topic]) as member:
                messages = drained_and_quiet(member, 10)
            seen.append({(m.cluster_id, m.topic_id, m.partition, m.offset): m.value for m in messages})
        assert len(seen[0]) == 10
        assert seen[0] == seen[1]

    def test_order_per_key_holds_under_concurrent_publishers(self, bus: Bus, topic: str, group: str) -> None:
        publishers, batches, size = 4, 10, 5

        def publish(publisher: int) -> None:
            for batch in range(batches):
                # Each publisher writes two keys, and one key is written by all of them.
                numbers = range(batch * size, (batch + 1) * size)
                for key in (f"own-{publisher}", "shared"):
                    bus.publish(topic, [OutgoingMessage(key, f"{publisher}:{n}".encode()) for n in numbers])

        expected = publishers * batches * size * 2
        with bus.subscribe(group, [topic]) as member, ThreadPoolExecutor(publishers) as threads:
            publishing = [threads.submit(publish, publisher) for publisher in range(publishers)]
            got = drained_and_quiet(member, expected)
            for future in publishing:
                future.result()
        assert len(got) == expected
        of_publisher: defaultdict[tuple[str | None, str], list[int]] = defaultdict(list)
        for message in got:
            publisher_text, number = message.value.decode().split(":")
            of_publisher[message.key, publisher_text].append(int(number))
        assert len(of_publisher) == publishers * 2
        assert all(numbers == list(range(batches * size)) for numbers in of_publisher.values())

    def test_what_was_not_committed_comes_again_and_what_was_does_not(self, bus: Bus, topic: str, group: str) -> None:
        bus.publish(topic, numbered("k", range(10)))
        with bus.subscribe(group, [topic]) as member:
            first = drained(member, 10)
            member.commit(first[:4])
        with bus.subscribe(group, [topic]) as member:
            again = drained_and_quiet(member, 6)
            assert texts(again) == [f"k:{number}" for number in range(4, 10)]
            member.commit(again)
        bus.publish(topic, numbered("k", range(10, 12)))
        with bus.subscribe(group, [topic]) as member:
            assert texts(drained_and_quiet(member, 2)) == ["k:10", "k:11"]

    def test_a_commit_covers_all_before_it_and_never_goes_back(self, bus: Bus, topic: str, group: str) -> None:
        bus.publish(topic, numbered("k", range(6)))
        with bus.subscribe(group, [topic]) as member:
            messages = drained(member, 6)
            member.commit(messages[3:5])
            member.commit([])
        with bus.subscribe(group, [topic]) as member:
            assert texts(drained_and_quiet(member, 1)) == ["k:5"]

    def test_within_a_member_nothing_comes_twice(self, bus: Bus, topic: str, group: str) -> None:
        bus.publish(topic, numbered("k", range(7)))
        with bus.subscribe(group, [topic]) as member:
            small: list[Message] = []
            deadline = time.monotonic() + PATIENCE_S
            while len(small) < 7 and time.monotonic() < deadline:
                batch = member.poll(2, 0.2)
                assert len(batch) <= 2
                small += batch
            assert texts(small) == [f"k:{number}" for number in range(7)]
            assert member.poll(10, QUIET_S) == []

    def test_groups_are_independent(self, bus: Bus, topic: str, group: str) -> None:
        bus.publish(topic, numbered("k", range(3)))
        with bus.subscribe(group, [topic]) as one, bus.subscribe(f"{group}-other", [topic]) as other:
            first = drained(one, 3)
            one.commit(first)
            assert texts(drained_and_quiet(other, 3)) == texts(first) == ["k:0", "k:1", "k:2"]
        with bus.subscribe(f"{group}-other", [topic]) as other:
            assert len(drained_and_quiet(other, 3)) == 3

    def test_a_member_that_joined_later_gets_what_is_left_when_the_first_leaves(
        self, bus: Bus, topic: str, group: str
    ) -> None:
        everything = [message for key in "abcdef" for message in numbered(key, range(4))]
        bus.publish(topic, everything)
        with bus.subscribe(group, [topic]) as second:
            with bus.subscribe(group, [topic]) as first:
                mine = drained(first, 1)
                first.commit(mine)
                early = list(second.poll(100, QUIET_S))  # a share of its own, where the topic has several partitions
            rest = early + drained_and_quiet(second, len(everything) - len(mine) - len(early))
        assert {*texts(mine), *texts(rest)} == {message.value.decode() for message in everything}
        by_key: defaultdict[str | None, list[str]] = defaultdict(list)
        for message in once_each(rest):
            by_key[message.key].append(message.value.decode())
        assert all(values == sorted(values) for values in by_key.values())

    def test_a_topic_is_made_by_its_first_message_or_its_first_reader(self, bus: Bus, topic: str, group: str) -> None:
        with bus.subscribe(group, [topic]) as member:
            assert member.poll(10, QUIET_S) == []
            bus.publish(topic, numbered("k", range(2)))
            assert texts(drained_and_quiet(member, 2)) == ["k:0", "k:1"]

    def test_one_member_reads_several_topics(self, bus: Bus, topic: str, group: str) -> None:
        other = f"{topic}.other"
        bus.publish(topic, numbered("k", range(3)))
        bus.publish(other, numbered("o", range(3)))
        with bus.subscribe(group, [topic, other]) as member:
            got = drained_and_quiet(member, 6)
            member.commit(got)
        assert texts(m for m in got if m.topic == topic) == ["k:0", "k:1", "k:2"]
        assert texts(m for m in got if m.topic == other) == ["o:0", "o:1", "o:2"]
        bus.publish(other, numbered("o", range(3, 4)))
        with bus.subscribe(group, [topic, other]) as member:
            assert texts(drained_and_quiet(member, 1)) == ["o:3"]

    def test_a_publish_that_fails_raises_and_leaves_a_beginning_of_it_at_most(
        self, bus: Bus, topic: str, group: str
    ) -> None:
        """All or nothing where the bus can do it; elsewhere the caller publishes again, and readers know repeats."""
        broken = OutgoingMessage("k", "not bytes")  # type: ignore[arg-type]
        with pytest.raises((TypeError, ValueError)):
            bus.publish(topic, [*numbered("k", range(3)), broken, *numbered("k", range(3, 5))])
        bus.publish(topic, numbered("k", range(5, 6)))
        with bus.subscribe(group, [topic]) as member:
            got = texts(drained_and_quiet(member, 1))
        assert got[-1] == "k:5"
        assert got[:-1] == [f"k:{number}" for number in range(len(got) - 1)]
        assert len(got) <= 4


def once_each(messages: Sequence[Message]) -> list[Message]:
    """Without redeliveries, which a change of members may bring."""
    seen: dict[tuple[int, int], Message] = {}
    for message in messages:
        seen.setdefault((message.partition, message.offset), message)
    return list(seen.values())
