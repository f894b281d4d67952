"""Read your writes: a query can wait until the read models have what a command did, and says so when they have not.

A command's answer carries a token, ``<partition key>@<position>``. A query that is given it waits for the checkpoints
of the projections that it reads. Events set aside as poison are in no read model, so with those of the token's
partition key in the way the answer is stale, however far the checkpoint is.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from domain.ports import Position
from projections.projection import Connect

DEFAULT_TIMEOUT_S = 2.0
LONGEST_TIMEOUT_S = 10.0
FIRST_PAUSE_S = 0.004
LONGEST_PAUSE_S = 0.05

STATE: LiteralString = """
SELECT count(*) FILTER (
           WHERE %(era)s::int IS NULL OR (c.era, c.xid, c.ordinal) >= (%(era)s, %(xid)s, %(ordinal)s)) AS far_enough,
       EXISTS (SELECT FROM dead_letters AS d
               WHERE d.status IN ('dead', 'waiting')
                 AND d.consumer IN (SELECT 'projection:' || name FROM unnest(%(names)s::text[]) AS name)
                 AND md5(d.key) IN (SELECT md5(key) FROM unnest(%(keys)s::text[]) AS key)) AS blocked
FROM projection_versions AS v
JOIN checkpoints AS c ON c.consumer = 'projection:' || v.name AND c.version = v.version AND c.partition = 0
WHERE v.name = ANY(%(names)s) AND v.status = 'live'
"""


@dataclass(frozen=True, slots=True)
class Token:
    """Up to where the events of a partition are wanted. ``partition_key`` None: of any."""

    position: Position
    partition_key: UUID | None = None

    def __str__(self) -> str:
        return str(self.position) if self.partition_key is None else f"{self.partition_key}@{self.position}"

    @classmethod
    def parse(cls, text: str) -> "Token":
        """The inverse of ``str``. Raises ValueError, with a sentence for the client."""
        key, at, position = text.rpartition("@")
        try:
            return cls(Position.parse(position), UUID(key) if at else None)
        except ValueError as error:
            raise ValueError(
                f"{text!r} is not a token of a command's answer; one looks like "
                "0190cafe-0000-7000-8000-000000000001@1-8123-0"
            ) from error


def is_stale(
    connect: Connect,
    projections: Sequence[str],
    token: Token | None,
    *,
    partition_keys: Sequence[UUID] = (),
    timeout_s: float = DEFAULT_TIMEOUT_S,
) -> bool:
    """Waits until the live tables of ``projections`` have all up to ``token``; True when they have not in time.

    Without a token nothing is waited for.

    ``partition_keys`` are those that the query itself reads: True, too, when an event of theirs was set aside. Holds no
    connection while it waits.
    """
    keys = {str(key) for key in partition_keys}
    if token is not None and token.partition_key is not None:
        keys.add(str(token.partition_key))
    wanted = {"era": None, "xid": None, "ordinal": None} if token is None else token.position._asdict()
    parameters = {"names": list(projections), "keys": sorted(keys), **wanted}
    deadline = time.monotonic() + min(timeout_s, LONGEST_TIMEOUT_S)
    pause_s = FIRST_PAUSE_S
    while True:
        with connect() as connection:
            row = connection.execute(STATE, parameters).fetchone()
        assert row is not None, "an aggregate without GROUP BY gives one row"
        far_enough, blocked = row
        if blocked or far_enough == len(projections):
            return bool(blocked)
        remaining_s = deadline - time.monotonic()
        if token is None or remaining_s <= 0:
            return True
        time.sleep(min(pause_s, remaining_s))
        pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
