"""What happens to an assignment. Stored shapes: version with care.

``load_before`` is the load as shown before the event, ``shown`` all that is shown after it.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from pydantic import Field

from domain.event import Event, Payload, PersonalText, Upcaster
from domain.ids import AssignmentId, AthleteId, PhaseId, SeasonPlanId, TeamId, WorkloadId
from domain.prescription import Adjustment, Exercise, Intensity, Prescription
from domain.rules.load import LoadLevel

NOT_PRESCRIBED: Mapping[str, Any] = {"weekdays": None, "intensity": None, "exercises": None}
"""Of all but the load, before there was anything else to plan."""


def _base_load_into_baseline(payload: Payload) -> Payload:
    """Version 1 had the load flat, which left no room for a planned frequency or intensity."""
    rest = {name: value for name, value in payload.items() if name != "baseLoad"}
    return {**rest, "baseline": {"load": payload["baseLoad"]}}


def _baseline_of_load_alone(payload: Payload) -> Payload:
    """Version 2 planned a load and nothing else."""
    return {**payload, "baseline": {**payload["baseline"], **NOT_PRESCRIBED}}


def _load_after_into_shown(payload: Payload) -> Payload:
    """Version 1 of whatever changes a layer told the load that shows, and there was nothing else to show."""
    rest = {name: value for name, value in payload.items() if name != "loadAfter"}
    return {**rest, "shown": {"load": payload["loadAfter"], **NOT_PRESCRIBED}}


class AssignmentPlanned(Event):
    """A workout was planned for an athlete."""

    event_name = "assignment.planned"
    event_version = 3
    upcasters: ClassVar[Mapping[int, Upcaster]] = {1: _base_load_into_baseline, 2: _baseline_of_load_alone}

    assignment_id: AssignmentId
    team_id: TeamId
    athlete_id: AthleteId
    title: str
    sport: str
    scheduled_on: date | None = Field(description="The day in the team's zone; null for an open-ended assignment.")
    baseline: Prescription = Field(description="As planned, before any layer. Every adjustment is computed from it.")


class AssignmentPhaseAdjusted(Event):
    """The assignment has a phase (another one, or the same as declared anew), which replaces the one before."""

    event_name = "assignment.phase_adjusted"
    event_version = 2
    upcasters: ClassVar[Mapping[int, Upcaster]] = {1: _load_after_into_shown}

    assignment_id: AssignmentId
    team_id: TeamId
    athlete_id: AthleteId
    phase_id: PhaseId
    season_plan_id: SeasonPlanId
    season_revision: int = Field(description="The declaration of phases, counted per season plan, that this follows.")
    load_level: LoadLevel
    adjustments: tuple[Adjustment, ...]
    load_before: float
    shown: Prescription = Field(description="Differs from the adjustments where a layer lies above the phase.")


class AssignmentPhaseLifted(Event):
    """The phase is off: no phase covers the assignment any more, or a person reverted it."""

    event_name = "assignment.phase_lifted"
    event_version = 2
    upcasters: ClassVar[Mapping[int, Upcaster]] = {1: _load_after_into_shown}

    assignment_id: AssignmentId
    team_id: TeamId
    athlete_id: AthleteId
    phase_id: PhaseId = Field(description="The phase that was lifted off.")
    season_revision: int
    load_before: float
    shown: Prescription
    reason: str


class AssignmentWorkloadAdjusted(Event):
    """The athlete's workload calls for less: a share of what lies beneath, or none at all."""

    event_name = "assignment.workload_adjusted"

    assignment_id: AssignmentId
    team_id: TeamId
    athlete_id: AthleteId
    workload_id: WorkloadId
    workload_revision: int = Field(description="The change of the athlete's restrictions that this follows.")
    skip: bool = Field(description="The athlete shall not train at all.")
    fraction: float = Field(description="Of the load beneath, 0 to 1.")
    easy_only: bool = Field(description="No zone above 2.")
    adjustments: tuple[Adjustment, ...]
    load_before: float
    shown: Prescription


class AssignmentWorkloadLifted(Event):
    """No restriction of the athlete's workload holds for the assignment any more."""

    event_name = "assignment.workload_lifted"

    assignment_id: AssignmentId
    team_id: TeamId
    athlete_id: AthleteId
    workload_revision: int
    load_before: float
    shown: Prescription
    reason: str


class AssignmentLoadSetByHand(Event):
    """A person set the load. Not written any more: ``assignment.adjusted_by_hand`` says it, and more."""

    event_name = "assignment.load_set_by_hand"

    assignment_id: AssignmentId
    team_id: TeamId
    athlete_id: AthleteId
    load_before: float
    load_after: float
    reason: PersonalText = Field(description="In the words of a person; null once the athlete is forgotten.")


class AssignmentAdjustedByHand(Event):
    """A person set some of it, which wins over every other layer until it is lifted off. Null: left as it is."""

    event_name = "assignment.adjusted_by_hand"

    assignment_id: AssignmentId
    team_id: TeamId
    athlete_id: AthleteId
    load: float | None
    weekdays: tuple[int, ...] | None
    intensity: Intensity | None
    exercises: tuple[Exercise, ...] | None
    load_before: float
    shown: Prescription
    reason: PersonalText = Field(description="In the words of a person; null once the athlete is forgotten.")


class AssignmentHandLayerLifted(Event):
    """What was set by hand was lifted off; what lies beneath shows again."""

    event_name = "assignment.hand_layer_lifted"
    event_version = 2
    upcasters: ClassVar[Mapping[int, Upcaster]] = {1: _load_after_into_shown}

    assignment_id: AssignmentId
    team_id: TeamId
    athlete_id: AthleteId
    load_before: float
    shown: Prescription


class AssignmentStarted(Event):
    """The athlete began the workout: no layer touches it any more."""

    event_name = "assignment.started"

    assignment_id: AssignmentId
    team_id: TeamId
    athlete_id: AthleteId


def _nothing_known_of_day_and_plan(payload: Payload) -> Payload:
    """Version 1 told neither."""
    return {**payload, "completedOn": None, "plannedLoad": None}


class AssignmentCompleted(Event):
    """The athlete did the workout."""

    event_name = "assignment.completed"
    event_version = 2
    upcasters: ClassVar[Mapping[int, Upcaster]] = {1: _nothing_known_of_day_and_plan}

    assignment_id: AssignmentId
    team_id: TeamId
    athlete_id: AthleteId
    completed_on: date | None = Field(description="The athlete's local day; null only in what is older than version 2.")
    planned_load: float | None = Field(description="As shown when it was done; null only as above.")
    load: float = Field(description="As executed, in the unit of the planned load.")
    rpe: float | None = Field(description="Rate of perceived exertion, 0 to 10.")
    duration_min: float | None


class AssignmentSkipped(Event):
    """The athlete left the workout out."""

    event_name = "assignment.skipped"

    assignment_id: AssignmentId
    team_id: TeamId
    athlete_id: AthleteId
    reason: PersonalText = Field(description="In the words of a person; null once the athlete is forgotten.")


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
    | AssignmentWorkloadAdjusted
    | AssignmentWorkloadLifted
    | AssignmentLoadSetByHand
    | AssignmentAdjustedByHand
    | AssignmentHandLayerLifted
    | AssignmentStarted
    | AssignmentCompleted
    | AssignmentSkipped
    | AssignmentCancelled
)
