"""A projection: a read model's tables, and what each event does to them.

A handler takes a batch of events of one type and applies it by one set-based statement per table. It never commits,
names its tables plainly, and reads nothing but its own tables and the events, so that filling them anew gives the
same rows. Each table says whose a row is (``organization_id``). Which schema the tables are in is the business of
``versions.py``.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, LiteralString

from psycopg import Connection, Cursor

from domain.event import Event
from domain.ids import OrganizationId
from domain.ports import Recorded
from projections.batching import Scope, grouped
from projections.fingerprint import fingerprint
from projections.tenancy import POLICY

Handler = Callable[[Cursor[Any], Sequence[Recorded[Any]]], None]

Connect = Callable[[], AbstractContextManager[Connection]]
"""Lends an autocommit connection."""

Reading = Callable[[OrganizationId], AbstractContextManager[Connection]]
"""Lends a connection that sees one organization's rows and writes nothing: ``tenancy.py``."""


@dataclass(frozen=True, eq=False)
class Projection:
    """``handlers`` says what it subscribes to. ``scope`` says whose events write the same rows.

    Scope "stream": each row is written from one stream. "partition": from several streams of one partition key. Within
    a scope the order of events is kept, and a handler never gets two of one scope in one batch: each row that it
    updates is there once.
    """

    name: str
    ddl: LiteralString
    handlers: Mapping[type[Event], Handler]
    scope: Scope = "stream"

    @cached_property
    def fingerprint(self) -> str:
        """Another one whenever tables, their policies or handlers would come out differently.

        Comments and docstrings do not count.
        """
        return fingerprint(self.ddl + POLICY, {event.event_name: handler for event, handler in self.handlers.items()})

    @property
    def subscribed(self) -> Collection[str]:
        """The stored names of the events that it handles."""
        return [event.event_name for event in self.handlers]

    def concerns(self, recorded: Recorded[Event]) -> bool:
        return type(recorded.event) in self.handlers

    def apply(self, cursor: Cursor[Any], batch: Sequence[Recorded[Event]]) -> None:
        """All of ``batch`` that it subscribes to, to the tables that the cursor's search path finds."""
        for event_type, events in grouped(batch, self.handlers.keys(), self.scope):
            self.handlers[event_type](cursor, events)
