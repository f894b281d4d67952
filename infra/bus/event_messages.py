"""Events as messages: CloudEvents 1.0 in binary mode, the payload byte for byte as it is stored.

The headers carry the whole envelope, so that a consumer needs nothing but the message. Attribute names are lower
case without underscores, as CloudEvents asks of extensions; the prefix ``ce_`` is that of its Kafka binding.
"""

from datetime import UTC, datetime
from uuid import UUID

from domain.ports import Message, OutgoingMessage, Position
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


def row_of(message: Message) -> LogRow:
    """The stored row again, from the message alone, but for its hash, which stays with the store."""
    headers = message.headers
    schema_version = headers["ce_dataschema"].rpartition(":")[2]
    causation_id = headers.get("ce_causationid")
    return LogRow(
        UUID(headers["ce_subject"]),
        int(headers["ce_streamversion"]),
        *Position.parse(headers["ce_position"]),
        UUID(headers["ce_id"]),
        headers["ce_type"],
        int(schema_version),
        UUID(headers["ce_organizationid"]),
        UUID(message.key),
        headers["ce_actor"],
        datetime.fromisoformat(headers["ce_time"]),
        datetime.fromisoformat(headers["ce_recordedat"]),
        UUID(headers["ce_correlationid"]),
        None if causation_id is None else UUID(causation_id),
        message.value,
        b"",
    )


def rfc3339(moment: datetime) -> str:
    """To the microsecond, in UTC: 2026-08-01T06:00:00.000000Z."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
