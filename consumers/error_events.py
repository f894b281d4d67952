"""Tells of every dead letter of a consumer on ``training.errors``: the seed's error events, as CloudEvents.

The letter's own row says whether that was told, so neither is there without the other: at least once, with one id.
Values of the message are not repeated, but for ids: what it said may be about somebody's health.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import LiteralString, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from psycopg import Connection
from psycopg.rows import args_row

from consumers import planning_messages
from consumers.cloud_events import Inbound, Malformed, inbound
from consumers.dead_letters import UNEXPECTED, DeadLetter, find
from consumers.duties import repeat
from consumers.outgoing import ProcessingError
from consumers.planning_messages import Kind, kind_of
from domain.ports import Bus, Message, OutgoingMessage

ERRORS_TOPIC = "training.errors"
SOURCE = "mesocycle"
POLL_S = 0.5
BATCH = 100

TYPES = {
    planning_messages.PHASE_CHANGE: "training.phase_change.error",
    planning_messages.SEASON_PLAN_UPDATE: "training.season_plan.sync_error",
    planning_messages.WORKLOAD_THRESHOLD: "training.workload_adjustment.error",
    planning_messages.TEMPLATE_APPLICATION: "training.template_application.error",
}
"""Seed 000, "Error Events"; that of templates is ours."""
OF_NO_KIND = "training.message.error"

UNTOLD: LiteralString = """
SELECT id, died_at FROM dead_letters
WHERE consumer = %(consumer)s AND died_at IS NOT NULL AND announced_at IS NULL
ORDER BY id LIMIT %(limit)s
"""
TOLD: LiteralString = "UPDATE dead_letters SET announced_at = clock_timestamp() WHERE id = ANY(%(ids)s)"
LONGEST_ID = 200


class Untold(NamedTuple):
    letter_id: int
    died_at: datetime


class ErrorEvents:
    """``connect`` gives autocommit connections."""

    def __init__(
        self,
        bus: Bus,
        consumer: str,
        connect: Callable[[], AbstractContextManager[Connection]],
        *,
        topic: str = ERRORS_TOPIC,
        poll_s: float = POLL_S,
    ) -> None:
        self._bus = bus
        self._consumer = consumer
        self._connect = connect
        self._topic = topic
        self._poll_s = poll_s

    def run(self, stop: threading.Event) -> None:
        repeat(self.announce, stop, self._poll_s, "error_events")

    def announce(self) -> int:
        """Everything that is there to be told; how many. Raises what is PASSING: the rest is told another time."""
        told = 0
        with self._connect() as connection:
            while untold := self._untold(connection):
                letters = [(find(connection, each.letter_id), each.died_at) for each in untold]
                self._bus.publish(self._topic, [error_event(letter, at) for letter, at in letters if letter])
                connection.execute(TOLD, {"ids": [each.letter_id for each in untold]})
                told += len(untold)
        return told

    def _untold(self, connection: Connection) -> Sequence[Untold]:
        with connection.cursor(row_factory=args_row(Untold)) as cursor:
            return cursor.execute(UNTOLD, {"consumer": self._consumer, "limit": BATCH}).fetchall()


def error_event(letter: DeadLetter, died_at: datetime) -> OutgoingMessage:
    """In binary mode."""
    message = letter.message
    content = understood(message)
    told = ProcessingError(
        team_id=team_of(content),
        message_id=content.message_id if content else None,
        topic=message.topic,
        partition=message.partition,
        offset=str(message.offset),
        reason=reason_told(letter),
        dead_letter_id=letter.id,
        occurred_at=died_at.isoformat(),
    )
    key = str(letter.id) if message.key is None else message.key
    return OutgoingMessage(key, told.bytes(), headers_of(letter, content, died_at))


def headers_of(letter: DeadLetter, content: Inbound | None, died_at: datetime) -> dict[str, str]:
    message = letter.message
    place = (letter.consumer, message.cluster_id, message.topic_id, message.partition, message.offset)
    headers = {
        "content-type": "application/json",
        "ce_specversion": "1.0",
        "ce_id": str(uuid5(NAMESPACE_URL, "\x1f".join(["urn:dead-letter", *map(str, place)]))),
        "ce_type": type_of(content),
        "ce_source": SOURCE,
        "ce_time": died_at.isoformat(),
    }
    if content is not None and content.correlation_id is not None:
        headers["ce_correlationid"] = str(content.correlation_id)
    return headers


def understood(message: Message) -> Inbound | None:
    """None for what is no message at all."""
    try:
        return inbound(message)
    except Malformed:
        return None


def type_of(content: Inbound | None) -> str:
    try:
        kind: Kind | None = None if content is None else kind_of(content)
    except Malformed:
        kind = None
    return OF_NO_KIND if kind is None else TYPES[kind]


def team_of(content: Inbound | None) -> str | None:
    team = content.data.get("teamId") if content else None
    return team if isinstance(team, str) and 0 < len(team) <= LONGEST_ID else None


def reason_told(letter: DeadLetter) -> str:
    """Of what no rule foresaw only what kind of error it was: its words may quote the message."""
    if letter.reason.startswith(UNEXPECTED):
        return f"{UNEXPECTED}{letter.error_type}; the dead letter says more"
    return letter.reason
