"""A small aggregate for tests of the store: it counts, with a snapshot each five events, and takes personal notes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar, assert_never
from uuid import UUID

from pydantic import Field

from domain.decider import Command, Context, Decider
from domain.errors import DomainError
from domain.event import Event, Payload, PersonalText, StoredModel, Upcaster

SNAPSHOT_EVERY = 5
HIGHEST = 1_000


class Label(StoredModel):
    text: str
    weights: tuple[float, ...] = ()


class Counted(Event):
    """Version 1 called the amount ``by`` and had no labels."""

    event_name: ClassVar[str] = "test.counted"
    event_version: ClassVar[int] = 2
    upcasters: ClassVar[dict[int, Upcaster]] = {1: lambda old: renamed(old, "by", "amount")}

    counter_id: UUID
    amount: int
    labels: tuple[Label, ...] = ()


class Noted(Event):
    event_name: ClassVar[str] = "test.noted"

    counter_id: UUID
    athlete_id: UUID
    note: PersonalText
    second_note: PersonalText = None
    mood: int = 0


CounterEvent = Counted | Noted


def renamed(payload: Payload, old: str, new: str) -> Payload:
    return {new if name == old else name: value for name, value in payload.items()}


@dataclass(frozen=True, slots=True)
class Counter:
    counter_id: UUID
    total: int = 0
    notes: int = 0


def evolve(state: Counter | None, event: CounterEvent) -> Counter:
    before = state or Counter(event.counter_id)
    match event:
        case Counted():
            return replace(before, total=before.total + event.amount)
        case Noted():
            return replace(before, notes=before.notes + 1)
        case _:
            assert_never(event)


class CounterCommand(Command):
    counter_id: UUID

    @property
    def stream_id(self) -> UUID:
        return self.counter_id


class Count(CounterCommand):
    """One event of ``amount``, or ``times`` of them; an amount of 0 decides nothing."""

    amount: int = 1
    times: int = Field(default=1, ge=1)


class Note(CounterCommand):
    athlete_id: UUID
    note: str | None


class TooHigh(DomainError):
    code = "too-high"


def decide(command: Count | Note, state: Counter | None, _: Context) -> tuple[CounterEvent, ...]:
    match command:
        case Count(amount=0):
            return ()
        case Count():
            total = (state.total if state else 0) + command.amount * command.times
            if total > HIGHEST:
                raise TooHigh(f"{total} is more than {HIGHEST}")
            return (Counted(counter_id=command.counter_id, amount=command.amount),) * command.times
        case Note():
            return (Noted(counter_id=command.counter_id, athlete_id=command.athlete_id, note=command.note),)
        case _:
            assert_never(command)


def counter_id_of(state: Counter) -> UUID:
    return state.counter_id


DECIDER: Decider[Count | Note, Counter, CounterEvent] = Decider(
    name="counter",
    commands=(Count, Note),
    events=(Counted, Noted),
    state=Counter,
    decide=decide,
    evolve=evolve,
    partition_key=counter_id_of,
)
LONG_DECIDER = replace(DECIDER, snapshot_every=SNAPSHOT_EVERY)
EVENTS: dict[str, type[Event]] = {Counted.event_name: Counted, Noted.event_name: Noted}


def deciding(
    decide: Callable[[Any, Counter | None, Context], tuple[CounterEvent, ...]],
) -> Decider[Any, Counter, CounterEvent]:
    """The counter with another rule."""
    return replace(DECIDER, decide=decide)
