"""What all stored events share: frozen, camelCase, named, versioned.

A stored event carries types and no constraints, and ignores fields that it does not know: a rule that is
tightened later must not make an old stream unloadable.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

Payload = dict[str, Any]
Upcaster = Callable[[Payload], Payload]


class StoredModel(BaseModel):
    """A part of a stored event."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )


class Event(StoredModel):
    """A fact. ``event_name`` and ``event_version`` are stored, and outlive every move of this file.

    ``upcasters[n]`` turns the camelCase payload of version n into that of version n + 1.
    """

    event_name: ClassVar[str]
    event_version: ClassVar[int] = 1
    upcasters: ClassVar[Mapping[int, Upcaster]] = {}


@dataclass(frozen=True, slots=True)
class Personal:
    """Marks a field as personal data of the athlete whom the event's ``athlete_id`` names.

    It is encrypted under that athlete's key in the store and on the bus; once the key is destroyed, it reads None.
    """


PersonalText = Annotated[str | None, Personal()]
PersonalNumber = Annotated[float | None, Personal()]
