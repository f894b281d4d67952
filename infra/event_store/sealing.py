"""Personal fields, sealed: AES-256-GCM under the athlete's key, bound to the place and the field that they stand in."""

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.event import Event, Payload, Personal

NONCE_BYTES = 12


class Place(NamedTuple):
    """Where an event stands in its stream. A sealed value that is moved to another place does not open."""

    stream_id: UUID
    version: int


def personal_aliases(event_type: type[Event]) -> tuple[str, ...]:
    """The stored names of the event's personal fields."""
    return tuple(
        field.serialization_alias or field.alias or name
        for name, field in event_type.model_fields.items()
        if any(isinstance(mark, Personal) for mark in field.metadata)
    )


def seal(payload: Payload, aliases: Iterable[str], key: bytes, place: Place) -> Payload:
    """The payload with each named field as {"sealed": base64 of nonce and ciphertext}; None stays None."""
    sealed = dict(payload)
    for alias in aliases:
        if payload.get(alias) is not None:
            nonce = os.urandom(NONCE_BYTES)
            plain = json.dumps(payload[alias]).encode()
            box = nonce + AESGCM(key).encrypt(nonce, plain, bound_to(place, alias))
            sealed[alias] = {"sealed": b64encode(box).decode("ascii")}
    return sealed


def unseal(payload: Payload, aliases: Iterable[str], key: bytes | None, place: Place) -> Payload:
    """The inverse; without a key each sealed field is None. Raises InvalidTag where a byte was changed."""
    opened = dict(payload)
    for alias in aliases:
        value: Any = payload.get(alias)
        if isinstance(value, dict) and "sealed" in value:
            opened[alias] = None
            if key is not None:
                box = b64decode(value["sealed"])
                plain = AESGCM(key).decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], bound_to(place, alias))
                opened[alias] = json.loads(plain)
    return opened


def bound_to(place: Place, alias: str) -> bytes:
    return place.stream_id.bytes + place.version.to_bytes(4, "big") + alias.encode()
