"""Carries out what a leaving calls for: the athlete's workouts are closed in the old team and opened in the new.

One leaving after the other, in the order of the log, in chunks that can stop anywhere and go on: each command of a
repeated chunk decides nothing. A workout goes on in the new team as it was planned, with its own baseline; what phases
made of it stays behind, as does what the athlete's workload calls for there, and the new team's phases find it like
any newcomer.

A new team that refuses the athlete (there is none by that id, or a stay there ended later than this one) gets no
workouts. In the old team they are cancelled all the same, for the athlete is gone; the refusal is logged and kept.
A single workout that is refused (another organization planned it into the team) stays where it is.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Any, LiteralString, NamedTuple
from uuid import UUID, uuid5

import structlog
from psycopg import Connection
from psycopg.rows import args_row

from consumers.as_planned import as_planned
from consumers.caused import caller_of
from consumers.refusals import keep_refusals
from domain.assignment import PlanAssignment, WithdrawAssignment
from domain.athlete import AthleteIsForgotten
from domain.decider import Command
from domain.errors import DomainError
from domain.ids import AssignmentId, AthleteId, TeamId
from domain.ports import Caller, CommandRunner, Outcome, Reaction, Refusal
from domain.team import AddPlayer

REACTION = "transfer"

OLDEST: LiteralString = """
SELECT id, cause_event_id, organization_id, correlation_id, athlete_id, left_on, transferred_to, joined, refusal
FROM transfers WHERE NOT done ORDER BY id LIMIT 1
"""
WORKOUTS: LiteralString = """
SELECT assignment_id, title, sport, scheduled_on, baseline FROM transfer_targets
WHERE transfer_id = %(transfer)b ORDER BY assignment_id LIMIT %(limit)b
"""
STRIKE_OFF: LiteralString = """
WITH struck AS (
    DELETE FROM transfer_targets WHERE transfer_id = %(transfer)b AND assignment_id = ANY(%(assignment)b)
)
UPDATE transfers SET joined = %(joined)b, refusal = %(refusal)b, done = NOT EXISTS (
    SELECT FROM transfer_targets AS t
    WHERE t.transfer_id = %(transfer)b AND t.assignment_id <> ALL(%(assignment)b::uuid[]))
WHERE id = %(transfer)b
"""

log = structlog.get_logger()


class Transfer(NamedTuple):
    """A leaving; ``transferred_to`` is None where the athlete goes on in no team."""

    id: int
    cause_event_id: UUID
    organization_id: UUID
    correlation_id: UUID
    athlete_id: UUID
    left_on: date
    transferred_to: UUID | None
    joined: bool
    refusal: str | None

    def caller(self) -> Caller:
        return caller_of(REACTION, self)

    def reaction(self) -> Reaction:
        return Reaction(REACTION, self.cause_event_id)


class Workout(NamedTuple):
    """An assignment of the old team, as it was planned; ``baseline`` is a Prescription as JSON."""

    assignment_id: UUID
    title: str
    sport: str
    scheduled_on: date | None
    baseline: dict[str, Any]

    def withdrawn(self, reason: str | None) -> WithdrawAssignment:
        return WithdrawAssignment(assignment_id=AssignmentId(self.assignment_id), reason=reason)

    def planned_in(self, team_id: UUID, athlete_id: UUID) -> PlanAssignment:
        return as_planned(
            uuid5(team_id, self.assignment_id.hex),
            team_id,
            athlete_id,
            title=self.title,
            sport=self.sport,
            scheduled_on=self.scheduled_on,
            baseline=self.baseline,
        )


class Transfers:
    """``recorded`` tells which of some event ids the store has already."""

    def __init__(
        self, runner: CommandRunner, recorded: Callable[[Collection[UUID]], Collection[UUID]], chunk: int
    ) -> None:
        self._runner = runner
        self._recorded = recorded
        self._chunk = chunk

    def drain(self, connection: Connection) -> int:
        """A chunk of the oldest leaving, on an autocommit connection; how much was done (0: nothing is left)."""
        with connection.cursor(binary=True, row_factory=args_row(Transfer)) as cursor:
            transfer = cursor.execute(OLDEST).fetchone()
        if transfer is None:
            return 0
        with connection.cursor(binary=True, row_factory=args_row(Workout)) as cursor:
            workouts = cursor.execute(WORKOUTS, {"transfer": transfer.id, "limit": self._chunk}).fetchall()
        withdrawn = self._withdraw(connection, transfer, workouts)
        if (team_id := transfer.transferred_to) is not None:
            transfer = self._join(transfer, team_id)
            if transfer.joined:
                planned = [workout.planned_in(team_id, transfer.athlete_id) for workout in withdrawn]
                results = self._run(transfer, planned)
                keep_refusals(connection, [transfer.cause_event_id] * len(results), results)
        columns = {
            "transfer": transfer.id,
            "assignment": [workout.assignment_id for workout in workouts],
            "joined": transfer.joined,
            "refusal": transfer.refusal,
        }
        connection.cursor(binary=True).execute(STRIKE_OFF, columns)
        return len(workouts) or 1

    def _withdraw(self, connection: Connection, transfer: Transfer, workouts: Sequence[Workout]) -> list[Workout]:
        """Cancels what nobody has begun; answers what it cancelled, now or just before a crash."""
        reason = f"left the team on {transfer.left_on}"
        results = self._run(transfer, [workout.withdrawn(reason) for workout in workouts])
        if any(isinstance(result, Refusal) and isinstance(result.error, AthleteIsForgotten) for result in results):
            results = self._run(transfer, [workout.withdrawn(None) for workout in workouts])
        keep_refusals(connection, [transfer.cause_event_id] * len(results), results)
        changed = [isinstance(result, Outcome) and bool(result.events) for result in results]
        ids = [transfer.reaction().event_id(workout.assignment_id, 0) for workout in workouts]
        unclear = [event_id for event_id, now in zip(ids, changed, strict=True) if not now]
        before = self._recorded(unclear) if unclear else ()
        return [
            workout for workout, event_id, now in zip(workouts, ids, changed, strict=True) if now or event_id in before
        ]

    def _join(self, transfer: Transfer, team_id: UUID) -> Transfer:
        """Adds the athlete to the new team, once for each leaving."""
        if transfer.joined or transfer.refusal is not None:
            return transfer
        command = AddPlayer(
            team_id=TeamId(team_id), athlete_id=AthleteId(transfer.athlete_id), joined_on=transfer.left_on
        )
        try:
            self._runner.run(command, transfer.caller(), reaction=transfer.reaction())
        except DomainError as error:
            if not self._recorded([transfer.reaction().event_id(team_id, 0)]):
                log.warning("transfers.refused", cause=str(transfer.cause_event_id), team=str(team_id), why=str(error))
                return transfer._replace(refusal=str(error))
            # It did join, before a crash, and has left that team again since.
        return transfer._replace(joined=True)

    def _run(self, transfer: Transfer, commands: Sequence[Command]) -> list[Outcome | Refusal]:
        count = len(commands)
        return self._runner.run_many(commands, [transfer.caller()] * count, reactions=[transfer.reaction()] * count)
