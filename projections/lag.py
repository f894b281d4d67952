"""How far each projection is behind the log: in events, and in seconds since the oldest of them was recorded."""

from datetime import datetime
from typing import LiteralString, NamedTuple

from psycopg import Connection
from psycopg.rows import args_row

COUNTED = 10_000
"""Beyond this many the count stops: "behind by a lot" needs no exact number, and counting costs."""

LAG: LiteralString = """
SELECT v.name, v.version, v.status, c.era, c.xid, c.ordinal, c.updated_at, coalesce(behind.events, 0), behind.since,
       (SELECT count(*) FROM dead_letters AS d
        WHERE d.status IN ('dead', 'waiting')
          AND d.consumer = 'projection:' || CASE v.status WHEN 'live' THEN v.name ELSE v.schema_name END)
FROM projection_versions AS v
JOIN checkpoints AS c ON c.consumer = 'projection:' || v.name AND c.version = v.version AND c.partition = 0
LEFT JOIN LATERAL (
    SELECT count(*) AS events, min(recorded_at) AS since
    FROM (SELECT e.recorded_at FROM events AS e WHERE (e.era, e.xid, e.ordinal) > (c.era, c.xid, c.ordinal)
          ORDER BY e.era, e.xid, e.ordinal LIMIT %(counted)s) AS missing
) AS behind ON true
ORDER BY v.name, v.status DESC
"""


class Lag(NamedTuple):
    """``events`` stops counting at ``COUNTED``. ``since``: when the oldest of them was recorded."""

    name: str
    version: str
    status: str
    era: int
    xid: int
    ordinal: int
    updated_at: datetime
    events: int
    since: datetime | None
    set_aside: int

    @property
    def position(self) -> str:
        return f"{self.era}-{self.xid}-{self.ordinal}"

    def seconds(self, now: datetime) -> float:
        return 0.0 if self.since is None else max(0.0, (now - self.since).total_seconds())


def lags(connection: Connection) -> list[Lag]:
    """Every version of every projection, the live one first."""
    with connection.cursor(row_factory=args_row(Lag)) as cursor:
        return cursor.execute(LAG, {"counted": COUNTED}).fetchall()
