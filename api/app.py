"""Puts the HTTP API together."""

from fastapi import Depends, FastAPI

from api import (
    assignment_changing,
    assignment_planning,
    assignment_reading,
    assignments,
    athletes,
    authentication,
    commanding,
    description,
    errors,
    fixtures,
    health,
    operation,
    organizations,
    planning,
    planning_events,
    rosters,
    season_plans,
    sync_status,
    team_compliance,
    teams,
    template_applications,
    template_changing,
    templates,
    workload_analytics,
)
from api.authentication import whoever_asks
from api.deprecation import Deprecating
from api.description import Topics
from api.services import Services

DESCRIPTION = """
Plans training, and keeps the plan true as life happens. Every change is an event, so every number can be explained:
see an assignment's history.

Errors are problem details (RFC 9457) with a `hint`. Each answer names its correlation id in `X-Correlation-Id`; send
your own (a UUID) to tie requests together. To read what you have just written, send the position of a command's
answer as `minPosition`.
"""

PLANNING = (planning, sync_status, workload_analytics, planning_events)
CLUB = (organizations, teams, rosters, athletes, season_plans, fixtures, team_compliance)
ASSIGNMENTS = (assignment_planning, assignment_reading, assignment_changing)
TEMPLATES = (templates, template_changing, template_applications)


def create_app(services: Services, topics: Topics | None = None) -> FastAPI:
    """``topics`` makes the AsyncAPI document that stands beside the OpenAPI one."""
    app = FastAPI(title="Mesocycle", version="0.1.0", description=DESCRIPTION)
    app.state.services = services
    app.include_router(health.router(services))
    for routes in (*PLANNING, *CLUB, assignments, *ASSIGNMENTS, *TEMPLATES):
        app.include_router(routes.router(services), dependencies=[Depends(whoever_asks)])
    errors.install(app, services.outages)
    authentication.install(app)
    commanding.install(app)
    app.add_middleware(Deprecating)
    operation.install(app, services.operation, services.new_id, services.tokens)
    description.install(app, topics)
    return app
