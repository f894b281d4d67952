"""What the driver says of a database that is away, as the port says it."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import InterfaceError, OperationalError

from domain.ports import Unavailable


@contextmanager
def unavailable_as(doing: str) -> Iterator[None]:
    """Raises Unavailable for the driver's errors that may pass by themselves."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise Unavailable(f"{doing}: the database did not answer: {error}") from error
