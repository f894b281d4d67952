"""An append taken apart: opened, written and ended step by step, so that a test decides what happens in between."""

from collections.abc import Sequence
from types import TracebackType
from uuid import UUID

import psycopg
from psycopg.types.numeric import Int4

from infra.event_store.appending import BEGIN_APPEND, copy_events, one_row
from infra.event_store.envelope import EnvelopedEvent
from tests.support.store import NOON, ORGANIZATION

NO_KEY, NO_INBOX = (None,) * 4, (None,) * 6


class OpenAppend:
    """On a connection of its own; left open it is rolled back."""

    def __init__(self, database_url: str) -> None:
        self.connection = psycopg.connect(database_url, autocommit=True)
        self.cursor = self.connection.cursor(binary=True)
        self.era = self.xid = 0

    def __enter__(self) -> "OpenAppend":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()

    def begin(self) -> None:
        """As the recorder opens a bulk append: the transaction and the opening function."""
        self.connection.execute("BEGIN")
        self.open()

    def open(self) -> None:
        nothing = UUID(int=0)
        self.cursor.execute(BEGIN_APPEND, (NOON, ORGANIZATION, *NO_KEY, nothing, Int4(0), nothing, Int4(0), *NO_INBOX))
        self.era, self.xid = one_row(self.cursor)

    def begin_without_lock(self) -> None:
        """As a writer would that knows nothing of the opening function."""
        self.connection.execute("BEGIN")
        self.cursor.execute("SELECT era, pg_current_xact_id()::text::bigint FROM store_era")
        self.era, self.xid = one_row(self.cursor)

    def write(self, events: Sequence[EnvelopedEvent]) -> None:
        copy_events(self.cursor, events, self.era, self.xid)

    def commit(self) -> None:
        self.connection.execute("COMMIT")

    def rollback(self) -> None:
        self.connection.execute("ROLLBACK")
