"""The pool of connections, when the server goes away under it and comes back."""

import threading
import time
from contextlib import ExitStack

import psycopg
import pytest

from infra.event_store.database import RECONNECT_S, writer_pool
from tests.support.waiting import eventually

SIZE = 6
CUT = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'cut'
"""
ALLOW = "UPDATE pg_database SET datallowconn = %s WHERE datname = current_database()"


def test_after_one_broken_connection_all_others_work(database_url: str) -> None:
    with (
        psycopg.connect(database_url, autocommit=True) as cutting,
        writer_pool(database_url, size=SIZE, idle_timeout_ms=5_000, application_name="cut") as pool,
    ):
        with ExitStack() as stack:
            for _ in range(SIZE):
                stack.enter_context(pool.connection())
        assert len(cutting.execute(CUT).fetchall()) == SIZE
        with pytest.raises(psycopg.OperationalError), pool.connection() as connection:
            connection.execute("SELECT 1")
        for _ in range(2 * SIZE):
            with pool.connection() as connection:
                connection.execute("SELECT 1")


def test_who_waits_for_a_connection_gets_one_however_long_the_outage(database_url: str) -> None:
    """Longer than one series of attempts to connect."""
    got: list[float] = []
    with (
        psycopg.connect(database_url, autocommit=True) as server,
        writer_pool(database_url, size=1, idle_timeout_ms=5_000, application_name="cut") as pool,
    ):
        pool.wait()
        server.execute(ALLOW, (False,))
        server.execute(CUT)
        with pytest.raises(psycopg.OperationalError), pool.connection() as connection:
            connection.execute("SELECT 1")

        def wait() -> None:
            with pool.connection():
                got.append(time.monotonic())

        waiting = threading.Thread(target=wait)
        waiting.start()
        time.sleep(RECONNECT_S * 1.5)
        assert got == []
        server.execute(ALLOW, (True,))
        eventually(lambda: bool(got), 15)
        waiting.join()
