"""The projector's source of events where the bus is embedded: the log itself, on a connection of its own."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from psycopg import Connection

from domain.event import Event
from domain.ports import Message, Position, Recorded
from infra.bus.event_messages import EVENTS_TOPIC, row_of
from infra.bus.topics import delivered, identity_of
from infra.event_store.database import WriterPool
from infra.event_store.envelope import COLUMNS
from infra.event_store.log import decoded
from infra.event_store.log_reader import LogReader, LogRow
from infra.event_store.mapper import EventMapper

AT = f"SELECT {COLUMNS} FROM events WHERE era = %b AND xid = %b AND ordinal = %b"


class LogEventSource:
    """``connection`` is autocommit and not shared between threads."""

    def __init__(self, connection: Connection, mapper: EventMapper) -> None:
        self._connection = connection
        self._reader = LogReader(connection)
        self._mapper = mapper

    def read(self, after: Position, limit: int) -> Sequence[Recorded[Event]]:
        """Up to ``limit`` events behind ``after``; fewer, or none, when no more are settled."""
        return decoded(self._mapper, self._reader.read(after, limit))

    def read_some(
        self, after: Position, limit: int, names: Collection[str]
    ) -> tuple[Sequence[Recorded[Event]], Position]:
        """Likewise, only events of these names; and how far it looked, which is where to go on."""
        rows, through = self._reader.read_some(after, limit, list(names))
        return decoded(self._mapper, rows), through

    def message_of(self, recorded: Recorded[Event]) -> Message:
        """As a member of a group would get it, with the stored bytes."""
        row = self._connection.cursor(binary=True).execute(AT, tuple(recorded.position)).fetchone()
        if row is None:
            raise LookupError(f"the log has no event at {recorded.position}")
        return delivered(LogRow._make(row), identity_of(self._connection, EVENTS_TOPIC))

    def recorded_of(self, message: Message) -> Recorded[Event]:
        return decoded(self._mapper, [row_of(message)])[0]


@contextmanager
def open_event_source(pool: WriterPool, mapper: EventMapper) -> Iterator[LogEventSource]:
    """Takes one of ``pool``'s autocommit connections for as long as the block runs."""
    with pool.connection() as connection:
        yield LogEventSource(connection, mapper)
