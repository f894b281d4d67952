"""Between domain events and stored bytes: names, versions, upcasters, sealed personal fields.

The library's own mapper stores a class path, bypasses pydantic, turns tuples into lists and loads a newer version
silently; so this one.
"""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from pydantic_core import to_json

from domain.athlete import AthleteIsForgotten
from domain.event import Event
from domain.upcasting import upcast
from infra.event_store.envelope import Keys
from infra.event_store.keyring import Keyring
from infra.event_store.sealing import Place, personal_aliases, seal, unseal


class UnknownEvent(Exception):
    """The store holds an event that this program is too old to know (or that was never one of ours)."""


Stored = tuple[str, int, UUID, int, bytes]


class StoredPayload(NamedTuple):
    """What decoding needs of a stored row; any tuple of this shape will do."""

    name: str
    schema_version: int
    stream_id: UUID
    version: int
    payload: bytes


class EventMapper:
    """``events`` maps stored names to classes. Safe to share between threads."""

    def __init__(self, events: Mapping[str, type[Event]], keyring: Keyring) -> None:
        self._keyring = keyring
        self._types = dict(events)
        self._personal = {name: aliases for name, event in events.items() if (aliases := personal_aliases(event))}
        # The fast path: current version, nothing personal, straight from bytes to the event.
        self._validators = {
            (name, event.event_version): event.__pydantic_validator__.validate_json
            for name, event in events.items()
            if name not in self._personal
        }

    def keys_to_encode(self, events: Sequence[Event]) -> Keys:
        """The keys (made where there are none) that ``encode`` needs for these events."""
        athletes = {athlete_of(event) for event in events if event.event_name in self._personal}
        return self._keyring.obtain(athletes) if athletes else {}

    def encode(self, event: Event, place: Place, keys: Keys) -> bytes:
        """camelCase JSON, byte for byte what the bus carries. Raises AthleteIsForgotten where the key is destroyed."""
        payload: bytes = type(event).__pydantic_serializer__.to_json(event, by_alias=True)
        aliases = self._personal.get(event.event_name)
        if aliases is None:
            return payload
        athlete = athlete_of(event)
        key = keys[athlete]
        content = json.loads(payload)
        if key is None:
            if any(content[alias] is not None for alias in aliases):
                raise AthleteIsForgotten(f"athlete {athlete} was forgotten; nothing personal can be stored about them")
            return payload
        return to_json(seal(content, aliases, key, place))

    def decode_many(self, rows: Sequence[Stored], *, unsealed: bool = True) -> list[Event]:
        """In order. Without ``unsealed`` every personal field is None, as if all keys were destroyed.

        Raises UnknownEvent for a name or version that this program does not know.
        """
        validators = self._validators
        events: list[Event | None] = []
        slow: list[int] = []
        for index, (name, version, _, _, payload) in enumerate(rows):
            validate = validators.get((name, version))
            if validate is None:
                slow.append(index)
                events.append(None)
            else:
                events.append(validate(payload))
        if slow:
            self._decode_slowly(rows, slow, events, unsealed)
        return events  # type: ignore[return-value]

    def _decode_slowly(
        self, rows: Sequence[Stored], slow: Sequence[int], events: list[Event | None], unsealed: bool
    ) -> None:
        payloads = {index: json.loads(rows[index][4]) for index in slow}
        personal = [index for index in slow if unsealed and rows[index][0] in self._personal]
        keys = self._keyring.find({UUID(payloads[index]["athleteId"]) for index in personal}) if personal else {}
        for index in slow:
            name, version, stream_id, stream_version, _ = rows[index]
            event_type = self._types.get(name)
            if event_type is None:
                raise UnknownEvent(
                    f"{name}: no event of that name is known here; is this program older than the store?"
                )
            if version > event_type.event_version:
                raise UnknownEvent(
                    f"{name} version {version}: this program knows versions up to {event_type.event_version}; "
                    "upgrade consumers before the producers of a new version"
                )
            payload = payloads[index]
            if name in self._personal:
                key = keys.get(UUID(payload["athleteId"]))
                payload = unseal(payload, self._personal[name], key, Place(stream_id, stream_version))
            payload = upcast(event_type, version, payload)
            events[index] = event_type.__pydantic_validator__.validate_json(to_json(payload))


def athlete_of(event: Event) -> UUID:
    athlete_id: UUID = event.athlete_id  # type: ignore[attr-defined]
    return athlete_id
