"""Events with random content, for any event class: made from the types of its fields."""

import types
from datetime import date
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

from hypothesis import strategies as st

from domain.event import Event, StoredModel

FIRST_DAY, DAYS = date(1900, 1, 1).toordinal(), 300 * 365


def any_event(event_type: type[Event]) -> st.SearchStrategy[Any]:
    return any_model(event_type)


def any_model(model: type[StoredModel]) -> st.SearchStrategy[Any]:
    fields = {name: any_value(field.annotation) for name, field in model.model_fields.items()}
    return st.fixed_dictionaries(fields).map(model.model_validate)


def any_value(annotation: Any) -> st.SearchStrategy[Any]:
    """JSON has neither infinity nor NaN, and no command lets one in; all else is as wide as its type."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return any_value(arguments[0])
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin in (Union, types.UnionType):
        return st.one_of(*map(any_value, arguments))
    if origin is tuple and arguments[1:] == (...,):
        return st.lists(any_value(arguments[0]), max_size=3).map(tuple)
    if annotation is float:
        return st.floats(allow_nan=False, allow_infinity=False)
    if isinstance(annotation, type) and issubclass(annotation, StoredModel):
        return any_model(annotation)
    return st.from_type(annotation)


def recent(event: Event, identities: list[UUID], pick: int) -> Event:
    """About one of few things, so that several events meet; with what commands let in: weekdays, zones, days, texts."""
    one = identities[pick % len(identities)]

    def kept(value: Any) -> Any:
        match value:
            case UUID():
                return one
            case Enum() | bool():
                return value
            case str():
                return value.replace("\0", "")
            case int():
                return value % 2**31
            case float():
                return value % 1000
            case date():
                return date.fromordinal(FIRST_DAY + value.toordinal() % DAYS)
            case tuple() if all(isinstance(each, int) and not isinstance(each, Enum) for each in value):
                return tuple(each % 7 + 1 for each in value)  # weekdays
            case tuple():
                return tuple(map(kept, value))
            case StoredModel():
                return value.model_copy(update={name: kept(part) for name, part in value})
            case _:
                return value

    zone = {"zone": "Europe/Berlin"} if hasattr(event, "zone") else {}
    return event.model_copy(update={name: kept(value) for name, value in event} | zone)
