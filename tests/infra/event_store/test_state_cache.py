"""States that a process remembers: they spare reading, and never change what a command sees."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest

from infra.event_store.streams import NOTHING, Loaded, StateCache, StreamLoader
from tests.support.counter import DECIDER, LONG_DECIDER, Count, Counter
from tests.support.store import ORGANIZATION, OTHER_ORGANIZATION, Store, caller

STREAM = UUID(int=0x5C)


def loader(store: Store, size: int = 100) -> StreamLoader:
    return StreamLoader(store.recorder, store.mapper, store.snapshots, StateCache(size))


def count(store: Store, times: int = 1, stream_id: UUID = STREAM) -> None:
    """As another process would: nothing of it reaches the cache under test."""
    store.runner().run(Count(counter_id=stream_id, times=times), caller())


def load(of: StreamLoader, stream_id: UUID = STREAM) -> Loaded:
    return of.load(DECIDER, stream_id, ORGANIZATION)


def load_many(of: StreamLoader, *stream_ids: UUID) -> dict[UUID, Loaded]:
    return of.load_many(dict.fromkeys(stream_ids, DECIDER), ORGANIZATION)


@pytest.mark.parametrize("by", ["one", "many"])
def test_what_others_appended_is_seen(store: Store, by: str) -> None:
    remembering = loader(store)
    for total in (2, 4, 6):
        count(store, times=2)
        loaded = load(remembering) if by == "one" else load_many(remembering, STREAM)[STREAM]
        assert (loaded.state, loaded.version) == (Counter(STREAM, total), total)
        assert loaded == load(loader(store)), "the same as without a memory"


def test_one_and_many_share_what_they_remember(store: Store) -> None:
    remembering, other = loader(store), uuid4()
    count(store)
    count(store, stream_id=other)
    load(remembering)
    count(store)
    many = load_many(remembering, STREAM, other, uuid4())
    assert {stream: each.version for stream, each in many.items()} == {STREAM: 2, other: 1}
    assert load(remembering).version == 2


def test_a_stream_that_is_not_there_is_not_remembered_as_absent(store: Store) -> None:
    remembering = loader(store)
    assert load(remembering) == NOTHING
    assert load_many(remembering, STREAM) == {}
    count(store)
    assert load(remembering).version == 1


def test_what_is_remembered_for_one_organization_is_not_shown_to_another(store: Store) -> None:
    remembering = loader(store)
    count(store)
    load(remembering)
    assert remembering.load(DECIDER, STREAM, OTHER_ORGANIZATION) == NOTHING
    assert remembering.load_many({STREAM: DECIDER}, OTHER_ORGANIZATION) == {}


def replace_stream(store: Store, times: int) -> None:
    """As when an older copy of the database is put in its place under a running process."""
    with store.connect() as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("DELETE FROM events WHERE stream_id = %s", (STREAM,))
    if times:
        store.runner().run(Count(counter_id=STREAM, amount=10, times=times), caller())


@pytest.mark.parametrize("by", ["one", "many"])
@pytest.mark.parametrize("times", [0, 1, 3, 5], ids=["gone", "shorter", "as long", "longer"])
def test_a_stream_that_is_another_now_is_read_from_its_beginning(store: Store, by: str, times: int) -> None:
    remembering, other = loader(store), uuid4()
    count(store, times=3)
    count(store, stream_id=other)
    load_many(remembering, STREAM, other)
    replace_stream(store, times)
    if by == "one":
        loaded = load(remembering)
    else:
        many = load_many(remembering, STREAM, other)
        assert many[other].version == 1
        loaded = many.get(STREAM, NOTHING)
    assert loaded.version == times
    assert loaded.state == (Counter(STREAM, 10 * times) if times else None)


def test_a_snapshot_of_a_stream_that_is_another_now_is_not_believed(store: Store) -> None:
    runner = store.runner(LONG_DECIDER)
    runner.run(Count(counter_id=STREAM, times=5), caller())
    replace_stream(store, times=7)
    assert loader(store).load(LONG_DECIDER, STREAM, ORGANIZATION).state == Counter(STREAM, 70)


@pytest.mark.parametrize("size", [0, 1, 3])
def test_it_remembers_so_many_and_forgets_the_oldest(store: Store, size: int) -> None:
    cache = StateCache(size)
    streams = [uuid4() for _ in range(5)]
    for version, stream in enumerate(streams, start=1):
        cache.keep(stream, ORGANIZATION, Loaded(None, version))
    kept = [stream for stream in streams if cache.get(stream, ORGANIZATION) is not NOTHING]
    assert kept == streams[len(streams) - size :]
    assert load(loader(store, size)) == NOTHING


def test_runners_that_remember_lose_nothing(store: Store) -> None:
    """Each runner's memory is behind as soon as the other has appended."""
    runners = [store.runner(), store.runner()]
    for number in range(10):
        runners[number % 2].run(Count(counter_id=STREAM), caller())
        runners[number % 2].run(Count(counter_id=STREAM), caller())
    with ThreadPoolExecutor(4) as executor:
        for outcome in executor.map(lambda n: runners[n % 2].run(Count(counter_id=STREAM), caller()), range(20)):
            assert outcome.version > 20
    assert load(loader(store)).state == Counter(STREAM, 40)
