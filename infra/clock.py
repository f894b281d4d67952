"""Time and fresh identities, as the machine gives them."""

from datetime import UTC, datetime
from uuid import UUID

from uuid_utils.compat import uuid7


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


def new_id() -> UUID:
    """A uuid7: ordered by time, so that indexes grow at their end."""
    return uuid7()
