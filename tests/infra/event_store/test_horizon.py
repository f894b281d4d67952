"""How far may be read: 32 bits of an id made 64, writers that cannot be seen, and one that stalls."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from psycopg import sql

from domain.ports import BEGINNING
from infra.embedded_postgres import EmbeddedPostgres
from infra.event_store.database import open_store
from infra.event_store.horizon import Bound, Horizon, widened
from infra.event_store.log_reader import LogReader
from infra.migrate import migrate
from infra.postgres_account import server_account
from tests.support.open_append import OpenAppend
from tests.support.postgres import FAST, cluster_folder
from tests.support.readers import Follower, NotWidened, log_reader, reader_with
from tests.support.store import Store, open_test_store, plain_event, stream_of

FIRST_NORMAL_XID = 3
EPOCH = 1 << 32
HALF = 1 << 31

# Ids at and about the boundaries of epochs, where the 32 bits start over.
near_a_boundary = st.builds(lambda epoch, off: epoch * EPOCH + off, st.integers(1, 5), st.integers(-1000, 1000))
next_xids = st.one_of(near_a_boundary, st.integers(FIRST_NORMAL_XID, 1 << 48))
distances = st.one_of(st.integers(-1000, 1000), st.integers(-HALF + 1, HALF - 1))


@given(next_xid=next_xids, distance=distances)
@example(next_xid=EPOCH, distance=-1)
@example(next_xid=EPOCH - 1, distance=1)
@example(next_xid=EPOCH + FIRST_NORMAL_XID, distance=-HALF + 1)
def test_the_id_of_a_running_transaction_is_widened_across_epochs(next_xid: int, distance: int) -> None:
    running = max(next_xid + distance, FIRST_NORMAL_XID)
    assert widened(running % EPOCH, next_xid) == running


@contextmanager
def database_in_a_later_epoch() -> Iterator[str]:
    """A database of a cluster that has used up its 32 bits once: what a busy one reaches in some months."""
    with cluster_folder() as folder:
        data = folder / "pg"
        with EmbeddedPostgres(data, options=FAST) as server:
            resetwal = str(server.bin_dir / "pg_resetwal")
        server_account(data).run(resetwal, "--epoch=1", f"--pgdata={data}")
        with EmbeddedPostgres(data, options=FAST) as server:
            url = server.ensure_database("mesocycle")
            migrate(url)
            yield url


def test_reading_goes_on_in_a_later_epoch() -> None:
    with (
        database_in_a_later_epoch() as url,
        open_test_store(url) as store,
        OpenAppend(url) as slow,
        store.connect() as connection,
        store.connect() as another,
    ):
        ours, not_widened = Follower(log_reader(connection)), Follower(reader_with(NotWidened)(another))
        before = store.append(plain_event(uuid4(), 1))
        assert before.xid > EPOCH
        slow.begin()
        slow.write(stream_of(1))
        store.append(plain_event(uuid4(), 1))
        ours.advance()
        not_widened.advance()
        assert ours.positions == [before], "up to the open append, and not beyond"
        assert not_widened.positions == [], "with 32 bits only, one open append holds all back"
        slow.commit()
        ours.advance()
        assert len(ours.positions) == 3


@contextmanager
def role_that_may_read(store: Store, *grants: str) -> Iterator[psycopg.Connection]:
    """A connection as a role that reads tables and belongs to ``grants``."""
    role = sql.Identifier(f"reader_{uuid4().hex}")
    with store.connect() as connection:
        connection.execute(sql.SQL("CREATE ROLE {}").format(role))
        connection.execute(sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA public TO {}").format(role))
        for grant in grants:
            connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(grant), role))
        connection.execute(sql.SQL("SET ROLE {}").format(role))
        try:
            yield connection
        finally:
            connection.execute("RESET ROLE")
            connection.execute(sql.SQL("DROP OWNED BY {}").format(role))
            connection.execute(sql.SQL("DROP ROLE {}").format(role))


def test_a_reader_that_may_not_see_what_writers_do_stops_rather_than_skips(store: Store) -> None:
    store.append(plain_event(uuid4(), 1))
    with role_that_may_read(store) as connection, OpenAppend(store.database_url) as slow:
        reader = LogReader(connection)
        assert len(reader.read(BEGINNING, 10)) == 1, "nobody writes: there is nothing to see"
        slow.begin()
        with pytest.raises(psycopg.OperationalError, match="GRANT pg_read_all_stats"):
            reader.read(BEGINNING, 10)


def test_a_reader_with_pg_read_all_stats_reads_beside_writers(store: Store) -> None:
    store.append(plain_event(uuid4(), 1))
    with role_that_may_read(store, "pg_read_all_stats") as connection, OpenAppend(store.database_url) as slow:
        slow.begin()
        assert len(LogReader(connection).read(BEGINNING, 10)) == 1


def test_locks_of_the_same_number_in_another_database_hold_nobody_back(store: Store, empty_database_url: str) -> None:
    with psycopg.connect(empty_database_url) as elsewhere:
        elsewhere.execute("SELECT pg_advisory_xact_lock_shared(5004), pg_current_xact_id()")
        store.append(plain_event(uuid4(), 1))
        assert len(store.rows()) == 1


def test_a_writer_that_stalls_in_its_transaction_is_ended_and_delivery_goes_on(database_url: str) -> None:
    with open_test_store(database_url, idle_timeout_ms=100) as store:
        (lost,), (kept,) = stream_of(1), stream_of(1)
        with store.pool.connection() as connection:
            connection.execute("BEGIN")
            connection.execute("SELECT * FROM begin_ordered_write()")
            store.append(kept)
            assert store.rows() == [], "the stalled writer holds readers back"
            deadline = time.monotonic() + 10
            while not (rows := store.rows()) and time.monotonic() < deadline:
                time.sleep(0.01)
            assert [row.event_id for row in rows] == [kept.event_id]
            with pytest.raises(psycopg.errors.IdleInTransactionSessionTimeout):
                connection.execute("COMMIT")
        store.append(lost)
        assert len(store.rows()) == 2, "the pool replaced the connection"


class CountingHorizon(Horizon):
    def __init__(self, connection: psycopg.Connection, asked: list[str]) -> None:
        super().__init__(connection)
        self._asked = asked

    def settled(self) -> Bound:
        self._asked.append("settled")
        return super().settled()


def test_a_long_backlog_asks_for_a_bound_once(store: Store) -> None:
    stream = UUID(int=9)
    for version in range(1, 31):
        store.append(plain_event(stream, version))
    with store.connect() as connection:
        asked: list[str] = []
        reader = LogReader(connection, CountingHorizon(connection, asked))
        after, versions = BEGINNING, []
        while rows := reader.read(after, 10):
            after = rows[-1].position
            versions += [row.version for row in rows]
        assert versions == list(range(1, 31))
        assert len(asked) == 2, "at the start, and at the end"


def test_opening_waits_for_open_appends(store: Store) -> None:
    """A new era must not begin under a writer that has read the old one."""
    with OpenAppend(store.database_url) as slow, store.connect() as opener:
        slow.begin()
        opener.execute("SET lock_timeout = '50ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            open_store(opener)
        slow.rollback()
        open_store(opener)


def test_a_prepared_transaction_among_the_writers_is_refused(
    postgres_factory: Callable[[Mapping[str, str]], EmbeddedPostgres],
) -> None:
    """It has no backend that could be asked for its xid: to read on would skip what it may still commit."""
    server = postgres_factory({"max_prepared_transactions": "1"})
    url = server.ensure_database("prepared")
    migrate(url)
    with open_test_store(url) as store, store.connect() as writer, store.connect() as reader:
        writer.execute("BEGIN")
        writer.execute("SELECT begin_ordered_write()")
        writer.execute("PREPARE TRANSACTION 'forgotten'")
        with pytest.raises(psycopg.OperationalError, match="prepared transaction"):
            Horizon(reader).settled()
        writer.execute("ROLLBACK PREPARED 'forgotten'")
        assert Horizon(reader).settled().xid > 0
