"""The scheduler: acts on what has become due on a team's calendar (``projections/due_times.py``, decision 4).

One instance is active, the others stand by: the lock goes with the connection that holds it. It looks once a second,
however much is appended, and mostly only at what has become due or was written since its last look.

All that is due of one season plan, or of one athlete's workload, is one command: that looks after everything up to now.
What came of it is kept for each due time; a crash before that repeats the command under the same key.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import LiteralString, NamedTuple, assert_never
from uuid import UUID, uuid5

import structlog
from psycopg import Connection
from psycopg.errors import UndefinedTable
from psycopg.rows import args_row

from consumers.dead_letters import PASSING
from consumers.leadership import active, lead
from domain.decider import Command
from domain.ids import AthleteId, OrganizationId, TeamId
from domain.ports import BEGINNING, Caller, Clock, CommandRunner, Outcome, Position, Reaction, Refusal
from domain.season_plan import FollowCalendar
from domain.workload import EndRestriction
from projections.due_rows import COLUMNS, DueTime

ACTOR = "scheduler"
ACTIVE_LOCK = 5007
POLL_S = 1.0
AT_ONCE = 200
"""Commands in one append."""

WHOLE_EACH = timedelta(minutes=1)
"""Between two looks at everything: a retried dead letter, say, writes a row that seems to have been seen already."""

NEWEST: LiteralString = """
SELECT era, xid, ordinal FROM read_models.due_times ORDER BY era DESC, xid DESC, ordinal DESC LIMIT 1
"""
# Backwards by detail: of one midnight a phase's beginning comes behind the end of the one before, and is told of.
DUE: LiteralString = f"""
SELECT {COLUMNS} FROM read_models.due_times AS d
WHERE d.due_at <= %(now)s
  AND (d.due_at > %(looked)s OR (d.era, d.xid, d.ordinal) > (%(era)s, %(xid)s, %(ordinal)s))
  AND NOT EXISTS (
      SELECT FROM scheduler_done AS s
      WHERE (s.subject, s.kind, s.detail, s.due_at, s.cause_id) = (d.subject, d.kind, d.detail, d.due_at, d.cause_id))
ORDER BY d.due_at, d.subject, d.kind, d.detail DESC
"""
DONE: LiteralString = """
INSERT INTO scheduler_done (kind, subject, detail, due_at, cause_id, refused)
SELECT * FROM unnest(%(kind)b::text[], %(subject)b::uuid[], %(detail)b::text[], %(due_at)b::timestamptz[],
                     %(cause_id)b::uuid[], %(refused)b::text[])
ON CONFLICT DO NOTHING
"""

log = structlog.get_logger()

Turn = Sequence[DueTime]
"""What is due of one subject, in the order of time."""


class Looked(NamedTuple):
    """When, and how far in the log: whatever was due by then and written up to there is done."""

    at: datetime
    through: Position
    whole_at: datetime


class Scheduler:
    """``connect`` gives autocommit connections; ``runner`` goes by the same clock."""

    def __init__(
        self,
        connect: Callable[[], AbstractContextManager[Connection]],
        runner: CommandRunner,
        clock: Clock,
        *,
        poll_s: float = POLL_S,
        whole_each: timedelta = WHOLE_EACH,
    ) -> None:
        self._connect = connect
        self._runner = runner
        self._clock = clock
        self._poll_s = poll_s
        self._whole_each = whole_each
        self._looked: Looked | None = None

    def run(self, stop: threading.Event) -> None:
        """Until ``stop`` is set. An outage is waited out; anything else that fails ends the process, loudly.

        So is the time until the projector has made the tables, which is another loop's work.
        """

        def turn(connection: Connection) -> None:
            self._look(connection)
            stop.wait(self._poll_s)

        lead("scheduler", ACTIVE_LOCK, self._connect, turn, stop, outages=(*PASSING, UndefinedTable))

    def process_due(self) -> int:
        """Everything that is due now, if no other instance is active; how many due times. For tests and tools."""
        with self._connect() as connection, active(connection, ACTIVE_LOCK) as is_active:
            return self._look(connection) if is_active else 0

    def _look(self, connection: Connection) -> int:
        now, before = self._clock.now(), self._looked
        whole = before is None or abs(now - before.whole_at) >= self._whole_each
        looked, through = (now, BEGINNING) if before is None or whole else (before.at, before.through)
        # Read before the rows: what is written in between is looked at twice, and not done twice.
        newest = connection.execute(NEWEST).fetchone()
        with connection.cursor(row_factory=args_row(DueTime)) as cursor:
            rows = cursor.execute(DUE, {"now": now, "looked": looked, **through._asdict()}).fetchall()
        self._act(connection, rows)
        reached = BEGINNING if newest is None else Position(*newest)
        self._looked = Looked(now, reached, now if before is None or whole else before.whole_at)
        return len(rows)

    def _act(self, connection: Connection, rows: Sequence[DueTime]) -> None:
        by_subject: defaultdict[UUID, defaultdict[UUID, list[DueTime]]] = defaultdict(lambda: defaultdict(list))
        for row in rows:
            by_subject[row.organization_id][row.subject].append(row)
        for subjects in by_subject.values():
            turns = list(subjects.values())
            for first in range(0, len(turns), AT_ONCE):
                self._take(connection, turns[first : first + AT_ONCE])

    def _take(self, connection: Connection, turns: Sequence[Turn]) -> None:
        results = self._runner.run_many(
            [command(turn[-1]) for turn in turns],
            [caller(turn[-1]) for turn in turns],
            reactions=[Reaction(ACTOR, cause(turn)) for turn in turns],
        )
        keep_done(connection, turns, results)


def command(due: DueTime) -> Command:
    match due.kind:
        case "season":
            return FollowCalendar(team_id=TeamId(due.team_id))
        case "restriction":
            assert due.athlete_id is not None, "a restriction is an athlete's"
            return EndRestriction(team_id=TeamId(due.team_id), athlete_id=AthleteId(due.athlete_id), zone=due.zone)
        case _:
            assert_never(due.kind)


def caller(due: DueTime) -> Caller:
    """Told of as the effect of what was due last."""
    return Caller(OrganizationId(due.organization_id), ACTOR, due.correlation_id, due.cause_id)


def cause(turn: Turn) -> UUID:
    """The same for the same due times; another one as soon as anything else is due."""
    names = ([each.kind, each.detail, each.due_at.astimezone(UTC).isoformat(), each.cause_id.hex] for each in turn)
    return uuid5(turn[-1].cause_id, "\x1e".join("\x1f".join(name) for name in names))


def keep_done(connection: Connection, turns: Sequence[Turn], results: Sequence[Outcome | Refusal]) -> None:
    """A refused one is done as well: the rule would say the same again."""
    reasons = [str(result.error) if isinstance(result, Refusal) else None for result in results]
    for turn, reason in zip(turns, reasons, strict=True):
        if reason is not None:
            log.error("scheduler.refused", kind=turn[-1].kind, subject=str(turn[-1].subject), error=reason)
    done = [(due, reason) for turn, reason in zip(turns, reasons, strict=True) for due in turn]
    connection.cursor(binary=True).execute(DONE, {
        "kind": [due.kind for due, _ in done],
        "subject": [due.subject for due, _ in done],
        "detail": [due.detail for due, _ in done],
        "due_at": [due.due_at for due, _ in done],
        "cause_id": [due.cause_id for due, _ in done],
        "refused": [reason for _, reason in done],
    })  # fmt: skip
