"""Waiting for what other threads do."""

import time
from collections.abc import Callable


def eventually(holds: Callable[[], bool], within_s: float = 20.0) -> None:
    """Returns as soon as it holds; fails the test when it has not come to hold in time."""
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "it never came to hold"
        time.sleep(0.02)
