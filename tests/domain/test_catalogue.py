"""The catalogue is complete, and each entry is fit to be stored for ever."""

import re
from typing import Any, get_args, get_type_hints
from uuid import UUID

import pytest

from domain.athlete import AthleteForgotten
from domain.catalogue import DECIDERS, EVENTS, AnyDecider, decider_for, events_by_name
from domain.decider import Command, Decider
from domain.event import Event

BOUNDS = {"minLength", "maxLength", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minItems"}


def named(decider: AnyDecider) -> str:
    return decider.name


def union(hint: Any) -> set[Any]:
    return set(get_args(hint)) or {hint}


@pytest.mark.parametrize("decider", DECIDERS, ids=named)
def test_an_aggregate_lists_what_its_functions_take_and_give(decider: AnyDecider) -> None:
    """The unions are what `match` is checked against; a member that is not listed would never be loaded."""
    command, state, _, decided = get_type_hints(decider.decide).values()
    before, event, after = get_type_hints(decider.evolve).values()
    assert union(command) == set(decider.commands)
    assert union(get_args(decided)[0]) == union(event) == set(decider.events)
    assert union(state) == union(before) == {decider.state, type(None)}
    assert after is decider.state


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS.keys())
def test_an_event_is_named_versioned_and_explained(event: type[Event]) -> None:
    aggregate = next(decider.name for decider in DECIDERS if event in decider.events)
    assert re.fullmatch(rf"{aggregate}\.[a-z]+(_[a-z]+)*", event.event_name)
    assert set(event.upcasters) == set(range(1, event.event_version))
    assert event.__doc__
    assert event.__doc__ != Event.__doc__


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS.keys())
def test_a_stored_event_carries_types_only(event: type[Event]) -> None:
    """A rule that is tightened later must not make an old stream unloadable."""
    assert event.model_config["extra"] == "ignore"
    properties = event.model_json_schema()["properties"]
    assert [name for name, schema in properties.items() if BOUNDS & set(schema)] == []


def test_every_command_finds_its_aggregate_and_refuses_what_it_does_not_know() -> None:
    for decider in DECIDERS:
        for command in decider.commands:
            assert decider_for(command) is decider
            assert command.model_config["extra"] == "forbid"


def test_a_command_that_nobody_decides() -> None:
    class Nobodys(Command):
        @property
        def stream_id(self) -> UUID:
            return UUID(int=0)

    with pytest.raises(LookupError, match="no aggregate decides Nobodys"):
        decider_for(Nobodys)


def test_two_events_of_one_name_are_refused() -> None:
    class Impostor(Event):
        event_name = AthleteForgotten.event_name

    athlete = decider_for_event(AthleteForgotten)
    twin: AnyDecider = Decider(
        name="twin",
        commands=(),
        events=(Impostor,),
        state=athlete.state,
        decide=athlete.decide,
        evolve=athlete.evolve,
        partition_key=athlete.partition_key,
    )
    with pytest.raises(ValueError, match=r"'athlete\.forgotten'"):
        events_by_name((*DECIDERS, twin))


def decider_for_event(event: type[Event]) -> AnyDecider:
    return next(decider for decider in DECIDERS if event in decider.events)
