"""Fills a projection's tables anew from the log: to put them in the place of the live ones, or only to compare.

Both happen in one transaction, so that whatever interrupts them leaves nothing behind. Handlers write tables and
nothing else: no reaction fires from here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString
from uuid import uuid4

from consumers.event_source import OpenSource
from consumers.switching import fill, put_in_place
from domain.ports import Position
from projections import versions
from projections.comparison import TableDifference, differences
from projections.projection import Connect, Projection

# Rows and checkpoint are of one moment then, however the projector goes on meanwhile.
ONE_SNAPSHOT: LiteralString = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"
# Between two statements may lie a long read of the log.
STAY: LiteralString = "SELECT set_config('idle_in_transaction_session_timeout', '0', true)"


class NotProjected(Exception):
    """There are no live tables of this projection's present code to compare with."""


@dataclass(frozen=True, slots=True)
class Report:
    """``differences`` is None where the live tables were of other code, so that they could not be compared."""

    name: str
    position: Position
    differences: Sequence[TableDifference] | None

    @property
    def clean(self) -> bool:
        return not self.differences


class Rebuilder:
    """``connect`` lends autocommit connections that nobody else uses meanwhile."""

    def __init__(self, open_source: OpenSource, connect: Connect, *, batch: int) -> None:
        self._open_source = open_source
        self._connect = connect
        self._batch = batch

    def rebuild(self, projection: Projection) -> Report:
        """New tables beside the live ones; compared at one position; then the new ones serve, and the old are gone.

        The live tables are only held still for the end of it. Two rebuilds of one projection take turns.
        """
        with self._connect() as connection, self._open_source() as source, connection.transaction():
            connection.execute(STAY)
            versions.take_turn(connection, projection.name)
            fresh = versions.create(connection, projection, "building")
            serving = versions.live(connection, projection.name)
            fresh = fill(connection, projection, fresh, source, self._batch, serving and serving.position)
            former = next(iter(versions.held(connection, projection.name, "live")), None)
            if former is not None:  # what came meanwhile
                fresh = fill(connection, projection, fresh, source, self._batch, former.position)
            found = None
            if former is not None and former.made_by(projection):
                found = differences(connection, former, fresh)
            put_in_place(connection, fresh, former)
        return Report(projection.name, fresh.position, found)

    def verify(self, projection: Projection) -> Report:
        """Whether the live tables are what the log makes of them, row for row. Changes nothing, holds nobody up.

        Raises NotProjected where there is nothing to compare with.
        """
        with (
            self._connect() as connection,
            self._open_source() as source,
            connection.transaction(force_rollback=True),
        ):
            connection.execute(ONE_SNAPSHOT)
            connection.execute(STAY)
            live = versions.live(connection, projection.name)
            if live is None or not live.made_by(projection):
                raise NotProjected(f"{projection.name} has no live tables of this program's code; start its projector")
            scratch = versions.create_as(connection, projection, f"{projection.fingerprint}_{uuid4().hex}", "building")
            fill(connection, projection, scratch, source, self._batch, live.position)
            return Report(projection.name, live.position, differences(connection, live, scratch))
