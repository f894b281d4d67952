"""`kill -9` twenty times at random moments of a fan-out, and go on: nothing is lost, and nothing happens twice."""

import logging
import random
import time
from collections import Counter
from contextlib import AbstractContextManager
from itertools import cycle
from pathlib import Path

from consumers.dead_letters import listed
from infra.main import Application
from tests.e2e.rest import until_at_rest, verify
from tests.e2e.season import TEAMS, changes_told, every_change_reached_all_it_touches, found_club, says
from tests.e2e.service import AUTH_SECRET, PATIENCE_S, Service, mesocycle
from tests.support.club import application, day, plan_all, workout
from tests.support.planning import publish, team_of

KILLS = 20
WORKOUTS = 150
CHUNK = 5
"""So that a fan-out has 30 steps, and a kill finds most of them undone."""

PROGRESS = """
SELECT (SELECT count(*) FROM events WHERE name = 'season_plan.phase_changed'),
       (SELECT count(*) FROM phase_fan_out_targets)
"""


def test_kill_nine_twenty_times(database_url: str, tmp_path: Path) -> None:
    seed = random.randrange(10_000)
    logging.getLogger(__name__).warning("the moments are those of seed %s", seed)  # shown where the test fails
    chance, output = random.Random(seed), tmp_path / "service.log"
    found_at_kill: Counter[str] = Counter()
    published: list[tuple[str, str, int]] = []
    phases = {team: cycle(("in", "peak", "pre")) for team in TEAMS}

    def start() -> AbstractContextManager[Service]:
        return mesocycle(
            output, "run", DATABASE_URL=database_url, AUTH_SECRET=AUTH_SECRET, PORT="0", FANOUT_CHUNK=str(CHUNK)
        )

    with application(database_url) as app:
        found_club(app, WORKOUTS)
        for turn in range(KILLS):
            with start() as service:
                team = chance.choice(TEAMS)
                if turn % 5 == 4:  # killed before the listener takes it
                    service.until_said("API on")
                published.append((team, next(phases[team]), chance.randrange(10)))
                publish(app, says(*published[-1]))
                if turn % 5 != 4:
                    until_under_way(app, len(published), service)
                    time.sleep(chance.random() * chance.choice((0.02, 0.1, 0.4)))
                service.kill()
            found_at_kill[what_is_undone(app, len(published))] += 1
            if turn % 3 == 0:
                plan_all(app, [workout(team_of(team), offset) for offset in (3, 50, None)])
        with start() as service:
            until_at_rest(app)
            assert service.ask_to_stop() == 0, service.said

        told = output.read_text()
        assert "Traceback" not in told, told
        assert found_at_kill["a fan-out under way"] >= 3, found_at_kill
        assert changes_told(app) == Counter(
            (team_of(team), phase_id, str(day(first))) for team, phase_id, first in published
        )
        every_change_reached_all_it_touches(app)
        with app.pool.connection() as connection:
            assert listed(connection) == []
        verify(app)


def until_under_way(app: Application, published: int, service: Service) -> None:
    """The latest change is in the log: its fan-out is about to begin, or has begun."""
    deadline = time.monotonic() + PATIENCE_S
    while progress(app)[0] < published:
        assert time.monotonic() < deadline, service.said
        assert service.process.poll() is None, service.said
        time.sleep(0.001)


def what_is_undone(app: Application, published: int) -> str:
    changes, targets = progress(app)
    if changes < published:
        return "the message not taken"
    if targets:
        return "a fan-out under way"
    return "everything adjusted" if app.reactions.is_at_rest() else "the change not seen"


def progress(app: Application) -> tuple[int, int]:
    with app.pool.connection() as connection:
        row = connection.execute(PROGRESS).fetchone()
    assert row is not None
    return row
