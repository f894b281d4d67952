"""A small projection of athletes that counts what it is given: handling an event twice would show."""

from collections.abc import Sequence
from typing import Any, LiteralString
from uuid import UUID

from psycopg import Cursor, OperationalError

from domain.athlete import AthleteForgotten, AthleteRegistered
from domain.event import Event
from domain.ports import Recorded
from projections.projection import Handler, Projection

DDL: LiteralString = """
CREATE TABLE counting (
    athlete_id uuid PRIMARY KEY, organization_id uuid NOT NULL, registered int NOT NULL DEFAULT 0,
    forgotten int NOT NULL DEFAULT 0
);
"""
OTHER_DDL: LiteralString = """
CREATE TABLE counting (
    athlete_id uuid PRIMARY KEY, organization_id uuid NOT NULL, forgotten int NOT NULL DEFAULT 0,
    registered int NOT NULL DEFAULT 0
);
CREATE TABLE counting_names (name text PRIMARY KEY, organization_id uuid NOT NULL);
"""
REGISTERED: LiteralString = """
INSERT INTO counting AS c (athlete_id, organization_id, registered)
SELECT id, organization_id, 1 FROM unnest(%(athlete)b::uuid[], %(organization)b::uuid[]) AS e (id, organization_id)
ON CONFLICT (athlete_id) DO UPDATE SET registered = c.registered + 1
"""
FORGOTTEN: LiteralString = """
UPDATE counting SET forgotten = forgotten + 1 WHERE athlete_id = ANY(%(athlete)b::uuid[])
"""

POISON = "poison"
OUTAGE = "outage"


def athletes(batch: Sequence[Recorded[Any]]) -> dict[str, list[UUID]]:
    return {
        "athlete": [recorded.event.athlete_id for recorded in batch],
        "organization": [recorded.organization_id for recorded in batch],
    }


def on_registered(cursor: Cursor[Any], batch: Sequence[Recorded[AthleteRegistered]]) -> None:
    cursor.execute(REGISTERED, athletes(batch))
    for recorded in batch:
        if recorded.event.name == POISON:
            raise ValueError("nobody is called poison")
        if recorded.event.name == OUTAGE:
            raise OperationalError("the server closed the connection unexpectedly")


def on_registered_tolerant(cursor: Cursor[Any], batch: Sequence[Recorded[AthleteRegistered]]) -> None:
    cursor.execute(REGISTERED, athletes(batch))


def on_forgotten(cursor: Cursor[Any], batch: Sequence[Recorded[AthleteForgotten]]) -> None:
    cursor.execute(FORGOTTEN, athletes(batch))


def counting(
    on_registered: Handler = on_registered, ddl: LiteralString = DDL, on_forgotten: Handler = on_forgotten
) -> Projection:
    handlers: dict[type[Event], Handler] = {AthleteRegistered: on_registered, AthleteForgotten: on_forgotten}
    return Projection(name="counting", ddl=ddl, handlers=handlers)


COUNTING = counting()
TOLERANT = counting(on_registered_tolerant)
RESHAPED = counting(ddl=OTHER_DDL)
