"""How often a connection waits for the server, counted by libpq's own trace."""

import tempfile
from collections.abc import Callable

from infra.event_store.database import WriterPool

YOUR_TURN = (b"ReadyForQuery", b"CopyInResponse")
"""By which the server ends each of its answers."""


def round_trips(pool: WriterPool, act: Callable[[], object]) -> int:
    """Those that ``act`` makes. ``pool`` has one connection, so that it is the one that is watched."""
    assert pool.max_size == 1
    with tempfile.TemporaryFile() as trace:
        with pool.connection() as connection:
            connection.pgconn.trace(trace.fileno())
        act()
        with pool.connection() as connection:
            connection.pgconn.untrace()
        trace.seek(0)
        return sum(map(hands_over, trace))


def hands_over(line: bytes) -> bool:
    """A line of the trace is time, sender, length and message; a statement of several lines takes as many."""
    match line.split(b"\t"):
        case [_, b"B", _, message, *_]:
            return message.startswith(YOUR_TURN)
        case _:
            return False
