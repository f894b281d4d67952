"""Once is once: idempotency keys, messages of an inbox, reactions."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from domain.ports import IdempotencyKey, IdempotencyKeyReused, InboxEntry, Reaction
from infra.event_store.repeats import KEPT, Repeats
from tests.support.counter import HIGHEST, Count, TooHigh
from tests.support.store import OTHER_ORGANIZATION, Store, caller

STREAM = UUID(int=0x52)
KEY = IdempotencyKey("coach:ana", "POST /counters", "k-1", b"hash of the body")
MESSAGE = InboxEntry("planning:acme", "m-1", "cluster", "topic", 0, 17)
ONE = Count(counter_id=STREAM)


# Idempotency keys


def test_a_repeated_key_gets_the_stored_answer(store: Store) -> None:
    runner = store.runner()
    first = runner.run(Count(counter_id=STREAM, times=3), caller(), key=KEY)
    runner.run(ONE, caller())
    again = runner.run(Count(counter_id=STREAM, times=3), caller(), key=KEY)
    assert again == replace(first, events=(), repeated=True)
    assert again.version == 3
    assert again.position == first.position
    assert len(store.rows()) == 4


def test_the_stored_answer_stands_where_the_command_would_now_be_refused(store: Store) -> None:
    runner = store.runner()
    full = Count(counter_id=STREAM, amount=HIGHEST)
    first = runner.run(full, caller(), key=KEY)
    assert runner.run(full, caller(), key=KEY) == replace(first, events=(), repeated=True)
    with pytest.raises(TooHigh):
        runner.run(full, caller(), key=replace(KEY, key="k-2"))


def test_an_answer_that_nothing_changed_is_kept_too(store: Store) -> None:
    runner = store.runner()
    nothing = Count(counter_id=STREAM, amount=0)
    first = runner.run(nothing, caller(), key=KEY)
    runner.run(ONE, caller())
    assert first.position is None
    assert runner.run(nothing, caller(), key=KEY) == replace(first, repeated=True)


def test_a_key_with_another_body_is_refused(store: Store) -> None:
    runner = store.runner()
    runner.run(ONE, caller(), key=KEY)
    with pytest.raises(IdempotencyKeyReused, match="another body"):
        runner.run(Count(counter_id=STREAM, amount=2), caller(), key=replace(KEY, body_hash=b"another"))
    assert len(store.rows()) == 1


@pytest.mark.parametrize(
    "other", [replace(KEY, principal="coach:ben"), replace(KEY, route="POST /x"), replace(KEY, key="k-2")]
)
def test_a_key_is_one_principals_on_one_route(store: Store, other: IdempotencyKey) -> None:
    runner = store.runner()
    runner.run(ONE, caller(), key=KEY)
    assert not runner.run(ONE, caller(), key=other).repeated
    assert len(store.rows()) == 2


def test_a_key_is_one_organizations(store: Store) -> None:
    runner = store.runner()
    runner.run(ONE, caller(), key=KEY)
    assert not runner.run(Count(counter_id=uuid4()), caller(OTHER_ORGANIZATION), key=KEY).repeated


def test_a_refused_command_leaves_its_key_unused(store: Store) -> None:
    runner = store.runner()
    with pytest.raises(TooHigh):
        runner.run(Count(counter_id=STREAM, amount=HIGHEST + 1), caller(), key=KEY)
    assert not runner.run(ONE, caller(), key=KEY).repeated


def test_the_same_key_from_eight_at_once_has_one_effect(store: Store) -> None:
    def run(_: int) -> tuple[bool, int, object]:
        outcome = store.runner().run(ONE, caller(), key=KEY)
        return outcome.repeated, outcome.version, outcome.position

    with ThreadPoolExecutor(8) as executor:
        answers = list(executor.map(run, range(8)))
    assert sum(not repeated for repeated, _, _ in answers) == 1
    assert len({(version, position) for _, version, position in answers}) == 1, "all are told the same"
    assert len(store.rows()) == 1


def test_answers_are_kept_for_seven_days(store: Store) -> None:
    assert timedelta(days=7) == KEPT
    runner, repeats = store.runner(), Repeats(store.pool)
    runner.run(ONE, caller(), key=KEY)
    runner.run(ONE, caller(), key=replace(KEY, key="k-2"))
    with store.connect() as connection:
        age = "UPDATE idempotency_keys SET created_at = now() - %s WHERE key = %s"
        connection.execute(age, (KEPT - timedelta(minutes=1), "k-1"))
        connection.execute(age, (KEPT + timedelta(minutes=1), "k-2"))
    assert repeats.expire() == 1
    assert runner.run(ONE, caller(), key=KEY).repeated
    assert not runner.run(ONE, caller(), key=replace(KEY, key="k-2")).repeated


# Messages


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(MESSAGE, id="the same delivery"),
        pytest.param(replace(MESSAGE, offset=18), id="sent twice"),
        pytest.param(replace(MESSAGE, message_id="m-2"), id="the same place under another id"),
        pytest.param(replace(MESSAGE, message_id=None), id="the same place without an id"),
    ],
)
def test_a_message_has_its_effect_once(store: Store, again: InboxEntry) -> None:
    runner = store.runner()
    first = runner.run(ONE, caller(), inbox=MESSAGE)
    outcome = runner.run(ONE, caller(), inbox=again)
    assert (first.repeated, outcome.repeated, outcome.version) == (False, True, 1)
    assert len(store.rows()) == 1


@pytest.mark.parametrize(
    "another",
    [
        replace(MESSAGE, message_id="m-2", offset=18),
        replace(MESSAGE, message_id=None, offset=18),
        replace(MESSAGE, source="planning:other", offset=18),
        replace(MESSAGE, message_id="m-2", partition=1),
        replace(MESSAGE, message_id="m-2", topic_id="made anew"),
        replace(MESSAGE, message_id="m-2", cluster_id="moved"),
    ],
)
def test_another_message_has_an_effect_of_its_own(store: Store, another: InboxEntry) -> None:
    runner = store.runner()
    runner.run(ONE, caller(), inbox=MESSAGE)
    assert not runner.run(ONE, caller(), inbox=another).repeated
    assert len(store.rows()) == 2


def test_a_message_that_changed_nothing_is_remembered(store: Store) -> None:
    runner = store.runner()
    runner.run(Count(counter_id=STREAM, amount=0), caller(), inbox=MESSAGE)
    assert runner.run(Count(counter_id=STREAM, amount=5), caller(), inbox=MESSAGE).repeated
    assert store.rows() == []


def test_a_refused_message_is_not_taken_as_received(store: Store) -> None:
    runner = store.runner()
    with pytest.raises(TooHigh):
        runner.run(Count(counter_id=STREAM, amount=HIGHEST + 1), caller(), inbox=MESSAGE)
    assert not runner.run(ONE, caller(), inbox=MESSAGE).repeated


def test_a_message_delivered_to_eight_at_once_has_one_effect(store: Store) -> None:
    with ThreadPoolExecutor(8) as executor:
        outcomes = list(executor.map(lambda _: store.runner().run(ONE, caller(), inbox=MESSAGE), range(8)))
    assert sum(not outcome.repeated for outcome in outcomes) == 1
    assert len(store.rows()) == 1


# Reactions


def test_a_reaction_has_its_effect_on_a_stream_once(store: Store) -> None:
    runner, cause = store.runner(), uuid4()
    reaction = Reaction("adjust", cause)
    first = runner.run(Count(counter_id=STREAM, times=2), caller(), reaction=reaction)
    runner.run(ONE, caller())
    again = runner.run(Count(counter_id=STREAM, times=2), caller(), reaction=reaction)
    assert (first.repeated, again.repeated, again.version) == (False, True, 3)
    rows = store.rows()
    assert [row.event_id for row in rows[:2]] == [reaction.event_id(STREAM, index) for index in (0, 1)]
    assert len(rows) == 3


def test_another_cause_another_reaction_or_another_stream_is_another_effect(store: Store) -> None:
    runner, cause = store.runner(), uuid4()
    for reaction, stream in [
        (Reaction("adjust", cause), STREAM),
        (Reaction("adjust", uuid4()), STREAM),
        (Reaction("notify", cause), STREAM),
        (Reaction("adjust", cause), uuid4()),
    ]:
        assert not runner.run(Count(counter_id=stream), caller(), reaction=reaction).repeated
    assert len(store.rows()) == 4


def test_a_reaction_of_eight_at_once_has_one_effect(store: Store) -> None:
    reaction = Reaction("adjust", uuid4())
    with ThreadPoolExecutor(8) as executor:
        outcomes = list(executor.map(lambda _: store.runner().run(ONE, caller(), reaction=reaction), range(8)))
    assert sum(not outcome.repeated for outcome in outcomes) == 1
    assert len(store.rows()) == 1


def test_a_reaction_that_answers_a_message_is_still_once(store: Store) -> None:
    """The effect is stored, but under another message: the inbox does not know it, the reaction does."""
    runner, reaction = store.runner(), Reaction("adjust", uuid4())
    runner.run(ONE, caller(), reaction=reaction)
    assert runner.run(ONE, caller(), reaction=reaction, inbox=MESSAGE).repeated
    assert len(store.rows()) == 1
