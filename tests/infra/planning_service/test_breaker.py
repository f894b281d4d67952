"""The circuit breaker, on a clock that the test sets."""

import threading
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.planning_service import PlanningServiceMalformed, PlanningServiceRefused
from infra.planning_service.answers import NotServed
from infra.planning_service.breaker import CircuitBreaker, CircuitOpen
from tests.support.planning_client import Seconds

RESET_S = 30.0


def fail(breaker: CircuitBreaker, error: Exception | None = None) -> None:
    with suppress(NotServed, PlanningServiceRefused, PlanningServiceMalformed, RuntimeError), breaker.attempt():
        raise error or NotServed("down")


def succeed(breaker: CircuitBreaker) -> None:
    with breaker.attempt():
        pass


def state_of(breaker: CircuitBreaker) -> str:
    """Asked anew each time; the type checker takes a property to stay as it was."""
    return breaker.state


def opened(seconds: Seconds, failures: int = 3) -> CircuitBreaker:
    breaker = CircuitBreaker(failures, RESET_S, clock=seconds)
    for _ in range(failures):
        fail(breaker)
    return breaker


def test_it_opens_after_so_many_failures_in_a_row() -> None:
    breaker = CircuitBreaker(3, RESET_S, clock=Seconds())
    fail(breaker)
    fail(breaker)
    assert state_of(breaker) == "closed"
    fail(breaker)
    assert state_of(breaker) == "open"


def test_a_success_between_them_starts_the_count_anew() -> None:
    breaker = CircuitBreaker(2, RESET_S, clock=Seconds())
    fail(breaker)
    succeed(breaker)
    fail(breaker)
    assert state_of(breaker) == "closed"


def test_open_it_lets_nothing_through_and_says_how_long_and_why() -> None:
    seconds = Seconds()
    breaker = opened(seconds)
    seconds.pass_by(12)
    reached = False
    with pytest.raises(CircuitOpen, match="failed 3 times in a row: down") as raised, breaker.attempt():
        reached = True
    assert (reached, raised.value.retry_after_s) == (False, RESET_S - 12)


def test_after_the_time_one_success_closes_it() -> None:
    seconds = Seconds()
    breaker = opened(seconds)
    seconds.pass_by(RESET_S)
    assert state_of(breaker) == "half_open"
    succeed(breaker)
    assert state_of(breaker) == "closed"
    fail(breaker)
    assert state_of(breaker) == "closed"


def test_after_the_time_one_failure_opens_it_for_as_long_again() -> None:
    seconds = Seconds()
    breaker = opened(seconds)
    seconds.pass_by(RESET_S)
    fail(breaker)
    assert state_of(breaker) == "open"
    seconds.pass_by(RESET_S - 0.001)
    assert state_of(breaker) == "open"
    seconds.pass_by(0.001)
    assert state_of(breaker) == "half_open"


def test_half_open_it_lets_one_through_at_a_time() -> None:
    seconds = Seconds()
    breaker = opened(seconds)
    seconds.pass_by(RESET_S)
    with breaker.attempt():
        with pytest.raises(CircuitOpen) as raised, breaker.attempt():
            pass
        assert raised.value.retry_after_s == 0.0
    assert state_of(breaker) == "closed"


def test_half_open_an_accident_of_our_own_decides_nothing_and_frees_the_place() -> None:
    seconds = Seconds()
    breaker = opened(seconds)
    seconds.pass_by(RESET_S)
    fail(breaker, RuntimeError("a slip"))
    assert state_of(breaker) == "half_open"
    succeed(breaker)
    assert state_of(breaker) == "closed"


@pytest.mark.parametrize(
    "error", [PlanningServiceRefused("no", status=403, hint="Ask."), PlanningServiceMalformed("nonsense")]
)
def test_who_says_no_or_nonsense_is_there(error: Exception) -> None:
    seconds = Seconds()
    breaker = opened(seconds)
    seconds.pass_by(RESET_S)
    fail(breaker, error)
    assert state_of(breaker) == "closed"


def test_it_stays_open_as_long_as_the_other_side_asked() -> None:
    seconds = Seconds()
    breaker = CircuitBreaker(1, RESET_S, clock=seconds)
    fail(breaker, NotServed("busy", retry_after_s=100.0))
    seconds.pass_by(99.0)
    assert state_of(breaker) == "open"
    seconds.pass_by(1.0)
    assert state_of(breaker) == "half_open"


def test_slow_attempts_do_not_wait_for_each_other() -> None:
    breaker = CircuitBreaker(3, RESET_S, clock=Seconds())
    met = threading.Barrier(2, timeout=20)

    def attempt() -> None:
        with breaker.attempt():
            met.wait()

    threads = [threading.Thread(target=attempt) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not met.broken, "one was only let in when the other had left"


STEPS = st.lists(st.one_of(st.sampled_from(["success", "failure"]), st.floats(0, 60)), max_size=40)


@given(STEPS, st.integers(1, 4))
def test_whatever_happens_it_is_open_only_after_failures_and_never_for_longer(
    steps: list[str | float], failures: int
) -> None:
    """Against a model: failures in a row, and the time of the last."""
    seconds = Seconds()
    breaker = CircuitBreaker(failures, RESET_S, clock=seconds)
    in_a_row, last_at = 0, 0.0
    for step in steps:
        expected = "closed" if in_a_row < failures else "open" if seconds() < last_at + RESET_S else "half_open"
        assert state_of(breaker) == expected
        if isinstance(step, float):
            seconds.pass_by(step)
        elif expected == "open":
            with pytest.raises(CircuitOpen):
                succeed(breaker)
        elif step == "success":
            succeed(breaker)
            in_a_row = 0
        else:
            fail(breaker)
            in_a_row, last_at = in_a_row + 1, seconds()
