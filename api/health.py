"""Whether the process is alive, and whether it is fit to answer: what balancers and people ask first."""

from datetime import datetime
from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter, Response
from pydantic import Field

from api.models import Answer
from api.services import Services
from projections.lag import COUNTED, Lag, lags
from projections.registry import PROJECTIONS


class Live(Answer):
    status: Literal["live"] = "live"


class DatabaseCheck(Answer):
    ok: bool
    detail: str | None = None


class MigrationsCheck(Answer):
    ok: bool
    pending: list[str]


class ProjectionCheck(Answer):
    """One projection; ``status`` is missing, building or live."""

    ok: bool
    name: str
    status: str
    version: str | None = None
    position: str | None = Field(None, description="How far it is in the log.")
    lag_events: int | None = Field(None, description=f"How many events it is behind; counted up to {COUNTED}.")
    lag_seconds: float | None = Field(None, description="How long the oldest of them has been waiting.")
    set_aside: int | None = Field(None, description="Events that it could not take, and those that wait behind them.")


class Ready(Answer):
    status: Literal["ready", "not ready"]
    database: DatabaseCheck
    migrations: MigrationsCheck
    projections: list[ProjectionCheck]


def router(services: Services) -> APIRouter:
    routes = APIRouter(prefix="/health", tags=["health"])

    @routes.get("/live", summary="Is the process alive?")
    def live() -> Live:
        return Live()

    @routes.get(
        "/ready",
        summary="Is it fit to answer?",
        responses={HTTPStatus.SERVICE_UNAVAILABLE: {"model": Ready, "description": "Not ready; the body says why"}},
    )
    def ready(response: Response) -> Ready:
        """The database, its schema, and how far each read model is behind. 503 with the same body when not ready."""
        checked = check(services)
        if checked.status != "ready":
            response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        return checked

    return routes


def check(services: Services) -> Ready:
    try:
        pending = list(services.pending_migrations())
        found: list[Lag] = []
        if not pending:
            with services.connect() as connection:
                found = lags(connection)
    except services.outages as error:
        return Ready(
            status="not ready",
            database=DatabaseCheck(ok=False, detail=f"{type(error).__name__}: it does not answer"),
            migrations=MigrationsCheck(ok=False, pending=[]),
            projections=[],
        )
    projections = projection_checks(found, services.clock.now(), services.longest_lag_s)
    return Ready(
        status="ready" if not pending and all(one.ok for one in projections) else "not ready",
        database=DatabaseCheck(ok=True),
        migrations=MigrationsCheck(ok=not pending, pending=pending),
        projections=projections,
    )


def projection_checks(found: list[Lag], now: datetime, longest_lag_s: float) -> list[ProjectionCheck]:
    """Every projection that there should be, and every version that there is."""
    checks = [
        ProjectionCheck(
            ok=lag.status != "live" or lag.seconds(now) <= longest_lag_s,
            name=lag.name,
            status=lag.status,
            version=lag.version,
            position=lag.position,
            lag_events=lag.events,
            lag_seconds=round(lag.seconds(now), 3),
            set_aside=lag.set_aside,
        )
        for lag in found
    ]
    have_live = {lag.name for lag in found if lag.status == "live"}
    return checks + [
        ProjectionCheck(ok=False, name=projection.name, status="missing")
        for projection in PROJECTIONS
        if projection.name not in have_live
    ]
