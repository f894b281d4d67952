"""Tells the planning service of every completed workout, until it has accepted each (seed 000, endpoint 6).

``integration`` puts a notice beside its checkpoint; here it is sent: an athlete's notices in order, one after another,
any number of times under one id. What the service refuses for good is kept with its reason, and holds up nothing.
"""

import json
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from http import HTTPStatus
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

import structlog
from psycopg import Connection, Cursor
from psycopg.rows import args_row
from psycopg.types.json import Jsonb

from consumers.leadership import lead
from consumers.parking import Waits
from consumers.planning_service import (
    CompletionNotice,
    PlanningService,
    PlanningServiceAway,
    PlanningServiceMalformed,
    PlanningServiceRefused,
)
from domain.assignment import AssignmentCompleted
from domain.ports import Recorded

ACTIVE_LOCK = 5009
AT_ONCE = 100
LOOK_S = 0.5

MENDABLE = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
"""Refusals of the service token, not of the notice: somebody will mend that, and then it is accepted."""

ENQUEUE: LiteralString = """
INSERT INTO completion_notices (notice_id, athlete_id, correlation_id, body)
SELECT notice_id, athlete_id, correlation_id, body
FROM unnest(%(notice)b::uuid[], %(athlete)b::uuid[], %(correlation)b::uuid[], %(body)b::jsonb[]) WITH ORDINALITY
    AS e (notice_id, athlete_id, correlation_id, body, place)
ORDER BY place
ON CONFLICT (notice_id) DO NOTHING
"""
FORGET: LiteralString = "DELETE FROM completion_notices WHERE athlete_id = ANY(%(athlete)b::uuid[])"
DUE: LiteralString = """
SELECT n.id, n.correlation_id, n.body, n.attempts FROM completion_notices AS n
WHERE n.status = 'pending' AND n.next_attempt_at <= clock_timestamp() AND NOT EXISTS (
    SELECT FROM completion_notices AS e WHERE e.athlete_id = n.athlete_id AND e.status = 'pending' AND e.id < n.id)
ORDER BY n.next_attempt_at, n.id LIMIT %(limit)s
"""
SETTLE: LiteralString = """
UPDATE completion_notices
SET status = %(status)s, last_error = %(error)s, attempts = attempts + 1, settled_at = clock_timestamp(), body = NULL
WHERE id = %(id)s
"""
PUT_OFF: LiteralString = """
UPDATE completion_notices
SET last_error = %(error)s, attempts = attempts + 1,
    next_attempt_at = clock_timestamp() + make_interval(secs => %(wait_s)s)
WHERE id = ANY(%(ids)s) AND status = 'pending'
"""
LIST: LiteralString = """
SELECT id, notice_id, athlete_id, status, attempts, next_attempt_at, last_error, settled_at FROM completion_notices
WHERE status = %(status)s ORDER BY id DESC LIMIT %(limit)s
"""

log = structlog.get_logger()


class Pending(NamedTuple):
    id: int
    correlation_id: UUID
    body: dict[str, Any]
    attempts: int


class NoticeRow(NamedTuple):
    """``status``: pending, accepted or refused; ``last_error`` says why it is not accepted (yet)."""

    id: int
    notice_id: UUID
    athlete_id: UUID
    status: str
    attempts: int
    next_attempt_at: datetime
    last_error: str | None
    settled_at: datetime | None


def notice_of(recorded: Recorded[AssignmentCompleted], team: str | None, player: str | None) -> CompletionNotice | None:
    """None where the planning service knows team or player by no name, or the event is older than what it must say."""
    event = recorded.event
    if team is None or player is None or event.planned_load is None:
        return None
    return CompletionNotice(
        notice_id=recorded.event_id,
        assignment_id=event.assignment_id,
        team_id=team,
        player_id=player,
        completed_at=recorded.occurred_at,
        load=event.load,
        rpe=event.rpe,
        duration_min=event.duration_min,
        planned_load=event.planned_load,
    )


def enqueue(cursor: Cursor, items: Sequence[tuple[Recorded[AssignmentCompleted], CompletionNotice]]) -> None:
    """In the order of the log, in the caller's transaction. One that is there already stays as it is."""
    cursor.execute(ENQUEUE, {
        "notice": [notice.notice_id for _, notice in items],
        "athlete": [recorded.event.athlete_id for recorded, _ in items],
        "correlation": [recorded.correlation_id for recorded, _ in items],
        "body": [Jsonb(notice.model_dump(mode="json", by_alias=True)) for _, notice in items],
    })  # fmt: skip


def forget(cursor: Cursor, athlete_ids: Sequence[UUID]) -> None:
    cursor.execute(FORGET, {"athlete": list(athlete_ids)})


def notices(connection: Connection, status: str, limit: int = 100) -> list[NoticeRow]:
    """The latest first."""
    with connection.cursor(row_factory=args_row(NoticeRow)) as cursor:
        return cursor.execute(LIST, {"status": status, "limit": limit}).fetchall()


class NoticeSender:
    """``connect`` lends autocommit connections."""

    def __init__(
        self,
        planning: PlanningService,
        connect: Callable[[], AbstractContextManager[Connection]],
        *,
        waits: Waits = Waits(),  # noqa: B008  (a tuple)
    ) -> None:
        self._planning = planning
        self._connect = connect
        self._waits = waits
        self._failures = 0

    def run(self, stop: threading.Event) -> None:
        """Until ``stop`` is set. One instance sends, others stand by; an outage of the database is waited out."""

        def turn(connection: Connection) -> None:
            if not self.send_due(connection, stop):
                stop.wait(LOOK_S)

        lead("completion_notices", ACTIVE_LOCK, self._connect, turn, stop)

    def send_due(self, connection: Connection, stop: threading.Event | None = None) -> int:
        """One round: the oldest notice of each athlete that is due; how many were settled."""
        with connection.cursor(row_factory=args_row(Pending)) as cursor:
            due = cursor.execute(DUE, {"limit": AT_ONCE}).fetchall()
        settled = 0
        for pending in due:
            if stop is not None and stop.is_set():
                break
            try:
                self._send(connection, pending)
            except (PlanningServiceAway, PlanningServiceMalformed) as error:
                self._put_off(connection, due, error)
                break  # it is away for all of them
            settled += 1
        return settled

    def _send(self, connection: Connection, pending: Pending) -> None:
        """Settles it, one way or the other. Raises what may pass by itself."""
        notice = CompletionNotice.model_validate_json(json.dumps(pending.body))  # strict models read JSON only as JSON
        try:
            self._planning.notify_completion(notice, pending.correlation_id)
        except PlanningServiceRefused as error:
            if error.status in MENDABLE:
                raise PlanningServiceAway(str(error)) from error
            log.error("completion_notices.refused", notice_id=str(notice.notice_id), error=str(error))
            connection.execute(SETTLE, {"id": pending.id, "status": "refused", "error": str(error)})
        else:
            connection.execute(SETTLE, {"id": pending.id, "status": "accepted", "error": None})
        self._failures = 0

    def _put_off(self, connection: Connection, due: Sequence[Pending], error: Exception) -> None:
        """All that were due, by one wait: each asking on its own would be a storm when the service comes back."""
        retry_after_s = error.retry_after_s if isinstance(error, PlanningServiceAway) else None
        wait_s = self._waits.before(self._failures, retry_after_s)
        self._failures += 1
        log.warning("completion_notices.put_off", seconds=round(wait_s, 1), error=str(error))
        ids = [pending.id for pending in due]
        connection.execute(PUT_OFF, {"ids": ids, "wait_s": wait_s, "error": str(error)})
