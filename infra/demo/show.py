"""What one sees: the club, a phase change from outside, whom it adjusted from what to what, and why."""

import json
import threading
import time
from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from domain.assignment import AssignmentPhaseAdjusted
from domain.event import Event
from domain.ids import PhaseId
from domain.ports import BEGINNING, Caller, Position, Recorded
from domain.rules.load import MULTIPLIERS
from domain.season_plan import PhaseAdjustmentsApplied, PhaseChanged
from infra.demo.club import ORGANIZATION, PLAYERS_PER_TEAM, SEASON, TEAMS, ZONE, found_club, team_id
from infra.demo.planning_service import Announcement, announcement, publish
from infra.explaining import lines
from infra.main import Application
from projections.board import READS, BoardRow, board
from projections.consistency import Token, is_stale
from projections.current_phase import current_phase

PATIENCE_S = 60.0
SHOWN = 5


class TookTooLong(Exception):
    """The service did not get there in time; its log says why."""


def show(app: Application, url: str, asked: threading.Event) -> None:
    """Makes the club, lets the planning service speak once, and tells what came of it."""
    if asked.is_set():
        return
    today = app.clock.now().astimezone(ZoneInfo(ZONE)).date()
    made = make_club(app, today)
    players = len(TEAMS) * PLAYERS_PER_TEAM
    say(f"\nSV Mesocycle: {len(TEAMS)} teams, {players} players, a season of {len(SEASON)} phases, "
        f"{open_assignments(app)} open assignments ({made} new events today)")  # fmt: skip
    say(f"API: {url}/docs   board: {url}/api/v1/teams/{team_id('u17')}/assignment-board")
    if asked.is_set():
        return
    team, said = next_announcement(app, today)
    before, started = end_of_log(app), time.perf_counter()
    publish(app.bus, app.planning_topic, said)
    say(f"\nplanning service → {app.planning_topic}: {json.dumps(said.body)}")
    events = until_applied(app, before, asked)
    if events is None:
        return
    wait_for_board(app, events[-1].position)
    tell(app, team, events, time.perf_counter() - started)
    say("\nPublish another one yourself:")
    _, following = next_announcement(app, today)
    say(f"  echo '{json.dumps(following.body)}' | .venv/bin/mesocycle publish -")
    say("Ctrl-C stops; the next start goes on with the same data.")


def make_club(app: Application, today: date) -> int:
    caller = Caller(ORGANIZATION, "demo", app.new_id())
    made = found_club(app.runner, caller, app.planning_topic, today)
    wait_for_board(app, at_rest(app))
    return made


def next_announcement(app: Application, today: date) -> tuple[str, Announcement]:
    """The next phase for the team whose last change is the oldest."""
    with app.pool.connection() as connection:
        phases = {team: current_phase(connection, team_id(team)) for team in TEAMS}
    spoken_of = {team: phase.as_of for team, phase in phases.items() if phase is not None}
    team = next((team for team in TEAMS if team not in spoken_of), None) or min(spoken_of, key=spoken_of.__getitem__)
    current = phases[team]
    return team, announcement(team, PhaseId(current.phase_id) if current else None, today)


def tell(app: Application, team: str, events: Sequence[Recorded[Event]], seconds: float) -> None:
    change = next(r.event for r in events if isinstance(r.event, PhaseChanged))
    applied = next(r.event for r in events if isinstance(r.event, PhaseAdjustmentsApplied))
    adjusted = {r.stream_id: r.event for r in events if isinstance(r.event, AssignmentPhaseAdjusted)}
    rows = [row for row in team_board(app, team) if row.assignment_id in adjusted]
    players = len({row.athlete_id for row in rows})
    say(f"\n{TEAMS[team]}: {change.old_phase_id} → {change.phase_id} ({change.starts_on} to {change.ends_on}), "
        f"{change.load_level} load, × {MULTIPLIERS[change.load_level]}")  # fmt: skip
    say(f"{applied.adjustments_count} assignments of {players} players adjusted, and on the board, "
        f"{seconds:.2f} s after the message:")  # fmt: skip
    for row in rows[:: max(1, len(rows) // SHOWN)][:SHOWN]:
        event = adjusted[row.assignment_id]
        day = f"{row.scheduled_on:%a %d %b}" if row.scheduled_on else "open-ended"
        say(f"  {day:<11} {row.athlete_name or 'forgotten athlete':<14} {row.title:<18} "
            f"load {event.load_before:>5.1f} → {event.load_after:>5.1f}")  # fmt: skip
    if rows:
        say(f"\nWhy? mesocycle why {rows[0].assignment_id}")
        for line in lines(app.history.explain(rows[0].assignment_id)[-1]):
            say(f"  {line}")


def until_applied(app: Application, after: Position, asked: threading.Event) -> list[Recorded[Event]] | None:
    """What the message caused, up to the count at the end; None when the demo is to stop before."""
    found: list[Recorded[Event]] = []
    deadline = time.monotonic() + PATIENCE_S
    while not asked.is_set():
        found += app.log.read(found[-1].position if found else after, 1_000)
        if any(isinstance(recorded.event, PhaseAdjustmentsApplied) for recorded in found):
            return found
        if time.monotonic() > deadline:
            raise TookTooLong("nobody reported the phase change as applied")
        app.waker.wait(0.05)
    return None


def at_rest(app: Application) -> Position:
    """The end of the log, when the reactions have no more to add to it."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        end = end_of_log(app)
        if app.reactions.is_at_rest():
            return end
        time.sleep(0.05)
    raise TookTooLong("the reactions did not come to rest")


def wait_for_board(app: Application, position: Position) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while is_stale(app.pool.connection, READS, Token(position), timeout_s=1.0):
        if time.monotonic() > deadline:
            raise TookTooLong("the board did not catch up")


def team_board(app: Application, team: str) -> list[BoardRow]:
    with app.pool.connection() as connection:
        return board(connection, team_id(team), limit=10_000)


def open_assignments(app: Application) -> int:
    return sum(row.status == "planned" for team in TEAMS for row in team_board(app, team))


def end_of_log(app: Application) -> Position:
    last = app.recorder.max_notification_id()
    return BEGINNING if last is None else Position.from_int(last)


def say(line: str) -> None:
    print(line, flush=True)
