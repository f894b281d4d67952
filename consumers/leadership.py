"""One instance is active, the others stand by: the lock goes with the connection that holds it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import LiteralString

import structlog
from psycopg import Connection

from consumers.dead_letters import PASSING

TAKE: LiteralString = "SELECT pg_try_advisory_lock(%s)"
GIVE_BACK: LiteralString = "SELECT pg_advisory_unlock(%s)"

STAND_BY_S = 0.5
"""How long one that stands by sleeps before it looks again."""

BACK_OFF_S = 0.5

log = structlog.get_logger()


def lead(
    name: str,
    lock: int,
    connect: Callable[[], AbstractContextManager[Connection]],
    turn: Callable[[Connection], object],
    stop: threading.Event,
    *,
    outages: tuple[type[Exception], ...] = PASSING,
    begin: Callable[[], object] = lambda: None,
) -> None:
    """Takes ``turn`` after turn while this instance is the active one, until ``stop`` is set.

    ``begin`` comes before the first turn each time that it becomes so. One of the ``outages`` is waited out; anything
    else that fails is raised.
    """
    while not stop.is_set():
        try:
            with connect() as connection, active(connection, lock) as is_active:
                if not is_active:
                    stop.wait(STAND_BY_S)
                    continue
                begin()
                while not stop.is_set():
                    turn(connection)
        except outages as error:
            log.warning(f"{name}.waiting", error=str(error))
            stop.wait(BACK_OFF_S)


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
