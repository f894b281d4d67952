"""Whether the process is alive, and whether it is fit to answer: what balancers and people ask first."""

from datetime import datetime
from http import HTTPStatus
from typing import Literal, NamedTuple

from fastapi import APIRouter, Response
from pydantic import Field

from api.models import Answer
from api.services import Services
from projections.backlog import Letters, Notices, Unread, letters, notices, unread
from projections.lag import COUNTED, Lag, lags
from projections.registry import PROJECTIONS

LONGEST_UNTOLD_S = 900.0
"""After that a completed workout should have been told: the planning service was away for long, or will not take it."""


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


class BusCheck(Answer):
    """The topics, which the database keeps. What is set aside holds up nobody but its own key."""

    ok: bool
    unread: int | None = Field(None, description="Messages that a consumer has not taken yet.")
    dead: int | None = Field(None, description="Messages that wait for a person: `mesocycle dead-letters`.")
    parked: int | None = Field(None, description="Messages that are tried again by themselves.")
    waiting: int | None = Field(None, description="Messages that wait behind one of these.")


class PlanningServiceCheck(Answer):
    """Not ok: it has failed several times, and is left alone for a while. Everything that does not need it goes on."""

    ok: bool
    circuit: str = Field(examples=["closed"], description="closed, open or half_open; as this process has it.")


class NoticesCheck(Answer):
    """Completed workouts that the planning service is to be told. Not ok: it has not taken one for long."""

    ok: bool
    pending: int | None = None
    refused: int | None = Field(None, description="Refused for good: `mesocycle notices`.")
    oldest_seconds: float | None = Field(None, description="How long the oldest pending one has been waiting.")


class Ready(Answer):
    """``degraded`` is fit to answer too: something outside is away, and what needs it waits."""

    status: Literal["ready", "degraded", "not ready"]
    database: DatabaseCheck
    migrations: MigrationsCheck
    bus: BusCheck
    planning_service: PlanningServiceCheck
    notices: NoticesCheck
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
        """Database and schema, bus, planning service, and how far each read model is. 503 with the same body when not.

        Only what no answer can do without makes it so; else it is ready, or degraded.
        """
        checked = check(services)
        if checked.status == "not ready":
            response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        return checked

    return routes


def check(services: Services) -> Ready:
    circuit = services.operation.circuit()
    planning = PlanningServiceCheck(ok=circuit == "closed", circuit=circuit)
    try:
        pending = list(services.pending_migrations())
        found = None if pending else look(services)
    except services.outages as error:
        return Ready(
            status="not ready",
            database=DatabaseCheck(ok=False, detail=f"{type(error).__name__}: it does not answer"),
            migrations=MigrationsCheck(ok=False, pending=[]),
            bus=BusCheck(ok=False),
            planning_service=planning,
            notices=NoticesCheck(ok=False),
            projections=[],
        )
    found = found or Found([], [], [], None)
    projections = projection_checks(found.lags, services.clock.now(), services.longest_lag_s)
    told = notices_check(found.notices)
    serving = not pending and all(one.ok for one in projections)
    return Ready(
        status="not ready" if not serving else "ready" if planning.ok and told.ok else "degraded",
        database=DatabaseCheck(ok=True),
        migrations=MigrationsCheck(ok=not pending, pending=pending),
        bus=bus_check(found),
        planning_service=planning,
        notices=told,
        projections=projections,
    )


class Found(NamedTuple):
    """``notices`` is None where nobody could look."""

    lags: list[Lag]
    letters: list[Letters]
    unread: list[Unread]
    notices: Notices | None


def look(services: Services) -> Found:
    with services.connect() as connection:
        return Found(lags(connection), letters(connection), unread(connection), notices(connection))


def bus_check(found: Found) -> BusCheck:
    if found.notices is None:
        return BusCheck(ok=False)
    counted = {
        status: sum(one.how_many for one in found.letters if one.status == status)
        for status in ("dead", "parked", "waiting")
    }
    return BusCheck(ok=True, unread=sum(one.how_many for one in found.unread), **counted)


def notices_check(found: Notices | None) -> NoticesCheck:
    if found is None:
        return NoticesCheck(ok=False)
    ok = found.oldest_s <= LONGEST_UNTOLD_S
    return NoticesCheck(ok=ok, pending=found.pending, refused=found.refused, oldest_seconds=round(found.oldest_s, 3))


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
