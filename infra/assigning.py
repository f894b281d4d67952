"""Plans workouts, one or hundreds at once, each with the phase of its day at once (seed 000, "Usage Examples").

The seed's ``createAssignmentWithPlanningPhase`` and ``bulkAssignWithPhaseAdjustments``. What the season asks for comes
from its read model; where that is a moment behind, the reaction that catches every new workout sets it right.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain.assignment import AssignmentPhaseAdjusted, PlanAssignment
from domain.errors import AlreadyExists, DomainError
from domain.ports import Caller, CommandRunner, IdempotencyKey, Outcome, Position, Refusal
from domain.prescription import Adjustment, Prescription
from projections.projection import Connect
from projections.season import SeasonOn, seasons_on


@dataclass(frozen=True, slots=True)
class Assigned:
    """What became of one item. ``created`` is False for one that was there already, and for one that was refused.

    ``shown`` is what the athlete sees: the baseline, as the phase of its day adjusts it; None where it was not created.
    """

    assignment_id: UUID
    created: bool
    shown: Prescription | None = None
    adjustments: tuple[Adjustment, ...] = ()
    position: Position | None = None
    refusal: DomainError | None = None


class TwiceInOneRequest(AlreadyExists):
    code = "twice-in-one-request"
    hint = "Give each assignment an id of its own."


class Assigning:
    """``connect`` lends autocommit connections to where the read models are."""

    def __init__(self, runner: CommandRunner, connect: Connect) -> None:
        self._runner = runner
        self._connect = connect

    def assign_one(
        self,
        command: PlanAssignment,
        caller: Caller,
        *,
        key: IdempotencyKey | None = None,
        expected_version: int | None = None,
    ) -> Outcome:
        """As the runner has it: a repeat of ``key`` gets the stored answer. Raises what the runner raises."""
        [planned] = self._with_season([command])
        return self._runner.run(planned, caller, key=key, expected_version=expected_version)

    def assign(
        self, commands: Sequence[PlanAssignment], caller: Caller, *, key: IdempotencyKey | None = None
    ) -> list[Assigned]:
        """In the order of ``commands``. What a rule refuses keeps nothing else back.

        Under ``key`` with the ids of the first time, nothing is planned twice; IdempotencyKeyReused for another body.
        """
        named = Counter(command.assignment_id for command in commands)
        once = [command for command in commands if named[command.assignment_id] == 1]
        results = iter(self._runner.run_many(self._with_season(once), [caller] * len(once), key=key))
        return [
            assigned(command, next(results))
            if named[command.assignment_id] == 1
            else Assigned(command.assignment_id, created=False, refusal=twice(command))
            for command in commands
        ]

    def _with_season(self, commands: Sequence[PlanAssignment]) -> list[PlanAssignment]:
        days: defaultdict[UUID, set[date | None]] = defaultdict(set)
        for command in commands:
            days[command.team_id].add(command.scheduled_on)
        seasons: dict[tuple[UUID, date | None], SeasonOn] = {}
        with self._connect() as connection:
            for team_id, wanted in days.items():
                for day, season in seasons_on(connection, team_id, list(wanted)).items():
                    seasons[team_id, day] = season
        return [with_season(command, seasons.get((command.team_id, command.scheduled_on))) for command in commands]


def with_season(command: PlanAssignment, season: SeasonOn | None) -> PlanAssignment:
    adjustment = None if season is None else season.for_assignment(command.assignment_id)
    return command if adjustment is None else command.model_copy(update={"season": adjustment})


def assigned(command: PlanAssignment, result: Outcome | Refusal) -> Assigned:
    if isinstance(result, Refusal):
        if not isinstance(result.error, DomainError):
            raise result.error
        return Assigned(command.assignment_id, created=False, refusal=result.error)
    adjusted = [event for event in result.events if isinstance(event, AssignmentPhaseAdjusted)]
    return Assigned(
        command.assignment_id,
        created=bool(result.events),
        shown=adjusted[-1].shown if adjusted else command.baseline if result.events else None,
        adjustments=adjusted[-1].adjustments if adjusted else (),
        position=result.position,
    )


def twice(command: PlanAssignment) -> TwiceInOneRequest:
    return TwiceInOneRequest(f"assignment {command.assignment_id} is in one request more than once")
