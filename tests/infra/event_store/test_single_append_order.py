"""``append_event`` has the opening steps written out: it keeps their order like the function that it spares."""

import threading
import time
from uuid import uuid4

import psycopg
import pytest

from infra.event_store.appending import append_one
from tests.support.store import Store, plain_event

NOTHING = (None,) * 4, (None,) * 6
LOCK = "PERFORM pg_advisory_xact_lock_shared(5004);"


@pytest.fixture
def store(own_store: Store) -> Store:
    """These tests put another function into the database."""
    return own_store


def append(connection: psycopg.Connection) -> None:
    append_one(connection.cursor(binary=True), plain_event(uuid4(), 1), *NOTHING)


def test_after_another_write_of_its_transaction_it_is_refused(store: Store) -> None:
    with store.connect() as connection:
        connection.execute("BEGIN")
        connection.execute("INSERT INTO inbox VALUES ('planning', '17', 'c', 't', 0, 1, now())")
        with pytest.raises(psycopg.errors.InvalidTransactionState, match="must be the first write"):
            append(connection)


@pytest.mark.parametrize(
    ("before_the_lock", "has_xid"),
    [
        pytest.param("", False, id="lock, then xid"),
        pytest.param("PERFORM pg_current_xact_id(); ", True, id="xid, then lock: seen by this test"),
    ],
)
def test_while_it_waits_for_the_lock_it_has_no_xid(store: Store, before_the_lock: str, has_xid: bool) -> None:
    with store.connect() as opener, store.connect() as writer:
        redefine(opener, before_the_lock)
        opener.execute("SELECT pg_advisory_lock(5004)")
        writing = threading.Thread(target=append, args=(writer,))
        writing.start()
        pid = writer.info.backend_pid
        while not opener.execute("SELECT pg_blocking_pids(%s) <> '{}'", (pid,)).fetchall()[0][0]:
            time.sleep(0.001)
        activity = opener.execute("SELECT backend_xid IS NOT NULL FROM pg_stat_activity WHERE pid = %s", (pid,))
        assert activity.fetchall() == [(has_xid,)]
        opener.execute("SELECT pg_advisory_unlock(5004)")
        writing.join()
    assert len(store.rows()) == 1


def redefine(connection: psycopg.Connection, before_the_lock: str) -> None:
    ((definition,),) = connection.execute("SELECT pg_get_functiondef('append_event'::regproc)").fetchall()
    assert definition.count(LOCK) == 1
    connection.execute(definition.replace(LOCK, before_the_lock + LOCK))
