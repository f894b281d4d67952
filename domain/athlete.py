"""An athlete: one person, whichever teams they play for and whatever they train.

What is personal stands in events only, sealed under the athlete's own key, and never in the state. Forgetting is
final: the key goes, the names in the log become unreadable, and every further command is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self, assert_never
from uuid import UUID

from pydantic import Field, model_validator

from domain.decider import Command, Context, Decider
from domain.errors import DomainError, NotFound
from domain.event import Event, Payload, PersonalText, Upcaster
from domain.fields import ExternalId, Title
from domain.ids import AthleteId

# Stored shapes: version with care


def _known_to_nobody_else(payload: Payload) -> Payload:
    """Version 1 did not say as whom another service knows the person."""
    return {**payload, "externalSource": None, "externalId": None}


class AthleteRegistered(Event):
    """A person became known to the organization."""

    event_name = "athlete.registered"
    event_version = 2
    upcasters: ClassVar[Mapping[int, Upcaster]] = {1: _known_to_nobody_else}

    athlete_id: AthleteId
    name: PersonalText
    external_source: str | None = None
    external_id: PersonalText = Field(
        default=None, description="As whom that source knows the person; null once they are forgotten."
    )


class AthleteForgotten(Event):
    """The person asked to be forgotten: their key is destroyed, and what it sealed reads as nothing."""

    event_name = "athlete.forgotten"

    athlete_id: AthleteId


AthleteEvent = AthleteRegistered | AthleteForgotten


@dataclass(frozen=True, slots=True)
class Athlete:
    athlete_id: AthleteId
    forgotten: bool = False


def evolve(state: Athlete | None, event: AthleteEvent) -> Athlete:
    match event:
        case AthleteRegistered():
            return Athlete(event.athlete_id)
        case AthleteForgotten():
            assert state is not None, "an athlete is registered first"
            return replace(state, forgotten=True)
        case _:
            assert_never(event)


class RegisterAthlete(Command):
    athlete_id: AthleteId
    name: Title
    external_source: ExternalId | None = None
    external_id: ExternalId | None = None

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.external_source is None) != (self.external_id is None):
            raise ValueError("an external id is that of a source: send both, or neither")
        return self

    @property
    def stream_id(self) -> UUID:
        return self.athlete_id


class ForgetAthlete(Command):
    athlete_id: AthleteId

    @property
    def stream_id(self) -> UUID:
        return self.athlete_id


AthleteCommand = RegisterAthlete | ForgetAthlete


def decide(command: AthleteCommand, state: Athlete | None, _context: Context) -> tuple[AthleteEvent, ...]:
    match command:
        case RegisterAthlete():
            if state is None:
                return (AthleteRegistered(**dict(command)),)
            if state.forgotten:
                raise AthleteIsForgotten(f"athlete {state.athlete_id} was forgotten")
            return ()  # names are not compared: the state holds nothing personal
        case ForgetAthlete():
            if state is None:
                raise NotFound(f"there is no athlete {command.athlete_id}")
            return () if state.forgotten else (AthleteForgotten(athlete_id=state.athlete_id),)
        case _:
            assert_never(command)


class AthleteIsForgotten(DomainError):
    code = "athlete-forgotten"
    hint = "Forgetting is final; register the person anew under a fresh id if they come back."


DECIDER: Decider[AthleteCommand, Athlete, AthleteEvent] = Decider(
    name="athlete",
    commands=(RegisterAthlete, ForgetAthlete),
    events=(AthleteRegistered, AthleteForgotten),
    state=Athlete,
    decide=decide,
    evolve=evolve,
    partition_key=lambda state: state.athlete_id,
)
