"""The versions of a projection: each has a schema of its own, and readers see the live one through views.

All functions take a connection and never commit. ``docs/adr/0007`` tells why.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import LiteralString, NamedTuple

import psycopg
from psycopg import Connection, sql

from domain.ports import BEGINNING, Position
from projections.projection import Projection
from projections.tenancy import ENTRY, POLICY, VIEW, VIEW_GRANT

VIEWS: LiteralString = "read_models"

TAKE_TURN: LiteralString = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 17))"
TRY_TURN: LiteralString = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 17))"
FIND: LiteralString = """
SELECT v.name, v.version, v.schema_name, v.status, c.era, c.xid, c.ordinal
FROM projection_versions AS v
JOIN checkpoints AS c ON c.consumer = 'projection:' || v.name AND c.version = v.version AND c.partition = 0
WHERE (%(name)s::text IS NULL OR v.name = %(name)s) AND (%(status)s::text IS NULL OR v.status = %(status)s)
ORDER BY v.name, v.created_at, v.version
"""
HOLD: LiteralString = f"{FIND} FOR UPDATE OF c"
ADD: LiteralString = """
INSERT INTO projection_versions (name, version, schema_name, status) VALUES (%s, %s, %s, %s)
"""
MOVE: LiteralString = """
INSERT INTO checkpoints AS c (consumer, version, partition, era, xid, ordinal)
VALUES ('projection:' || %(name)s, %(version)s, 0, %(era)s, %(xid)s, %(ordinal)s)
ON CONFLICT (consumer, version, partition) DO UPDATE
SET era = excluded.era, xid = excluded.xid, ordinal = excluded.ordinal, updated_at = clock_timestamp()
"""
# In one order, as another projector may do the same. What is ahead already stays.
PASS_BY: LiteralString = """
WITH behind AS (
    SELECT consumer, version FROM checkpoints
    WHERE (consumer, version) IN (SELECT 'projection:' || name, version
                                  FROM unnest(%(names)s::text[], %(versions)s::text[]) AS v (name, version))
      AND partition = 0 AND (era, xid, ordinal) < (%(era)s, %(xid)s, %(ordinal)s)
    ORDER BY consumer, version FOR UPDATE
)
UPDATE checkpoints AS c SET era = %(era)s, xid = %(xid)s, ordinal = %(ordinal)s, updated_at = clock_timestamp()
FROM behind WHERE c.consumer = behind.consumer AND c.version = behind.version AND c.partition = 0
"""
FORGET_CHECKPOINT: LiteralString = "DELETE FROM checkpoints WHERE consumer = 'projection:' || %s AND version = %s"
FORGET: LiteralString = "DELETE FROM projection_versions WHERE name = %s AND version = %s"
MAKE_LIVE: LiteralString = "UPDATE projection_versions SET status = 'live' WHERE name = %s AND version = %s"
TABLES: LiteralString = """
SELECT c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relkind IN ('r', 'p') ORDER BY c.relname
"""
# In front of the path that there is, where checkpoints and dead letters are.
ENTER: LiteralString = """
SELECT current_setting('search_path'),
       set_config('search_path', quote_ident(%s) || ', ' || current_setting('search_path'), true)
