"""Personal data stands in events that name the athlete whose key seals it, and nowhere else in the domain."""

import dataclasses
from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest

from domain.catalogue import DECIDERS, EVENTS, AnyDecider
from domain.event import Event, Personal, PersonalText
from domain.ids import AthleteId


def marks(hint: Any) -> Iterator[Personal]:
    """Every mark in a type, however deep."""
    if get_origin(hint) is Annotated:
        yield from (mark for mark in hint.__metadata__ if isinstance(mark, Personal))
    for argument in get_args(hint):
        yield from marks(argument)
    if isinstance(hint, type) and (dataclasses.is_dataclass(hint) or hasattr(hint, "model_fields")):
        for field in get_type_hints(hint, include_extras=True).values():
            yield from marks(field)


@dataclasses.dataclass
class Leaky:
    notes: tuple[Annotated[str, Personal()], ...]


def test_a_mark_is_found_wherever_it_stands() -> None:
    assert list(marks(tuple[Leaky, ...] | None))
    assert list(marks(PersonalText))
    assert not list(marks(tuple[str, ...]))


@pytest.mark.parametrize("decider", DECIDERS, ids=lambda decider: decider.name)
def test_a_state_holds_nothing_personal(decider: AnyDecider) -> None:
    """Snapshots are not sealed, and outlive a destroyed key."""
    assert dataclasses.is_dataclass(decider.state)
    assert not list(marks(decider.state))


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS.keys())
def test_personal_fields_come_with_their_athlete(event: type[Event]) -> None:
    if not list(marks(event)):
        return
    assert event.model_fields["athlete_id"].annotation is AthleteId
    for name, hint in get_type_hints(event, include_extras=True).items():
        if list(marks(hint)):  # the store seals whole fields, and gives None for what was forgotten
            assert any(isinstance(mark, Personal) for mark in event.model_fields[name].metadata), name
            assert type(None) in get_args(event.model_fields[name].annotation), name


def test_names_and_words_about_an_athlete_are_personal() -> None:
    assert [name for name, event in EVENTS.items() if list(marks(event))] == [
        "athlete.registered",
        "assignment.load_set_by_hand",
        "assignment.adjusted_by_hand",
        "assignment.skipped",
        "assignment.cancelled",
        "workload.threshold_breached",
    ]
