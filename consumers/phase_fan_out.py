"""Carries a phase change to every assignment that it touches: in chunks that can stop anywhere and go on.

What is left to do stands in ``phase_fan_out_targets``. A chunk appends its events first and strikes its targets
off afterwards; between the two a crash repeats the chunk, and each repeated command decides nothing, because its
assignment has seen that season revision.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import LiteralString, NamedTuple, TypeVar
from uuid import UUID

import structlog
from psycopg import Connection
from psycopg.rows import args_row

from domain.assignment import AdjustForPhase, PhaseRef
from domain.decider import Command
from domain.ids import AssignmentId, OrganizationId, PhaseId, SeasonPlanId, TeamId
from domain.ports import Caller, CommandRunner, Outcome, Reaction, Refusal
from domain.rules.load import LoadLevel
from domain.season_plan import RecordPhaseAdjustments

REACTION = "phase-fan-out"
WORKERS = 2
"""Chunks at once: while one waits for the database, the other decides. More would only wait for Python's one lock."""

T = TypeVar("T")

log = structlog.get_logger()

NEXT_TARGETS: LiteralString = """
SELECT fan_out_id, assignment_id, phase_id, load_level FROM phase_fan_out_targets
ORDER BY fan_out_id, assignment_id LIMIT %(limit)b
"""
FAN_OUTS: LiteralString = """
SELECT f.id, f.cause_event_id, f.organization_id, f.correlation_id, f.team_id, f.season_plan_id, f.season_revision,
       f.reported_phase_id, f.triggered_by, f.adjusted
FROM phase_fan_outs AS f WHERE f.id = ANY(%(fan_out)b)
"""
FINISHED: LiteralString = """
SELECT f.id, f.cause_event_id, f.organization_id, f.correlation_id, f.team_id, f.season_plan_id, f.season_revision,
       f.reported_phase_id, f.triggered_by, f.adjusted
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


class FanOut(NamedTuple):
    """One event that gives assignments another phase. Without ``reported_phase_id`` it caught a newcomer."""

    id: int
    cause_event_id: UUID
    organization_id: UUID
    correlation_id: UUID
    team_id: UUID
    season_plan_id: UUID
    season_revision: int
    reported_phase_id: str | None
    triggered_by: str
    adjusted: int

    def caller(self) -> Caller:
        return Caller(
            organization_id=OrganizationId(self.organization_id),
            actor=f"reaction:{REACTION}",
            correlation_id=self.correlation_id,
            causation_id=self.cause_event_id,
        )

    def reaction(self) -> Reaction:
        return Reaction(REACTION, self.cause_event_id)

    def report(self) -> RecordPhaseAdjustments:
        assert self.reported_phase_id is not None, "a fan-out that caught a newcomer is not reported"
        return RecordPhaseAdjustments(
            team_id=TeamId(self.team_id),
            phase_id=PhaseId(self.reported_phase_id),
            adjustments_count=self.adjusted,
            triggered_by=self.triggered_by,
            cause_event_id=self.cause_event_id,
        )


class Target(NamedTuple):
    """An assignment, and the phase that it is to have; None when no phase covers it any more."""

    fan_out_id: int
    assignment_id: UUID
    phase_id: str | None
    load_level: str | None


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
        columns = {
            "fan_out": [target.fan_out_id for target in chunk],
            "assignment": [target.assignment_id for target in chunk],
            "adjusted": self._adjust(chunk, fan_outs),
        }
        connection.cursor(binary=True).execute(STRIKE_OFF, columns)
        return len(chunk) + self._finish(connection, ids)

    def _adjust(self, chunk: Sequence[Target], fan_outs: Mapping[int, FanOut]) -> list[bool]:
        """Which targets the fan-out changed, now or just before a crash."""
        callers = {key: fan_out.caller() for key, fan_out in fan_outs.items()}
        reactions = {key: fan_out.reaction() for key, fan_out in fan_outs.items()}

        def adjust(part: Sequence[Target]) -> list[bool]:
            results = self._runner.run_many(
                commands_for(part, fan_outs),
                [callers[target.fan_out_id] for target in part],
                reactions=[reactions[target.fan_out_id] for target in part],
            )
            return [has_changed(target, result) for target, result in zip(part, results, strict=True)]

        parts = [chunk[start : start + self._chunk] for start in range(0, len(chunk), self._chunk)]
        changed = [each for part in self._workers.map(adjust, parts) for each in part]
        unchanged = {
            reactions[target.fan_out_id].event_id(target.assignment_id, 0): index
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


def has_changed(target: Target, result: Outcome | Refusal) -> bool:
    """A refused target (one planned by another organization into this team) is told, and keeps nobody else waiting."""
    if isinstance(result, Refusal):
        log.error("phase_fan_out.refused", assignment_id=str(target.assignment_id), error=str(result.error))
        return False
    return bool(result.events)


def commands_for(chunk: Sequence[Target], fan_outs: Mapping[int, FanOut]) -> list[AdjustForPhase]:
    phases: dict[tuple[str, str], PhaseRef] = {}
    commands = []
    for fan_out_id, assignment_id, phase_id, load_level in chunk:
        fan_out = fan_outs[fan_out_id]
        phase = None
        if phase_id is not None and load_level is not None:
            phase = phases.get((phase_id, load_level))
            if phase is None:
                phase = PhaseRef(phase_id=PhaseId(phase_id), load_level=LoadLevel(load_level))
                phases[phase_id, load_level] = phase
        commands.append(
            AdjustForPhase(
                assignment_id=AssignmentId(assignment_id),
                season_plan_id=SeasonPlanId(fan_out.season_plan_id),
                season_revision=fan_out.season_revision,
                phase=phase,
            )
        )
    return commands


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
