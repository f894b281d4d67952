"""Compares two versions of a projection, whole rows, table by table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from psycopg import Connection, sql

from projections.versions import Version, tables

SAMPLES = 10

# EXCEPT ALL counts equal rows: twice here and once there is a difference.
ONLY_IN_ONE: LiteralString = """
SELECT to_jsonb(only_in_one), count(*) OVER ()
FROM (SELECT * FROM {one} EXCEPT ALL SELECT * FROM {other}) AS only_in_one
LIMIT {samples}
"""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TableDifference:
    """Rows of one table that only one version has: how many, and some of them."""

    table: str
    only_live_count: int
    only_rebuilt_count: int
    only_live: Sequence[Row]
    only_rebuilt: Sequence[Row]


def differences(connection: Connection, live: Version, rebuilt: Version) -> list[TableDifference]:
    """Empty where all tables have the same rows. Both versions have the same DDL."""
    found = []
    for table in tables(connection, live):
        here, there = sql.Identifier(live.schema_name, table), sql.Identifier(rebuilt.schema_name, table)
        only_live_count, only_live = only_in_one(connection, here, there)
        only_rebuilt_count, only_rebuilt = only_in_one(connection, there, here)
        if only_live_count or only_rebuilt_count:
            found.append(TableDifference(table, only_live_count, only_rebuilt_count, only_live, only_rebuilt))
    return found


def only_in_one(connection: Connection, one: sql.Identifier, other: sql.Identifier) -> tuple[int, list[Row]]:
    query = sql.SQL(ONLY_IN_ONE).format(one=one, other=other, samples=sql.Literal(SAMPLES))
    rows = connection.execute(query).fetchall()
    return (rows[0][1] if rows else 0), [row for row, _ in rows]
