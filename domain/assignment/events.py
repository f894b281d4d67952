"""What happens to an assignment. Stored shapes: version with care.

``load_before`` and ``load_after`` are the loads as shown, before and after the event.
"""

from collections.abc import Mapping
from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from domain.event import Event, Payload, PersonalText, StoredModel, Upcaster
from domain.ids import AssignmentId, AthleteId, PhaseId, SeasonPlanId, TeamId
from domain.rules.load import LoadLevel


class Baseline(StoredModel):
    """What was planned, before any layer. Every adjustment is computed from it."""

    load: float


def _base_load_into_baseline(payload: Payload) -> Payload:
    """Version 1 had the load flat, which left no room for a planned frequency or intensity."""
    rest = {name: value for name, value in payload.items() if name != "baseLoad"}
    return {**rest, "baseline": {"load": payload["baseLoad"]}}


class AssignmentPlanned(Event):
    """A workout was planned for an athlete."""

    event_name = "assignment.planned"
    event_version = 2
    upcasters: ClassVar[Mapping[int, Upcaster]] = {1: _base_load_into_baseline}

    assignment_id: AssignmentId
    team_id: TeamId
    athlete_id: AthleteId
    title: str
    sport: str
    scheduled_on: date | None = Field(description="The day in the team's zone; null for an open-ended assignment.")
    baseline: Baseline


class LoadAdjustment(StoredModel):
    """One thing that a phase changed in a workout."""

    kind: Literal["load"]
    original: float = Field(description="From the baseline, never from an earlier adjustment.")
    adjusted: float
    reason: str


class AssignmentPhaseAdjusted(Event):
    """The assignment has a phase (another one, or the same as declared anew), which replaces the one before."""

    event_name = "assignment.phase_adjusted"

    assignment_id: AssignmentId
    team_id: TeamId
    athlete_id: AthleteId
    phase_id: PhaseId
    season_plan_id: SeasonPlanId
    season_revision: int = Field(description="The declaration of phases, counted per season plan, that this follows.")
    load_level: LoadLevel
    adjustments: tuple[LoadAdjustment, ...]
    load_before: float
    load_after: float = Field(description="The load as shown: unchanged where a load set by hand lies above.")


class AssignmentPhaseLifted(Event):
    """No phase covers the assignment any more: what the phase had changed is as planned again."""

    event_name = "assignment.phase_lifted"

    assignment_id: AssignmentId
    team_id: TeamId
    athlete_id: AthleteId
    phase_id: PhaseId = Field(description="The phase that was lifted off.")
    season_revision: int
    load_before: float
    load_after: float
    reason: str


class AssignmentLoadSetByHand(Event):
    """A person set the load, which wins over every phase until it is lifted off."""

    event_name = "assignment.load_set_by_hand"

    assignment_id: AssignmentId
    team_id: TeamId
    athlete_id: AthleteId
    load_before: float
    load_after: float
    reason: PersonalText = Field(description="In the words of a person; null once the athlete is forgotten.")


class AssignmentHandLayerLifted(Event):
    """The load set by hand was lifted off; what lies beneath shows again."""

    event_name = "assignment.hand_layer_lifted"

    assignment_id: AssignmentId
    team_id: TeamId
    athlete_id: AthleteId
    load_before: float
    load_after: float


class AssignmentStarted(Event):
    """The athlete began the workout: no phase touches it any more."""

    event_name = "assignment.started"

    assignment_id: AssignmentId
    team_id: TeamId
    athlete_id: AthleteId


class AssignmentCompleted(Event):
    """The athlete did the workout."""

    event_name = "assignment.completed"

    assignment_id: AssignmentId
    team_id: TeamId
    athlete_id: AthleteId
    load: float = Field(description="As executed, in the unit of the planned load.")
    rpe: float | None = Field(description="Rate of perceived exertion, 0 to 10.")
    duration_min: float | None


class AssignmentCancelled(Event):
    """The workout will not take place."""

    event_name = "assignment.cancelled"

    assignment_id: AssignmentId
    team_id: TeamId
    athlete_id: AthleteId
    reason: PersonalText = Field(description="In the words of a person; null once the athlete is forgotten.")


AssignmentEvent = (
    AssignmentPlanned
    | AssignmentPhaseAdjusted
    | AssignmentPhaseLifted
    | AssignmentLoadSetByHand
    | AssignmentHandLayerLifted
    | AssignmentStarted
    | AssignmentCompleted
    | AssignmentCancelled
)
