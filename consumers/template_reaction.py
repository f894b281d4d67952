"""Which workouts a template means for whom: those who are on the roster on the day of each, by the log up to there.

A player who joins later gets nothing of it (docs/adr/0015); one who leaves takes it along like any other workout
(``departures``).

All functions take a cursor, are set-based, and never commit.
"""

from collections.abc import Sequence
from typing import LiteralString

from psycopg import Cursor

from domain.ports import Recorded
from domain.template_application import TemplateApplied

APPLY: LiteralString = """
INSERT INTO template_applications (application_id, cause_event_id, organization_id, correlation_id, team_id)
SELECT application_id, event_id, organization_id, correlation_id, team_id
FROM unnest(%(application)b::uuid[], %(event)b::uuid[], %(organization)b::uuid[], %(correlation)b::uuid[],
            %(team)b::uuid[]) WITH ORDINALITY
    AS e (application_id, event_id, organization_id, correlation_id, team_id, place)
ORDER BY place
"""
LAY_OUT: LiteralString = """
INSERT INTO template_workouts (application_id, number, day, title, sport, prescription)
SELECT application_id, number, day, title, sport, prescription
FROM unnest(%(application)b::uuid[], %(number)b::int[], %(day)b::date[], %(title)b::text[], %(sport)b::text[],
            %(prescription)b::jsonb[]) AS e (application_id, number, day, title, sport, prescription)
"""
HAND_OUT: LiteralString = """
INSERT INTO template_targets (application_id, athlete_id, number)
SELECT a.application_id, p.athlete_id, w.number
FROM template_applications AS a
JOIN template_workouts AS w USING (application_id)
JOIN reaction_players AS p ON p.team_id = a.team_id
    AND w.day >= p.joined_on AND (p.left_on IS NULL OR w.day < p.left_on)
WHERE a.application_id = ANY(%(application)b)
"""


def on_templates_applied(cursor: Cursor, events: Sequence[Recorded[TemplateApplied]]) -> None:
    columns = {
        "application": [recorded.event.application_id for recorded in events],
        "event": [recorded.event_id for recorded in events],
        "organization": [recorded.organization_id for recorded in events],
        "correlation": [recorded.correlation_id for recorded in events],
        "team": [recorded.event.team_id for recorded in events],
    }
    workouts = [
        (recorded.event.application_id, number, workout)
        for recorded in events
        for number, workout in enumerate(recorded.event.workouts)
    ]
    cursor.execute(APPLY, columns)
    cursor.execute(LAY_OUT, {
        "application": [application_id for application_id, *_ in workouts],
        "number": [number for _, number, _ in workouts],
        "day": [workout.day for *_, workout in workouts],
        "title": [workout.title for *_, workout in workouts],
        "sport": [workout.sport for *_, workout in workouts],
        "prescription": [workout.prescription.model_dump_json() for *_, workout in workouts],
    })  # fmt: skip
    cursor.execute(HAND_OUT, columns)
