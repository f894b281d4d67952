"""For tests in which two writers and a reader take turns."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import psycopg

from tests.support.readers import Follower, Reader, log_reader
from tests.support.store import Store, plain_event

MakeReader = Callable[[psycopg.Connection], Reader]
FIRST, SECOND = UUID(int=1), UUID(int=2)
"""The events of the writer that takes its transaction id first, and of the one that commits first."""


@contextmanager
def following(store: Store, make_reader: MakeReader = log_reader) -> Iterator[Follower]:
    with store.connect() as connection:
        yield Follower(make_reader(connection))


def append(store: Store, event_id: UUID) -> None:
    store.append(plain_event(uuid4(), 1, event_id=event_id))
