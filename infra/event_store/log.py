"""The EventLog port: the log's rows, decoded."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from operator import itemgetter
from threading import Lock
from types import TracebackType
from uuid import UUID

from domain.event import Event
from domain.ids import OrganizationId
from domain.ports import Position, Recorded
from infra.event_store.log_reader import LogReader, LogRow
from infra.event_store.mapper import EventMapper
from infra.event_store.recorder import PostgresEventRecorder
from infra.event_store.repeats import Repeats

PAYLOAD = itemgetter(
    *(LogRow._fields.index(name) for name in ("name", "schema_version", "stream_id", "version", "payload"))
)
"""What the mapper needs of a row."""


class PostgresEventLog:
    """A log with a connection of its own while it is entered; threads that share it take turns."""

    def __init__(self, recorder: PostgresEventRecorder, mapper: EventMapper) -> None:
        self._recorder = recorder
        self._mapper = mapper
        self._lock = Lock()
        self._held: AbstractContextManager[LogReader] | None = None
        self._reader: LogReader | None = None

    def __enter__(self) -> "PostgresEventLog":
        self._held = self._recorder.log_reader()
        self._reader = self._held.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._held is not None, "left without being entered"
        held, self._held, self._reader = self._held, None, None
        held.__exit__(kind, error, trace)

    def read(self, after: Position, limit: int) -> Sequence[Recorded[Event]]:
        with self._turn() as reader:
            rows = reader.read(after, limit)
        return decoded(self._mapper, rows)

    def read_some(
        self, after: Position, limit: int, names: Collection[str]
    ) -> tuple[Sequence[Recorded[Event]], Position]:
        with self._turn() as reader:
            rows, through = reader.read_some(after, limit, list(names))
        return decoded(self._mapper, rows), through

    @contextmanager
    def _turn(self) -> Iterator[LogReader]:
        with self._lock:
            if self._reader is not None:
                yield self._reader
            else:
                with self._recorder.log_reader() as reader:
                    yield reader

    def recorded(self, event_ids: Collection[UUID]) -> Collection[UUID]:
        return Repeats(self._recorder.pool).recorded(event_ids)


def decoded(mapper: EventMapper, rows: Sequence[LogRow]) -> list[Recorded[Event]]:
    """Rows of ``events`` as recorded events, in their order."""
    events = mapper.decode_many(list(map(PAYLOAD, rows)))
    return [
        # Positional, in the order of Recorded's fields: keywords cost as much again.
        Recorded(
            event,
            row[5],
            row[0],
            row[1],
            Position(row[2], row[3], row[4]),
            OrganizationId(row[8]),
            row[9],
            row[10],
            row[11],
            row[12],
            row[13],
            row[14],
        )
        for event, row in zip(events, rows, strict=True)
    ]
