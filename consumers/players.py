"""Who plays for which team and since when, from the team-ordered log alone: the stays of ``domain/roster.py``.

All functions take a cursor, are set-based, and never commit.
"""

from collections.abc import Sequence
from typing import LiteralString

from psycopg import Cursor

from domain.ports import Recorded
from domain.team import PlayerJoined, PlayerLeft

# Who left on the day of joining and is back on that day has one stay, not two.
JOIN: LiteralString = """
INSERT INTO reaction_players (team_id, athlete_id, joined_on)
SELECT team_id, athlete_id, joined_on
FROM unnest(%(team)b::uuid[], %(athlete)b::uuid[], %(day)b::date[]) AS e (team_id, athlete_id, joined_on)
ON CONFLICT (team_id, athlete_id, joined_on) DO UPDATE SET left_on = NULL
"""
LEAVE: LiteralString = """
UPDATE reaction_players AS p SET left_on = e.left_on
FROM unnest(%(team)b::uuid[], %(athlete)b::uuid[], %(day)b::date[]) AS e (team_id, athlete_id, left_on)
WHERE p.team_id = e.team_id AND p.athlete_id = e.athlete_id AND p.left_on IS NULL
"""


def on_joined(cursor: Cursor, events: Sequence[Recorded[PlayerJoined]]) -> None:
    cursor.execute(JOIN, {
        "team": [recorded.event.team_id for recorded in events],
        "athlete": [recorded.event.athlete_id for recorded in events],
        "day": [recorded.event.joined_on for recorded in events],
    })  # fmt: skip


def on_left(cursor: Cursor, events: Sequence[Recorded[PlayerLeft]]) -> None:
    cursor.execute(LEAVE, {
        "team": [recorded.event.team_id for recorded in events],
        "athlete": [recorded.event.athlete_id for recorded in events],
        "day": [recorded.event.left_on for recorded in events],
    })  # fmt: skip
