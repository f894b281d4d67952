"""Old stored payloads, brought to the shape that today's event class reads."""

from domain.event import Event, Payload


def upcast(event_type: type[Event], version: int, payload: Payload) -> Payload:
    """The camelCase ``payload`` of ``version`` in the shape of ``event_type``'s current version.

    One step a version, each by the event's own upcaster. The given payload is not changed. Raises LookupError when the
    event never had such a version, or has no step from it.
    """
    if not 1 <= version <= event_type.event_version:
        raise LookupError(f"{event_type.event_name} has versions 1 to {event_type.event_version}, not {version}")
    for step in range(version, event_type.event_version):
        if step not in event_type.upcasters:
            raise LookupError(f"{event_type.event_name}: no upcaster from version {step} to {step + 1}")
        payload = event_type.upcasters[step](payload)
    return payload
