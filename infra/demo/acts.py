"""What one sees, act by act: each says something to the service, waits for what comes of it, and tells."""

import json
import time
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from domain.assignment import (
    AdjustByHand,
    AssignmentPhaseAdjusted,
    AssignmentWorkloadAdjusted,
    CompleteAssignment,
)
from domain.event import Event
from domain.ids import AssignmentId, PhaseId
from domain.ports import Caller, Position, Recorded
from domain.rules.load import MULTIPLIERS
from domain.season_plan import PhaseAdjustmentsApplied, PhaseChanged
from domain.template_application import TemplateApplied, TemplateAssignmentsCreated
from infra.demo.club import ORGANIZATION, TEAMS, athlete_id, team_id
from infra.demo.planning_server import PlanningServer
from infra.demo.planning_service import (
    Body,
    announcement,
    keeps,
    plan_update,
    publish,
    template_application,
    threshold,
)
from infra.demo.watching import end_of_log, open_rows, parked, say, team_board, until, until_settled
from infra.explaining import lines
from infra.main import Application
from projections.board import BoardRow
from projections.current_phase import current_phase
from projections.readiness import team_readiness
from projections.registry import PROJECTIONS
from projections.season import season_plan

SHOWN = 5
FRESH_LEGS = 40.0
PLAYER = 3
BUSIER, QUIETER = 3, 2
EVENTS_AT_ONCE = 10_000


class Stage(NamedTuple):
    """What every act needs: the service, its planning service, today in the club's zone."""

    app: Application
    server: PlanningServer
    today: date

    def coach(self) -> Caller:
        return Caller(ORGANIZATION, "coach:ana", self.app.new_id())

    def hears(self, body: Body, *, parking: bool = False) -> list[Recorded[Event]]:
        """The planning service says it; every event that came of it."""
        before = end_of_log(self.app)
        publish(self.app.bus, self.app.planning_topic, body)
        say(f"\nplanning service → {self.app.planning_topic}: {json.dumps(body)}")
        until_settled(self.app, parking=parking)
        return self.since(before)

    def since(self, position: Position) -> list[Recorded[Event]]:
        return list(self.app.log.read(position, EVENTS_AT_ONCE))


def whose_turn(stage: Stage) -> list[str]:
    """The teams, the one whose phase the planning service has changed last at the end."""
    with stage.app.pool.connection() as connection:
        phases = {team: current_phase(connection, team_id(team)) for team in TEAMS}
    changed = {
        team: phase.as_of for team, phase in phases.items() if phase and phase.triggered_by == "planning-service"
    }
    return sorted(TEAMS, key=lambda team: (team in changed, changed.get(team), list(TEAMS).index(team)))


def a_coach_sets_a_load(stage: Stage, team: str) -> AssignmentId:
    """By hand, in words that only the history keeps."""
    row = next(row for row in open_rows(stage.app, team) if row.scheduled_on and row.scheduled_on > stage.today)
    command = AdjustByHand(assignment_id=AssignmentId(row.assignment_id), load=FRESH_LEGS, reason="Back from a cold")
    stage.app.runner.run(command, stage.coach())
    say(f"\ncoach:ana sets {name_of(row)}'s {row.title} of {row.scheduled_on:%a %d %b} by hand: load {FRESH_LEGS}")
    return command.assignment_id


