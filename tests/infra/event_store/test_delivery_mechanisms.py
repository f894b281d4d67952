"""Each mechanism of decision 5, in the interleaving that needs it: with it all is delivered, without it not.

Nothing here depends on luck or on time: two or three connections take turns, step by step.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from infra.event_store.log_reader import LogReader
from tests.support.open_append import OpenAppend
from tests.support.readers import XMAX, XMIN, Follower, HoldersFirst, bounded_by, log_reader, reader_with
from tests.support.store import Store, plain_event
from tests.support.turns import FIRST, SECOND, MakeReader, append, following


@pytest.mark.parametrize(
    ("make_reader", "delivered"),
    [
        pytest.param(log_reader, [FIRST, SECOND], id="the log reader misses nothing"),
        pytest.param(bounded_by(XMAX), [SECOND], id="without the lock's holders: missed"),
    ],
)
def test_a_writer_overtaken_between_xid_and_commit(
    store: Store, slow: OpenAppend, make_reader: MakeReader, delivered: list[UUID]
) -> None:
    with following(store, make_reader) as follower:
        slow.begin()
        slow.write([plain_event(uuid4(), 1, event_id=FIRST)])
        append(store, SECOND)
        follower.advance()
        slow.commit()
        follower.advance()
        assert follower.event_ids == delivered


ID_ORDER = "SELECT id, event_id FROM events WHERE id > %s ORDER BY id"


def test_reading_by_a_sequence_misses(own_store: Store) -> None:
    with OpenAppend(own_store.database_url) as slow, own_store.connect() as connection:
        connection.execute("ALTER TABLE events ADD COLUMN id bigserial")
        slow.begin()
        slow.write([plain_event(uuid4(), 1, event_id=FIRST)])
        append(own_store, SECOND)
        seen = connection.execute(ID_ORDER, (0,)).fetchall()
        slow.commit()
        seen += connection.execute(ID_ORDER, (seen[-1][0],)).fetchall()
        assert [event_id for _, event_id in seen] == [SECOND]


@pytest.mark.parametrize(
    ("make_reader", "delivered"),
    [
        pytest.param(log_reader, [FIRST, SECOND], id="the log reader goes on"),
        pytest.param(bounded_by(XMIN), [], id="bounded by xmin: frozen"),
    ],
)
def test_an_unrelated_open_write_transaction(store: Store, make_reader: MakeReader, delivered: list[UUID]) -> None:
    with store.connect() as unrelated, following(store, make_reader) as follower:
        unrelated.execute("BEGIN")
        unrelated.execute("INSERT INTO topics (topic) VALUES ('somebody else is at work')")
        for event_id in (FIRST, SECOND):
            append(store, event_id)
            follower.advance()
        assert follower.event_ids == delivered


def test_a_holder_without_an_xid_holds_nobody_back(store: Store, slow: OpenAppend) -> None:
    with following(store) as follower:
        slow.connection.execute("BEGIN")
        slow.connection.execute("SELECT pg_advisory_xact_lock_shared(5004)")
        append(store, SECOND)
        assert follower.advance() == 1
        slow.open()
        slow.write([plain_event(uuid4(), 1, event_id=FIRST)])
        slow.commit()
        follower.advance()
        assert follower.event_ids == [SECOND, FIRST]


def test_an_append_that_is_rolled_back_holds_back_only_while_it_is_open(store: Store, slow: OpenAppend) -> None:
    with following(store) as follower:
        slow.begin()
        slow.write([plain_event(uuid4(), 1, event_id=FIRST)])
        append(store, SECOND)
        assert follower.advance() == 0
        slow.rollback()
        follower.advance()
        assert follower.event_ids == [SECOND]


# The order within the reader, and its three transactions

STATEMENTS = {"of the next xid": "store_era", "of the holders": "pg_locks", "of the rows": "FROM events"}


@contextmanager
def interrupted(connection: psycopg.Connection, before: str, act: Callable[[], None]) -> Iterator[None]:
    """Runs ``act`` once, just before the reader's first statement that names ``before``."""
    done: list[bool] = []

    class Interrupted(psycopg.Cursor[Any]):
        def execute(self, query: Any, *args: Any, **kwargs: Any) -> "Interrupted":
            if before in query and not done:
                done.append(True)
                act()
            super().execute(query, *args, **kwargs)
            return self

    connection.cursor_factory = Interrupted
    yield
    assert done, f"no statement names {before}"


@pytest.mark.parametrize("step", STATEMENTS)
def test_a_commit_before_each_of_the_readers_statements(store: Store, slow: OpenAppend, step: str) -> None:
    with store.connect() as connection, interrupted(connection, STATEMENTS[step], slow.commit):
        slow.begin()
        slow.write([plain_event(uuid4(), 1, event_id=FIRST)])
        append(store, SECOND)
        follower = Follower(LogReader(connection))
        follower.advance()
        follower.advance()
        assert follower.event_ids == [FIRST, SECOND]


def test_one_snapshot_for_all_three_statements_misses(store: Store, slow: OpenAppend) -> None:
    with store.connect() as connection, interrupted(connection, STATEMENTS["of the holders"], slow.commit):
        slow.begin()
        slow.write([plain_event(uuid4(), 1, event_id=FIRST)])
        append(store, SECOND)
        follower = Follower(LogReader(connection))
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        follower.advance()
        connection.execute("COMMIT")
        follower.advance()
        assert follower.event_ids == [SECOND]


def test_one_transaction_for_all_reading_misses_for_activity_is_cached_in_it(store: Store, slow: OpenAppend) -> None:
    with store.connect() as connection:
        follower = Follower(LogReader(connection))
        connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
        follower.advance()
        connection.execute("SELECT count(*) FROM pg_stat_activity").fetchall()
        slow.begin()
        slow.write([plain_event(uuid4(), 1, event_id=FIRST)])
        append(store, SECOND)
        follower.advance()
        slow.commit()
        follower.advance()
        assert follower.event_ids == [SECOND]


def test_a_reader_on_a_connection_that_opens_transactions_is_refused(store: Store) -> None:
    with psycopg.connect(store.database_url) as connection, pytest.raises(ValueError, match="autocommit"):
        LogReader(connection)


@pytest.mark.parametrize(
    ("make_reader", "between", "delivered"),
    [
        pytest.param(log_reader, "store_era", [FIRST, SECOND], id="before both: all delivered"),
        pytest.param(log_reader, "pg_locks", [FIRST, SECOND], id="xmax, then holders: all delivered"),
        pytest.param(reader_with(HoldersFirst), "store_era", [SECOND], id="holders, then xmax: missed"),
    ],
)
def test_writers_that_begin_while_the_horizon_is_asked_for(
    store: Store, slow: OpenAppend, make_reader: MakeReader, between: str, delivered: list[UUID]
) -> None:
    def write() -> None:
        slow.begin()
        slow.write([plain_event(uuid4(), 1, event_id=FIRST)])
        append(store, SECOND)

    with store.connect() as connection, interrupted(connection, between, write):
        follower = Follower(make_reader(connection))
        follower.advance()
        slow.commit()
        follower.advance()
        assert follower.event_ids == delivered
