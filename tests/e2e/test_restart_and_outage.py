"""Two services on one database, one of which dies; and PostgreSQL that goes away and comes back under a running one."""

import time
from contextlib import ExitStack
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from consumers.dead_letters import listed
from consumers.reactions import ACTIVE_LOCK
from infra.embedded_postgres import EmbeddedPostgres
from infra.main import Application
from infra.migrate import migrate
from tests.e2e.rest import until_at_rest, verify
from tests.e2e.season import every_change_reached_all_it_touches, found_club, says
from tests.e2e.service import AUTH_SECRET, Service, mesocycle
from tests.support.club import application
from tests.support.planning import changes, publish
from tests.support.postgres import FAST, cluster_folder
from tests.support.waiting import eventually

WORKOUTS = 100
CHUNK = "4"
"""So that a fan-out is long enough to be interrupted."""

REACTING = """
SELECT pid FROM pg_locks JOIN pg_database AS d ON d.oid = database
WHERE datname = current_database() AND locktype = 'advisory' AND objid = %s AND granted
"""


def reacting(app: Application) -> set[int]:
    """The server processes of whoever holds the reactions' lock."""
    with app.pool.connection() as connection:
        return {pid for (pid,) in connection.execute(REACTING, (ACTIVE_LOCK,))}


def targets(app: Application) -> int:
    with app.pool.connection() as connection:
        row = connection.execute("SELECT count(*) FROM phase_fan_out_targets").fetchone()
    assert row is not None
    return int(row[0])


def all_went_right(app: Application, told: int) -> None:
    assert len(changes(app)) == told
    every_change_reached_all_it_touches(app)
    with app.pool.connection() as connection:
        assert listed(connection) == []
    verify(app)


def test_of_two_services_one_reacts_and_the_other_takes_over(database_url: str, tmp_path: Path) -> None:
    def start(name: str) -> Service:
        output = tmp_path / f"{name}.log"
        service = mesocycle(
            output, "run", DATABASE_URL=database_url, AUTH_SECRET=AUTH_SECRET, PORT="0", FANOUT_CHUNK=CHUNK
        )
        return stack.enter_context(service)

    with application(database_url) as app, ExitStack() as stack:
        found_club(app, WORKOUTS)
        first = start("first")
        eventually(lambda: len(reacting(app)) == 1, 60)
        second = start("second")
        assert first.url != second.url
        holder = reacting(app)

        publish(app, says("17", "in"), says("18", "in"))
        while len(changes(app)) < 2 or targets(app):
            assert reacting(app) == holder, "the one that was active stays it, alone"
        until_at_rest(app)

        publish(app, says("17", "peak"), says("18", "pre"), says("17", "in"))
        eventually(lambda: targets(app) > 0)
        first.kill()
        until_at_rest(app)
        assert reacting(app).isdisjoint(holder), "the other took over"
        assert len(reacting(app)) == 1

        assert second.ask_to_stop() == 0, second.said
        assert "Traceback" not in first.said + second.said
        all_went_right(app, told=5)


def status(url: str) -> int:
    try:
        with urlopen(url, timeout=20) as answer:
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code


def test_the_service_goes_on_by_itself_when_postgresql_comes_back(tmp_path: Path) -> None:
    with cluster_folder() as folder, ExitStack() as stack:
        with EmbeddedPostgres(folder / "pg", options=FAST) as server:
            url = server.ensure_database("club")
            migrate(url)
            service = stack.enter_context(
                mesocycle(
                    tmp_path / "log", "run", DATABASE_URL=url, AUTH_SECRET=AUTH_SECRET, PORT="0", FANOUT_CHUNK=CHUNK
                )
            )
            ready, live = f"{service.url}/health/ready", f"{service.url}/health/live"
            with application(url) as app:
                found_club(app, WORKOUTS)
                until_at_rest(app)
                assert status(ready) == 200
                publish(app, says("17", "in"), says("18", "in"), says("17", "peak"))
                eventually(lambda: targets(app) > 0)
        eventually(lambda: status(ready) == 503)
        time.sleep(0.5)
        assert (status(ready), status(live)) == (503, 200)
        assert service.process.poll() is None, service.said

        with EmbeddedPostgres(folder / "pg", options=FAST) as server:
            eventually(lambda: status(ready) == 200, 60)
            with application(url) as app:
                until_at_rest(app)
                publish(app, says("18", "pre"), says("17", "in"))
                eventually(lambda: targets(app) > 0)
            server.restart()
            with application(url) as app:
                until_at_rest(app)
                assert status(ready) == 200
                assert service.ask_to_stop() == 0, service.said
                all_went_right(app, told=5)
        assert "process.died" not in service.said
        assert "Traceback" not in service.said
