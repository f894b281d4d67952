"""The planning service's topic, turned into commands: a phase change becomes ``ChangePhase``, and that is all.

The fan-out to assignments belongs to ``reactions`` (decision 12). A message counts once, by the inbox that commits
with its events (decision 11); one that cannot be understood or is refused is set aside (decision 14); one that lacks
what only the planning service can say is parked, and ``resuming.py`` goes on with it: nothing is waited for here.
"""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import LiteralString, Protocol, TypeVar
from uuid import uuid5

import structlog
from psycopg import Connection
from psycopg.errors import UndefinedTable

from consumers import dead_letters, parking
from consumers.cloud_events import inbound
from consumers.completing import Completing, Origin
from consumers.dead_letters import PASSING, Place, Unprocessable, place, places_of, reason_of
from consumers.parking import Incomplete, NotYetKnown
from consumers.planning_messages import identity_of, inbox_entry, read
from domain.decider import Command
from domain.errors import DomainError
from domain.ids import OrganizationId
from domain.ports import Bus, Caller, CommandRunner, InboxEntry, Message, Subscription, Unavailable
from domain.season_plan import PhaseUnknown

CONSUMER = "planning-listener"
BATCH = 100
POLL_S = 0.5
"""How long one poll waits; also how soon the listener notices that it shall stop."""

FIRST_BACK_OFF_S, LONGEST_BACK_OFF_S = 0.1, 5.0
PATIENCE_S = 10.0
"""How long an unknown topic may still become known: the directory is a read model, and may be on its way."""

PROCESSED: LiteralString = """
SELECT cluster_id, topic_id, partition, message_offset FROM inbox
JOIN unnest(%(cluster_ids)s::text[], %(topic_ids)s::text[], %(partitions)s::int[], %(offsets)s::numeric[])
    AS delivered (cluster_id, topic_id, partition, message_offset)
    USING (cluster_id, topic_id, partition, message_offset)
"""

log = structlog.get_logger()

T = TypeVar("T")


class SourceDirectory(Protocol):
    """Which organization a topic belongs to, and what that organization calls the source behind it."""

    def for_topic(self, topic: str) -> tuple[OrganizationId, str] | None: ...


class PlanningListener:
    """``connect`` gives autocommit connections, for the dead letters; ``received`` says what the inbox has already."""

    def __init__(
        self,
        bus: Bus,
        topic: str,
        runner: CommandRunner,
        directory: SourceDirectory,
        completing: Completing,
        received: Callable[[InboxEntry], bool],
        connect: Callable[[], AbstractContextManager[Connection]],
        *,
        group: str = CONSUMER,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._bus = bus
        self._topic = topic
        self._runner = runner
        self._directory = directory
        self._completing = completing
        self._received = received
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
        """One message. Raises what should set it aside; its effects are stored once, however often it comes.

        Raises Incomplete where the planning service is to be asked.
        """
        organization_id, source = self._source_of(message)
        content = inbound(message)
        said = read(content)
        inbox = inbox_entry(message, content, organization_id, source)
        if self._received(inbox):
            return  # what it means now, and whether that can be completed, is no question any more
        identity = identity_of(inbox)
        correlation_id = content.correlation_id or uuid5(identity, "correlation")
        caller = Caller(organization_id, f"planning:{source}", correlation_id, causation_id=identity)
        origin = Origin(organization_id, source, message.timestamp, correlation_id)
        meaning = there(partial(self._completing.meaning, said, origin))
        if meaning.command is not None:
            try:
                return self._run(meaning.command, caller, inbox)
            except PhaseUnknown:
                if meaning.completed is None:
                    raise
        completed = meaning.completed
        assert completed is not None, "who has no command can be completed"

        def complete() -> Callable[[Connection, Message], None]:
            command = completed()
            return lambda _connection, _message: self._run(command, caller, inbox)

        raise Incomplete("the planning service is to be asked for what it does not say", complete)

    def _run(self, command: Command, caller: Caller, inbox: InboxEntry) -> None:
        with structlog.contextvars.bound_contextvars(correlation_id=str(caller.correlation_id)):
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
                seen = dead_letters.known(connection, CONSUMER, messages) | processed(connection, messages)
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
        """Processed, or queued, or parked or set aside, which blocks its key for what follows."""
        if message.key in blocked:
            with connection.transaction():
                if dead_letters.queue_behind(connection, CONSUMER, message):
                    return
        try:
            return self.process(connection, message)
        except PASSING:
            raise
        except (Incomplete, NotYetKnown) as error:
            log.info("planning.parked", key=message.key, reason=str(error))
            parking.park(connection, CONSUMER, message, error)
        except Exception as error:
            unexpected = None if isinstance(error, DomainError | Unprocessable) else error
            # What no rule foresaw may quote the message, which is about a person: the letter alone tells it.
            reason = reason_of(error) if unexpected is None else type(error).__name__
            log.warning("planning.set_aside", key=message.key, reason=reason, exc_info=unexpected)
            dead_letters.set_aside(connection, CONSUMER, message, error)
        if message.key is not None:
            blocked.add(message.key)

    def _source_of(self, message: Message) -> tuple[OrganizationId, str]:
        found = there(partial(self._directory.for_topic, message.topic))
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


def there(asked: Callable[[], T]) -> T:
    """What a read model answers. Raises Unavailable on a first start, when the projector is about to make it."""
    try:
        return asked()
    except UndefinedTable as error:
        raise Unavailable(f"the read models are not there yet: {error}") from error


def processed(connection: Connection, messages: Sequence[Message]) -> set[Place]:
    """The places of those whose effects are stored: delivered again they are nothing new, and queue behind nobody."""
    rows = connection.execute(PROCESSED, places_of(messages)).fetchall()
    return {(cluster_id, topic_id, partition, int(offset)) for cluster_id, topic_id, partition, offset in rows}
