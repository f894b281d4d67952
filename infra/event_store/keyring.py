"""One AES-256 key per athlete. Destroying it makes every personal field of that athlete unreadable, everywhere."""

from collections.abc import Collection
from typing import Protocol
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from infra.event_store.database import WriterPool
from infra.event_store.envelope import Keys

CREATE = (
    "INSERT INTO athlete_keys (athlete_id, key) SELECT * FROM unnest(%b::uuid[], %b::bytea[]) ON CONFLICT DO NOTHING"
)
FIND = "SELECT athlete_id, key FROM athlete_keys WHERE athlete_id = ANY(%b)"
DESTROY = """
INSERT INTO athlete_keys (athlete_id, key, destroyed_at) VALUES (%(athlete_id)s, NULL, now())
ON CONFLICT (athlete_id) DO UPDATE SET key = NULL, destroyed_at = now() WHERE athlete_keys.key IS NOT NULL
"""


class Keyring(Protocol):
    def find(self, athletes: Collection[UUID]) -> Keys:
        """The keys that exist or did; athletes that never had one are left out."""

    def obtain(self, athletes: Collection[UUID]) -> Keys:
        """Likewise, after making a key for each athlete that never had one."""


class PostgresKeyring:
    """Keys in a table of their own, so that a dump can leave them out. Never cached: destroyed is gone at once."""

    def __init__(self, pool: WriterPool) -> None:
        self._pool = pool

    def find(self, athletes: Collection[UUID]) -> Keys:
        with self._pool.connection() as connection:
            return dict(connection.cursor(binary=True).execute(FIND, (list(athletes),)).fetchall())

    def obtain(self, athletes: Collection[UUID]) -> Keys:
        found = self.find(athletes)
        missing = [athlete for athlete in athletes if athlete not in found]
        if not missing:
            return found
        with self._pool.connection() as connection:
            connection.execute(CREATE, (missing, [AESGCM.generate_key(256) for _ in missing]))
        return self.find(athletes)

    def destroy(self, athlete_id: UUID) -> None:
        """For ever; a repeat changes nothing, and an athlete without a key will never get one."""
        with self._pool.connection() as connection:
            connection.execute(DESTROY, {"athlete_id": athlete_id})
