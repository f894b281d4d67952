"""Snapshots: a shorter way to the same state, and never a part of the truth."""

from dataclasses import dataclass, replace
from uuid import UUID

import pytest

from domain.decider import Decider
from infra.event_store.audit import broken_links
from infra.event_store.snapshots import Snapshot, Snapshots
from infra.event_store.streams import NOTHING, Loaded
from tests.support.counter import LONG_DECIDER, SNAPSHOT_EVERY, Count, Counted, Counter
from tests.support.store import ORGANIZATION, OTHER_ORGANIZATION, Store, caller

STREAM = UUID(int=5)


def count(store: Store, times: int, *, amount: int = 1) -> None:
    runner = store.runner(LONG_DECIDER)
    for _ in range(times):
        runner.run(Count(counter_id=STREAM, amount=amount), caller())


def kept(store: Store) -> list[int]:
    """The versions of the snapshots that there are."""
    with store.connect() as connection:
        return [version for (version,) in connection.execute("SELECT version FROM snapshots ORDER BY version")]


def load(store: Store) -> Loaded:
    return store.loader.load(LONG_DECIDER, STREAM, ORGANIZATION)


def forge(store: Store, total: int) -> None:
    """Replaces what the snapshot says, to see whether it is used."""
    with store.connect() as connection:
        connection.execute(
            "UPDATE snapshots SET state = convert_to(replace(convert_from(state, 'UTF8'), %s, %s), 'UTF8')",
            (f'"total":{SNAPSHOT_EVERY}', f'"total":{total}'),
        )


@pytest.mark.parametrize(
    ("times", "versions"),
    [(SNAPSHOT_EVERY - 1, []), (SNAPSHOT_EVERY, [5]), (2 * SNAPSHOT_EVERY - 1, [5]), (2 * SNAPSHOT_EVERY + 1, [10])],
)
def test_one_is_kept_each_so_many_events(store: Store, times: int, versions: list[int]) -> None:
    count(store, times)
    assert kept(store) == versions
    assert load(store).state == Counter(STREAM, total=times)


def test_one_command_may_pass_the_mark(store: Store) -> None:
    store.runner(LONG_DECIDER).run(Count(counter_id=STREAM, times=SNAPSHOT_EVERY + 2), caller())
    assert kept(store) == [SNAPSHOT_EVERY + 2]


def test_streams_that_stay_short_have_none(store: Store) -> None:
    store.runner().run(Count(counter_id=STREAM, times=3 * SNAPSHOT_EVERY), caller())
    assert kept(store) == []


def test_it_is_used_and_only_the_events_behind_it_are_read(store: Store) -> None:
    count(store, SNAPSHOT_EVERY + 1)
    forge(store, total=100)
    assert load(store).state == Counter(STREAM, total=101)


def test_versions_and_the_hash_chain_go_on_from_it(store: Store) -> None:
    count(store, 2 * SNAPSHOT_EVERY + 3)
    assert load(store).version == 2 * SNAPSHOT_EVERY + 3
    with store.connect() as connection:
        assert list(broken_links(connection)) == []


def test_a_stream_that_ends_at_its_snapshot_goes_on(store: Store) -> None:
    count(store, SNAPSHOT_EVERY)
    rows = store.recorder.select_one(STREAM, ORGANIZATION)
    assert load(store) == Loaded(Counter(STREAM, SNAPSHOT_EVERY), SNAPSHOT_EVERY, rows[-1].hash)
    count(store, 1)
    with store.connect() as connection:
        assert list(broken_links(connection)) == []


def test_without_its_rows_nothing_looks_different(store: Store) -> None:
    count(store, SNAPSHOT_EVERY + 2)
    with_snapshot = load(store)
    with store.connect() as connection:
        connection.execute("DELETE FROM snapshots")
    assert load(store) == with_snapshot
    count(store, 3)
    assert load(store).state == Counter(STREAM, SNAPSHOT_EVERY + 5)
    assert kept(store) == [2 * SNAPSHOT_EVERY]


def test_loading_many_gives_the_same_without_snapshots(store: Store) -> None:
    count(store, SNAPSHOT_EVERY + 2)
    forge(store, total=100)
    many = store.loader.load_many({STREAM: LONG_DECIDER}, ORGANIZATION)
    assert many[STREAM].state == Counter(STREAM, SNAPSHOT_EVERY + 2)


@dataclass(frozen=True, slots=True)
class RicherCounter:
    """What a counter's state might be in the next release."""

    counter_id: UUID
    total: int = 0
    notes: int = 0
    counted: int = 0


def richer(state: RicherCounter | None, event: Counted) -> RicherCounter:
    before = state or RicherCounter(event.counter_id)
    return replace(before, total=before.total + event.amount, counted=before.counted + 1)


def unused(*_: object) -> tuple[Counted, ...]:
    raise AssertionError("nothing is decided here")


NEXT_RELEASE: Decider[Count, RicherCounter, Counted] = Decider(
    name="counter",
    commands=(Count,),
    events=(Counted,),
    state=RicherCounter,
    decide=unused,
    evolve=richer,
    partition_key=lambda state: state.counter_id,
    snapshot_every=SNAPSHOT_EVERY,
)


def test_a_state_of_another_shape_is_folded_from_the_beginning(store: Store) -> None:
    count(store, SNAPSHOT_EVERY + 1)
    forge(store, total=100)
    upgraded = replace(store, snapshots=Snapshots(store.pool))
    loaded = upgraded.loader.load(NEXT_RELEASE, STREAM, ORGANIZATION)
    assert loaded.state == RicherCounter(STREAM, total=6, counted=6)


def test_a_snapshot_of_another_shape_is_replaced_even_by_an_older_version(store: Store) -> None:
    count(store, 2 * SNAPSHOT_EVERY)
    assert kept(store) == [10]
    state = RicherCounter(STREAM, total=6, counted=6)
    Snapshots(store.pool).keep(NEXT_RELEASE, STREAM, ORGANIZATION, Snapshot(6, b"hash", state))
    assert kept(store) == [6]


def test_a_late_writer_does_not_bring_back_an_older_one(store: Store) -> None:
    count(store, 2 * SNAPSHOT_EVERY)
    store.snapshots.keep(LONG_DECIDER, STREAM, ORGANIZATION, Snapshot(5, b"hash", Counter(STREAM, 5)))
    assert kept(store) == [10]


def test_another_organization_sees_neither_snapshot_nor_stream(store: Store) -> None:
    count(store, SNAPSHOT_EVERY)
    assert store.loader.load(LONG_DECIDER, STREAM, OTHER_ORGANIZATION) == NOTHING
