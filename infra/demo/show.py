"""What one sees: the club, its season as it changes in six ways, and that all of it can be told again from the log."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import date
from zoneinfo import ZoneInfo

from domain.ids import PhaseId
from domain.ports import Caller
from infra.demo import acts
from infra.demo.acts import Stage
from infra.demo.club import ORGANIZATION, PLAYERS_PER_TEAM, SEASON, TEAMS, ZONE, found_club, team_id
from infra.demo.planning_server import PlanningServer
from infra.demo.planning_service import TEMPLATE, announcement
from infra.demo.watching import open_rows, say, until_settled
from infra.main import Application
from projections.current_phase import current_phase


def show(app: Application, server: PlanningServer, url: str, asked: threading.Event) -> None:
    """Makes the club, lets the planning service speak, and tells what came of it; stops between acts when asked."""
    today = app.clock.now().astimezone(ZoneInfo(ZONE)).date()
    stage = Stage(app, server, today)
    if asked.is_set():
        return
    made = make_club(app, today)
    server.set_template(TEMPLATE)
    players = len(TEAMS) * PLAYERS_PER_TEAM
    say(f"\nSV Mesocycle: {len(TEAMS)} teams, {players} players, a season of {len(SEASON)} phases, "
        f"{sum(len(open_rows(app, team)) for team in TEAMS)} open assignments ({made} new events today)")  # fmt: skip
    say(f"API: {url}/docs   U17's board, as its coach:")
    say('  curl -H "Authorization: Bearer $(.venv/bin/mesocycle token --role coach --team U17)" \\\n'
        f"    {url}/api/v1/teams/{team_id('u17')}/assignment-board")  # fmt: skip
    for act in story(stage):
        if asked.is_set():
            return
        act()
        acts.everything_is_verified(stage)
    say("\nSpeak as the planning service yourself:")
    say(f"  echo '{json.dumps(next_words(stage))}' | .venv/bin/mesocycle publish -")
    say("Ctrl-C stops; the next start goes on with the same data.")


def story(stage: Stage) -> Iterator[Callable[[], object]]:
    changing, following, failing = acts.whose_turn(stage)

    def coach_then_phase() -> None:
        acts.a_phase_changes(stage, changing, acts.a_coach_sets_a_load(stage, changing))

    yield coach_then_phase
    yield lambda: acts.a_threshold_is_breached(stage, following)
    yield lambda: acts.a_template_is_applied(stage, following)
    yield lambda: acts.the_planning_service_fails(stage, failing, following)
    yield lambda: acts.the_team_is_ready(stage, following)


def make_club(app: Application, today: date) -> int:
    caller = Caller(ORGANIZATION, "demo", app.new_id())
    made = found_club(app.runner, caller, app.planning_topic, today)
    until_settled(app)
    return made


def next_words(stage: Stage) -> dict[str, object]:
    """A phase change for the team whose turn it is now."""
    team = acts.whose_turn(stage)[0]
    with stage.app.pool.connection() as connection:
        current = current_phase(connection, team_id(team))
    return announcement(team, PhaseId(current.phase_id) if current else None, stage.today).body
