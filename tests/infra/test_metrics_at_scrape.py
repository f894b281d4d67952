"""What is read at a scrape: from the database, once in a while, and not at any price."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NoReturn
from uuid import uuid4

import psycopg
import pytest
from prometheus_client import CollectorRegistry, generate_latest

from consumers.dead_letters import Unprocessable, set_aside
from infra.main import Application
from infra.metrics_at_scrape import BACKLOG_S, COMPLIANCE_S, AtScrape
from infra.planning_service import State
from projections.projection import Connect
from projections.registry import PROJECTIONS
from tests.support.club import application, day, run_all, team, workout
from tests.support.messages import message


class Clock:
    def now(self) -> datetime:
        return datetime.combine(day(5), datetime.min.time(), UTC)


class Seconds:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def app(database_url: str) -> Iterator[Application]:
    with application(database_url) as opened:
        opened.prepare()
        yield opened


def scraper(connect: Connect, seconds: Seconds, state: State = "closed") -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(AtScrape(connect, lambda: state, Clock(), seconds))
    return registry


def lines(registry: CollectorRegistry) -> dict[str, float]:
    """Of everything but comments."""
    told = (line.rpartition(" ") for line in generate_latest(registry).decode().splitlines() if line[0] != "#")
    return {name.removeprefix("mesocycle_"): float(value) for name, _, value in told}


def test_every_projection_with_its_lag_and_what_was_set_aside(app: Application) -> None:
    team_id = uuid4()
    run_all(app, *team(team_id), workout(team_id, 4))
    with app.pool.connection() as connection:
        set_aside(connection, "listener", message({}), Unprocessable("no team"))
    told = lines(scraper(app.pool.connection, Seconds()))
    behind = {name: value for name, value in told.items() if name.startswith("projection_lag_events")}
    assert behind == {
        f'projection_lag_events{{projection="{projection.name}",status="live"}}': 3.0 for projection in PROJECTIONS
    }
    assert told['dead_letters{consumer="listener",error_type="Unprocessable",status="dead"}'] == 1.0
    assert told['completion_notices{status="pending"}'] == 0.0
    assert told["database_up"] == 1.0

    app.projector.process_available()
    told = lines(scraper(app.pool.connection, Seconds()))
    assert told['compliance_share{colour="red"}'] == 1.0
    assert told["compliance_sessions"] == 1.0
    assert {value for name, value in told.items() if name.startswith("projection_lag")} == {0.0}


@pytest.mark.parametrize("state", ["closed", "open", "half_open"])
def test_the_circuit_is_one_of_three(app: Application, state: State) -> None:
    told = lines(scraper(app.pool.connection, Seconds(), state))
    assert {name: value for name, value in told.items() if name.startswith("planning_service")} == {
        f'planning_service_circuit{{state="{each}"}}': float(each == state) for each in ("closed", "open", "half_open")
    }


def test_the_database_is_asked_once_in_a_while(app: Application) -> None:
    seconds, asked = Seconds(), []

    def connect() -> object:
        asked.append(seconds.now)
        return app.pool.connection()

    registry = scraper(connect, seconds)  # type: ignore[arg-type]
    for _ in range(3):
        lines(registry)
    assert len(asked) == 2, "one for the backlog, one for compliance"
    seconds.now += BACKLOG_S
    lines(registry)
    assert len(asked) == 3
    seconds.now += COMPLIANCE_S
    lines(registry)
    assert len(asked) == 5


def test_a_database_that_is_away_costs_its_own_metrics_alone() -> None:
    def away() -> NoReturn:
        raise psycopg.OperationalError("no route to host")

    assert lines(scraper(away, Seconds())) == {
        "database_up": 0.0,
        'planning_service_circuit{state="closed"}': 1.0,
        'planning_service_circuit{state="open"}': 0.0,
        'planning_service_circuit{state="half_open"}': 0.0,
    }
