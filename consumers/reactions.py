"""The reactions process: follows the log and issues the commands that its events call for.

What an event changes in its tables, and sets going, is told in ``absorbing``; what was set going is then carried out in
chunks: seasons (``phase_fan_out``), workloads (``workload_fan_out``), templates (``template_handout``), transfers
(``transfers``). A forgotten athlete's key is destroyed.
One instance is active, the others stand by: the lock goes with the connection that holds it.
"""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import LiteralString, Protocol
from uuid import UUID

from psycopg import Connection

from consumers.absorbing import ABSORBERS, absorb
from consumers.checkpoint import Checkpoint, far_behind
from consumers.leadership import active, lead
from consumers.phase_fan_out import PhaseFanOut
from consumers.template_handout import TemplateHandout
from consumers.transfers import Transfers
from consumers.workload_fan_out import WorkloadFanOut
from domain.athlete import AthleteForgotten
from domain.ports import BEGINNING, CommandRunner, EventLog

CONSUMER = "reactions"
VERSION = "2"
"""Raised, with a migration that empties the tables, when these must be filled anew from the beginning of the log."""

SUBSCRIBED = (*(event.event_name for event in ABSORBERS), AthleteForgotten.event_name)

BATCH = 2_000
ACTIVE_LOCK = 5005

AT_REST: LiteralString = """
SELECT NOT EXISTS (SELECT FROM phase_fan_outs) AND NOT EXISTS (SELECT FROM workload_targets)
AND NOT EXISTS (SELECT FROM template_applications) AND NOT EXISTS (SELECT FROM transfers WHERE NOT done)
AND NOT EXISTS (
    SELECT FROM events AS e WHERE e.name = ANY(%(names)s) AND (e.era, e.xid, e.ordinal) > (
        SELECT coalesce(max(c.era), 0), coalesce(max(c.xid), 0), coalesce(max(c.ordinal), 0) FROM checkpoints AS c
        WHERE c.consumer = %(consumer)s AND c.version = %(version)s AND c.partition = 0))
"""
CHECKPOINT = Checkpoint(CONSUMER, VERSION)


class Waiter(Protocol):
    def wait(self, timeout_s: float) -> bool: ...


class Reactions:
    def __init__(
        self,
        events: EventLog,
        connect: Callable[[], AbstractContextManager[Connection]],
        runner: CommandRunner,
        destroy_key: Callable[[UUID], None],
        waiter: Waiter,
        *,
        chunk: int,
        poll_s: float,
    ) -> None:
        self._events = events
        self._connect = connect
        self._destroy_key = destroy_key
        self._waiter = waiter
        self._poll_s = poll_s
        self._fan_out = PhaseFanOut(runner, events.recorded, chunk)
        self._workloads = WorkloadFanOut(runner, chunk)
        self._templates = TemplateHandout(runner, events.recorded, chunk)
        self._transfers = Transfers(runner, events.recorded, chunk)
        self._unfinished = True
        self._seen = BEGINNING

    def run(self, stop: threading.Event) -> None:
        """Until ``stop`` is set. An outage is waited out; anything else that fails ends the process, loudly."""

        def begin() -> None:
            self._unfinished = True  # what a crash may have left

        def turn(connection: Connection) -> None:
            if not self._step(connection):
                self._waiter.wait(self._poll_s)

        lead(CONSUMER, ACTIVE_LOCK, self._connect, turn, stop, begin=begin)

    def process_available(self) -> int:
        """Everything that can be done now, if no other instance is active; how much. For tests and tools."""
        done = 0
        with self._connect() as connection, active(connection, ACTIVE_LOCK) as is_active:
            while is_active and (count := self._step(connection)):
                done += count
        return done

    def is_at_rest(self) -> bool:
        """Whether everything in the log has been reacted to, by whichever instance."""
        with self._connect() as connection:
            row = connection.execute(
                AT_REST, {"consumer": CONSUMER, "version": VERSION, "names": list(SUBSCRIBED)}
            ).fetchone()
        return bool(row and row[0])

    def _step(self, connection: Connection) -> int:
        """Some work that is left over, or else the next events; how much. Each can be cut off anywhere.

        Transfers come last: a workout that leaves has then seen what changed while it was in the old team.
        """
        if self._unfinished:
            for part in (self._fan_out, self._workloads, self._templates, self._transfers):
                if count := part.drain(connection):
                    return count
            self._unfinished = False
        return self._absorb(connection)

    def _absorb(self, connection: Connection) -> int:
        with connection.transaction():
            cursor = connection.cursor()
            checkpoint = CHECKPOINT.locked(cursor)
            batch, through = self._events.read_some(max(checkpoint, self._seen), BATCH, SUBSCRIBED)
            if not batch and not far_behind(checkpoint, through):
                self._seen = through
                return 0
            absorb(cursor, batch)
            for recorded in batch:
                if isinstance(recorded.event, AthleteForgotten):
                    self._destroy_key(recorded.event.athlete_id)
            CHECKPOINT.advance(cursor, through)
        self._seen = through  # only now: what an outage has rolled back is to be read again
        self._unfinished = True
        return len(batch)
