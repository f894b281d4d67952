"""What may be asked of an assignment."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from domain.decider import Command
from domain.fields import Load, Reason, Title
from domain.ids import AssignmentId, AthleteId, PhaseId, SeasonPlanId, TeamId
from domain.rules.load import LoadLevel

Sport = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)]


class PhaseRef(BaseModel):
    """A phase, as much of it as an assignment needs to know."""

    model_config = Command.model_config

    phase_id: PhaseId
    load_level: LoadLevel


class _ToAssignment(Command):
    assignment_id: AssignmentId

    @property
    def stream_id(self) -> UUID:
        return self.assignment_id


class PlanAssignment(_ToAssignment):
    team_id: TeamId
    athlete_id: AthleteId
    title: Title
    sport: Sport
    scheduled_on: date | None = None
    load: Load


class AdjustForPhase(_ToAssignment):
    """``season_revision`` tells which declaration of phases this follows: an older one than the last is ignored."""

    season_plan_id: SeasonPlanId
    season_revision: int
    phase: PhaseRef | None = Field(description="The phase that covers the assignment; null when none does any more.")


class SetLoadByHand(_ToAssignment):
    load: Load
    reason: Reason


class LiftHandLayer(_ToAssignment):
    pass


class StartAssignment(_ToAssignment):
    pass


class CompleteAssignment(_ToAssignment):
    load: Load
    rpe: float | None = Field(default=None, ge=0, le=10, allow_inf_nan=False)
    duration_min: float | None = Field(default=None, ge=0, le=2880, allow_inf_nan=False)


class CancelAssignment(_ToAssignment):
    reason: Reason


class WithdrawAssignment(_ToAssignment):
    """Cancels what nobody has begun, and leaves all else as it is."""

    reason: Reason | None = Field(description="Null for an athlete who was forgotten.")


AssignmentCommand = (
    PlanAssignment
    | AdjustForPhase
    | SetLoadByHand
    | LiftHandLayer
    | StartAssignment
    | CompleteAssignment
    | CancelAssignment
    | WithdrawAssignment
)
