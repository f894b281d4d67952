"""What the workload reaction knows: which restrictions each athlete has had in each team, from the log alone.

A breach, and the end of a restriction, concern the athlete's open workouts on the days in question and those that are
open-ended; a workout that is planned later finds the restrictions there. For each, the strictest of those in force on
its day is the layer (``domain/rules/workload_response.py``, told here in SQL).

All functions take a cursor, are set-based, and never commit.
"""

from collections.abc import Iterator, Sequence
from typing import LiteralString
from uuid import UUID

from psycopg import Cursor

from domain.assignment import AssignmentPlanned
from domain.ports import Recorded
from domain.workload import Ending, WorkloadRestrictionEnded, WorkloadThresholdBreached

COUNT: LiteralString = """
INSERT INTO reaction_workloads AS w (team_id, athlete_id, workload_id, revision)
SELECT team_id, athlete_id, workload_id, 1
FROM unnest(%(team)b::uuid[], %(athlete)b::uuid[], %(workload)b::uuid[]) AS e (team_id, athlete_id, workload_id)
ON CONFLICT (team_id, athlete_id) DO UPDATE SET revision = w.revision + 1
"""
RESTRICT: LiteralString = """
INSERT INTO reaction_restrictions (team_id, athlete_id, restriction, starts_on, ends_on, skip, fraction, easy_only)
SELECT * FROM unnest(%(team)b::uuid[], %(athlete)b::uuid[], %(restriction)b::int[], %(starts)b::date[],
                     %(ends)b::date[], %(skip)b::bool[], %(fraction)b::float8[], %(easy)b::bool[])
"""
END: LiteralString = """
UPDATE reaction_restrictions AS r SET ended = true, lifted_from = e.lifted_from
FROM unnest(%(team)b::uuid[], %(athlete)b::uuid[], %(restriction)b::int[], %(lifted)b::date[])
    AS e (team_id, athlete_id, restriction, lifted_from)
WHERE (r.team_id, r.athlete_id, r.restriction) = (e.team_id, e.athlete_id, e.restriction)
"""
# Of the restrictions that hold for a workout `r` the strictest, as one row; none without any.
STRICTEST: LiteralString = """(
    SELECT bool_or(h.skip) AS skip, min(h.fraction) AS fraction, bool_or(h.easy_only) AS easy_only
    FROM reaction_restrictions AS h
    WHERE h.team_id = r.team_id AND h.athlete_id = r.athlete_id AND
        CASE WHEN r.scheduled_on IS NULL THEN NOT h.ended
             ELSE r.scheduled_on BETWEEN h.starts_on AND h.ends_on
                  AND (h.lifted_from IS NULL OR r.scheduled_on < h.lifted_from) END
    HAVING count(*) > 0
)"""
TARGETS: LiteralString = """
INSERT INTO workload_targets (cause_event_id, organization_id, correlation_id, assignment_id, workload_id,
                              workload_revision, restricted, skip, fraction, easy_only)
SELECT e.event_id, e.organization_id, e.correlation_id, r.assignment_id, w.workload_id, w.revision,
       held.skip IS NOT NULL, coalesce(held.skip, false), coalesce(held.fraction, 1), coalesce(held.easy_only, false)
"""
# A restriction that expires was on none of the days after it: only what is open-ended is freed by that.
TOUCH: LiteralString = (
    TARGETS
    + """
FROM unnest(%(event)b::uuid[], %(organization)b::uuid[], %(correlation)b::uuid[], %(team)b::uuid[],
            %(athlete)b::uuid[], %(restriction)b::int[], %(expired)b::bool[])
    AS e (event_id, organization_id, correlation_id, team_id, athlete_id, restriction, expired)
JOIN reaction_workloads AS w ON w.team_id = e.team_id AND w.athlete_id = e.athlete_id
JOIN reaction_restrictions AS d
    ON d.team_id = e.team_id AND d.athlete_id = e.athlete_id AND d.restriction = e.restriction
JOIN reaction_roster AS r ON r.team_id = e.team_id AND r.athlete_id = e.athlete_id AND (
    r.scheduled_on IS NULL
    OR (NOT e.expired AND r.scheduled_on BETWEEN greatest(d.starts_on, d.lifted_from) AND d.ends_on))
LEFT JOIN LATERAL """
    + STRICTEST
    + " AS held ON true"
)
CATCH: LiteralString = (
    TARGETS
    + """
FROM unnest(%(event)b::uuid[], %(organization)b::uuid[], %(correlation)b::uuid[], %(assignment)b::uuid[])
    AS e (event_id, organization_id, correlation_id, assignment_id)
JOIN reaction_roster AS r ON r.assignment_id = e.assignment_id
JOIN reaction_workloads AS w ON w.team_id = r.team_id AND w.athlete_id = r.athlete_id
JOIN LATERAL """
    + STRICTEST
    + " AS held ON true"
)

