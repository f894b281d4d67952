"""A keyring in memory, for tests that need no database; it keeps the same contract as the real one."""

import os
from collections.abc import Collection
from uuid import UUID

from infra.event_store.envelope import Keys


class MemoryKeyring:
    def __init__(self) -> None:
        self._keys: dict[UUID, bytes | None] = {}

    def find(self, athletes: Collection[UUID]) -> Keys:
        return {athlete: self._keys[athlete] for athlete in athletes if athlete in self._keys}

    def obtain(self, athletes: Collection[UUID]) -> Keys:
        for athlete in athletes:
            self._keys.setdefault(athlete, os.urandom(32))
        return self.find(athletes)

    def destroy(self, athlete_id: UUID) -> None:
        self._keys[athlete_id] = None
