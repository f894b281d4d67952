"""A dump, restored into a new cluster whose transaction ids start over: a new era begins, and reading goes on."""

import subprocess
from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

import psycopg
import pytest

from domain.ports import BEGINNING, Position
from infra.embedded_postgres import EmbeddedPostgres
from infra.event_store.database import open_store
from infra.event_store.log_reader import LogReader
from tests.support.postgres import FAST, PostgresServer, cluster_folder
from tests.support.store import Store, open_test_store, plain_event

OLD, NEWER, NEWEST = UUID(int=1), UUID(int=2), UUID(int=3)
MANY_XIDS = """
DO $$ BEGIN FOR i IN 1..3000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$
"""
PUBLISH = """
INSERT INTO topic_messages (topic, era, xid, ordinal, key, headers, value)
SELECT 'planning.events', era, xid, 0, 'team 17', '{}', 'x' FROM begin_ordered_write()
"""
TOPIC = "INSERT INTO topics (topic) VALUES ('planning.events') ON CONFLICT DO NOTHING"


@pytest.fixture(scope="module")
def new_cluster() -> Iterator[EmbeddedPostgres]:
    """What these tests do to it moves its transaction ids far less than each dumped store's have moved."""
    with cluster_folder() as folder, EmbeddedPostgres(folder / "pg", options=FAST) as server:
        yield server


@pytest.fixture
def restored(store: Store, postgres: PostgresServer, new_cluster: EmbeddedPostgres) -> Callable[[], str]:
    """Dumps the store and restores it into the new cluster; the URL of the copy."""

    def restore() -> str:
        url = new_cluster.ensure_database(f"restored_{uuid4().hex}")
        dumped = subprocess.run(
            [postgres.bin_dir / "pg_dump", "--format=custom", f"--dbname={store.database_url}"],
            check=True,
            capture_output=True,
        )
        subprocess.run(
            [postgres.bin_dir / "pg_restore", "--exit-on-error", "--single-transaction", f"--dbname={url}"],
            check=True,
            capture_output=True,
            input=dumped.stdout,
        )
        return url

    return restore


def burn_xids(store: Store) -> None:
    """The old cluster had a life before the dump."""
    with store.connect() as connection:
        connection.execute(MANY_XIDS)


def ids(store: Store, after: Position) -> list[UUID]:
    return [row.event_id for row in store.rows(after)]


def test_reading_goes_on_from_an_old_position(store: Store, restored: Callable[[], str]) -> None:
    burn_xids(store)
    old = store.append(plain_event(uuid4(), 1, event_id=OLD))
    newer = store.append(plain_event(uuid4(), 1, event_id=NEWER))
    with open_test_store(restored()) as copy:
        assert ids(copy, old) == [NEWER], "before anything new was written"
        newest = copy.append(plain_event(uuid4(), 1, event_id=NEWEST))
        assert newest.era == 2
        assert newest.xid < newer.xid, "the new cluster counts from the beginning"
        assert newest > newer
        assert ids(copy, BEGINNING) == [OLD, NEWER, NEWEST]
        assert ids(copy, old) == [NEWER, NEWEST]
        assert ids(copy, newer) == [NEWEST]
        with copy.connect() as connection:
            open_store(connection)
        assert copy.append(plain_event(uuid4(), 1)).era == 2, "the era began once"


def test_without_a_new_era_new_events_are_missed(store: Store, restored: Callable[[], str]) -> None:
    burn_xids(store)
    old = store.append(plain_event(uuid4(), 1, event_id=OLD))
    with open_test_store(restored(), opened=False) as copy:
        copy.append(plain_event(uuid4(), 1, event_id=NEWEST))
        assert ids(copy, old) == []


def test_messages_of_topics_count_too(store: Store, restored: Callable[[], str]) -> None:
    """Without any event: what begins the era here can only be the message."""
    burn_xids(store)
    with store.connect() as connection:
        connection.execute(TOPIC)
        connection.execute(PUBLISH)
    url = restored()
    with open_test_store(url, opened=False) as copy, copy.connect() as connection:
        era, next_xid, published = numbers(connection)
        assert era == 1
        assert next_xid <= published, "the topic's messages are ahead of the new cluster"
        open_store(connection)
        open_store(connection)
        assert numbers(connection)[0] == 2


def test_a_reader_that_was_not_told_of_the_new_era_reads_into_it(store: Store, restored: Callable[[], str]) -> None:
    """Readers and writers of one restored store may start in any order."""
    burn_xids(store)
    store.append(plain_event(uuid4(), 1, event_id=OLD))
    url = restored()
    with psycopg.connect(url, autocommit=True) as connection:
        reader = LogReader(connection)
        first = reader.read(BEGINNING, 10)
        with open_test_store(url) as copy:
            copy.append(plain_event(uuid4(), 1, event_id=NEWEST))
        later = reader.read(first[-1].position if first else BEGINNING, 10)
        assert [row.event_id for row in first + later] == [OLD, NEWEST]


def numbers(connection: psycopg.Connection) -> tuple[int, int, int]:
    """The era, the next transaction id, and the greatest id among the messages of topics."""
    row = connection.execute(
        "SELECT era, pg_snapshot_xmax(pg_current_snapshot())::text::bigint, (SELECT max(xid) FROM topic_messages) "
        "FROM store_era"
    ).fetchone()
    assert row is not None
    return row
