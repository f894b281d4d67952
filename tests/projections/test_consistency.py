"""Reading your own writes: waits as long as it must, and says stale when that was not enough."""

import threading
import time
from uuid import UUID

import pytest

from domain.athlete import AthleteRegistered
from domain.ids import AthleteId
from domain.ports import Position
from projections.consistency import Token, is_stale
from tests.support.counting import COUNTING, POISON
from tests.support.read_models import ReadModels

KEY, OTHER = AthleteId(UUID(int=1)), AthleteId(UUID(int=2))
READS = ("counting",)


def registered(athlete_id: AthleteId, name: str = "Ana") -> AthleteRegistered:
    return AthleteRegistered(athlete_id=athlete_id, name=name)


@pytest.fixture
def models(database_url: str) -> ReadModels:
    return ReadModels(database_url, [COUNTING]).project(registered(KEY))


def test_what_is_there_is_not_waited_for(models: ReadModels) -> None:
    started = time.monotonic()
    assert not is_stale(models.connect, READS, Token(Position(1, 1, 0), KEY), timeout_s=10)
    assert not is_stale(models.connect, READS, None, partition_keys=[KEY], timeout_s=10)
    assert time.monotonic() - started < 5


def test_stale_when_it_did_not_come_in_time(models: ReadModels) -> None:
    started = time.monotonic()
    assert is_stale(models.connect, READS, Token(Position(1, 2, 0), KEY), timeout_s=0.2)
    assert time.monotonic() - started >= 0.2
    assert is_stale(models.connect, ("counting", "never_made"), Token(Position(1, 1, 0)), timeout_s=0)


def test_it_waits_for_what_is_on_its_way(models: ReadModels) -> None:
    def soon() -> None:
        time.sleep(0.2)
        models.project(registered(OTHER))

    thread = threading.Thread(target=soon)
    thread.start()
    assert not is_stale(models.connect, READS, Token(Position(1, 2, 0)), timeout_s=10)
    thread.join()


def test_an_event_set_aside_makes_its_own_key_stale_however_far_the_checkpoint_is(models: ReadModels) -> None:
    models.project(registered(KEY, POISON), registered(OTHER))
    reached = Position(1, 3, 0)
    started = time.monotonic()
    assert is_stale(models.connect, READS, Token(reached, KEY), timeout_s=10)
    assert is_stale(models.connect, READS, None, partition_keys=[KEY], timeout_s=10)
    assert time.monotonic() - started < 5, "waiting would not help"
    assert not is_stale(models.connect, READS, Token(reached, OTHER), timeout_s=10)


@pytest.mark.parametrize("token", [Token(Position(1, 8123, 4)), Token(Position(3, 1, 0), KEY)])
def test_tokens_are_read_as_they_are_written(token: Token) -> None:
    assert Token.parse(str(token)) == token


@pytest.mark.parametrize("text", ["", "@", "1-2", "a-b-c", "team@1-2-3", f"{KEY}@", "1-2-3@1-2-3", f"{KEY}@1-2-x"])
def test_what_is_no_token_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"one looks like .*@1-8123-0"):
        Token.parse(text)
