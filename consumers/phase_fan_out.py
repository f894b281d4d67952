"""Carries a phase change to every assignment that it touches: in chunks that can stop anywhere and go on.

What is left to do stands in ``phase_fan_out_targets``. A chunk appends its events first and strikes its targets
off afterwards; between the two a crash repeats the chunk, and each repeated command decides nothing, because its
assignment has seen that season revision.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import LiteralString, TypeVar
from uuid import UUID

from psycopg import Connection
from psycopg.rows import args_row

from consumers.phase_work import REACTION, FanOut, Phases, Target, commands_for, phases_of
from consumers.refusals import keep_refusals
from domain.decider import Command
from domain.ports import Caller, CommandRunner, Outcome, Reaction, Refusal

WORKERS = 2
"""Chunks at once: while one waits for the database, the other decides. More would only wait for Python's one lock."""

T = TypeVar("T")

NEXT_TARGETS: LiteralString = """
SELECT fan_out_id, assignment_id, declared, eve_of_game FROM phase_fan_out_targets
ORDER BY fan_out_id, assignment_id LIMIT %(limit)b
"""
FAN_OUTS: LiteralString = """
SELECT f.id, f.cause_event_id, f.organization_id, f.correlation_id, f.team_id, f.season_plan_id, f.season_revision,
       f.games, f.force, f.reported_phase_id, f.triggered_by, f.adjusted
FROM phase_fan_outs AS f WHERE f.id = ANY(%(fan_out)b)
"""
FINISHED: LiteralString = """
SELECT f.id, f.cause_event_id, f.organization_id, f.correlation_id, f.team_id, f.season_plan_id, f.season_revision,
       f.games, f.force, f.reported_phase_id, f.triggered_by, f.adjusted
FROM phase_fan_outs AS f
WHERE (%(fan_out)b::bigint[] IS NULL OR f.id = ANY(%(fan_out)b))
  AND NOT EXISTS (SELECT FROM phase_fan_out_targets AS t WHERE t.fan_out_id = f.id)
ORDER BY f.id LIMIT %(limit)b
"""
STRIKE_OFF: LiteralString = """
WITH struck AS (
    DELETE FROM phase_fan_out_targets AS t
    USING unnest(%(fan_out)b::bigint[], %(assignment)b::uuid[], %(adjusted)b::bool[])
        AS done (fan_out_id, assignment_id, adjusted)
    WHERE t.fan_out_id = done.fan_out_id AND t.assignment_id = done.assignment_id
    RETURNING t.fan_out_id, done.adjusted
)
UPDATE phase_fan_outs AS f SET adjusted = f.adjusted + counted.adjusted
FROM (SELECT fan_out_id, count(*) FILTER (WHERE adjusted) AS adjusted FROM struck GROUP BY fan_out_id) AS counted
WHERE f.id = counted.fan_out_id
"""
DROP: LiteralString = "DELETE FROM phase_fan_outs WHERE id = ANY(%(fan_out)b)"