def a_phase_changes(stage: Stage, team: str, by_hand: AssignmentId) -> None:
    """And every player's workouts with it, but for what a coach has set."""
    with stage.app.pool.connection() as connection:
        current = current_phase(connection, team_id(team))
    started = time.perf_counter()
    events = stage.hears(announcement(team, PhaseId(current.phase_id) if current else None, stage.today).body)
    seconds = time.perf_counter() - started
    change = next(r.event for r in events if isinstance(r.event, PhaseChanged))
    applied = next(r.event for r in events if isinstance(r.event, PhaseAdjustmentsApplied))
    adjusted = {r.stream_id: r.event for r in events if isinstance(r.event, AssignmentPhaseAdjusted)}
    rows = [row for row in team_board(stage.app, team) if row.assignment_id in adjusted]
    players = len({row.athlete_id for row in rows})
    say(f"\n{TEAMS[team]}: {change.old_phase_id} → {change.phase_id} ({change.starts_on} to {change.ends_on}), "
        f"{change.load_level} load, × {MULTIPLIERS[change.load_level]}")  # fmt: skip
    say(f"{applied.adjustments_count} assignments of {players} players adjusted, and on the board, "
        f"{seconds:.2f} s after the message:")  # fmt: skip
    others = [row for row in rows if row.load != adjusted[row.assignment_id].load_before]
    for row in others[:: max(1, len(others) // SHOWN)][:SHOWN]:
        say(told(row, adjusted[row.assignment_id].load_before, row.load))
    kept = next((row for row in rows if row.assignment_id == by_hand), None)
    if kept is not None:
        say(f"  set by hand, and still so: {told(kept, kept.baseline_load, kept.load).strip()}")
    if others:
        say(f"\nWhy? mesocycle why {others[0].assignment_id}")
        for line in lines(stage.app.history.explain(others[0].assignment_id)[-1]):
            say(f"  {line}")


def a_threshold_is_breached(stage: Stage, team: str) -> None:
    """One player has trained too much: less for a week, then as planned again by itself."""
    player = f"{team}-{PLAYER}"
    events = stage.hears(threshold(team, player))
    athlete = athlete_id(team, PLAYER)
    restricted = [
        row for row in open_rows(stage.app, team) if row.athlete_id == athlete and row.workload_fraction is not None
    ]
    changed = {r.stream_id: r.event for r in events if isinstance(r.event, AssignmentWorkloadAdjusted)}
    if not changed:
        say(f"\n{player} is restricted already: {len(restricted)} workouts; breaches do not stack")
        return
    say(f"\n{name_of(restricted[0])} has a high load: {len(changed)} workouts of the next seven days at 70 %")
    for row in restricted[:SHOWN]:
        say(told(row, changed[row.assignment_id].load_before, row.load))


def a_template_is_applied(stage: Stage, team: str) -> None:
    """Asked for twice, made once."""
    body = template_application(team, stage.today)
    events = stage.hears(body)
    applied = next((r.event for r in events if isinstance(r.event, TemplateApplied)), None)
    if applied is None:
        say(f"\n{TEAMS[team]} follows the template from today on already: nothing is made twice")
        return
    made = next(r.event for r in events if isinstance(r.event, TemplateAssignmentsCreated))
    again = stage.hears(body)
    say(f"\n{TEAMS[team]} follows {applied.name!r}, version {applied.template_version}, from {applied.starts_on}, "
        f"load × {applied.load_multiplier:g}, {applied.training_frequency} days a week:")  # fmt: skip
    say(f"{made.assignments_count} assignments for {made.players_count} players; asked for again, {len(again)} more")


def the_planning_service_fails(stage: Stage, team: str, other: str) -> None:
    """What needs its word waits, all else goes on, and nothing is lost."""
    with stage.app.pool.connection() as connection:
        plan = season_plan(connection, team_id(team))
        phase = current_phase(connection, team_id(team))
    assert plan is not None, "the club has opened it"
    assert phase is not None, "the calendar has begun one"
    known = next(each for each in plan.phases if each.phase_id == phase.phase_id)
    before = training_days(stage, team)
    wanted = QUIETER if len(before) == BUSIER else BUSIER
    keeps(stage.server, team, plan, {known.phase_id: wanted})

    stage.server.stop()
    say("\nThe planning service is stopped.")
    stage.hears(plan_update(team, known.phase_id), parking=True)
    waiting = parked(stage.app)
    done = complete_one(stage, other)
    say(f"  {waiting} message is parked: the update of {TEAMS[team]}'s plan")
    say(f"  all else goes on: {name_of(done)} completes {done.title!r}")
    say(f"  {TEAMS[team]} is in {phase.phase_id}, as of {phase.as_of:%Y-%m-%d %H:%M} UTC, its last word")

    stage.server.start()
    started = time.perf_counter()
    until("the parked message resumes", lambda: not parked(stage.app))
    until("the completion notice is accepted", lambda: is_told(stage.server, done))
    until_settled(stage.app)
    say(f"It is back, and by itself within {time.perf_counter() - started:.1f} s:")
    say(f"  {known.phase_id} has {wanted} sessions a week now; "
        f"team training: {named(before)} → {named(training_days(stage, team))}")  # fmt: skip
    say("  the notice of the completed workout is accepted, once")


def the_team_is_ready(stage: Stage, team: str) -> None:
    with stage.app.pool.connection() as connection:
        table = team_readiness(connection, team_id(team), stage.today)
    say(f"\nReadiness of {TEAMS[team]}, {table.day} (load in points; ACWR {table.label}):")
    say(f"  {'':<14} {'7 days':>7} {'CTL':>6} {'ATL':>6} {'TSB':>6} {'monotony':>9} {'strain':>7} {'ACWR':>5}")
    for player in table.players[:SHOWN]:
        seen = player.readiness
        restricted = "  restricted" if player.restrictions else ""
        say(f"  {player.athlete_name or 'forgotten':<14} {seen.load_7d:>7.1f} {seen.ctl:>6.1f} {seen.atl:>6.1f} "
            f"{seen.tsb:>6.1f} {number(seen.monotony):>9} {number(seen.strain, 0):>7} {number(seen.acwr_ewma):>5}"
            f"{restricted}")  # fmt: skip
    say(f"  ... and {len(table.players) - SHOWN} more")


def everything_is_verified(stage: Stage) -> None:
    """Every read model made anew beside the live one, and compared row for row."""
    reports = [stage.app.rebuilder.verify(projection) for projection in PROJECTIONS]
    differing = [report.name for report in reports if not report.clean]
    verdict = f"differ in {', '.join(differing)}" if differing else "equal, row for row"
    say(f"verified: {len(reports)} read models made anew from the log and compared with the live ones: {verdict}")


def complete_one(stage: Stage, team: str) -> BoardRow:
    row = next(row for row in open_rows(stage.app, team) if row.scheduled_on is not None)
    done = CompleteAssignment(
        assignment_id=AssignmentId(row.assignment_id), load=row.load, rpe=6, duration_min=50, completed_on=stage.today
    )
    stage.app.runner.run(done, stage.coach())
    return row


def is_told(server: PlanningServer, done: BoardRow) -> bool:
    return any(notice["assignmentId"] == str(done.assignment_id) for notice in list(server.completions))


def training_days(stage: Stage, team: str) -> Sequence[int]:
    """The weekdays of the team's training, 1 Monday to 7 Sunday."""
    return next(row.weekdays for row in open_rows(stage.app, team) if row.weekdays)


def named(days: Sequence[int]) -> str:
    names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    return ", ".join(names[day - 1] for day in days)


def told(row: BoardRow, before: float, after: float) -> str:
    day = f"{row.scheduled_on:%a %d %b}" if row.scheduled_on else "each week"
    return f"  {day:<11} {name_of(row):<14} {row.title:<18} load {before:>5.1f} → {after:>5.1f}"


def name_of(row: BoardRow) -> str:
    return row.athlete_name or "forgotten athlete"


def number(value: float | None, digits: int = 2) -> str:
    return "-" if value is None else f"{value:.{digits}f}"