"""
LEAVE: LiteralString = "SELECT set_config('search_path', %s, true)"


class Version(NamedTuple):
    """One set of tables and how far it is filled. ``status`` is building or live."""

    name: str
    version: str
    schema_name: str
    status: str
    position: Position

    def made_by(self, projection: Projection) -> bool:
        """Whether the handlers of ``projection`` may go on with these tables."""
        return self.version.partition("_")[0] == projection.fingerprint

    @property
    def consumer(self) -> str:
        """Whose dead letters are those of these tables: of the projection, when it is live."""
        return f"projection:{self.name if self.status == 'live' else self.schema_name}"


def take_turn(connection: Connection, name: str) -> None:
    """One process at a time makes and switches versions of a projection; until the end of the transaction."""
    connection.execute(TAKE_TURN, (name,))


def try_turn(connection: Connection, name: str) -> bool:
    row = connection.execute(TRY_TURN, (name,)).fetchone()
    return row is not None and bool(row[0])


def versions(connection: Connection, name: str | None = None, status: str | None = None) -> list[Version]:
    return [version_of(*row) for row in connection.execute(FIND, {"name": name, "status": status})]


def held(connection: Connection, name: str, status: str) -> list[Version]:
    """Likewise, and nobody else moves their checkpoints until the end of the transaction."""
    return [version_of(*row) for row in connection.execute(HOLD, {"name": name, "status": status})]


def live(connection: Connection, name: str) -> Version | None:
    return next(iter(versions(connection, name, "live")), None)


def version_of(name: str, version: str, schema_name: str, status: str, era: int, xid: int, ordinal: int) -> Version:
    return Version(name, version, schema_name, status, Position(era, xid, ordinal))


def create(connection: Connection, projection: Projection, status: str) -> Version:
    """Empty tables of a version of their own. The caller has the turn."""
    taken = {existing.version for existing in versions(connection, projection.name)}
    version = projection.fingerprint
    if version in taken:
        version += next(f"_{count}" for count in range(2, len(taken) + 3) if f"{version}_{count}" not in taken)
    return create_as(connection, projection, version, status)


def create_as(connection: Connection, projection: Projection, version: str, status: str) -> Version:
    """Likewise, called ``version``: the fingerprint, and something behind a ``_``."""
    made = Version(projection.name, version, f"{projection.name}_{version}", status, BEGINNING)
    connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(made.schema_name)))
    with entered(connection, made):
        connection.execute(projection.ddl)
    secure(connection, made)
    connection.execute(ADD, (made.name, made.version, made.schema_name, made.status))
    advance(connection, made, BEGINNING)
    return made


def secure(connection: Connection, version: Version) -> None:
    """Readers see their organization's rows of each table. Raises UndefinedColumn where one does not tell whose."""
    connection.execute(sql.SQL(ENTRY).format(schema=sql.Identifier(version.schema_name)))
    for table in tables(connection, version):
        policy = sql.SQL(POLICY).format(table=sql.Identifier(version.schema_name, table))
        connection.execute(policy, prepare=False)


def advance(connection: Connection, version: Version, position: Position) -> None:
    connection.execute(MOVE, {"name": version.name, "version": version.version, **position._asdict()})


def pass_by(connection: Connection, unconcerned: Sequence[Version], position: Position) -> None:
    """Their checkpoints advance to ``position``: what lies before it is none of their business."""
    if unconcerned:
        names, numbers = [version.name for version in unconcerned], [version.version for version in unconcerned]
        connection.execute(PASS_BY, {"names": names, "versions": numbers, **position._asdict()})


@contextmanager
def entered(connection: Connection, version: Version) -> Iterator[None]:
    """While the block runs, plain table names mean those of this version. Within a transaction."""
    row = connection.execute(ENTER, (version.schema_name,)).fetchone()
    assert row is not None, "a SELECT without FROM gives one row"
    yield
    connection.execute(LEAVE, (row[0],))  # not where the block raised: the rollback does it then


def tables(connection: Connection, version: Version) -> Sequence[str]:
    return [name for (name,) in connection.execute(TABLES, (version.schema_name,))]


def switch(connection: Connection, version: Version, former: Version | None) -> Version:
    """Readers see ``version`` from the commit on, and ``former`` is gone. The caller has the turn."""
    if former is not None:
        for table in set(tables(connection, former)) - set(tables(connection, version)):
            connection.execute(sql.SQL("DROP VIEW IF EXISTS {}").format(sql.Identifier(VIEWS, table)))
    show(connection, version)
    if former is not None:
        drop(connection, former)
    connection.execute(MAKE_LIVE, (version.name, version.version))
    return version._replace(status="live")


def show(connection: Connection, version: Version) -> None:
    """Points the views at the tables of ``version``."""
    for table in tables(connection, version):
        view, source = sql.Identifier(VIEWS, table), sql.Identifier(version.schema_name, table)
        select = sql.SQL(VIEW).format(view=view, table=source)
        try:
            with connection.transaction():
                connection.execute(sql.SQL("CREATE OR REPLACE {}").format(select))
        except psycopg.errors.InvalidTableDefinition:  # other columns, which a view in use cannot simply be given
            connection.execute(sql.SQL("DROP VIEW {}").format(view))
            connection.execute(sql.SQL("CREATE {}").format(select))
        connection.execute(sql.SQL(VIEW_GRANT).format(view=view))


def drop(connection: Connection, version: Version) -> None:
    connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(version.schema_name)))
    connection.execute(FORGET_CHECKPOINT, (version.name, version.version))
    connection.execute(FORGET, (version.name, version.version))
