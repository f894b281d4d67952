"""The names of athletes: the one table that has them, so that forgetting is one place.

A name that cannot be read any more, because its key is gone, is no name; so a rebuild after forgetting comes to what
forgetting left.
"""

from collections.abc import Sequence
from typing import Any, LiteralString

from psycopg import Cursor

from domain.athlete import AthleteForgotten, AthleteRegistered
from domain.ports import Recorded
from projections.projection import Projection

DDL: LiteralString = """
CREATE TABLE athlete_directory (
    athlete_id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    name text -- NULL: forgotten
);
"""
REGISTERED: LiteralString = """
INSERT INTO athlete_directory (athlete_id, organization_id, name)
SELECT * FROM unnest(%(athlete)b::uuid[], %(organization)b::uuid[], %(name)b::text[])
ON CONFLICT (athlete_id) DO NOTHING
"""
FORGOTTEN: LiteralString = "UPDATE athlete_directory SET name = NULL WHERE athlete_id = ANY(%(athlete)b::uuid[])"


def on_athlete_registered(cursor: Cursor[Any], batch: Sequence[Recorded[AthleteRegistered]]) -> None:
    columns = {
        "athlete": [recorded.event.athlete_id for recorded in batch],
        "organization": [recorded.organization_id for recorded in batch],
        "name": [recorded.event.name for recorded in batch],
    }
    cursor.execute(REGISTERED, columns)


def on_athlete_forgotten(cursor: Cursor[Any], batch: Sequence[Recorded[AthleteForgotten]]) -> None:
    cursor.execute(FORGOTTEN, {"athlete": [recorded.event.athlete_id for recorded in batch]})


PROJECTION = Projection(
    name="athlete_directory",
    ddl=DDL,
    handlers={AthleteRegistered: on_athlete_registered, AthleteForgotten: on_athlete_forgotten},
)