Change = WorkloadThresholdBreached | WorkloadRestrictionEnded


def on_changes(cursor: Cursor, events: Sequence[Recorded[Change]]) -> None:
    """In the order of the log; each counts as its own revision of the athlete's workload."""
    for piece in without_repeated_streams(events):
        columns = {
            "event": [recorded.event_id for recorded in piece],
            "organization": [recorded.organization_id for recorded in piece],
            "correlation": [recorded.correlation_id for recorded in piece],
            "team": [recorded.event.team_id for recorded in piece],
            "athlete": [recorded.event.athlete_id for recorded in piece],
            "workload": [recorded.event.workload_id for recorded in piece],
            "restriction": [recorded.event.restriction for recorded in piece],
            "expired": [has_expired(recorded.event) for recorded in piece],
        }
        cursor.execute(COUNT, columns)
        restrict(cursor, [each.event for each in piece if isinstance(each.event, WorkloadThresholdBreached)])
        end(cursor, [each.event for each in piece if isinstance(each.event, WorkloadRestrictionEnded)])
        cursor.execute(TOUCH, columns)


def catch(cursor: Cursor, events: Sequence[Recorded[AssignmentPlanned]]) -> None:
    """Those that are still on the roster get what the workload calls for, if it does."""
    cursor.execute(CATCH, {
        "event": [recorded.event_id for recorded in events],
        "organization": [recorded.organization_id for recorded in events],
        "correlation": [recorded.correlation_id for recorded in events],
        "assignment": [recorded.event.assignment_id for recorded in events],
    })  # fmt: skip


def without_repeated_streams(events: Sequence[Recorded[Change]]) -> Iterator[list[Recorded[Change]]]:
    """The same events in the same order, cut so that no piece has two of one workload."""
    piece: list[Recorded[Change]] = []
    streams: set[UUID] = set()
    for recorded in events:
        if recorded.stream_id in streams:
            yield piece
            piece, streams = [], set()
        piece.append(recorded)
        streams.add(recorded.stream_id)
    yield piece


def has_expired(event: Change) -> bool:
    return isinstance(event, WorkloadRestrictionEnded) and event.ending is Ending.EXPIRED


def restrict(cursor: Cursor, breaches: Sequence[WorkloadThresholdBreached]) -> None:
    cursor.execute(RESTRICT, {
        "team": [event.team_id for event in breaches],
        "athlete": [event.athlete_id for event in breaches],
        "restriction": [event.restriction for event in breaches],
        "starts": [event.starts_on for event in breaches],
        "ends": [event.ends_on for event in breaches],
        "skip": [event.skip for event in breaches],
        "fraction": [event.fraction for event in breaches],
        "easy": [event.easy_only for event in breaches],
    })  # fmt: skip


def end(cursor: Cursor, endings: Sequence[WorkloadRestrictionEnded]) -> None:
    cursor.execute(END, {
        "team": [event.team_id for event in endings],
        "athlete": [event.athlete_id for event in endings],
        "restriction": [event.restriction for event in endings],
        "lifted": [None if has_expired(event) else event.ended_on for event in endings],
    })  # fmt: skip
