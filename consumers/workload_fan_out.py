"""Carries what an athlete's workload calls for to the workouts in question: in chunks that can stop anywhere and go on.

What is left to do stands in ``workload_targets``. A chunk appends its events first and strikes its targets off
afterwards; a crash between the two repeats the chunk, and each repeated command decides nothing, because its
assignment has seen that revision of the workload. Phases have their own count, so the two may come in any order.
"""

from typing import LiteralString, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import args_row

from consumers.caused import caller_of
from consumers.phase_fan_out import one_run
from consumers.refusals import keep_refusals
from domain.assignment import AdjustForWorkload
from domain.ids import AssignmentId, WorkloadId
from domain.ports import Caller, CommandRunner, Reaction

REACTION = "workload-fan-out"

NEXT_TARGETS: LiteralString = """
SELECT id, cause_event_id, organization_id, correlation_id, assignment_id, workload_id, workload_revision, restricted,
       skip, fraction, easy_only
FROM workload_targets ORDER BY id LIMIT %(limit)b
"""
STRIKE_OFF: LiteralString = "DELETE FROM workload_targets WHERE id = ANY(%(target)b)"


class Target(NamedTuple):
    """An assignment, and the layer that it is to have; without ``restricted`` none."""

    id: int
    cause_event_id: UUID
    organization_id: UUID
    correlation_id: UUID
    assignment_id: UUID
    workload_id: UUID
    workload_revision: int
    restricted: bool
    skip: bool
    fraction: float
    easy_only: bool

    def caller(self) -> Caller:
        return caller_of(REACTION, self)

    def reaction(self) -> Reaction:
        return Reaction(REACTION, self.cause_event_id)

    def command(self) -> AdjustForWorkload:
        """Not validated anew: what is stored in an event was, and nothing else is told here."""
        return AdjustForWorkload.model_construct(
            assignment_id=AssignmentId(self.assignment_id),
            workload_id=WorkloadId(self.workload_id),
            workload_revision=self.workload_revision,
            restricted=self.restricted,
            skip=self.skip,
            fraction=self.fraction,
            easy_only=self.easy_only,
        )


class WorkloadFanOut:
    def __init__(self, runner: CommandRunner, chunk: int) -> None:
        self._runner = runner
        self._chunk = chunk

    def drain(self, connection: Connection) -> int:
        """One chunk, on an autocommit connection; how many (0: nothing is left)."""
        with connection.cursor(binary=True, row_factory=args_row(Target)) as cursor:
            targets = cursor.execute(NEXT_TARGETS, {"limit": self._chunk}).fetchall()
        if not targets:
            return 0
        chunk = one_run(targets, lambda target: (target.organization_id, target.assignment_id))
        results = self._runner.run_many(
            [target.command() for target in chunk],
            [target.caller() for target in chunk],
            reactions=[target.reaction() for target in chunk],
        )
        with connection.transaction(), connection.cursor(binary=True) as cursor:
            keep_refusals(connection, [target.cause_event_id for target in chunk], results)
            cursor.execute(STRIKE_OFF, {"target": [target.id for target in chunk]})
        return len(chunk)
