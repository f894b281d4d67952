"""Lends connections that see one organization's rows of the read models, and nothing else, and can write nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import LiteralString

from psycopg import Connection, sql

from domain.ids import OrganizationId
from projections.projection import Connect
from projections.tenancy import READER, SETTING

# One round trip. All of it ends with the transaction, however that ends: the pool commits or rolls back what comes back
# to it. SET is no query, so a query may still choose its isolation level.
BEGIN: LiteralString = f"""
BEGIN READ ONLY; SET LOCAL ROLE {READER}; SET LOCAL {SETTING} = {{organization}}; SET LOCAL statement_timeout = {{ms}}
"""


@contextmanager
def reading(connect: Connect, organization_id: OrganizationId, *, timeout_ms: int) -> Iterator[Connection]:
    """A connection inside a read-only transaction of the role of readers, on behalf of one organization.

    A statement that takes longer than ``timeout_ms`` raises QueryCanceled, which is an OperationalError.
    """
    begin = sql.SQL(BEGIN).format(organization=sql.Literal(str(organization_id)), ms=sql.Literal(timeout_ms))
    with connect() as connection:
        connection.execute(begin, prepare=False)
        yield connection
