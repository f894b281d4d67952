"""A planning service on the loopback, and its client."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from infra.planning_service import HttpPlanningService
from tests.support.planning_client import client_of
from tests.support.planning_server import FaultyPlanningServer, season_plan_json, template_json


@pytest.fixture
def server() -> Iterator[FaultyPlanningServer]:
    """It knows team 17, template t1 and the token s3cret."""
    server = FaultyPlanningServer(token="s3cret")
    server.set_season_plan("17", season_plan_json())
    server.set_template(template_json())
    with server:
        yield server


@pytest.fixture
def client(server: FaultyPlanningServer) -> Iterator[HttpPlanningService]:
    """It waits next to nothing between attempts, and its circuit does not open."""
    with closing(client_of(server)) as client:
        yield client
