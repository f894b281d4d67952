"""What the API needs, from what the application has."""

from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

import psycopg

from api.services import History, Services
from domain.ports import Clock
from infra.event_store.database import WriterPool
from infra.migrate import read_migrations
from projections.projection import Connect

PATIENCE_S = 2.0
"""How long a request waits for a connection: then the database counts as away."""

# UndefinedTable: a read model that the projector is about to make, on a first start.
OUTAGES = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.errors.UndefinedTable)


def services_of(pool: WriterPool, history: History, clock: Clock, ids: Callable[[], UUID]) -> Services:
    connect = partial(pool.connection, timeout=PATIENCE_S)
    return Services(
        connect=connect,
        history=history,
        clock=clock,
        new_id=ids,
        outages=OUTAGES,
        pending_migrations=partial(pending_migrations, connect),
    )


def pending_migrations(connect: Connect) -> Sequence[str]:
    with connect() as connection:
        row = connection.execute("SELECT to_regclass('schema_migrations')").fetchone()
        applied = set()
        if row is not None and row[0] is not None:
            applied = {number for (number,) in connection.execute("SELECT number FROM schema_migrations")}
    return [str(migration) for migration in read_migrations() if migration.number not in applied]
