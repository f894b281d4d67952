"""Tells other services what became of workouts: the seed's two messages, and a notice of each completed workout.

Teams and players have the planning service's own ids where it has told them, else ours. A message is published at
least once, under the id of the event that it tells; the checkpoint moves only after it was published, and notices
(``completion_notices``) are put down with it.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import LiteralString, Protocol
from uuid import UUID

from psycopg import Connection, Cursor

from consumers import completion_notices
from consumers.checkpoint import Checkpoint, far_behind
from consumers.completion_notices import notice_of
from consumers.leadership import active, lead
from consumers.outgoing import AdjustmentsApplied, AssignmentAdjusted
from consumers.planning_service import CompletionNotice
from domain.assignment import AssignmentCompleted, AssignmentPhaseAdjusted
from domain.athlete import AthleteForgotten, AthleteRegistered
from domain.event import Event
from domain.ports import BEGINNING, Bus, EventLog, OutgoingMessage, Recorded
from domain.season_plan import PhaseAdjustmentsApplied
from domain.team import TeamFormed

CONSUMER = "integration"
CHECKPOINT = Checkpoint(CONSUMER)
ACTIVE_LOCK = 5008
BATCH = 2_000

ADJUSTED, APPLIED = "training.assignment.phase_adjusted", "training.phase_adjustments.applied"
"""Types of the CloudEvents."""

SUBSCRIBED = tuple(
    event.event_name
    for event in (
        AssignmentPhaseAdjusted,
        AssignmentCompleted,
        PhaseAdjustmentsApplied,
        TeamFormed,
        AthleteRegistered,
        AthleteForgotten,
    )
)

KNOWN: LiteralString = "SELECT id, name FROM integration_names WHERE id = ANY(%(id)b::uuid[])"
LEARN: LiteralString = """
INSERT INTO integration_names (id, name) SELECT * FROM unnest(%(id)b::uuid[], %(name)b::text[])
ON CONFLICT (id) DO UPDATE SET name = excluded.name
"""
FORGET: LiteralString = "DELETE FROM integration_names WHERE id = ANY(%(id)b::uuid[])"


class Waiter(Protocol):
    def wait(self, timeout_s: float) -> bool: ...


class Integration:
    """``connect`` lends autocommit connections."""

    def __init__(
        self,
        events: EventLog,
        bus: Bus,
        topic: str,
        connect: Callable[[], AbstractContextManager[Connection]],
        waiter: Waiter,
        *,
        poll_s: float,
    ) -> None:
        self._events = events
        self._bus = bus
        self._topic = topic
        self._connect = connect
        self._waiter = waiter
        self._poll_s = poll_s
        self._seen = BEGINNING

    def run(self, stop: threading.Event) -> None:
        """Until ``stop`` is set. An outage is waited out; anything else that fails ends the process, loudly."""

        def turn(connection: Connection) -> None:
            if not self._step(connection):
                self._waiter.wait(self._poll_s)

        lead(CONSUMER, ACTIVE_LOCK, self._connect, turn, stop)

    def process_available(self) -> int:
        """Everything that there is now, if no other instance is active; how many events. For tests and tools."""
        done = 0
        with self._connect() as connection, active(connection, ACTIVE_LOCK) as is_active:
            while is_active and (count := self._step(connection)):
                done += count
        return done

    def _step(self, connection: Connection) -> int:
        with connection.transaction():
            cursor = connection.cursor()
            checkpoint = CHECKPOINT.locked(cursor)
            batch, through = self._events.read_some(max(checkpoint, self._seen), BATCH, SUBSCRIBED)
            if batch or far_behind(checkpoint, through):
                self._bus.publish(self._topic, told(cursor, batch))
                CHECKPOINT.advance(cursor, through)
        self._seen = through
        return len(batch)


def told(cursor: Cursor, batch: Sequence[Recorded[Event]]) -> list[OutgoingMessage]:
    """The messages of a batch, in its order; what it says of names is kept, in the caller's transaction."""
    names = known(cursor, batch)
    before = dict(names)
    messages: list[OutgoingMessage] = []
    notices: list[tuple[Recorded[AssignmentCompleted], CompletionNotice]] = []
    forgotten: set[UUID] = set()
    for recorded in batch:
        match recorded.event:
            case TeamFormed() as event:
                learn(names, event.team_id, event.external_id)
            case AthleteRegistered() as event:
                learn(names, event.athlete_id, event.external_id)
            case AthleteForgotten() as event:
                names.pop(event.athlete_id, None)
                forgotten.add(event.athlete_id)
            case AssignmentPhaseAdjusted() as event:
                adjusted = AssignmentAdjusted(
                    assignment_id=event.assignment_id,
                    team_id=named(names, event.team_id),
                    player_id=named(names, event.athlete_id),
                    phase_id=event.phase_id,
                    adjustment_timestamp=iso(recorded.occurred_at),
                )
                messages.append(message(recorded, ADJUSTED, adjusted))
            case PhaseAdjustmentsApplied() as event:
                applied = AdjustmentsApplied(
                    team_id=named(names, event.team_id),
                    phase_id=event.phase_id,
                    adjustments_count=event.adjustments_count,
                    triggered_by=event.triggered_by,
                    timestamp=iso(recorded.occurred_at),
                )
                messages.append(message(recorded, APPLIED, applied))
            case AssignmentCompleted() as event:
                completed: Recorded[AssignmentCompleted] = recorded._replace(event=event)  # type: ignore[assignment]
                notice = notice_of(completed, names.get(event.team_id), names.get(event.athlete_id))
                if notice is not None:
                    notices.append((completed, notice))
            case _:  # the log was asked for no others
                pass
    keep(cursor, before, names)
    if notices:
        completion_notices.enqueue(cursor, notices)
    if forgotten:
        completion_notices.forget(cursor, list(forgotten))
    return messages


