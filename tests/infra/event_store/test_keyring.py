"""What every keyring keeps: one key an athlete, for ever the same, and once destroyed never another."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest

from infra.event_store.keyring import PostgresKeyring
from tests.support.keyring import MemoryKeyring
from tests.support.store import Store

AnyKeyring = PostgresKeyring | MemoryKeyring
ANA, BEN = UUID(int=0xA), UUID(int=0xB)


@pytest.fixture(params=["postgres", "memory"])
def keyring(request: pytest.FixtureRequest) -> Iterator[AnyKeyring]:
    if request.param == "memory":
        yield MemoryKeyring()
    else:
        store: Store = request.getfixturevalue("store")
        yield store.keyring


def test_each_athlete_has_one_key_of_their_own(keyring: AnyKeyring) -> None:
    keys = keyring.obtain([ANA, BEN])
    assert keyring.obtain([BEN, ANA]) == keys
    assert keyring.find([ANA, uuid4()]) == {ANA: keys[ANA]}
    assert keys[ANA] != keys[BEN]
    assert [len(key or b"") for key in keys.values()] == [32, 32]


def test_asking_makes_no_key(keyring: AnyKeyring) -> None:
    assert keyring.find([ANA]) == {}
    assert keyring.find([]) == {}
    assert keyring.obtain([]) == {}


def test_a_destroyed_key_is_known_as_destroyed_for_ever(keyring: AnyKeyring) -> None:
    (kept,) = keyring.obtain([BEN]).values()
    keyring.obtain([ANA])
    keyring.destroy(ANA)
    keyring.destroy(ANA)
    assert keyring.find([ANA, BEN]) == {ANA: None, BEN: kept}
    assert keyring.obtain([ANA, BEN]) == {ANA: None, BEN: kept}


def test_an_athlete_can_be_forgotten_before_there_is_a_key(keyring: AnyKeyring) -> None:
    keyring.destroy(ANA)
    assert keyring.obtain([ANA]) == {ANA: None}


def test_all_who_ask_at_once_get_the_same_key(store: Store) -> None:
    with ThreadPoolExecutor(8) as executor:
        answers = list(executor.map(store.keyring.obtain, [[ANA]] * 16))
    assert all(answer == answers[0] for answer in answers)
