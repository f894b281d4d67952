"""Connections for writers, and what is settled once at start: the checks and the era."""

from psycopg import Connection, Cursor, OperationalError
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

from infra.event_store.horizon import WRITERS_LOCK

NEW_ERA = """
UPDATE store_era SET era = era + 1
WHERE pg_snapshot_xmax(pg_current_snapshot())::text::bigint <= (
    SELECT max(xid) FROM (
        (SELECT xid FROM events WHERE events.era = store_era.era ORDER BY era DESC, xid DESC, ordinal DESC LIMIT 1)
        UNION ALL
        (SELECT max(latest.xid) FROM topics CROSS JOIN LATERAL (
            SELECT m.xid FROM topic_messages AS m WHERE m.topic = topics.topic AND m.era = store_era.era
            ORDER BY m.xid DESC LIMIT 1) AS latest)
    ) AS stored
)
"""


RECONNECT_S = 2.0
"""A pool's attempts to connect lie ever further apart: 20 s after an outage of 40 s it had not come back. So a series
of them is short, and the next one begins anew."""


class WriterConnection(Connection[TupleRow]):
    """``hot`` is a binary cursor that stays: making one, and learning the types anew, costs as much as an append."""

    _hot: Cursor[TupleRow] | None = None

    @property
    def hot(self) -> Cursor[TupleRow]:
        if self._hot is None:
            self._hot = self.cursor(binary=True)
        return self._hot


class WriterPool(ConnectionPool[WriterConnection]):
    """Back at once when the server is: ``check`` drops what is broken, and begins to connect."""

    def putconn(self, conn: WriterConnection) -> None:
        """Where one comes back broken the server has stopped, and the idle ones are as broken."""
        broken = conn.broken
        super().putconn(conn)
        if broken and not self.closed:
            self.check()

    def reconnect_failed(self) -> None:
        if not self.closed:
            self.check()


def writer_pool(database_url: str, *, size: int, idle_timeout_ms: int, application_name: str) -> WriterPool:
    """Autocommit connections whose forgotten transactions end by themselves: an open one holds readers back."""

    def configure(connection: Connection) -> None:
        connection.autocommit = True
        connection.prepare_threshold = 2
        connection.execute(
            "SELECT set_config('idle_in_transaction_session_timeout', %s, false), set_config('timezone', 'UTC', false)",
            (str(idle_timeout_ms),),
        )

    return WriterPool(
        database_url,
        connection_class=WriterConnection,
        min_size=1,
        max_size=size,
        open=False,
        configure=configure,
        reconnect_timeout=RECONNECT_S,
        kwargs={"application_name": application_name},
        name=application_name,
    )


def open_store(connection: Connection) -> None:
    """Once per process, before anything is read or written. Raises OperationalError where a promise would not hold.

    A dump restored into a new cluster brings xids that the cluster has not reached yet: a new era begins, and all
    that is written from now on comes after all that was restored.
    """
    checked(connection)
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (WRITERS_LOCK,))
        connection.execute(NEW_ERA)


def checked(connection: Connection) -> None:
    """Refuses databases on which the store's promises would not hold."""
    settings: dict[str, str] = dict(
        connection.execute(
            "SELECT name, setting FROM pg_settings WHERE name IN ('synchronous_commit', 'track_activities')"
        ).fetchall()
    )
    if settings["synchronous_commit"] == "off":
        raise OperationalError("synchronous_commit is off: a crash would lose acknowledged events; set it to on")
    if settings["track_activities"] == "off":
        raise OperationalError("track_activities is off: readers could not see what writers do; set it to on")
    row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
    if row is None or row[0]:
        raise OperationalError("this PostgreSQL is a standby; give the address of the primary")
