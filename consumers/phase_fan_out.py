"""Carries a phase change to every assignment that it touches: in chunks that can stop anywhere and go on.

What is left to do stands in ``phase_fan_out_targets``. A chunk appends its events first and strikes its targets
off afterwards; between the two a crash repeats the chunk, and each repeated command decides nothing, because its
assignment has seen that season revision.
"""

from collections.abc import Callable, Collection, Sequence
from typing import LiteralString, NamedTuple, Protocol, TypeVar
from uuid import UUID

from psycopg import Connection
from psycopg.rows import args_row

from domain.assignment import AdjustForPhase, PhaseRef
from domain.decider import Command
from domain.ids import AssignmentId, OrganizationId, PhaseId, SeasonPlanId, TeamId
from domain.ports import Caller, CommandRunner, Outcome, Reaction, Refusal
from domain.rules.load import LoadLevel
from domain.season_plan import RecordPhaseAdjustments

REACTION = "phase-fan-out"

NEXT_TARGETS: LiteralString = """
SELECT f.organization_id, f.correlation_id, f.cause_event_id, t.fan_out_id, t.assignment_id, t.phase_id, t.load_level,
       f.season_plan_id, f.season_revision
FROM phase_fan_out_targets AS t JOIN phase_fan_outs AS f ON f.id = t.fan_out_id
ORDER BY t.fan_out_id, t.assignment_id LIMIT %(limit)b
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
FINISHED: LiteralString = """
SELECT f.organization_id, f.correlation_id, f.cause_event_id, f.id, f.team_id, f.season_plan_id, f.reported_phase_id,
       f.triggered_by, f.adjusted
FROM phase_fan_outs AS f
WHERE (%(fan_out)b::bigint[] IS NULL OR f.id = ANY(%(fan_out)b))
  AND NOT EXISTS (SELECT FROM phase_fan_out_targets AS t WHERE t.fan_out_id = f.id)
ORDER BY f.id LIMIT %(limit)b
"""
DROP: LiteralString = "DELETE FROM phase_fan_outs WHERE id = ANY(%(fan_out)b)"


class Item(Protocol):
    """What a fan-out has to do, one command each."""

    @property
    def organization_id(self) -> UUID: ...
    @property
    def correlation_id(self) -> UUID: ...
    @property
    def cause_event_id(self) -> UUID: ...
    @property
    def stream_id(self) -> UUID: ...
    def command(self) -> Command: ...


T = TypeVar("T", bound=Item)


class Target(NamedTuple):
    """An assignment, and the phase that it is to have."""

    organization_id: UUID
    correlation_id: UUID
    cause_event_id: UUID
    fan_out_id: int
    assignment_id: UUID
    phase_id: str | None
    load_level: str | None
    season_plan_id: UUID
    season_revision: int

    @property
    def stream_id(self) -> UUID:
        return self.assignment_id

    def command(self) -> AdjustForPhase:
        phase = None
        if self.phase_id is not None and self.load_level is not None:
            phase = PhaseRef(phase_id=PhaseId(self.phase_id), load_level=LoadLevel(self.load_level))
        return AdjustForPhase(
            assignment_id=AssignmentId(self.assignment_id),
            season_plan_id=SeasonPlanId(self.season_plan_id),
            season_revision=self.season_revision,
            phase=phase,
        )


class Finished(NamedTuple):
    """A fan-out without targets left, and what to tell of it (nothing where it caught a newcomer)."""

    organization_id: UUID
    correlation_id: UUID
    cause_event_id: UUID
    fan_out_id: int
    team_id: UUID
    season_plan_id: UUID
    reported_phase_id: str | None
    triggered_by: str
    adjusted: int

    @property
    def stream_id(self) -> UUID:
        return self.season_plan_id

    def command(self) -> RecordPhaseAdjustments:
        assert self.reported_phase_id is not None, "only fan-outs of a phase change report"
        return RecordPhaseAdjustments(
            team_id=TeamId(self.team_id),
            phase_id=PhaseId(self.reported_phase_id),
            adjustments_count=self.adjusted,
            triggered_by=self.triggered_by,
            cause_event_id=self.cause_event_id,
        )


class PhaseFanOut:
    """``recorded`` tells which of some event ids the store has already."""

    def __init__(
        self, runner: CommandRunner, recorded: Callable[[Collection[UUID]], Collection[UUID]], chunk: int
    ) -> None:
        self._runner = runner
        self._recorded = recorded
        self._chunk = chunk

    def drain(self, connection: Connection) -> int:
        """One chunk and the reports that it completes, on an autocommit connection; how many (0: nothing is left)."""
        with connection.cursor(binary=True, row_factory=args_row(Target)) as cursor:
            targets = one_run(cursor.execute(NEXT_TARGETS, {"limit": self._chunk}).fetchall())
        if not targets:
            return self._finish(connection, None)
        outcomes = self._run(targets)
        fan_outs = [target.fan_out_id for target in targets]
        columns = {
            "fan_out": fan_outs,
            "assignment": [target.assignment_id for target in targets],
            "adjusted": self._adjusted(targets, outcomes),
        }
        connection.cursor(binary=True).execute(STRIKE_OFF, columns)
        return len(targets) + self._finish(connection, sorted(set(fan_outs)))

    def _finish(self, connection: Connection, fan_outs: Sequence[int] | None) -> int:
        with connection.cursor(binary=True, row_factory=args_row(Finished)) as cursor:
            rows = cursor.execute(FINISHED, {"fan_out": fan_outs, "limit": self._chunk}).fetchall()
        silent = [row.fan_out_id for row in rows if row.reported_phase_id is None]
        reporting = one_run([row for row in rows if row.reported_phase_id is not None])
        self._run(reporting)
        done = silent + [row.fan_out_id for row in reporting]
        if done:
            connection.cursor(binary=True).execute(DROP, {"fan_out": done})
        return len(done)

    def _run(self, items: Sequence[Item]) -> list[Outcome]:
        outcomes = []
        for result in self._runner.run_many(
            [item.command() for item in items],
            [
                Caller(
                    organization_id=OrganizationId(item.organization_id),
                    actor=f"reaction:{REACTION}",
                    correlation_id=item.correlation_id,
                    causation_id=item.cause_event_id,
                )
                for item in items
            ],
            reactions=[Reaction(REACTION, item.cause_event_id) for item in items],
        ):
            if isinstance(result, Refusal):
                raise result.error
            outcomes.append(result)
        return outcomes

    def _adjusted(self, targets: Sequence[Target], outcomes: Sequence[Outcome]) -> list[bool]:
        """Which targets this fan-out changed, now or just before a crash."""
        changed = [bool(outcome.events) for outcome in outcomes]
        unchanged = {
            Reaction(REACTION, target.cause_event_id).event_id(target.assignment_id, 0): index
            for index, target in enumerate(targets)
            if not changed[index]
        }
        if unchanged:
            for event_id in self._recorded(unchanged.keys()):
                changed[unchanged[event_id]] = True
        return changed


def one_run(items: Sequence[T]) -> list[T]:
    """What one ``run_many`` may take, in order: the items of the first one's organization, each stream once."""
    chosen: list[T] = []
    streams: set[UUID] = set()
    for item in items:
        if item.organization_id == items[0].organization_id and item.stream_id not in streams:
            streams.add(item.stream_id)
            chosen.append(item)
    return chosen
