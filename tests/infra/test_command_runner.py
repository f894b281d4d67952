"""The command runner: loads, decides, appends; starts over when others were faster; says who, why and for whom."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest

from domain.errors import NotFound
from domain.ids import OrganizationId
from domain.ports import BEGINNING, Caller, ConcurrencyConflict, IdempotencyKey, Unavailable, VersionMismatch
from infra.command_runner import PostgresCommandRunner
from infra.event_store.audit import broken_links
from tests.support import counter
from tests.support.counter import Count, Counted, TooHigh
from tests.support.store import ORGANIZATION, OTHER_ORGANIZATION, Store, caller, open_test_store, plain_event

STREAM = UUID(int=0x51)


def total(store: Store, stream_id: UUID = STREAM) -> int:
    state = store.loader.load(counter.DECIDER, stream_id, ORGANIZATION).state
    return 0 if state is None else int(state.total)


def test_a_command_becomes_events(store: Store) -> None:
    outcome = store.runner().run(Count(counter_id=STREAM, amount=3, times=2), caller())
    assert outcome.events == (Counted(counter_id=STREAM, amount=3),) * 2
    assert (outcome.stream_id, outcome.version, outcome.partition_key) == (STREAM, 2, STREAM)
    assert outcome.position == store.rows()[-1].position
    assert not outcome.repeated
    assert total(store) == 6


def test_commands_build_on_each_other(store: Store) -> None:
    runner = store.runner()
    versions = [runner.run(Count(counter_id=STREAM), caller()).version for _ in range(4)]
    assert versions == [1, 2, 3, 4]
    assert total(store) == 4


def test_what_changes_nothing_stores_nothing(store: Store) -> None:
    runner = store.runner()
    assert runner.run(Count(counter_id=STREAM, amount=0), caller()).version == 0
    runner.run(Count(counter_id=STREAM), caller())
    outcome = runner.run(Count(counter_id=STREAM, amount=0), caller())
    assert (outcome.version, outcome.position, outcome.events, outcome.repeated) == (1, None, (), False)
    assert len(store.rows()) == 1


def test_a_refusal_reaches_the_caller_and_stores_nothing(store: Store) -> None:
    with pytest.raises(TooHigh):
        store.runner().run(Count(counter_id=STREAM, amount=counter.HIGHEST + 1), caller())
    assert store.rows() == []


def test_two_runners_on_one_stream_lose_nothing(store: Store) -> None:
    """As two processes are: neither knows what the other has just stored."""
    runners = [store.runner(), store.runner()]

    def count(number: int) -> None:
        for _ in range(15):
            runners[number % 2].run(Count(counter_id=STREAM), caller())

    with ThreadPoolExecutor(4) as executor:
        list(executor.map(count, range(4)))
    assert total(store) == 60
    assert [row.version for row in store.rows()] == list(range(1, 61))
    with store.connect() as connection:
        assert list(broken_links(connection)) == []


def test_a_decision_that_was_overtaken_is_made_anew(store: Store) -> None:
    """Both see 600 and want 300 more; the second must see 900, and is refused."""
    runner = store.runner()
    runner.run(Count(counter_id=STREAM, amount=600), caller())

    def count(_: int) -> str:
        try:
            store.runner().run(Count(counter_id=STREAM, amount=300), caller())
        except TooHigh:
            return "refused"
        return "counted"

    with ThreadPoolExecutor(4) as executor:
        assert sorted(executor.map(count, range(4))) == ["counted", "refused", "refused", "refused"]
    assert total(store) == 900


def test_one_who_never_wins_is_told(store: Store) -> None:
    """A stream of another organization is not seen when loading, and is there when appending."""
    store.append(plain_event(STREAM, 1))
    with pytest.raises(ConcurrencyConflict, match="others changed"):
        store.runner().run(Count(counter_id=STREAM), caller(OTHER_ORGANIZATION))
    assert len(store.rows()) == 1


def must_exist(command: Count, state: counter.Counter | None, _: object) -> tuple[Counted, ...]:
    if state is None:
        raise NotFound(f"no counter {command.counter_id}")
    return ()


def test_another_organizations_stream_is_not_found(store: Store) -> None:
    store.runner().run(Count(counter_id=STREAM), caller())
    runner = store.runner(counter.deciding(must_exist))
    assert runner.run(Count(counter_id=STREAM), caller()).version == 1
    with pytest.raises(NotFound):
        runner.run(Count(counter_id=STREAM), caller(OTHER_ORGANIZATION))


def test_who_why_and_for_whom_is_stored_with_each_event(store: Store) -> None:
    correlation, cause = uuid4(), uuid4()
    store.runner().run(
        Count(counter_id=STREAM, times=2), Caller(OrganizationId(ORGANIZATION), "planning:acme", correlation, cause)
    )
    for version, recorded in enumerate(store.log.read(BEGINNING, 10), start=1):
        assert recorded.stream_id == STREAM
        assert recorded.version == version
        assert recorded.organization_id == ORGANIZATION
        assert recorded.partition_key == STREAM
        assert recorded.actor == "planning:acme"
        assert recorded.correlation_id == correlation
        assert recorded.causation_id == cause
        assert recorded.occurred_at == recorded.recorded_at
        assert recorded.occurred_at.tzinfo is not None


def test_without_a_cause_there_is_none(store: Store) -> None:
    store.runner().run(Count(counter_id=STREAM), caller())
    (recorded,) = store.log.read(BEGINNING, 10)
    assert recorded.causation_id is None


def test_a_database_that_does_not_answer_is_unavailable_and_then_back(database_url: str) -> None:
    with open_test_store(database_url, size=1) as store:
        runner = store.runner()
        with store.pool.connection() as connection:
            pid = connection.info.backend_pid
        with store.connect() as other:
            other.execute("SELECT pg_terminate_backend(%s, 10000)", (pid,))
        with pytest.raises(Unavailable):
            runner.run(Count(counter_id=STREAM), caller())
        assert runner.run(Count(counter_id=STREAM), caller()).version == 1


def test_a_caller_may_say_what_it_has_seen(store: Store) -> None:
    runner = store.runner()
    runner.run(Count(counter_id=STREAM), caller(), expected_version=0)
    runner.run(Count(counter_id=STREAM), caller(), expected_version=1)
    with pytest.raises(VersionMismatch, match="is at version 2, not 1") as refused:
        runner.run(Count(counter_id=STREAM), caller(), expected_version=1)
    assert refused.value.version == 2
    assert total(store) == 2


def test_of_two_that_have_seen_the_same_one_is_refused(store: Store) -> None:
    store.runner().run(Count(counter_id=STREAM), caller())
    runners = [store.runner(), store.runner()]

    def count(runner: PostgresCommandRunner) -> bool:
        try:
            runner.run(Count(counter_id=STREAM), caller(), expected_version=1)
        except VersionMismatch:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(count, runners)) == [False, True]
    assert total(store) == 2


def test_a_repeat_is_answered_whatever_has_changed_since(store: Store) -> None:
    runner, key = store.runner(), IdempotencyKey("ana", "POST /counts", "k1", b"body")
    first = runner.run(Count(counter_id=STREAM), caller(), key=key, expected_version=0)
    runner.run(Count(counter_id=STREAM), caller())
    again = runner.run(Count(counter_id=STREAM), caller(), key=key, expected_version=0)
    assert (again.repeated, again.version, again.position) == (True, first.version, first.position)
