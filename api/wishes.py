"""From what a request says to the command that it wishes for. What no command may say is a problem of the request."""

from typing import Any, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from domain.decider import Command

C = TypeVar("C", bound=Command)


class Wish(BaseModel):
    """A request's body: camelCase; what nobody knows is refused, so that a slip of the pen is no silent default."""

    model_config = Command.model_config


def command_of(kind: type[C], said: dict[str, Any], *place: str | int) -> C:
    """``place``: where in the body it stands. Raises RequestValidationError, which names what is wrong there."""
    try:
        return kind.model_validate(said)
    except ValidationError as error:
        errors = [{**one, "loc": ("body", *place, *one["loc"])} for one in error.errors(include_url=False)]
        raise RequestValidationError(errors) from error


def fields_of(wish: Wish, *but: str) -> dict[str, Any]:
    """As they were sent and understood; the parts of it stay what they are."""
    return {name: value for name, value in wish if name not in but}
