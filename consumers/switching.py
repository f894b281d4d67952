"""Puts new tables of a projection in the place of its live ones, in one transaction, at one position of the log."""

from typing import LiteralString

import psycopg
import structlog
from psycopg import Connection

from consumers.event_source import EventSource
from consumers.projecting import Projecting
from domain.ports import Position
from projections import versions
from projections.projection import Projection
from projections.versions import Version

# A reader that holds a view longer than this puts the switch off; others would queue up behind the switch.
GIVE_UP_SOON: LiteralString = "SELECT set_config('lock_timeout', '1s', true)"
# The new tables took every event by themselves; what failed in them again is set aside under their name.
DROP_OLD_LETTERS: LiteralString = """
DELETE FROM dead_letters AS old USING dead_letters AS new
WHERE old.consumer = %(live)s AND new.consumer = %(new)s AND old.cluster_id = new.cluster_id
  AND old.topic_id = new.topic_id AND old.partition = new.partition AND old.message_offset = new.message_offset
"""
SETTLE_OLD_LETTERS: LiteralString = """
UPDATE dead_letters SET status = 'retried', settled_at = clock_timestamp(), attempts = attempts + 1
WHERE consumer = %(live)s AND status IN ('dead', 'waiting')
"""
RENAME_LETTERS: LiteralString = "UPDATE dead_letters SET consumer = %(live)s WHERE consumer = %(new)s"

log = structlog.get_logger()


def hand_over(connection: Connection, projection: Projection, source: EventSource, batch: int) -> bool:
    """Makes the tables in the making the live ones. False: not now, for a reader or another process is in the way."""
    try:
        with connection.transaction():
            connection.execute(GIVE_UP_SOON)
            if not versions.try_turn(connection, projection.name):
                return False
            building = [
                version
                for version in versions.held(connection, projection.name, "building")
                if version.made_by(projection)
            ]
            if not building:
                return False
            former = next(iter(versions.held(connection, projection.name, "live")), None)
            fresh = building[0]
            if former is not None:
                fresh = fill(connection, projection, fresh, source, batch, former.position)
            switched = put_in_place(connection, fresh, former)
    except psycopg.errors.LockNotAvailable:
        return False
    log.info("projector.version_live", projection=switched.name, version=switched.version)
    return True


def fill(
    connection: Connection,
    projection: Projection,
    version: Version,
    source: EventSource,
    batch: int,
    through: Position | None,
) -> Version:
    """The version with all events up to ``through``; None: with all that there are. Never commits."""
    names, target = projection.subscribed, through
    while target is None or version.position < target:
        events, seen = source.read_some(version.position, batch, names)
        if target is None and len(events) < batch:
            target = seen
        elif target is not None:
            events, seen = [recorded for recorded in events if recorded.position <= target], min(seen, target)
        Projecting(connection, projection, version, source).project(events)
        version = version._replace(position=seen)
    versions.advance(connection, version, version.position)
    return version


def put_in_place(connection: Connection, fresh: Version, former: Version | None) -> Version:
    """Views, status and dead letters. ``former``'s tables are dropped. The caller has the turn and both checkpoints."""
    names = {"live": f"projection:{fresh.name}", "new": fresh.consumer}
    switched = versions.switch(connection, fresh, former)
    for statement in (DROP_OLD_LETTERS, SETTLE_OLD_LETTERS, RENAME_LETTERS):
        connection.execute(statement, names)
    return switched
