"""How far a consumer that takes the whole log in one order has come: a row that moves with what it has done."""

from dataclasses import dataclass
from typing import LiteralString

from psycopg import Cursor

from domain.ports import BEGINNING, Position

LOCKED: LiteralString = """
SELECT era, xid, ordinal FROM checkpoints WHERE consumer = %(consumer)s AND version = %(version)s AND partition = 0
FOR UPDATE
"""
ADVANCE: LiteralString = """
INSERT INTO checkpoints (consumer, version, partition, era, xid, ordinal)
VALUES (%(consumer)s, %(version)s, 0, %(era)s, %(xid)s, %(ordinal)s)
ON CONFLICT (consumer, version, partition) DO UPDATE
SET era = excluded.era, xid = excluded.xid, ordinal = excluded.ordinal, updated_at = clock_timestamp()
"""
UNCONCERNED_XIDS = 10_000


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """``version`` is raised when everything must be done anew from the beginning of the log."""

    consumer: str
    version: str = "1"

    def locked(self, cursor: Cursor) -> Position:
        """Until the end of the transaction."""
        row = cursor.execute(LOCKED, {"consumer": self.consumer, "version": self.version}).fetchone()
        return BEGINNING if row is None else Position(*row)

    def advance(self, cursor: Cursor, through: Position) -> None:
        cursor.execute(ADVANCE, {"consumer": self.consumer, "version": self.version, **through._asdict()})


def far_behind(checkpoint: Position, through: Position) -> bool:
    """Whether so much has gone by that is not of concern that a restart should not look at it again."""
    return checkpoint.era < through.era or checkpoint.xid + UNCONCERNED_XIDS < through.xid
