"""Quotas: counted once for all processes, refilled evenly, and nobody is refused where nobody can count."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import NoReturn

import psycopg
import pytest
from psycopg import Connection
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

from api.rates import Policy, Verdict
from infra.rate_limits import LEASE_S, REST_S, PostgresRateLimiter

READS = Policy("reads", 30)
WRITES = Policy("writes", 30)

Pool = ConnectionPool[Connection[TupleRow]]


class Seconds:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@contextmanager
def connections(url: str) -> Iterator[Pool]:
    with ConnectionPool(url, kwargs={"autocommit": True}, min_size=1, max_size=8) as pool:
        yield pool


@pytest.fixture
def pool(database_url: str) -> Iterator[Pool]:
    with connections(database_url) as opened:
        yield opened


def verdict(limiter: PostgresRateLimiter, who: str = "ana", policy: Policy = READS) -> Verdict:
    given = limiter(who, policy)
    assert given is not None
    return given


def turn_back(pool: Pool, seconds: float) -> None:
    """As if so many had passed."""
    with pool.connection() as connection:
        connection.execute("UPDATE rate_limits SET full_at = full_at - make_interval(secs => %s)", (seconds,))


def test_two_processes_share_one_quota(database_url: str) -> None:
    """Each with a pool and a memory of its own; all ask at once, and as many are let through as there may be."""
    with connections(database_url) as one, connections(database_url) as other, ThreadPoolExecutor(8) as threads:
        limiters = [PostgresRateLimiter(one.connection), PostgresRateLimiter(other.connection)]
        given = list(threads.map(lambda number: verdict(limiters[number % 2]), range(200)))
    # In the few seconds that this may take the quota refills by one every two seconds.
    allowed = Counter(each.allowed for each in given)[True]
    assert 30 <= allowed <= 32
    assert all(0 < each.retry_after_s <= 2 for each in given if not each.allowed)


def test_what_is_left_counts_down_and_comes_back_evenly(pool: Pool) -> None:
    first = [verdict(PostgresRateLimiter(pool.connection)) for _ in range(10)]
    assert [each.remaining for each in first] == list(range(29, 19, -1))
    assert first[-1].reset_s == pytest.approx(20, abs=1)

    turn_back(pool, 10)
    assert verdict(PostgresRateLimiter(pool.connection)).remaining == 24
    turn_back(pool, 3600)
    assert verdict(PostgresRateLimiter(pool.connection)).remaining == 29, "no more than the quota is ever saved up"


def test_principals_and_policies_do_not_share(pool: Pool) -> None:
    limiter = PostgresRateLimiter(pool.connection)
    while verdict(limiter).allowed:
        pass
    assert verdict(limiter, "ben").remaining == 29
    assert verdict(limiter, "ana", WRITES).remaining == 29
    with pool.connection() as connection:
        kept = connection.execute("SELECT key FROM rate_limits").fetchall()
    assert len(kept) == 3
    assert not any(b"ana" in key or b"ben" in key for (key,) in kept)


def test_who_is_refused_is_refused_from_memory_until_it_is_time(pool: Pool) -> None:
    seconds = Seconds()
    limiter = PostgresRateLimiter(pool.connection, seconds)
    while (last := verdict(limiter)).allowed:
        pass
    with pool.connection() as connection:
        connection.execute("TRUNCATE rate_limits")
    seconds.now += last.retry_after_s / 2
    again = verdict(limiter)
    assert not again.allowed
    assert again.retry_after_s == pytest.approx(last.retry_after_s / 2)
    seconds.now += last.retry_after_s
    assert verdict(limiter).allowed


def test_of_a_large_quota_several_are_taken_at_once_and_kept_for_a_second(pool: Pool) -> None:
    seconds, large = Seconds(), Policy("reads", 60_000)
    limiter = PostgresRateLimiter(pool.connection, seconds)
    remaining = [verdict(limiter, policy=large).remaining for _ in range(10)]
    assert remaining == list(range(59_999, 59_989, -1))
    assert verdict(PostgresRateLimiter(pool.connection), policy=large).remaining >= 59_989, "ten were paid for at once"
    assert verdict(limiter, policy=large).allowed
    seconds.now += LEASE_S
    assert len({verdict(limiter, policy=large).remaining for _ in range(5)}) == 5


def test_where_nobody_can_count_nobody_is_refused_and_the_database_is_left_alone(pool: Pool) -> None:
    seconds, asked = Seconds(), []

    def away() -> NoReturn:
        asked.append(seconds.now)
        raise psycopg.OperationalError("no route to host")

    limiter = PostgresRateLimiter(away, seconds)
    assert [limiter("ana", READS) for _ in range(3)] == [None] * 3
    assert asked == [100.0]
    seconds.now += REST_S
    assert limiter("ana", READS) is None
    assert asked == [100.0, 100.0 + REST_S]

    with pool.connection() as connection:
        connection.execute("DROP FUNCTION take_rate")
    assert PostgresRateLimiter(pool.connection)("ana", READS) is None


def test_those_who_have_their_whole_quota_are_forgotten(pool: Pool) -> None:
    limiter = PostgresRateLimiter(pool.connection)
    verdict(limiter, "ana")
    turn_back(pool, 60)
    verdict(limiter, "ben")
    assert limiter.expire() == 1
    assert verdict(limiter, "ben").remaining == 28


def test_strangers_do_not_fill_the_memory(pool: Pool) -> None:
    """Those whose refusal is remembered are two at most: ana is asked about anew when the third has come."""
    limiter = PostgresRateLimiter(pool.connection, Seconds(), most_held=2)
    for who in ("ana", "ben", "eva"):
        while verdict(limiter, who).allowed:
            pass
    with pool.connection() as connection:
        connection.execute("TRUNCATE rate_limits")
    assert not verdict(limiter, "eva").allowed
    assert verdict(limiter, "ana").allowed
