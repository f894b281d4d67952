"""Read models, read as sentences: ``given(...events).rows(query) == [...]``, on real PostgreSQL.

Events come from a list instead of the log, in the order in which they are given. And all that passes through here is
delivered again: by the projector, whose checkpoint refuses it, and straight to the handlers, which must not mind.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid5

import psycopg
from psycopg import Connection

from consumers.projector import Projector
from consumers.rebuild import Rebuilder
from domain.catalogue import DECIDERS
from domain.event import Event
from domain.ids import OrganizationId
from domain.ports import Message, Position, Recorded
from projections import versions
from projections.projection import Projection
from projections.registry import PROJECTIONS

ORGANIZATION = OrganizationId(UUID(int=0xC1))
START = datetime(2026, 11, 21, 6, tzinfo=UTC)
CAUSE = UUID(int=0xCA)
ACTOR = "coach:ana"

NAMED_SHORTER = {"phase_template": "template_id", "template_application": "application_id"}
STREAM_FIELD = {
    event: NAMED_SHORTER.get(decider.name, f"{decider.name}_id") for decider in DECIDERS for event in decider.events
}
OF_TEAM = {"assignment_id", "season_plan_id", "workload_id", "application_id"}
"""Streams whose partition is their team's."""


def at(count: int) -> datetime:
    """When the ``count``-th event happened: a minute after the one before."""
    return START + timedelta(minutes=count)


@dataclass
class EventList:
    """An EventSource. Messages are numbered by their place; positions are one transaction each."""

    events: list[Recorded[Event]] = field(default_factory=list)

    def add(self, *events: Event) -> list[Recorded[Event]]:
        return [self._add(event) for event in events]

    def read(self, after: Position, limit: int) -> Sequence[Recorded[Event]]:
        first = next((i for i, recorded in enumerate(self.events) if recorded.position > after), len(self.events))
        return self.events[first : first + limit]

    def read_some(
        self, after: Position, limit: int, names: Collection[str]
    ) -> tuple[Sequence[Recorded[Event]], Position]:
        wanted = [one for one in self.read(after, len(self.events)) if one.event.event_name in names][:limit]
        return wanted, wanted[-1].position if len(wanted) == limit else self.events[-1].position

    def message_of(self, recorded: Recorded[Event]) -> Message:
        key, value = str(recorded.partition_key), recorded.event.model_dump_json().encode()
        return Message("training.events", 0, recorded.position.xid, key, value, {}, START, "cluster", "events")

    def recorded_of(self, message: Message) -> Recorded[Event]:
        return self.events[message.offset - 1]

    @contextmanager
    def opened(self) -> Iterator["EventList"]:
        yield self

    def _add(self, event: Event) -> Recorded[Event]:
        count = len(self.events) + 1
        id_field = STREAM_FIELD[type(event)]
        stream_id = getattr(event, id_field)
        recorded = Recorded(
            event=event,
            event_id=uuid5(CAUSE, str(count)),
            stream_id=stream_id,
            version=1 + sum(earlier.stream_id == stream_id for earlier in self.events),
            position=Position(1, count, 0),
            organization_id=ORGANIZATION,
            partition_key=getattr(event, "team_id" if id_field in OF_TEAM else id_field),
            actor=ACTOR,
            occurred_at=at(count),
            recorded_at=at(count),
            correlation_id=CAUSE,
            causation_id=CAUSE,
        )
        self.events.append(recorded)
        return recorded


class NoWaiting:
    def wait(self, _timeout_s: float) -> bool:
        return False


@dataclass
class ReadModels:
    """Projections on a test's database, fed from a list."""

    database_url: str
    projections: Sequence[Projection] = PROJECTIONS
    log: EventList = field(default_factory=EventList)
    batch: int = 100

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            yield connection

    def projector(self, projections: Sequence[Projection] | None = None) -> Projector:
        return Projector(
            projections or self.projections, self.log.opened, self.connect, NoWaiting(), batch=self.batch, poll_s=0.001
        )

    @property
    def rebuilder(self) -> Rebuilder:
        return Rebuilder(self.log.opened, self.connect, batch=self.batch)

    def project(self, *events: Event) -> "ReadModels":
        self.log.add(*events)
        self.projector().process_available()
        return self

    def rows(self, query: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        with self.connect() as connection:
            return query(connection, *arguments, **options)

    def select(self, statement: str) -> Sequence[Mapping[str, Any]]:
        with self.connect() as connection, connection.cursor(row_factory=psycopg.rows.dict_row) as cursor:
            return cursor.execute(statement.encode()).fetchall()

    def contents(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every table of every live version, in no order that matters."""
        with self.connect() as connection:
            return {
                table: sorted(connection.execute(f"SELECT * FROM read_models.{table}".encode()).fetchall(), key=repr)
                for version in versions.versions(connection, status="live")
                for table in versions.tables(connection, version)
            }

    def deliver_again(self) -> None:
        """To the projector, as after a crash before its source heard of it; and past it, straight to the tables."""
        before = self.contents()
        self.projector().process_available()
        with self.connect() as connection, connection.transaction():
            for projection in self.projections:
                live = versions.live(connection, projection.name)
                assert live is not None
                with versions.entered(connection, live):
                    projection.apply(connection.cursor(binary=True), self.log.events)
        assert self.contents() == before, "delivered again"

    def deliver_each_again(self, projection: Projection) -> None:
        """Each event by itself, the last one first: whatever came after it keeps the last word."""
        before = self.contents()
        with self.connect() as connection, connection.transaction():
            live = versions.live(connection, projection.name)
            assert live is not None
            with versions.entered(connection, live):
                for recorded in reversed(self.log.events):
                    projection.apply(connection.cursor(binary=True), [recorded])
        assert self.contents() == before, "delivered again, one by one"

    def differences(self) -> dict[str, object]:
        """What ``verify`` finds, by projection; empty when all is well."""
        reports = [self.rebuilder.verify(projection) for projection in self.projections]
        return {report.name: report.differences for report in reports if not report.clean}


def given(database_url: str, *events: Event, projections: Iterable[Projection] = PROJECTIONS) -> ReadModels:
    """The read models after ``events``, delivered twice, and equal to what a rebuild makes."""
    models = ReadModels(database_url, tuple(projections)).project(*events)
    models.deliver_again()
    assert models.differences() == {}
    return models


def reading(*names: str) -> Callable[..., ReadModels]:
    """``given`` for a query that says in its ``READS`` what it is read from: those read models, and no others."""
    return partial(given, projections=[projection for projection in PROJECTIONS if projection.name in names])
