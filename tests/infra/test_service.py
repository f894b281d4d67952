"""The loops of the service run together and end together."""

import threading

import pytest

from infra.service import ProcessDied, running


def test_loops_run_until_the_block_ends() -> None:
    started, ended = threading.Barrier(3, timeout=5), []

    def loop(stop: threading.Event) -> None:
        started.wait()
        stop.wait()
        ended.append(threading.current_thread().name)

    with running({"a": loop, "b": loop}) as service:
        started.wait()
        assert not service.failed.is_set()
        assert ended == []
    assert sorted(ended) == ["a", "b"]


def test_a_loop_that_dies_is_told_and_ends_the_service() -> None:
    others_ended = threading.Event()

    def dies(_: threading.Event) -> None:
        raise ValueError("no such table")

    def lives(stop: threading.Event) -> None:
        stop.wait()
        others_ended.set()

    with pytest.raises(ProcessDied, match="dies stopped: no such table"), running({"dies": dies, "lives": lives}) as s:
        assert s.failed.wait(5)
    assert others_ended.is_set()
