"""The order within the writer's opening function: no xid yet, then the lock, then the xid. Any other order misses."""

import time
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.support.open_append import OpenAppend
from tests.support.store import Store, plain_event
from tests.support.turns import FIRST, SECOND, append, following


@pytest.fixture
def store(own_store: Store) -> Store:
    """These tests put other functions into the database."""
    return own_store


UNCHECKED = """
CREATE OR REPLACE FUNCTION begin_ordered_write(OUT era integer, OUT xid bigint) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(5004);
    SELECT store_era.era INTO era FROM store_era;
    xid := pg_current_xact_id()::text::bigint;
END $$
"""
XID_BEFORE_LOCK = """
CREATE OR REPLACE FUNCTION begin_ordered_write(OUT era integer, OUT xid bigint) LANGUAGE plpgsql AS $$
BEGIN
    xid := pg_current_xact_id()::text::bigint;
    PERFORM pg_advisory_xact_lock_shared(5004);
    SELECT store_era.era INTO era FROM store_era;
END $$
"""
KEY = "INSERT INTO inbox VALUES ('planning', '17', 'c', 't', 0, 1, now())"


def test_an_append_after_another_write_of_its_transaction_is_refused(slow: OpenAppend) -> None:
    slow.connection.execute("BEGIN")
    slow.connection.execute(KEY)
    with pytest.raises(psycopg.errors.InvalidTransactionState, match="must be the first write"):
        slow.open()


def test_without_that_refusal_a_key_written_before_the_lock_is_missed(store: Store, slow: OpenAppend) -> None:
    with following(store) as follower:
        slow.connection.execute(UNCHECKED)
        slow.connection.execute("BEGIN")
        slow.connection.execute(KEY)
        append(store, SECOND)
        follower.advance()
        slow.open()
        slow.write([plain_event(uuid4(), 1, event_id=FIRST)])
        slow.commit()
        follower.advance()
        assert follower.event_ids == [SECOND]


@pytest.mark.parametrize(
    ("function", "delivered"),
    [
        pytest.param(None, [SECOND, FIRST], id="lock, then xid: all delivered"),
        pytest.param(XID_BEFORE_LOCK, [SECOND], id="xid, then lock: missed"),
    ],
)
def test_a_writer_that_waits_for_the_lock(
    store: Store, slow: OpenAppend, function: str | None, delivered: list[UUID]
) -> None:
    """As it does while another process opens the store. ``SECOND``'s writer stands for one that was let in before."""
    with OpenAppend(store.database_url) as quick, store.connect() as opener, following(store) as follower:
        if function is not None:
            opener.execute(function)
        opener.execute("SELECT pg_advisory_lock(5004)")
        slow.connection.execute("BEGIN")
        slow.connection.pgconn.send_query(b"SELECT era, xid FROM begin_ordered_write()")
        wait_until_blocked(opener, slow.connection.info.backend_pid)
        quick.begin_without_lock()
        quick.write([plain_event(uuid4(), 1, event_id=SECOND)])
        quick.commit()
        follower.advance()
        opener.execute("SELECT pg_advisory_unlock(5004)")
        slow.era, slow.xid = received(slow.connection)
        slow.write([plain_event(uuid4(), 1, event_id=FIRST)])
        slow.commit()
        follower.advance()
        assert follower.event_ids == delivered


def wait_until_blocked(connection: psycopg.Connection, pid: int) -> None:
    while not connection.execute("SELECT pg_blocking_pids(%s) <> '{}'", (pid,)).fetchall()[0][0]:
        time.sleep(0.001)


def received(connection: psycopg.Connection) -> tuple[int, int]:
    result = connection.pgconn.get_result()
    assert result is not None
    era, xid = result.get_value(0, 0), result.get_value(0, 1)
    assert era is not None
    assert xid is not None
    while connection.pgconn.get_result() is not None:
        time.sleep(0.001)
    return int(era), int(xid)
