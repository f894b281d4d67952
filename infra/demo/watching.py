"""Waits until what was asked for is there, in the log, on the topic and in what is read; and says so."""

import time
from collections.abc import Callable
from typing import LiteralString

from consumers import planning_listener
from domain.ports import BEGINNING, Position
from infra.demo.club import team_id
from infra.main import Application
from projections.board import READS, BoardRow, board
from projections.consistency import Token, is_stale

PATIENCE_S = 60.0
LOOK_S = 0.05

HEARD: LiteralString = """
SELECT NOT EXISTS (
    SELECT FROM topic_messages AS m
    WHERE m.topic = %(topic)s AND m.era * 2::numeric ^ 96 + m.xid * 2::numeric ^ 32 + m.ordinal > coalesce((
        SELECT max(next_after) FROM group_offsets WHERE consumer_group = %(group)s AND topic = %(topic)s), 0))
"""


PARKED: LiteralString = "SELECT count(*) FROM dead_letters WHERE status IN ('parked', 'waiting')"


class TookTooLong(Exception):
    """The service did not get there in time; its log says why."""


def until(what: str, seen: Callable[[], bool]) -> None:
    """Returns as soon as it is ``seen``. Raises TookTooLong, with ``what`` it was."""
    deadline = time.monotonic() + PATIENCE_S
    while not seen():
        if time.monotonic() > deadline:
            raise TookTooLong(f"{what}: not within {PATIENCE_S:.0f} s")
        time.sleep(LOOK_S)


def until_heard(app: Application) -> None:
    """The listener has taken, or set aside, whatever the planning service has published."""

    def heard() -> bool:
        with app.pool.connection() as connection:
            names = {"topic": app.planning_topic, "group": planning_listener.CONSUMER}
            row = connection.execute(HEARD, names).fetchone()
        return row is not None and bool(row[0])

    until("the listener hears the planning service", heard)


def parked(app: Application) -> int:
    """Messages that wait for what the planning service has to say, and those behind them."""
    with app.pool.connection() as connection:
        row = connection.execute(PARKED).fetchone()
    return 0 if row is None else row[0]


def until_settled(app: Application, *, parking: bool = False) -> None:
    """Everything that was heard has had its effect, and is in what is read; what is ``parking`` may go on doing so."""
    until_heard(app)
    if not parking:
        until("what was parked resumes", lambda: not parked(app))
    until("the reactions come to rest", app.reactions.is_at_rest)
    wait_for_board(app, end_of_log(app))


def wait_for_board(app: Application, position: Position) -> None:
    until("the board catches up", lambda: not is_stale(app.pool.connection, READS, Token(position), timeout_s=1.0))


def team_board(app: Application, team: str) -> list[BoardRow]:
    with app.pool.connection() as connection:
        return board(connection, team_id(team), limit=10_000)


def open_rows(app: Application, team: str) -> list[BoardRow]:
    return [row for row in team_board(app, team) if row.status == "planned"]


def end_of_log(app: Application) -> Position:
    last = app.recorder.max_notification_id()
    return BEGINNING if last is None else Position.from_int(last)


def say(line: str = "") -> None:
    print(line, flush=True)
