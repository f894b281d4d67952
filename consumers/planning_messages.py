"""What the planning service says on its topic: four kinds of messages, in the shapes of its own documentation."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Self
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel

from consumers.cloud_events import Inbound, Malformed, explained
from domain.fields import DayOrInstant, ExternalId
from domain.ids import OrganizationId
from domain.ports import InboxEntry, Message
from domain.rules.workload_response import ResponseType, ThresholdType

LONGEST_SHOWN = 100

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class Said(BaseModel):
    """Fields that the planning service adds later are ignored."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, validate_by_alias=True, extra="ignore", frozen=True
    )

    team_id: ExternalId


class PhaseChange(Said):
    """PlanningPhaseChangeEvent. It says nothing of what the phase is."""

    old_phase_id: ExternalId | None = None
    new_phase_id: ExternalId
    phase_start_date: DayOrInstant
    phase_end_date: DayOrInstant
    auto_apply_adjustments: StrictBool
    triggered_by: ExternalId


class UpdateType(StrEnum):
    PHASE_ADDED = "phase_added"
    PHASE_MODIFIED = "phase_modified"
    PHASE_REMOVED = "phase_removed"
    SCHEDULE_ADJUSTED = "schedule_adjusted"


class SeasonPlanUpdate(Said):
    """SeasonPlanUpdateEvent. It says that there is news, of which phases, and not what it is."""

    season_plan_id: ExternalId
    updated_phases: Annotated[tuple[ExternalId, ...], Field(max_length=200)]
    update_type: UpdateType
    triggered_by: ExternalId

    @model_validator(mode="after")
    def _names_what_is_gone(self) -> Self:
        if self.update_type is UpdateType.PHASE_REMOVED and not self.updated_phases:
            raise ValueError("updatedPhases: it names no phase that would be removed")
        return self


class RecommendedAdjustment(BaseModel):
    """``magnitude`` is a share: 0.3 reduces by three tenths."""

    model_config = Said.model_config

    type: ResponseType
    magnitude: Annotated[Number, Field(ge=0, le=1)]


class WorkloadThreshold(Said):
    """WorkloadThresholdEvent. ``occurred_at`` is the day of the breach where the message comes later."""

    player_id: ExternalId
    threshold_type: ThresholdType
    current_value: Number
    threshold_value: Number
    recommended_adjustment: RecommendedAdjustment
    occurred_at: DayOrInstant | None = None
    triggered_by: ExternalId | None = None


class TemplateCustomizations(BaseModel):
    model_config = Said.model_config

    load_multiplier: Annotated[Number, Field(gt=0, le=3)] = 1.0
    training_frequency: Annotated[StrictInt, Field(ge=1, le=7)] | None = None


class TemplateApplication(Said):
    """A template is to be followed by a team. It says which, and not what is in it."""

    template_id: ExternalId
    start_date: DayOrInstant
    customizations: TemplateCustomizations | None = None
    triggered_by: ExternalId


PlanningMessage = PhaseChange | SeasonPlanUpdate | WorkloadThreshold | TemplateApplication


@dataclass(frozen=True, slots=True)
class Kind:
    """``endings`` are what the type of a CloudEvent may end in; before it goes whatever prefix the sender likes.

    ``mark`` is the field by which bare JSON, which has no type, is known for this kind.
    """

    called: str
    endings: tuple[str, ...]
    mark: str
    shape: type[PlanningMessage]


PHASE_CHANGE = Kind(
    "phase change",
    ("phase_change", "phase_changed", "phase.change", "phase.changed", "PlanningPhaseChangeEvent"),
    "newPhaseId",
    PhaseChange,
)
SEASON_PLAN_UPDATE = Kind(
    "season plan update",
    ("season_plan_update", "season_plan_updated", "season_plan.update", "season_plan.updated", "SeasonPlanUpdateEvent"),
    "updateType",
    SeasonPlanUpdate,
)
WORKLOAD_THRESHOLD = Kind(
    "workload threshold",
    ("workload_threshold", "workload_threshold_breached", "workload.threshold", "WorkloadThresholdEvent"),
    "thresholdType",
    WorkloadThreshold,
)
TEMPLATE_APPLICATION = Kind(
    "template application",
    (
        "template_application",
        "template_applied",
        "template.application",
        "template.applied",
        "TemplateApplicationEvent",
    ),
    "templateId",
    TemplateApplication,
)
KINDS = (PHASE_CHANGE, SEASON_PLAN_UPDATE, WORKLOAD_THRESHOLD, TEMPLATE_APPLICATION)


def kind_of(content: Inbound) -> Kind:
    """Raises Malformed for none that is known."""
    if content.type is not None:
        for kind in KINDS:
            if content.type.endswith(kind.endings):
                return kind
        endings = ", ".join(ending for kind in KINDS for ending in kind.endings)
        raise Malformed(f"its type is {content.type[:LONGEST_SHOWN]!r}; known are those that end in {endings}")
    marked = [kind for kind in KINDS if kind.mark in content.data]
    if not marked:
        marks = ", ".join(kind.mark for kind in KINDS)
        raise Malformed(f"it is of no known kind: it has neither a CloudEvents type nor any of {marks}")
    if len(marked) > 1:
        marks = " and ".join(kind.mark for kind in marked)
        raise Malformed(f"it may be of several kinds: it has {marks}. Send it as a CloudEvent, whose type tells")
    return marked[0]


def read(content: Inbound) -> PlanningMessage:
    """Raises Malformed for what is not understood here; its text has no value of the message."""
    kind = kind_of(content)
    try:
        return kind.shape.model_validate(content.data)
    except ValidationError as error:
        raise Malformed(f"it is no valid {kind.called}: {explained(error)}") from error


def inbox_entry(message: Message, content: Inbound, organization_id: OrganizationId, source: str) -> InboxEntry:
    """Where it came from. Ids are unique within organization and source only, so both are part of the inbox's."""
    return InboxEntry(
        source=f"{organization_id}/{source}/{content.source or ''}",
        message_id=content.message_id,
        cluster_id=message.cluster_id,
        topic_id=message.topic_id,
        partition=message.partition,
        offset=message.offset,
    )


def identity_of(entry: InboxEntry) -> UUID:
    """The same for every delivery of a message, and for every copy of it that has the same id."""
    parts: tuple[object, ...] = (entry.source, entry.message_id)
    if entry.message_id is None:
        parts = (entry.cluster_id, entry.topic_id, entry.partition, entry.offset)
    return uuid5(NAMESPACE_URL, "\x1f".join(["urn:message", *map(str, parts)]))
