"""The API's description, for what is made when tests are collected: there is no database yet."""

from typing import Any, NoReturn
from uuid import uuid4

from fastapi import FastAPI

from api.app import create_app
from api.services import Services


def describing() -> FastAPI:
    """The API, as far as it answers with nothing behind it: /openapi.json."""
    nothing: Any = not_here
    services = Services(
        connect=nothing,
        reading=nothing,
        history=nothing,
        runner=nothing,
        assigning=nothing,
        templating=nothing,
        clock=nothing,
        new_id=uuid4,
        outages=(),
        pending_migrations=nothing,
    )
    return create_app(services)


def not_here(*_: object, **__: object) -> NoReturn:
    raise AssertionError("a description asks nobody")
