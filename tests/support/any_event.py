"""Events with random content, for any event class: made from the types of its fields."""

import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from hypothesis import strategies as st

from domain.event import Event, StoredModel


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
