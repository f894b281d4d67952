"""The embedded bus: the contract of every bus, and what is particular to topics in PostgreSQL."""

import threading
import time
from collections.abc import Iterator

import psycopg
import pytest

from domain.ports import OutgoingMessage, Position, Unavailable
from infra.bus.embedded import EmbeddedBus
from infra.event_store.database import writer_pool
from infra.wake import Waker
from tests.contracts.bus_contract import BusContract, drained, drained_and_quiet, numbered, texts


@pytest.fixture
def bus(database_url: str) -> Iterator[EmbeddedBus]:
    with bus_on(database_url) as bus:
        yield bus


class bus_on:
    """A bus as one process has it, with its own pool and waker."""

    def __init__(self, database_url: str, poll_interval_s: float = 0.01) -> None:
        self.pool = writer_pool(database_url, size=6, idle_timeout_ms=5_000, application_name="mesocycle-test")
        self.bus = EmbeddedBus(self.pool, database_url, Waker(), poll_interval_s)

    def __enter__(self) -> EmbeddedBus:
        self.pool.open()
        return self.bus

    def __exit__(self, *_: object) -> None:
        self.pool.close()


class TestContract(BusContract):
    @pytest.fixture
    def bus(self, database_url: str) -> Iterator[EmbeddedBus]:
        with bus_on(database_url) as bus:
            yield bus


def test_a_failed_publish_leaves_nothing(bus: EmbeddedBus) -> None:
    broken = OutgoingMessage("k\0", b"", {})
    with pytest.raises(ValueError, match="stored as text"):
        bus.publish("t", [*numbered("k", range(3)), broken])
    with pytest.raises(ValueError, match="stored as text"):
        bus.publish("t", [OutgoingMessage("k", b"", {"h": "\0"})])
    with bus.subscribe("g", ["t"]) as member:
        assert member.poll(10, 0.1) == []


def test_an_unfinished_publish_holds_later_ones_back_and_is_not_skipped(bus: EmbeddedBus, database_url: str) -> None:
    """The reader stops below a transaction that may still commit a message before those it sees."""
    with psycopg.connect(database_url) as slow, bus.subscribe("g", ["t"]) as member:
        era, xid = slow.execute("SELECT era, xid FROM begin_ordered_write()").fetchone() or (0, 0)
        bus.publish("t", numbered("k", range(1)))
        assert member.poll(10, 0.1) == []
        slow.execute("INSERT INTO topic_messages VALUES ('t', %s, %s, 0, 'slow', '{}', 'first')", (era, xid))
        slow.commit()
        assert texts(drained(member, 2)) == ["first", "k:0"]


def test_an_unrelated_open_transaction_holds_nothing_back(bus: EmbeddedBus, database_url: str) -> None:
    with psycopg.connect(database_url) as unrelated, bus.subscribe("g", ["t"]) as member:
        unrelated.execute("CREATE TABLE unrelated ()")
        bus.publish("t", numbered("k", range(2)))
        assert texts(drained(member, 2)) == ["k:0", "k:1"]


def test_a_second_member_stands_by_until_the_first_one_dies(bus: EmbeddedBus, database_url: str) -> None:
    bus.publish("t", numbered("k", range(3)))
    with bus.subscribe("g", ["t"]) as first, bus.subscribe("g", ["t"]) as second:
        mine = drained(first, 3)
        first.commit(mine[:1])
        assert second.poll(10, 0.15) == []
        with psycopg.connect(database_url, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted "
                "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        assert texts(drained(second, 2)) == ["k:1", "k:2"]
        with pytest.raises(Unavailable):
            first.commit(mine)
        with pytest.raises(Unavailable, match="lost t"):
            first.commit(mine)
        assert first.poll(10, 0.1) == []  # stands by now


def test_a_member_goes_on_when_the_database_comes_back(bus: EmbeddedBus, database_url: str) -> None:
    bus.publish("t", numbered("k", range(3)))
    with bus.subscribe("g", ["t"]) as member:
        member.commit(drained(member, 3)[:2])
        with psycopg.connect(database_url, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'mesocycle-group-g'"
            )
        with pytest.raises(Unavailable, match="poll by g"):
            member.poll(10, 0)
        assert texts(drained_and_quiet(member, 1)) == ["k:2"]


def test_a_signal_wakes_a_waiting_member_long_before_its_next_poll(database_url: str) -> None:
    with bus_on(database_url, poll_interval_s=60) as bus, bus.subscribe("g", ["t"]) as member:
        member.poll(1, 0.05)
        threading.Timer(0.2, bus.publish, ("t", numbered("k", range(1)))).start()
        started = time.monotonic()
        assert texts(member.poll(1, 20)) == ["k:0"]
        assert time.monotonic() - started < 5


def test_without_a_signal_a_poll_interval_passes(database_url: str) -> None:
    with bus_on(database_url) as there, bus_on(database_url) as here, here.subscribe("g", ["t"]) as member:
        member.poll(1, 0.05)
        threading.Timer(0.1, there.publish, ("t", numbered("k", range(1)))).start()
        assert texts(member.poll(1, 20)) == ["k:0"]


def test_a_dump_restored_elsewhere_reads_on_behind_what_it_had(bus: EmbeddedBus, database_url: str) -> None:
    """In a new cluster transaction ids are small again; the new era puts what is written there behind the rest."""
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("INSERT INTO topic_messages VALUES ('t', 1, 4000000000, 0, 'old', '{}', 'old')")
        admin.execute("UPDATE store_era SET era = 2")
    bus.publish("t", numbered("k", range(1)))
    with bus.subscribe("g", ["t"]) as member:
        messages = drained(member, 2)
    assert texts(messages) == ["old", "k:0"]
    assert Position.from_int(messages[0].offset) == Position(1, 4_000_000_000, 0)
    assert Position.from_int(messages[1].offset).era == 2
