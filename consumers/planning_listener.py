"""The planning service's topic, turned into commands: a phase change becomes ``ChangePhase``, and that is all.

The fan-out to assignments belongs to ``reactions`` (decision 12). A message counts once, by the inbox that commits
with its events (decision 11); one that cannot be understood or is refused is set aside (decision 14).
"""

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol
from uuid import uuid5

import structlog
from psycopg import Connection
from psycopg.errors import UndefinedTable

from consumers import dead_letters
from consumers.cloud_events import inbound
from consumers.dead_letters import PASSING, Unprocessable, place, reason_of
from consumers.planning_messages import command_for, identity_of, inbox_entry
from domain.errors import DomainError
from domain.ids import OrganizationId
from domain.ports import Bus, Caller, CommandRunner, Message, Subscription, Unavailable

CONSUMER = "planning-listener"
BATCH = 100
POLL_S = 0.5
"""How long one poll waits; also how soon the listener notices that it shall stop."""

FIRST_BACK_OFF_S, LONGEST_BACK_OFF_S = 0.1, 5.0
PATIENCE_S = 10.0
"""How long an unknown topic may still become known: the directory is a read model, and may be on its way."""

log = structlog.get_logger()


class SourceDirectory(Protocol):
    """Which organization a topic belongs to, and what that organization calls the source behind it."""

    def for_topic(self, topic: str) -> tuple[OrganizationId, str] | None: ...


class PlanningListener:
    """``connect`` gives autocommit connections, for the dead letters."""

    def __init__(
        self,
        bus: Bus,
        topic: str,
        runner: CommandRunner,
        directory: SourceDirectory,
        connect: Callable[[], AbstractContextManager[Connection]],
        *,
        group: str = CONSUMER,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._bus = bus
        self._topic = topic
        self._runner = runner
        self._directory = directory
        self._connect = connect
        self._group = group
        self._patience_s = patience_s
        self._unknown_since: float | None = None

    def run(self, stop: threading.Event) -> None:
        """Until ``stop`` is set. What may pass by itself is waited out: nothing is lost, and nothing skipped."""
        back_off_s = FIRST_BACK_OFF_S
        while not stop.is_set():
            try:
                # Joining anew after a failure brings back whatever was not committed.
                with self._bus.subscribe(self._group, [self._topic]) as member:
                    while not stop.is_set():
                        self._step(member, POLL_S)
                        back_off_s = FIRST_BACK_OFF_S
            except PASSING as error:
                log.warning("planning.waiting", error=str(error), seconds=back_off_s)
                stop.wait(back_off_s)
                back_off_s = min(back_off_s * 2, LONGEST_BACK_OFF_S)

    def process_available(self) -> int:
        """Everything that is there now; how much. For tests and tools; what may pass by itself is raised."""
        done = 0
        with self._bus.subscribe(self._group, [self._topic]) as member:
            while count := self._step(member, 0):
                done += count
        return done

    def process(self, _: Connection, message: Message) -> None:
        """One message. Raises what should set it aside; its effects are stored once, however often it comes."""
        organization_id, source = self._source_of(message)
        content = inbound(message)
        inbox = inbox_entry(message, content, organization_id, source)
        identity = identity_of(inbox)
        caller = Caller(
            organization_id,
            actor=f"planning:{source}",
            correlation_id=content.correlation_id or uuid5(identity, "correlation"),
            causation_id=identity,
        )
        with structlog.contextvars.bound_contextvars(correlation_id=str(caller.correlation_id)):
            command = command_for(content, organization_id, source)
            outcome = self._runner.run(command, caller, inbox=inbox)
            log.info(
                "planning.message",
                command=type(command).__name__,
                stream_id=str(outcome.stream_id),
                events=len(outcome.events),
                repeated=outcome.repeated,
            )

    def _step(self, member: Subscription, timeout_s: float) -> int:
        """One batch. The offsets are committed after the database has everything that the messages caused."""
        messages = member.poll(BATCH, timeout_s)
        if not messages:
            return 0
        done = 0
        try:
            with self._connect() as connection:
                seen = dead_letters.known(connection, CONSUMER, messages)
                blocked = dead_letters.blocked_keys(connection, CONSUMER, [message.key for message in messages])
                for message in messages:
                    if place(message) not in seen:
                        self._take(connection, message, blocked)
                    done += 1
        finally:
            # Also what came before a failure, so that the next attempt begins at the message that met it.
            if done:
                member.commit(messages[:done])
        return done

    def _take(self, connection: Connection, message: Message, blocked: set[str]) -> None:
        """Processed, or queued, or set aside, which blocks its key for what follows."""
        if message.key in blocked:
            with connection.transaction():
                if dead_letters.queue_behind(connection, CONSUMER, message):
                    return
        try:
            self.process(connection, message)
        except PASSING:
            raise
        except Exception as error:
            unexpected = None if isinstance(error, DomainError | Unprocessable) else error
            log.warning("planning.set_aside", key=message.key, reason=reason_of(error), exc_info=unexpected)
            dead_letters.set_aside(connection, CONSUMER, message, error)
            if message.key is not None:
                blocked.add(message.key)

    def _source_of(self, message: Message) -> tuple[OrganizationId, str]:
        try:
            found = self._directory.for_topic(message.topic)
        except UndefinedTable as error:  # a first start: the projector is about to make it
            raise Unavailable(f"the directory of planning sources is not there yet: {error}") from error
        if found is not None:
            self._unknown_since = None
            return found
        now = time.monotonic()
        if self._unknown_since is None:
            self._unknown_since = now
        if now < self._unknown_since + self._patience_s:
            raise Unavailable(f"no organization has connected the topic {message.topic} yet")
        raise Unprocessable(
            f"no organization has connected the topic {message.topic}. Connect it as a planning source, then retry."
        )
