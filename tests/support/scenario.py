"""Rules, read as sentences: ``given(*events).when(command).then(*events)``, or ``.raises(...)``; also ``.at(now)``.

Each command also comes twice, since clients and logs repeat themselves: what was decided decides nothing more, what was
refused is refused again. And all that passes through here survives storage: command, events and state as JSON.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import TypeAdapter

from domain.catalogue import AnyDecider, decider_for
from domain.decider import Command, Context
from domain.errors import DomainError
from domain.event import Event
from domain.ids import OrganizationId

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ORGANIZATION = OrganizationId(UUID("0a000000-0000-7000-8000-000000000001"))


def context(new_id: Callable[[], UUID] = uuid4, now: datetime = NOW) -> Context:
    return Context(now=now, actor="coach-1", organization_id=ORGANIZATION, new_id=new_id)


@dataclass(frozen=True)
class Asked:
    """A command, put to a stream with a history."""

    history: tuple[Event, ...]
    command: Command
    now: datetime

    def then(self, *expected: Event) -> None:
        """Decides exactly these; asked again, nothing."""
        decider = decider_for(type(self.command))
        state = decider.fold(self.history)
        decided = decider.decide(self.command, state, context(now=self.now))
        assert decided == expected
        after = decider.fold(decided, state)
        assert decider.decide(self.command, after, context(now=self.now)) == (), "the same command, once more"
        if state is not None and after is not None:
            assert decider.partition_key(after) == decider.partition_key(state)
        survives_storage(decider, decided, after)

    def raises(self, error: str | type[DomainError], match: str | None = None) -> DomainError:
        """Refused with this code or class, twice; the error is returned. ``match`` is searched for in its message."""
        decider = decider_for(type(self.command))
        state = decider.fold(self.history)
        expected = DomainError if isinstance(error, str) else error
        with pytest.raises(expected, match=match) as refused:
            decider.decide(self.command, state, context(now=self.now))
        with pytest.raises(type(refused.value), match=match):
            decider.decide(self.command, state, context(now=self.now))
        if isinstance(error, str):
            assert refused.value.code == error
        assert refused.value.hint
        return refused.value


@dataclass(frozen=True)
class Given:
    history: tuple[Event, ...]
    now: datetime = NOW

    def at(self, now: datetime) -> "Given":
        return Given(self.history, now)

    def when(self, command: Command) -> Asked:
        assert type(command).model_validate_json(command.model_dump_json()) == command
        return Asked(self.history, command, self.now)


def given(*history: Event) -> Given:
    """A stream that holds these events; none for one that does not exist."""
    return Given(history)


def played(*commands: Command) -> tuple[Any, list[Any]]:
    """The state of one stream, and all its events, after these commands."""
    decider = decider_for(type(commands[0]))
    state = None
    events: list[Event] = []
    for command in commands:
        decided = decider.decide(command, state, context())
        events.extend(decided)
        state = decider.fold(decided, state)
    assert decider.fold(events) == state
    return state, events


def survives_storage(decider: AnyDecider, events: tuple[Event, ...], state: Any) -> None:
    for event in events:
        assert type(event).model_validate_json(event.model_dump_json(by_alias=True)) == event
    if state is not None:
        adapter = TypeAdapter(decider.state)
        assert adapter.validate_json(adapter.dump_json(state)) == state
