"""The projector: follows the log and keeps every projection's live tables up to date.

Each projection takes each batch in a transaction of its own, together with its checkpoint, whose row is locked
meanwhile; so several projectors are safe, and each effect happens once. A projection whose code has changed is built
anew beside its live tables, which go on serving until the new ones have caught up.
"""

import threading
from collections.abc import Mapping, Sequence
from typing import LiteralString, Protocol

import structlog
from psycopg import Connection

from consumers.dead_letter_queue import Process
from consumers.dead_letters import PASSING
from consumers.event_source import EventSource, OpenSource
from consumers.projecting import Projecting
from consumers.switching import hand_over
from domain.event import Event
from domain.ports import Message, Position, Recorded
from projections import versions
from projections.projection import Connect, Projection
from projections.versions import Version

BACK_OFF_S = 0.5
REST_S = 0.003
"""After a batch that was not full: under load the next one is larger then, and what a batch costs is shared."""

# The log is durable; rows and checkpoint are lost together or not at all, and are made again from it.
COMMIT_SOON: LiteralString = "SELECT set_config('synchronous_commit', 'off', true)"
# A switch waits for a retry of a dead letter, and the retry for the switch.
LIVE_FOR_RETRY: LiteralString = (
    "SELECT FROM projection_versions WHERE name = %s AND version = %s AND status = 'live' FOR SHARE"
)

log = structlog.get_logger()


class Waiter(Protocol):
    def wait(self, timeout_s: float) -> bool: ...


class Projector:
    """``batch``: how many events a projection takes in one transaction, at most."""

    def __init__(
        self,
        projections: Sequence[Projection],
        open_source: OpenSource,
        connect: Connect,
        waiter: Waiter,
        *,
        batch: int,
        poll_s: float,
    ) -> None:
        self._projections = projections
        self._open_source = open_source
        self._connect = connect
        self._waiter = waiter
        self._batch = batch
        self._poll_s = poll_s
        self._prepared = False

    def run(self, stop: threading.Event) -> None:
        """Until ``stop`` is set. An outage is waited out; anything else that fails ends the process, loudly."""
        while not stop.is_set():
            try:
                self._follow(stop)
            except PASSING as error:
                log.warning("projector.waiting_for_database", error=str(error))
                stop.wait(BACK_OFF_S)

    def process_available(self) -> int:
        """Everything that there is now; how many events were read. For tests and tools."""
        done = 0
        with self._connect() as connection, self._open_source() as source:
            self.prepare(connection)
            while count := self._step(connection, source):
                done += count
        return done

    def prepare(self, connection: Connection) -> None:
        """Every projection has tables of its present code: live ones, or new ones in the making beside the live.

        Once, at the start: later, tables of other code are those of a newer program that takes over.
        """
        for projection in self._projections if not self._prepared else ():
            if not made(connection, projection):
                with connection.transaction():
                    versions.take_turn(connection, projection.name)
                    if not made(connection, projection):
                        make(connection, projection)
        self._prepared = True

    def processes(self) -> Mapping[str, Process]:
        """By consumer name, what retrying a dead letter of a projection does."""
        return {f"projection:{projection.name}": self._process(projection) for projection in self._projections}

    def _follow(self, stop: threading.Event) -> None:
        with self._connect() as connection, self._open_source() as source:
            self.prepare(connection)
            while not stop.is_set():
                count = self._step(connection, source)
                if not count:
                    self._waiter.wait(self._poll_s)
                elif count < self._batch:
                    stop.wait(REST_S)

    def _step(self, connection: Connection, source: EventSource) -> int:
        """The next batch for the live tables, and one for those in the making; how many events were read."""
        existing = versions.versions(connection)
        mine = {projection.name: projection for projection in self._projections}
        own = [version for version in existing if version.name in mine and version.made_by(mine[version.name])]
        count = 0
        for status in ("live", "building"):
            following = [version for version in own if version.status == status]
            if following:
                count += self._feed(connection, source, following, mine)
        for version in own:
            if version.status == "building" and self._may_switch(source, version):
                hand_over(connection, mine[version.name], source, self._batch)
        return count

    def _feed(
        self,
        connection: Connection,
        source: EventSource,
        following: Sequence[Version],
        mine: Mapping[str, Projection],
    ) -> int:
        """One batch, read from where the last of them is."""
        events = source.read(min(version.position for version in following), self._batch)
        if not events:
            return 0
        through = events[-1].position
        unconcerned = []
        for version in following:
            if version.position >= through:
                continue
            if any(mine[version.name].concerns(recorded) for recorded in events):
                self._take(connection, source, mine[version.name], version.status, events)
            else:
                unconcerned.append(version)
        with connection.transaction():
            connection.execute(COMMIT_SOON)
            versions.pass_by(connection, unconcerned, through)
        return len(events)

    def _take(
        self,
        connection: Connection,
        source: EventSource,
        projection: Projection,
        status: str,
        events: Sequence[Recorded[Event]],
    ) -> None:
        with connection.transaction():
            for version in versions.held(connection, projection.name, status):
                fresh = beyond(version.position, events)
                if fresh and version.made_by(projection):
                    connection.execute(COMMIT_SOON)
                    Projecting(connection, projection, version, source).project(fresh)
                    versions.advance(connection, version, fresh[-1].position)

    def _may_switch(self, source: EventSource, version: Version) -> bool:
        """When it has caught up: less than a batch is left, which the switch itself takes."""
        return len(source.read(version.position, self._batch)) < self._batch

    def _process(self, projection: Projection) -> Process:
        def process(connection: Connection, message: Message) -> None:
            version = versions.live(connection, projection.name)
            if version is None or not version.made_by(projection):
                raise RuntimeError(f"{projection.name} has other live tables; start this program's projector first")
            if connection.execute(LIVE_FOR_RETRY, (version.name, version.version)).rowcount != 1:
                raise RuntimeError(f"{projection.name} was just rebuilt, which has settled its dead letters")
            with self._open_source() as source:
                recorded = source.recorded_of(message)
            with versions.entered(connection, version):
                projection.apply(connection.cursor(binary=True), [recorded])

        return process


def made(connection: Connection, projection: Projection) -> bool:
    return any(version.made_by(projection) for version in versions.versions(connection, projection.name))


def make(connection: Connection, projection: Projection) -> None:
    """Live at once where there is nothing to go on serving."""
    has_live = versions.live(connection, projection.name) is not None
    version = versions.create(connection, projection, "building" if has_live else "live")
    if not has_live:
        versions.show(connection, version)
    log.info("projector.version_made", projection=version.name, version=version.version, status=version.status)


def beyond(position: Position, events: Sequence[Recorded[Event]]) -> Sequence[Recorded[Event]]:
    """Those after ``position``."""
    if events[0].position > position:
        return events
    return [recorded for recorded in events if recorded.position > position]
