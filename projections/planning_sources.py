"""Which organization a planning topic speaks for.

A topic belongs to one organization: where two have connected the same one, the first to do so keeps it. Each row is
written from its organization's stream, so the choice is made as the table is read.
"""

from collections.abc import Sequence
from typing import Any, LiteralString, NamedTuple

from psycopg import Connection, Cursor
from psycopg.rows import args_row

from domain.ids import OrganizationId
from domain.organization import PlanningSourceConnected
from domain.ports import Recorded
from projections.projection import Connect, Projection

DDL: LiteralString = """
CREATE TABLE planning_sources (
    topic text COLLATE "C" NOT NULL,
    organization_id uuid NOT NULL,
    source text NOT NULL,
    connected_at timestamptz NOT NULL,
    PRIMARY KEY (topic, organization_id)
);
"""
CONNECTED: LiteralString = """
INSERT INTO planning_sources (topic, organization_id, source, connected_at)
SELECT * FROM unnest(%(topic)b::text[], %(organization)b::uuid[], %(source)b::text[], %(at)b::timestamptz[])
ON CONFLICT (topic, organization_id) DO NOTHING
"""


def on_planning_source_connected(cursor: Cursor[Any], batch: Sequence[Recorded[PlanningSourceConnected]]) -> None:
    columns = {
        "topic": [recorded.event.topic for recorded in batch],
        "organization": [recorded.event.organization_id for recorded in batch],
        "source": [recorded.event.source for recorded in batch],
        "at": [recorded.occurred_at for recorded in batch],
    }
    cursor.execute(CONNECTED, columns)


PROJECTION = Projection(
    name="planning_sources",
    ddl=DDL,
    handlers={PlanningSourceConnected: on_planning_source_connected},
)


class PlanningSource(NamedTuple):
    organization_id: OrganizationId
    source: str


FOR_TOPIC: LiteralString = """
SELECT organization_id, source FROM read_models.planning_sources WHERE topic = %(topic)s
ORDER BY connected_at, organization_id LIMIT 1
"""


def for_topic(connection: Connection, topic: str) -> PlanningSource | None:
    """None where no organization has connected the topic, or its event has not been projected yet."""
    with connection.cursor(row_factory=args_row(PlanningSource)) as cursor:
        return cursor.execute(FOR_TOPIC, {"topic": topic}).fetchone()


class PlanningSourceDirectory:
    """Asks the read model at each call."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect

    def for_topic(self, topic: str) -> PlanningSource | None:
        with self._connect() as connection:
            return for_topic(connection, topic)
