"""The projector's source in the embedded default: the store's log, whose rows are the messages of its topic."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from uuid import UUID

from psycopg import Connection
from psycopg_pool import ConnectionPool

from domain.event import Event
from domain.ids import OrganizationId
from domain.ports import Message, Position, Recorded
from infra.bus.event_messages import EVENTS_TOPIC, message_of
from infra.bus.topics import PARTITION, identity_of
from infra.event_store.envelope import COLUMNS, FIRST_HASH
from infra.event_store.log import decoded
from infra.event_store.log_reader import LogReader, LogRow
from infra.event_store.mapper import EventMapper

ROW = f"SELECT {COLUMNS} FROM events WHERE event_id = %b"


class LogSource:
    """Bound to one autocommit connection, not shared between threads."""

    def __init__(self, connection: Connection, mapper: EventMapper) -> None:
        self._connection = connection
        self._reader = LogReader(connection)
        self._mapper = mapper

    def read(self, after: Position, limit: int) -> Sequence[Recorded[Event]]:
        return decoded(self._mapper, self._reader.read(after, limit))

    def message_of(self, recorded: Recorded[Event]) -> Message:
        found = self._connection.cursor(binary=True).execute(ROW, (recorded.event_id,)).fetchone()
        assert found is not None, "the log is append only, and this event came from it"
        row = LogRow._make(found)
        event, identity = message_of(row), identity_of(self._connection, EVENTS_TOPIC)
        return Message(
            EVENTS_TOPIC, PARTITION, row.position.to_int(), event.key, event.value, event.headers, row.recorded_at,
            identity.cluster_id, identity.topic_id,
        )  # fmt: skip

    def recorded_of(self, message: Message) -> Recorded[Event]:
        return decoded(self._mapper, [row_of(message)])[0]


def log_sources(pool: ConnectionPool, mapper: EventMapper) -> Callable[[], AbstractContextManager[LogSource]]:
    """Each source has a connection of ``pool`` for as long as it is open."""

    @contextmanager
    def opened() -> Iterator[LogSource]:
        with pool.connection() as connection:
            yield LogSource(connection, mapper)

    return opened


def row_of(message: Message) -> LogRow:
    """What ``event_messages.headers_of`` told, read back. The hash is not told: it is the store's own business."""
    headers = message.headers
    position = Position.parse(headers["ce_position"])
    causation_id = headers.get("ce_causationid")
    return LogRow(
        stream_id=UUID(headers["ce_subject"]),
        version=int(headers["ce_streamversion"]),
        era=position.era,
        xid=position.xid,
        ordinal=position.ordinal,
        event_id=UUID(headers["ce_id"]),
        name=headers["ce_type"],
        schema_version=int(headers["ce_dataschema"].rpartition(":")[2]),
        organization_id=OrganizationId(UUID(headers["ce_organizationid"])),
        partition_key=UUID(message.key),
        actor=headers["ce_actor"],
        occurred_at=datetime.fromisoformat(headers["ce_time"]),
        recorded_at=datetime.fromisoformat(headers["ce_recordedat"]),
        correlation_id=UUID(headers["ce_correlationid"]),
        causation_id=None if causation_id is None else UUID(causation_id),
        payload=message.value,
        hash=FIRST_HASH,
    )
