"""What lies outside is named, and degrades the service without making it unfit."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.operation import Operation
from consumers.dead_letters import Unprocessable, set_aside
from domain.ports import Clock
from infra.api_services import services_of
from infra.clock import SystemClock, new_id
from tests.api.conftest import Served
from tests.support.club import application, run_all, team
from tests.support.messages import message


@contextmanager
def asked(served: Served, circuit: str) -> Iterator[Any]:
    """What /health/ready says, with its status."""
    app = served.app
    services = services_of(app.pool, app.history, app.runner, app.clock, new_id)
    with TestClient(create_app(replace(services, operation=Operation(circuit=lambda: circuit)))) as client:
        answer = client.get("/health/ready")
        yield {"code": answer.status_code, **answer.json()}


@pytest.mark.parametrize(("circuit", "status"), [("closed", "ready"), ("open", "degraded"), ("half_open", "degraded")])
def test_without_the_planning_service_it_is_degraded(served: Served, circuit: str, status: str) -> None:
    with asked(served, circuit) as said:
        assert (said["code"], said["status"]) == (200, status)
        assert said["planningService"] == {"ok": circuit == "closed", "circuit": circuit}


def test_a_read_model_that_is_missing_weighs_more(served: Served) -> None:
    with served.app.pool.connection() as connection:
        connection.execute("DELETE FROM projection_versions WHERE name = 'teams'")
    with asked(served, "open") as said:
        assert (said["code"], said["status"]) == (503, "not ready")


def test_messages_that_were_set_aside_are_counted_and_hold_up_nobody(served: Served) -> None:
    with served.app.pool.connection() as connection:
        set_aside(connection, "planning-listener", message({}), Unprocessable("no team"))
    with asked(served, "closed") as said:
        assert said["status"] == "ready"
        assert said["bus"] == {"ok": True, "unread": 0, "dead": 1, "parked": 0, "waiting": 0}


class HourAgo:
    def now(self) -> datetime:
        return datetime.now(UTC) - timedelta(hours=1)


@pytest.mark.parametrize(("clock", "ok"), [(SystemClock(), True), (HourAgo(), False)])
def test_notices_that_nobody_takes_for_long_degrade_it(served: Served, clock: Clock, ok: bool) -> None:
    with application(served.app.database_url, clock=clock) as app:
        run_all(app, *team(UUID(int=17)))
    served.settle()
    with served.app.pool.connection() as connection:
        connection.execute("""
            INSERT INTO completion_notices (notice_id, athlete_id, correlation_id, body)
            SELECT event_id, gen_random_uuid(), gen_random_uuid(), '{}' FROM events LIMIT 1
        """)
    with asked(served, "closed") as said:
        assert (said["code"], said["status"]) == (200, "ready" if ok else "degraded")
        notices = said["notices"]
        assert (notices["ok"], notices["pending"], notices["refused"]) == (ok, 1, 0)
        assert (notices["oldestSeconds"] < 600) == ok
