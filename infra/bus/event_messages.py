"""Events as messages: CloudEvents 1.0 in binary mode, the payload byte for byte as it is stored.

The headers carry the whole envelope, so that a consumer needs nothing but the message. Attribute names are lower
case without underscores, as CloudEvents asks of extensions; the prefix ``ce_`` is that of its Kafka binding.
"""

from datetime import UTC, datetime

from domain.ports import OutgoingMessage
from infra.event_store.log_reader import LogRow

EVENTS_TOPIC = "training.events"
"""The store's own log, as a topic. Nobody publishes to it but the store."""


def message_of(row: LogRow) -> OutgoingMessage:
    """Keyed by the scope within which order is kept (decision 10)."""
    return OutgoingMessage(str(row.partition_key), row.payload, headers_of(row))


def headers_of(row: LogRow) -> dict[str, str]:
    headers = {
        "content-type": "application/json",
        "ce_specversion": "1.0",
        "ce_id": str(row.event_id),
        "ce_type": row.name,
        "ce_source": "mesocycle",
        "ce_subject": str(row.stream_id),
        "ce_time": rfc3339(row.occurred_at),
        "ce_dataschema": f"urn:mesocycle:{row.name}:{row.schema_version}",
        "ce_position": str(row.position),
        "ce_streamversion": str(row.version),
        "ce_organizationid": str(row.organization_id),
        "ce_actor": row.actor,
        "ce_recordedat": rfc3339(row.recorded_at),
        "ce_correlationid": str(row.correlation_id),
    }
    if row.causation_id is not None:
        headers["ce_causationid"] = str(row.causation_id)
    return headers


def rfc3339(moment: datetime) -> str:
    """To the microsecond, in UTC: 2026-08-01T06:00:00.000000Z."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