class PhaseFanOut:
    """``recorded`` tells which of some event ids the store has already."""

    def __init__(
        self, runner: CommandRunner, recorded: Callable[[Collection[UUID]], Collection[UUID]], chunk: int
    ) -> None:
        self._runner = runner
        self._recorded = recorded
        self._chunk = chunk
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix=REACTION)

    def drain(self, connection: Connection) -> int:
        """One chunk and the reports that it completes, on an autocommit connection; how many (0: nothing is left)."""
        with connection.cursor(binary=True, row_factory=args_row(Target)) as cursor:
            targets = cursor.execute(NEXT_TARGETS, {"limit": self._chunk * WORKERS}).fetchall()
        if not targets:
            return self._finish(connection, None)
        ids = sorted({target.fan_out_id for target in targets})
        with connection.cursor(binary=True, row_factory=args_row(FanOut)) as cursor:
            fan_outs = {fan_out.id: fan_out for fan_out in cursor.execute(FAN_OUTS, {"fan_out": ids})}
        chunk = one_run(targets, lambda target: (fan_outs[target.fan_out_id].organization_id, target.assignment_id))
        results = self._adjust(chunk, fan_outs, phases_of(connection, chunk, fan_outs))
        columns = {
            "fan_out": [target.fan_out_id for target in chunk],
            "assignment": [target.assignment_id for target in chunk],
            "adjusted": self._changed(chunk, fan_outs, results),
        }
        with connection.transaction(), connection.cursor(binary=True) as cursor:
            keep_refusals(connection, [fan_outs[target.fan_out_id].cause_event_id for target in chunk], results)
            cursor.execute(STRIKE_OFF, columns)
        return len(chunk) + self._finish(connection, ids)

    def _adjust(
        self, chunk: Sequence[Target], fan_outs: Mapping[int, FanOut], phases: Phases
    ) -> list[Outcome | Refusal]:
        """A refused target (one planned by another organization into this team) keeps nobody else waiting."""
        callers = {key: fan_out.caller() for key, fan_out in fan_outs.items()}
        reactions = {key: fan_out.reaction() for key, fan_out in fan_outs.items()}

        def adjust(part: Sequence[Target]) -> list[Outcome | Refusal]:
            return self._runner.run_many(
                commands_for(part, fan_outs, phases),
                [callers[target.fan_out_id] for target in part],
                reactions=[reactions[target.fan_out_id] for target in part],
            )

        parts = [chunk[start : start + self._chunk] for start in range(0, len(chunk), self._chunk)]
        return [result for results in self._workers.map(adjust, parts) for result in results]

    def _changed(
        self, chunk: Sequence[Target], fan_outs: Mapping[int, FanOut], results: Sequence[Outcome | Refusal]
    ) -> list[bool]:
        """Which targets the fan-out changed, now or just before a crash."""
        changed = [not isinstance(result, Refusal) and bool(result.events) for result in results]
        unchanged = {
            fan_outs[target.fan_out_id].reaction().event_id(target.assignment_id, 0): index
            for index, target in enumerate(chunk)
            if not changed[index]
        }
        if unchanged:
            for event_id in self._recorded(unchanged.keys()):
                changed[unchanged[event_id]] = True
        return changed

    def _finish(self, connection: Connection, among: Sequence[int] | None) -> int:
        """Reports and drops the fan-outs without targets; how many."""
        with connection.cursor(binary=True, row_factory=args_row(FanOut)) as cursor:
            finished = cursor.execute(FINISHED, {"fan_out": among, "limit": self._chunk}).fetchall()
        if not finished:
            return 0
        silent = [fan_out.id for fan_out in finished if fan_out.reported_phase_id is None]
        reporting = [fan_out for fan_out in finished if fan_out.reported_phase_id is not None]
        reports = one_run(reporting, lambda fan_out: (fan_out.organization_id, fan_out.team_id))
        self._run(
            [fan_out.report() for fan_out in reports],
            [fan_out.caller() for fan_out in reports],
            [fan_out.reaction() for fan_out in reports],
        )
        done = silent + [fan_out.id for fan_out in reports]
        connection.cursor(binary=True).execute(DROP, {"fan_out": done})
        return len(done)

    def _run(
        self, commands: Sequence[Command], callers: Sequence[Caller], reactions: Sequence[Reaction]
    ) -> list[Outcome]:
        """Raises the first refusal: none is expected, and to go on would hide it."""
        outcomes = []
        for result in self._runner.run_many(commands, callers, reactions=reactions):
            if isinstance(result, Refusal):
                raise result.error
            outcomes.append(result)
        return outcomes


def one_run(items: Sequence[T], owner_and_stream: Callable[[T], tuple[UUID, UUID]]) -> list[T]:
    """What one ``run_many`` may take, in order: the items of the first one's organization, each stream once."""
    chosen: list[T] = []
    streams: set[UUID] = set()
    first_owner: UUID | None = None
    for item in items:
        owner, stream_id = owner_and_stream(item)
        first_owner = first_owner or owner
        if owner == first_owner and stream_id not in streams:
            streams.add(stream_id)
            chosen.append(item)
    return chosen
