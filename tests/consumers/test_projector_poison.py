"""Events that a projection cannot take: set aside in sequence, retried, discarded, or taken by better code."""

from uuid import UUID

import pytest

from consumers import dead_letter_queue
from consumers.dead_letters import DeadLetter, listed
from consumers.projector import Projector
from domain.athlete import AthleteForgotten, AthleteRegistered
from domain.ids import AthleteId
from domain.ports import Position
from projections import versions
from projections.projection import Projection
from tests.support.counting import COUNTING, POISON, RESHAPED, TOLERANT
from tests.support.read_models import ReadModels

CONSUMER = "projection:counting"


def registered(number: int, name: str = "Ana") -> AthleteRegistered:
    return AthleteRegistered(athlete_id=AthleteId(UUID(int=number)), name=name)


def forgotten(number: int) -> AthleteForgotten:
    return AthleteForgotten(athlete_id=AthleteId(UUID(int=number)))


@pytest.fixture
def models(database_url: str) -> ReadModels:
    return ReadModels(database_url, [COUNTING])


@pytest.fixture(params=[1, 3, 100])
def poisoned(models: ReadModels, request: pytest.FixtureRequest) -> ReadModels:
    """The second of three athletes is poison, and something happens to each later."""
    models.batch = request.param
    return models.project(
        registered(1), registered(2, POISON), registered(3), forgotten(1), forgotten(2), forgotten(3), forgotten(2)
    )


def counts(models: ReadModels) -> dict[int, tuple[int, int]]:
    rows = models.select("SELECT athlete_id, registered, forgotten FROM read_models.counting")
    return {row["athlete_id"].int: (row["registered"], row["forgotten"]) for row in rows}


def letters(models: ReadModels, *, settled: bool = False) -> list[DeadLetter]:
    with models.connect() as connection:
        return sorted(listed(connection, settled=settled), key=lambda letter: letter.id)


def in_short(models: ReadModels, *, settled: bool = False) -> list[tuple[str, str, int]]:
    return [(letter.consumer, letter.status, letter.message.offset) for letter in letters(models, settled=settled)]


def retry(models: ReadModels, projector: Projector, *, discard: bool = False) -> None:
    how = dead_letter_queue.discard if discard else dead_letter_queue.retry
    with models.connect() as connection:
        how(connection, letters(models)[0].id, projector.processes()[CONSUMER])


def test_its_key_queues_behind_it_and_all_others_proceed(poisoned: ReadModels) -> None:
    assert counts(poisoned) == {1: (1, 1), 3: (1, 1)}
    assert in_short(poisoned) == [(CONSUMER, "dead", 2), (CONSUMER, "waiting", 5), (CONSUMER, "waiting", 7)]
    dead, waiting, _ = letters(poisoned)
    assert "nobody is called poison" in dead.reason
    assert f"waits behind {dead.id}" in waiting.reason
    [live] = poisoned.rows(versions.versions, "counting", "live")
    assert live.position == Position(1, 7, 0), "nobody waits for it"
    assert poisoned.differences() == {}, "a rebuild with the same code comes to the same"


def test_later_batches_queue_up_as_well(poisoned: ReadModels) -> None:
    poisoned.project(registered(4), forgotten(2))
    assert counts(poisoned) == {1: (1, 1), 3: (1, 1), 4: (1, 0)}
    assert [offset for *_, offset in in_short(poisoned)] == [2, 5, 7, 9]


def test_discarded_the_queue_goes_on_and_a_rebuild_remembers(poisoned: ReadModels) -> None:
    poisoned.log.add(registered(2))
    poisoned.projector().process_available()
    retry(poisoned, poisoned.projector(), discard=True)
    assert letters(poisoned) == []
    assert counts(poisoned)[2] == (1, 0), "what was waiting, in order: forgotten before anybody was registered"
    assert poisoned.differences() == {}
    poisoned.rebuilder.rebuild(COUNTING)
    assert counts(poisoned)[2] == (1, 0)
    assert in_short(poisoned, settled=True)[0] == (CONSUMER, "discarded", 2)


def test_retried_in_vain_it_stays_where_it_is(poisoned: ReadModels) -> None:
    before = counts(poisoned)
    retry(poisoned, poisoned.projector())
    assert in_short(poisoned) == [(CONSUMER, "dead", 2), (CONSUMER, "waiting", 5), (CONSUMER, "waiting", 7)]
    assert letters(poisoned)[0].attempts == 2
    assert counts(poisoned) == before


def test_better_code_takes_everything_and_settles_the_letters(poisoned: ReadModels) -> None:
    poisoned.projector([TOLERANT]).process_available()
    assert counts(poisoned) == {1: (1, 1), 2: (1, 2), 3: (1, 1)}
    assert letters(poisoned) == []
    assert {status for _, status, _ in in_short(poisoned, settled=True)} == {"retried"}


@pytest.mark.parametrize("code", [RESHAPED, COUNTING], ids=["other code", "rebuilt"])
def test_code_that_is_no_better_sets_the_same_aside_under_the_same_name(poisoned: ReadModels, code: Projection) -> None:
    if code is COUNTING:
        poisoned.rebuilder.rebuild(code)
    else:
        poisoned.projector([code]).process_available()
    assert in_short(poisoned) == [(CONSUMER, "dead", 2), (CONSUMER, "waiting", 5), (CONSUMER, "waiting", 7)]
    poisoned.log.add(forgotten(2), forgotten(3))
    poisoned.projector([code]).process_available()
    assert [offset for *_, offset in in_short(poisoned)] == [2, 5, 7, 8]
    assert counts(poisoned) == {1: (1, 1), 3: (1, 2)}


def test_a_retry_by_other_code_than_that_of_the_live_tables_fails(poisoned: ReadModels) -> None:
    retry(poisoned, poisoned.projector([TOLERANT]))
    assert "other live tables" in letters(poisoned)[0].reason
