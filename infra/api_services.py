"""What the API needs, from what the application has."""

from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

import psycopg

from api.operation import Operation
from api.principal import Nobody, Tokens
from api.services import History, Services, publish_nowhere
from domain.ports import Bus, Clock, CommandRunner
from infra.assigning import Assigning
from infra.event_store.database import WriterPool
from infra.migrate import read_migrations
from infra.reading import reading
from infra.templating import Templating
from projections.projection import Connect

PATIENCE_S = 2.0
"""How long a request waits for a connection: then the database counts as away."""

# UndefinedTable: a read model that the projector is about to make, on a first start. InsufficientPrivilege: one that
# was made before readers had a role of their own, and that the projector is making anew.
OUTAGES = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.UndefinedTable,
    psycopg.errors.InsufficientPrivilege,
)


def services_of(
    pool: WriterPool,
    history: History,
    runner: CommandRunner,
    clock: Clock,
    ids: Callable[[], UUID],
    *,
    read_timeout_ms: int = 5000,
    tokens: Tokens | None = None,
    operation: Operation | None = None,
    bus: Bus | None = None,
    planning_topic: str = "planning.events",
) -> Services:
    connect = partial(pool.connection, timeout=PATIENCE_S)
    return Services(
        connect=connect,
        reading=partial(reading, connect, timeout_ms=read_timeout_ms),
        history=history,
        runner=runner,
        assigning=Assigning(runner, connect),
        templating=Templating(runner, connect),
        clock=clock,
        new_id=ids,
        outages=OUTAGES,
        pending_migrations=partial(pending_migrations, connect),
        tokens=tokens or Nobody(),
        operation=operation or Operation(),
        publish=publish_nowhere if bus is None else lambda topic, message: bus.publish(topic, [message]),
        planning_topic=planning_topic,
    )


def pending_migrations(connect: Connect) -> Sequence[str]:
    with connect() as connection:
        row = connection.execute("SELECT to_regclass('schema_migrations')").fetchone()
        applied = set()
        if row is not None and row[0] is not None:
            applied = {number for (number,) in connection.execute("SELECT number FROM schema_migrations")}
    return [str(migration) for migration in read_migrations() if migration.number not in applied]
