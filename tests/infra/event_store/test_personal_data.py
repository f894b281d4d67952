"""Personal fields: sealed in the store, readable with the athlete's key, gone with it, and bound to their place."""

import json
from base64 import b64decode, b64encode
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag
from psycopg import sql

from domain.athlete import AthleteIsForgotten
from domain.event import Event
from domain.ports import BEGINNING
from infra.event_store.log import decoded
from infra.event_store.log_reader import LogRow
from tests.support.counter import Note, Noted
from tests.support.store import Store, caller

ANA, BEN = UUID(int=0xA), UUID(int=0xB)
SECRET = "torn ligament, Ána"


def note(store: Store, athlete_id: UUID, text: str | None = SECRET, stream_id: UUID | None = None) -> UUID:
    stream = stream_id or uuid4()
    store.runner().run(Note(counter_id=stream, athlete_id=athlete_id, note=text), caller())
    return stream


def read(store: Store) -> list[Noted]:
    events = [recorded.event for recorded in store.log.read(BEGINNING, 100)]
    return [event for event in events if isinstance(event, Noted)]


def decode(store: Store, row: LogRow) -> Event:
    (recorded,) = decoded(store.mapper, [row])
    return recorded.event


def test_it_is_sealed_in_the_store_and_read_back_with_the_key(store: Store) -> None:
    note(store, ANA)
    (row,) = store.rows()
    assert b"ligament" not in row.payload
    payload = json.loads(row.payload)
    assert list(payload["note"]) == ["sealed"]
    assert payload["secondNote"] is None
    assert [event.note for event in read(store)] == [SECRET]


def test_nothing_personal_stands_anywhere_in_the_database(store: Store) -> None:
    note(store, ANA)
    with store.connect() as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        assert ("events",) in tables
        for (table,) in tables:
            rows = connection.execute(sql.SQL("SELECT t::text FROM {} AS t").format(sql.Identifier(table))).fetchall()
            assert not any("ligament" in text or b"ligament".hex() in text for (text,) in rows)


def test_the_same_words_look_different_each_time(store: Store) -> None:
    note(store, ANA)
    note(store, ANA)
    first, second = (json.loads(row.payload)["note"]["sealed"] for row in store.rows())
    assert first != second


def test_a_destroyed_key_leaves_the_rest_readable(store: Store) -> None:
    stream = note(store, ANA)
    note(store, BEN, "all well")
    store.keyring.destroy(ANA)
    forgotten, other = read(store)
    assert (forgotten.note, forgotten.athlete_id, forgotten.counter_id, forgotten.mood) == (None, ANA, stream, 0)
    assert other.note == "all well"


def test_after_forgetting_nothing_personal_can_be_written(store: Store) -> None:
    note(store, ANA)
    store.keyring.destroy(ANA)
    with pytest.raises(AthleteIsForgotten):
        note(store, ANA)
    assert len(store.rows()) == 1


def test_what_says_nothing_personal_can_still_be_written(store: Store) -> None:
    note(store, ANA)
    store.keyring.destroy(ANA)
    note(store, ANA, None)
    assert [event.note for event in read(store)] == [None, None]


def test_a_sealed_value_moved_to_another_place_does_not_open(store: Store) -> None:
    """Within the stream, to another stream, to another field: each is refused, not shown as if it belonged there."""
    note(store, ANA)
    (row,) = store.rows()
    with pytest.raises(InvalidTag):
        decode(store, row._replace(version=2))
    with pytest.raises(InvalidTag):
        decode(store, row._replace(stream_id=uuid4()))
    payload = json.loads(row.payload)
    swapped = {**payload, "secondNote": payload["note"], "note": None}
    with pytest.raises(InvalidTag):
        decode(store, row._replace(payload=json.dumps(swapped).encode()))


def test_a_changed_byte_does_not_open(store: Store) -> None:
    note(store, ANA)
    (row,) = store.rows()
    payload = json.loads(row.payload)
    box = bytearray(b64decode(payload["note"]["sealed"]))
    box[-1] ^= 1
    payload["note"]["sealed"] = b64encode(box).decode()
    with pytest.raises(InvalidTag):
        decode(store, row._replace(payload=json.dumps(payload).encode()))
