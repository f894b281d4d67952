"""What the planning service says, and the command that each message means. Shapes as in its own documentation."""

from typing import Annotated
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import BaseModel, ConfigDict, StrictBool, StringConstraints, ValidationError
from pydantic.alias_generators import to_camel

from consumers.cloud_events import Inbound, Malformed, explained
from domain.decider import Command
from domain.fields import DayOrInstant, ExternalId
from domain.ids import OrganizationId, PhaseId, TeamId, external_id
from domain.ports import InboxEntry, Message
from domain.season_plan import ChangePhase

PLANNING_TYPES = ("phase_change", "phase_changed", "phase.change", "phase.changed", "PlanningPhaseChangeEvent")
"""What the type of a CloudEvent may end in; before it goes whatever prefix the sender likes."""

PHASE_CHANGE_MARK = "newPhaseId"
"""The field by which bare JSON, which has no type, is known for a phase change."""

# A NUL would be in the stored event for ever, and no column of a read model takes it.
Opaque = Annotated[ExternalId, StringConstraints(pattern=r"^[^\x00]*$")]


class PhaseChange(BaseModel):
    """PlanningPhaseChangeEvent. Fields that the planning service adds later are ignored."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, validate_by_alias=True, extra="ignore", frozen=True
    )

    team_id: Opaque
    old_phase_id: Opaque | None = None
    new_phase_id: Opaque
    phase_start_date: DayOrInstant
    phase_end_date: DayOrInstant
    auto_apply_adjustments: StrictBool
    triggered_by: Opaque


def command_for(content: Inbound, organization_id: OrganizationId, source: str) -> Command:
    """Raises Malformed for what is not understood here."""
    if content.type is None and PHASE_CHANGE_MARK not in content.data:
        raise Malformed(f"it is of no known kind: it has neither a CloudEvents type nor a {PHASE_CHANGE_MARK}")
    if content.type is not None and not content.type.endswith(PLANNING_TYPES):
        raise Malformed(f"its type is {content.type!r}; known are those that end in {', '.join(PLANNING_TYPES)}")
    try:
        change = PhaseChange.model_validate(content.data)
    except ValidationError as error:
        raise Malformed(f"it is no valid phase change: {explained(error)}") from error
    return ChangePhase(
        team_id=TeamId(external_id(organization_id, source, "team", change.team_id)),
        phase_id=PhaseId(change.new_phase_id),
        starts=change.phase_start_date,
        ends=change.phase_end_date,
        old_phase_id=None if change.old_phase_id is None else PhaseId(change.old_phase_id),
        auto_apply=change.auto_apply_adjustments,
        triggered_by=change.triggered_by,
    )


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
