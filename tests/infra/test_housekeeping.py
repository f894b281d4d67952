"""Answers are kept seven days, and no longer."""

import threading
from datetime import timedelta
from uuid import uuid4

from domain.ports import IdempotencyKey
from infra.event_store.repeats import Repeats
from infra.housekeeping import Housekeeping
from infra.rate_limits import PostgresRateLimiter
from tests.support.counter import Count
from tests.support.store import ORGANIZATION, Store, caller


def key(name: str) -> IdempotencyKey:
    return IdempotencyKey("coach:ana", "POST /counters", name, b"hash")


def test_old_answers_are_forgotten_and_young_ones_kept(store: Store) -> None:
    for name in ("old", "young"):
        store.runner().run(Count(counter_id=uuid4()), caller(), key=key(name))
    with store.connect() as connection:
        connection.execute("UPDATE idempotency_keys SET created_at = now() - %s", (timedelta(days=6, hours=23),))
        connection.execute(
            "UPDATE idempotency_keys SET created_at = now() - %s WHERE key = 'old'", (timedelta(days=7, hours=1),)
        )
    repeats, stop = Repeats(store.pool), threading.Event()
    stop.set()
    Housekeeping(repeats, PostgresRateLimiter(store.pool.connection)).run(stop)
    assert repeats.answer(ORGANIZATION, key("old")) is None
    assert repeats.answer(ORGANIZATION, key("young")) is not None
