"""Many streams in one load and one append: each for itself decided, all together stored."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest

from domain.athlete import AthleteIsForgotten
from domain.ports import BEGINNING, IdempotencyKey, IdempotencyKeyReused, Outcome, Reaction, Refusal
from infra.event_store.audit import broken_links
from tests.support import counter
from tests.support.counter import HIGHEST, Count, Note, TooHigh
from tests.support.store import ORGANIZATION, OTHER_ORGANIZATION, Store, caller, open_test_store
from tests.support.traffic import round_trips


def ids(count: int) -> list[UUID]:
    return [uuid4() for _ in range(count)]


def done(results: list[Outcome | Refusal]) -> list[Outcome]:
    outcomes = [result for result in results if isinstance(result, Outcome)]
    assert len(outcomes) == len(results)
    return outcomes


def totals(store: Store, streams: list[UUID]) -> list[int]:
    loaded = store.loader.load_many(dict.fromkeys(streams, counter.DECIDER), ORGANIZATION)
    return [loaded[stream].state.total if stream in loaded else 0 for stream in streams]


def test_nothing_to_do(store: Store) -> None:
    assert store.runner().run_many([], []) == []


def test_a_thousand_streams(store: Store) -> None:
    streams, who = ids(1_000), caller()
    runner = store.runner()
    for round_number in (1, 2):
        outcomes = done(runner.run_many([Count(counter_id=each) for each in streams], [who] * 1_000))
        assert [outcome.stream_id for outcome in outcomes] == streams, "answers in the order of the commands"
        assert {outcome.version for outcome in outcomes} == {round_number}
    assert totals(store, streams) == [2] * 1_000
    with store.connect() as connection:
        assert list(broken_links(connection)) == []


def test_as_many_turns_with_the_server_for_many_as_for_few(database_url: str) -> None:
    with open_test_store(database_url, size=1) as store:
        runner = store.runner()

        def turns(count: int) -> int:
            streams = ids(count)
            return round_trips(
                store.pool, lambda: runner.run_many([Count(counter_id=each) for each in streams], [caller()] * count)
            )

        for _ in range(4):
            turns(2)
        assert turns(2) == turns(1_000) == 6, "one to load, five to append"


def test_each_answer_has_the_position_of_its_own_last_event(store: Store) -> None:
    streams = ids(4)
    times = [2, 1, 0, 3]
    commands = [
        Count(counter_id=each, amount=0) if number == 0 else Count(counter_id=each, times=number)
        for each, number in zip(streams, times, strict=True)
    ]
    outcomes = done(store.runner().run_many(commands, [caller()] * 4))
    last = {recorded.stream_id: recorded.position for recorded in store.log.read(BEGINNING, 100)}
    assert [outcome.position for outcome in outcomes] == [last.get(stream) for stream in streams]
    assert [outcome.version for outcome in outcomes] == times


def test_one_refused_does_not_hold_up_the_others(store: Store) -> None:
    streams = ids(3)
    amounts = [1, HIGHEST + 1, 2]
    commands = [Count(counter_id=each, amount=amount) for each, amount in zip(streams, amounts, strict=True)]
    first, second, third = store.runner().run_many(commands, [caller()] * 3)
    assert isinstance(first, Outcome)
    assert isinstance(second, Refusal)
    assert isinstance(second.error, TooHigh)
    assert second.stream_id == streams[1]
    assert isinstance(third, Outcome)
    assert third.position == store.rows()[-1].position
    assert totals(store, streams) == [1, 0, 2]


def test_one_about_a_forgotten_athlete_does_not_hold_up_the_others(store: Store) -> None:
    forgotten = uuid4()
    store.keyring.destroy(forgotten)
    commands = [Note(counter_id=uuid4(), athlete_id=athlete, note="well") for athlete in (uuid4(), forgotten)]
    first, second = store.runner().run_many(commands, [caller()] * 2)
    assert isinstance(first, Outcome)
    assert isinstance(second, Refusal)
    assert isinstance(second.error, AthleteIsForgotten)


def test_all_refused_or_without_effect_appends_nothing(store: Store) -> None:
    commands = [Count(counter_id=uuid4(), amount=HIGHEST + 1), Count(counter_id=uuid4(), amount=0)]
    refused, nothing = store.runner().run_many(commands, [caller()] * 2)
    assert isinstance(refused, Refusal)
    assert isinstance(nothing, Outcome)
    assert nothing.position is None
    assert store.rows() == []


def test_each_command_has_a_caller_of_its_own(store: Store) -> None:
    streams = ids(2)
    callers = [caller(causation_id=uuid4()), caller(causation_id=uuid4())]
    store.runner().run_many([Count(counter_id=each) for each in streams], callers)
    recorded = store.log.read(BEGINNING, 10)
    assert [each.causation_id for each in recorded] == [each.causation_id for each in callers]
    assert [each.correlation_id for each in recorded] == [each.correlation_id for each in callers]


def test_two_organizations_or_one_stream_twice_is_a_mistake(store: Store) -> None:
    stream, other = ids(2)
    runner = store.runner()
    with pytest.raises(ValueError, match="one organization"):
        runner.run_many([Count(counter_id=stream), Count(counter_id=other)], [caller(), caller(OTHER_ORGANIZATION)])
    with pytest.raises(ValueError, match="each stream once"):
        runner.run_many([Count(counter_id=stream)] * 2, [caller()] * 2)
    with pytest.raises(ValueError, match="shorter"):
        runner.run_many([Count(counter_id=stream), Count(counter_id=other)], [caller()])
    assert store.rows() == []


def test_streams_that_others_change_meanwhile_lose_nothing(store: Store) -> None:
    """Four at once, over the same streams, in other orders: 40 rounds of 50 streams."""
    streams = ids(50)

    def count(number: int) -> None:
        runner = store.runner()
        mine = streams[number * 10 :] + streams[: number * 10]
        for _ in range(10):
            done(runner.run_many([Count(counter_id=each) for each in mine], [caller()] * 50))

    with ThreadPoolExecutor(4) as executor:
        list(executor.map(count, range(4)))
    assert totals(store, streams) == [40] * 50
    with store.connect() as connection:
        assert list(broken_links(connection)) == []


# Reactions


def test_a_reaction_that_went_half_way_is_finished_once(store: Store) -> None:
    """As after a crash between two chunks that are then cut differently."""
    streams, cause = ids(6), uuid4()
    reaction = Reaction("adjust", cause)
    runner = store.runner()
    runner.run_many([Count(counter_id=each) for each in streams[::2]], [caller()] * 3, reactions=[reaction] * 3)
    outcomes = done(
        runner.run_many([Count(counter_id=each) for each in streams], [caller()] * 6, reactions=[reaction] * 6)
    )
    assert [outcome.stream_id for outcome in outcomes] == streams
    assert [outcome.repeated for outcome in outcomes] == [True, False] * 3
    assert [outcome.version for outcome in outcomes] == [1] * 6
    assert totals(store, streams) == [1] * 6


def test_two_that_react_at_once_have_one_effect(store: Store) -> None:
    streams, reaction = ids(200), Reaction("adjust", uuid4())

    def react(order: int) -> int:
        commands = [Count(counter_id=each) for each in streams[::order]]
        outcomes = done(store.runner().run_many(commands, [caller()] * 200, reactions=[reaction] * 200))
        return sum(not outcome.repeated for outcome in outcomes)

    with ThreadPoolExecutor(2) as executor:
        assert sorted(executor.map(react, (1, -1))) == [0, 200]
    assert totals(store, streams) == [1] * 200


def test_commands_with_and_without_a_reaction_go_together(store: Store) -> None:
    streams, reaction = ids(2), Reaction("adjust", uuid4())
    runner = store.runner()
    for _ in range(2):
        runner.run_many([Count(counter_id=each) for each in streams], [caller()] * 2, reactions=[reaction, None])
    assert totals(store, streams) == [1, 2]


# Idempotency keys


def under(body: bytes) -> IdempotencyKey:
    return IdempotencyKey("account:17", "POST /many", "monday", body)


@pytest.mark.parametrize("count", [1, 3])
def test_a_key_holds_for_one_body_however_many_streams_it_changed(store: Store, count: int) -> None:
    runner, streams = store.runner(), ids(count)
    commands = [Count(counter_id=each) for each in streams]
    done(runner.run_many(commands, [caller()] * count, key=under(b"one")))
    with pytest.raises(IdempotencyKeyReused, match="monday"):
        runner.run_many(commands, [caller()] * count, key=under(b"another"))
    assert totals(store, streams) == [1] * count
    done(runner.run_many(commands, [caller()] * count, key=under(b"one")))
    assert totals(store, streams) == [2] * count, "it is decided anew: what comes again says so by itself"


def test_of_two_bodies_at_once_under_one_key_one_is_refused_whole(store: Store) -> None:
    def run(body: bytes) -> list[UUID] | None:
        streams = ids(50)
        try:
            done(
                store.runner().run_many([Count(counter_id=each) for each in streams], [caller()] * 50, key=under(body))
            )
        except IdempotencyKeyReused:
            return None
        return streams

    with ThreadPoolExecutor(2) as executor:
        [first] = [streams for streams in executor.map(run, (b"one", b"another")) if streams is not None]
    assert totals(store, first) == [1] * 50
    assert len(store.rows()) == 50
