"""Who is on which roster on which day, for many at once."""

from collections.abc import Sequence
from datetime import date
from typing import LiteralString
from uuid import UUID

from psycopg import Connection

OnDay = tuple[UUID, UUID, date]
"""Team, athlete, day."""

READS = ("teams",)
OFF: LiteralString = """
SELECT DISTINCT w.team_id, w.athlete_id, w.day
FROM unnest(%(teams)s::uuid[], %(athletes)s::uuid[], %(days)s::date[]) AS w (team_id, athlete_id, day)
WHERE NOT EXISTS (
    SELECT FROM read_models.team_roster AS r
    WHERE r.team_id = w.team_id AND r.athlete_id = w.athlete_id
      AND r.joined_on <= w.day AND (r.left_on IS NULL OR w.day < r.left_on))
"""


def off_roster(connection: Connection, asked: Sequence[OnDay]) -> set[OnDay]:
    """Those of ``asked`` where the athlete is not in the team on that day."""
    teams, athletes, days = ([one[place] for one in asked] for place in range(3))
    rows = connection.execute(OFF, {"teams": teams, "athletes": athletes, "days": days})
    return {(team_id, athlete_id, day) for team_id, athlete_id, day in rows}
