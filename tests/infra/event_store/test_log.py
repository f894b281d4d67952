"""The log as consumers read it: decoded, in order, whole or by the names of events, by many threads."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest

from domain.ports import BEGINNING, Position
from tests.support.counter import Count, Counted, Note, Noted
from tests.support.open_append import OpenAppend
from tests.support.store import Store, caller, plain_event, stream_of

STREAM = UUID(int=0x10)


def fill(store: Store) -> None:
    """Two counts, a note, two counts, a note; each command is one transaction."""
    runner = store.runner()
    for _ in range(2):
        runner.run(Count(counter_id=STREAM, times=2), caller())
        runner.run(Note(counter_id=STREAM, athlete_id=UUID(int=0xA), note="well"), caller())


def test_events_come_decoded_and_in_order(store: Store) -> None:
    fill(store)
    recorded = store.log.read(BEGINNING, 100)
    assert [type(each.event) for each in recorded] == [Counted, Counted, Noted] * 2
    assert [each.version for each in recorded] == [1, 2, 3, 4, 5, 6]
    assert [each.position for each in recorded] == sorted(each.position for each in recorded)
    assert store.log.read(recorded[2].position, 100) == recorded[3:]
    assert store.log.read(recorded[-1].position, 100) == []


def test_a_log_that_is_held_reads_as_one_that_is_not(store: Store) -> None:
    fill(store)
    with store.log as held:
        first = held.read(BEGINNING, 4)
        fill_more = held.read(first[-1].position, 100)
    assert [*first, *fill_more] == store.log.read(BEGINNING, 100)


def test_threads_that_share_a_held_log_take_turns(store: Store) -> None:
    fill(store)
    with store.log as held, ThreadPoolExecutor(4) as executor:
        answers = list(executor.map(lambda _: len(held.read(BEGINNING, 100)), range(40)))
    assert answers == [6] * 40


def versions_and_through(store: Store, after: Position, limit: int, *names: str) -> tuple[list[int], Position]:
    recorded, through = store.log.read_some(after, limit, names)
    return [each.version for each in recorded], through


def test_some_names_only_and_how_far_there_are_no_others(store: Store) -> None:
    fill(store)
    whole = [each.position for each in store.log.read(BEGINNING, 100)]
    notes, through = versions_and_through(store, BEGINNING, 100, "test.noted")
    assert notes == [3, 6]
    assert through >= whole[-1]
    assert versions_and_through(store, through, 100, "test.noted") == ([], through)
    assert versions_and_through(store, BEGINNING, 1, "test.noted") == ([3], whole[2]), "a full answer ends at its last"
    assert versions_and_through(store, whole[2], 1, "test.noted")[0] == [6]
    assert versions_and_through(store, BEGINNING, 100, "test.counted", "test.noted")[0] == [1, 2, 3, 4, 5, 6]


def test_where_none_of_the_names_are_reading_gets_ahead_all_the_same(store: Store) -> None:
    fill(store)
    last = store.rows()[-1].position
    none, through = versions_and_through(store, BEGINNING, 100, "test.unheard_of")
    assert none == []
    assert through >= last
    store.append(plain_event(uuid4(), 1))
    assert through < store.rows()[-1].position, "and never past what comes next"


def test_some_names_stop_at_an_open_append_too(store: Store) -> None:
    with OpenAppend(store.database_url) as slow:
        slow.begin()
        slow.write([plain_event(STREAM, 1)])
        store.append(plain_event(STREAM, 2))
        with store.recorder.log_reader() as reader:
            rows, through = reader.read_some(BEGINNING, 100, ["test.counted"])
            assert rows == []
            slow.commit()
            rows, _ = reader.read_some(through, 100, ["test.counted"])
            assert [row.version for row in rows] == [1, 2]


def test_which_of_some_events_are_recorded(store: Store) -> None:
    events = stream_of(3)
    store.append(*events[:2])
    asked = [event.event_id for event in events]
    assert store.log.recorded(asked) == set(asked[:2])
    assert store.log.recorded([]) == set()


@pytest.mark.parametrize("position", [Position(1, 1 << 40, 7), Position(2, 3, 0), BEGINNING, Position(3, 0, 2**31 - 1)])
def test_positions_are_kept_by_text_and_by_number(position: Position) -> None:
    assert Position.parse(str(position)) == position
    assert Position.from_int(position.to_int()) == position
