"""Puts the HTTP API together."""

from typing import Any

from fastapi import Depends, FastAPI
from fastapi.openapi.utils import get_openapi

from api import assignments, authentication, errors, health, operation, planning
from api.authentication import whoever_asks
from api.problems import problem_schemas
from api.services import Services

DESCRIPTION = """
Plans training, and keeps the plan true as life happens. Every change is an event, so every number can be explained:
see an assignment's history.

Errors are problem details (RFC 9457) with a `hint`. Each answer names its correlation id in `X-Correlation-Id`; send
your own (a UUID) to tie requests together. To read what you have just written, send the position of a command's
answer as `minPosition`.
"""


def create_app(services: Services) -> FastAPI:
    app = FastAPI(title="Mesocycle", version="0.1.0", description=DESCRIPTION)
    app.state.services = services
    app.include_router(health.router(services))
    for routes in (planning, assignments):
        app.include_router(routes.router(services), dependencies=[Depends(whoever_asks)])
    errors.install(app, services.outages)
    authentication.install(app)
    operation.install(app, services.operation, services.new_id, services.tokens)

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            schema["components"]["schemas"].update(problem_schemas())
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
    return app
