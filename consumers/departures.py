"""Who has left which team, and which of their workouts have to follow: from the team-ordered log alone.

A leaving takes the athlete's open workouts of that day and later off the roster. One planned in the old team
afterwards (by somebody who did not know yet, or by a transfer that was still under way) follows as well, until the
athlete is back. Following comes to an end: a team takes an athlete only by a joining that is later than the leaving,
so no chain of leavings that were carried out is a ring.

All functions take a cursor, are set-based, and never commit.
"""

from collections.abc import Sequence
from typing import LiteralString

from psycopg import Cursor

from domain.assignment import AssignmentPlanned
from domain.ports import Recorded
from domain.team import PlayerJoined, PlayerLeft

LEAVE: LiteralString = """
WITH departed AS (
    INSERT INTO transfers (cause_event_id, organization_id, correlation_id, team_id, athlete_id, left_on,
                           transferred_to, joined, refusal)
    SELECT event_id, organization_id, correlation_id, team_id, athlete_id, left_on, transferred_to,
           coalesce(before.joined, false), before.refusal
    FROM unnest(%(event)b::uuid[], %(organization)b::uuid[], %(correlation)b::uuid[], %(team)b::uuid[],
                %(athlete)b::uuid[], %(day)b::date[], %(to)b::uuid[]) WITH ORDINALITY
        AS e (event_id, organization_id, correlation_id, team_id, athlete_id, left_on, transferred_to, place)
    LEFT JOIN transfer_joinings AS before ON before.cause_event_id = event_id -- where the log is read anew
    ORDER BY place
    RETURNING id, team_id, athlete_id, left_on
), struck AS (
    DELETE FROM reaction_roster AS r USING departed AS d
    WHERE r.team_id = d.team_id AND r.athlete_id = d.athlete_id
      AND (r.scheduled_on IS NULL OR r.scheduled_on >= d.left_on)
    RETURNING d.id, r.assignment_id, r.title, r.sport, r.scheduled_on, r.baseline
)
INSERT INTO transfer_targets (transfer_id, assignment_id, title, sport, scheduled_on, baseline)
SELECT id, assignment_id, title, sport, scheduled_on, baseline FROM struck
"""
RETURN: LiteralString = """
UPDATE transfers AS t SET returned = true FROM unnest(%(team)b::uuid[], %(athlete)b::uuid[]) AS e (team_id, athlete_id)
WHERE t.team_id = e.team_id AND t.athlete_id = e.athlete_id AND NOT t.returned
"""
# Takes newly planned workouts off the roster again where their athlete is away on that day.
FOLLOW: LiteralString = """
WITH away AS (
    SELECT t.id, e.assignment_id
    FROM unnest(%(assignment)b::uuid[], %(team)b::uuid[], %(athlete)b::uuid[], %(day)b::date[])
        AS e (assignment_id, team_id, athlete_id, scheduled_on)
    JOIN transfers AS t ON t.team_id = e.team_id AND t.athlete_id = e.athlete_id AND NOT t.returned
    WHERE e.scheduled_on IS NULL OR e.scheduled_on >= t.left_on
), struck AS (
    DELETE FROM reaction_roster AS r USING away WHERE r.assignment_id = away.assignment_id
    RETURNING away.id, r.assignment_id, r.title, r.sport, r.scheduled_on, r.baseline
), reopened AS (
    UPDATE transfers AS t SET done = false FROM (SELECT DISTINCT id FROM struck) AS s WHERE t.id = s.id
)
INSERT INTO transfer_targets (transfer_id, assignment_id, title, sport, scheduled_on, baseline)
SELECT id, assignment_id, title, sport, scheduled_on, baseline FROM struck
"""


def on_players_left(cursor: Cursor, events: Sequence[Recorded[PlayerLeft]]) -> None:
    cursor.execute(LEAVE, {
        "event": [recorded.event_id for recorded in events],
        "organization": [recorded.organization_id for recorded in events],
        "correlation": [recorded.correlation_id for recorded in events],
        "team": [recorded.event.team_id for recorded in events],
        "athlete": [recorded.event.athlete_id for recorded in events],
        "day": [recorded.event.left_on for recorded in events],
        "to": [recorded.event.transferred_to for recorded in events],
    })  # fmt: skip


def on_players_joined(cursor: Cursor, events: Sequence[Recorded[PlayerJoined]]) -> None:
    cursor.execute(RETURN, {
        "team": [recorded.event.team_id for recorded in events],
        "athlete": [recorded.event.athlete_id for recorded in events],
    })  # fmt: skip


def follow(cursor: Cursor, events: Sequence[Recorded[AssignmentPlanned]]) -> None:
    cursor.execute(FOLLOW, {
        "assignment": [recorded.event.assignment_id for recorded in events],
        "team": [recorded.event.team_id for recorded in events],
        "athlete": [recorded.event.athlete_id for recorded in events],
        "day": [recorded.event.scheduled_on for recorded in events],
    })  # fmt: skip
