"""What is told on the outbound topics: seed 000's "Integration Events" and "Error Events", and nothing about a person.

Ids of teams and players are the planning service's own where it has told them, else ours.
"""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Instant = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class Told(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, validate_by_alias=True, serialize_by_alias=True, frozen=True
    )

    def bytes(self) -> bytes:
        """JSON; what is None is left out."""
        return self.model_dump_json(exclude_none=True).encode()


class AssignmentAdjusted(Told):
    """A phase was put on a player's workout, or taken off."""

    assignment_id: UUID
    team_id: str
    player_id: str
    phase_id: str
    adjustment_timestamp: Instant = Field(description="UTC, to the millisecond.")


class AdjustmentsApplied(Told):
    """A change of a team's season has reached everybody whom it touches."""

    team_id: str
    phase_id: str
    adjustments_count: int = Field(description="Workouts that it adjusted.")
    triggered_by: str
    timestamp: Instant = Field(description="UTC, to the millisecond.")


class ProcessingError(Told):
    """A message could not be processed and was set aside; later ones of its key wait behind it."""

    team_id: str | None = Field(None, description="As the message names it, where that can be read.")
    message_id: str | None = Field(None, description="The id of the CloudEvent, where it was one.")
    topic: str
    partition: int
    offset: str = Field(description="Text: it may be more than a JSON number keeps.")
    reason: str
    dead_letter_id: int = Field(description="For `mesocycle dead-letters show`.")
    occurred_at: Instant