def known(cursor: Cursor, batch: Sequence[Recorded[Event]]) -> dict[UUID, str]:
    ids: set[UUID] = set()
    for recorded in batch:
        for attribute in ("team_id", "athlete_id"):
            if (found := getattr(recorded.event, attribute, None)) is not None:
                ids.add(found)
    rows = cursor.execute(KNOWN, {"id": list(ids)})
    return dict(rows.fetchall())


def learn(names: dict[UUID, str], owner: UUID, name: str | None) -> None:
    if name is not None:
        names[owner] = name


def keep(cursor: Cursor, before: dict[UUID, str], after: dict[UUID, str]) -> None:
    if learnt := {owner: name for owner, name in after.items() if before.get(owner) != name}:
        cursor.execute(LEARN, {"id": list(learnt), "name": list(learnt.values())})
    if gone := before.keys() - after.keys():
        cursor.execute(FORGET, {"id": list(gone)})


def named(names: dict[UUID, str], owner: UUID) -> str:
    return names.get(owner) or str(owner)


def iso(moment: datetime) -> str:
    """As a JavaScript Date is written: UTC, milliseconds, Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def message(recorded: Recorded[Event], kind: str, told: AssignmentAdjusted | AdjustmentsApplied) -> OutgoingMessage:
    """A CloudEvent in binary mode: its value is the seed's shape and nothing else."""
    headers = {
        "content-type": "application/json",
        "ce_specversion": "1.0",
        "ce_id": str(recorded.event_id),
        "ce_type": kind,
        "ce_source": "mesocycle",
        "ce_subject": str(recorded.stream_id),
        "ce_time": iso(recorded.occurred_at),
        "ce_correlationid": str(recorded.correlation_id),
    }
    if recorded.causation_id is not None:
        headers["ce_causationid"] = str(recorded.causation_id)
    return OutgoingMessage(told.team_id, told.bytes(), headers)
