"""How far ordered rows may be read: up to the first transaction that might still write one.

A row's place is (era, xid, …), and transactions commit in another order than they took their xids. A reader must
therefore stop below the least xid that may still commit ordered rows. PostgreSQL's own xmin would do, but any
write transaction in the whole instance holds it back. Ours is the least xid among holders of the writers' shared
advisory lock, which every ordered write takes before it has an xid.
"""

from typing import NamedTuple

from psycopg import Connection, OperationalError

WRITERS_LOCK = 5004
"""The advisory lock of migration 0001's ``begin_ordered_write``."""

NEXT_XID = """
SELECT store_era.era, pg_snapshot_xmax(pg_current_snapshot())::text::bigint FROM store_era
"""
# A holder's activity row is hidden from roles without pg_read_all_stats (state is NULL then): reading on would skip.
# pid NULL: no activity row any more, so that transaction has ended and is visible to the next statement.
WRITERS = """
SELECT held.pid, activity.pid, activity.state, activity.backend_xid::text::bigint
FROM pg_locks AS held
LEFT JOIN pg_stat_activity AS activity ON activity.pid = held.pid
WHERE held.locktype = 'advisory' AND held.classid = 0 AND held.objid = 5004 AND held.objsubid = 1
  AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND held.mode = 'ShareLock' AND held.granted
"""


class Bound(NamedTuple):
    """Rows with (era, xid) below this are complete: none will appear among them any more."""

    era: int
    xid: int


class Horizon:
    """Reads the bound on its own autocommit connection to the primary (one transaction would see cached activity)."""

    def __init__(self, connection: Connection) -> None:
        if not connection.autocommit:
            raise ValueError("the horizon needs an autocommit connection: inside a transaction its view is stale")
        self._connection = connection

    def settled(self) -> Bound:
        """The bound as of now. The order of the two statements matters; the rows are read by a third, after them."""
        cursor = self._connection.cursor(binary=True)
        row = cursor.execute(NEXT_XID).fetchone()
        assert row is not None, "store_era has its one row from the first migration on"
        era, next_xid = row
        least = next_xid
        for holder, pid, state, xid32 in cursor.execute(WRITERS).fetchall():
            if holder is None:
                raise OperationalError("a prepared transaction holds the writers' lock: commit it or roll it back")
            if pid is not None and state is None:
                raise OperationalError(
                    "cannot see what the writers do: GRANT pg_read_all_stats to this role and leave track_activities on"
                )
            if xid32 is not None:
                least = min(least, widened(xid32, next_xid))
        return Bound(era, least)


def widened(xid32: int, next_xid: int) -> int:
    """The 64-bit transaction id of a running transaction, given 32 bits of it and an id about as young.

    Running transactions lie within 2^31 of each other, so the epoch is that of ``next_xid`` or a neighbour.
    """
    difference = (xid32 - next_xid) & 0xFFFF_FFFF
    return next_xid + (difference - (1 << 32) if difference >= 1 << 31 else difference)
