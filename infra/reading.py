"""Lends connections that see one organization's rows of the read models, and nothing else, and can write nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import Connection

from domain.ids import OrganizationId
from projections.projection import Connect
from projections.tenancy import READER, SETTING


@contextmanager
def reading(connect: Connect, organization_id: OrganizationId, *, timeout_ms: int) -> Iterator[Connection]:
    """A connection inside a read-only transaction of the role of readers, on behalf of one organization.

    A statement that takes longer than ``timeout_ms`` raises QueryCanceled, which is an OperationalError.
    """
    # One round trip; SET is no query, so one may still choose its isolation level. All of it ends with the transaction,
    # however that ends: the pool commits or rolls back what comes back to it. Hexadecimal digits need no quoting.
    begin = (
        f"BEGIN READ ONLY; SET LOCAL ROLE {READER}; SET LOCAL {SETTING} = '{organization_id.hex}'; "
        f"SET LOCAL statement_timeout = {timeout_ms:d}"
    )
    with connect() as connection:
        connection.execute(begin.encode(), prepare=False)
        yield connection
