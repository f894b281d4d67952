"""One instance is active, the others stand by: the lock goes with the connection that holds it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import LiteralString

from psycopg import Connection

TAKE: LiteralString = "SELECT pg_try_advisory_lock(%s)"
GIVE_BACK: LiteralString = "SELECT pg_advisory_unlock(%s)"

STAND_BY_S = 0.5
"""How long one that stands by sleeps before it looks again."""


@contextmanager
def active(connection: Connection, lock: int) -> Iterator[bool]:
    """Holds the lock of the one active instance while the block runs; False where another instance has it."""
    row = connection.execute(TAKE, (lock,)).fetchone()
    if row is None or not row[0]:
        yield False
        return
    try:
        yield True
    finally:
        if not connection.broken:
            connection.execute(GIVE_BACK, (lock,))
