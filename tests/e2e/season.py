"""A club whose season the tests change from outside, and what each change must have done by the order of the log."""

from collections import Counter
from uuid import UUID

from domain.assignment import AssignmentPhaseAdjusted, AssignmentPhaseLifted, AssignmentStatus
from domain.ids import TeamId
from domain.organization import ConnectPlanningSource, FoundOrganization
from domain.rules.load import LoadLevel
from domain.season_plan import PhaseAdjustmentsApplied, PhaseBegan, PhaseChanged
from infra.main import Application
from tests.support.club import ORGANIZATION, assignments, day, phase, plan_all, run_all, team, whole_log, workout
from tests.support.planning import team_of
from tests.support.roster_model import expected, reached

TEAMS = ("17", "18")
LEVELS = {"pre": LoadLevel.LOW, "in": LoadLevel.HIGH, "peak": LoadLevel.PEAK}


def found_club(app: Application, workouts: int = 0) -> dict[str, TeamId]:
    """Its teams by the planning service's ids, in a season of three phases of 30 days, with so many workouts each."""
    run_all(app, FoundOrganization(organization_id=ORGANIZATION, name="SV Test"))
    run_all(app, ConnectPlanningSource(organization_id=ORGANIZATION, source="planning", topic=app.planning_topic))
    teams = {external: team_of(external) for external in TEAMS}
    for team_id in teams.values():
        run_all(app, *team(team_id))
        for number, (phase_id, level) in enumerate(LEVELS.items()):
            run_all(app, phase(team_id, phase_id, number * 30, number * 30 + 29, level))
        plan_all(app, [workout(team_id, None if index % 10 == 9 else index % 40) for index in range(workouts)])
    return teams


def says(team: str, phase_id: str, first: int = 0, last: int = 60, **changed: object) -> dict[str, object]:
    """The planning service's words for a change of phase; days count from the 21st of November 2026."""
    return {
        "teamId": team,
        "oldPhaseId": None,
        "newPhaseId": phase_id,
        "phaseStartDate": day(first).isoformat(),
        "phaseEndDate": day(last).isoformat(),
        "autoApplyAdjustments": True,
        "triggeredBy": "coach-9",
        **changed,
    }


def changes_told(app: Application) -> Counter[tuple[UUID, str, str]]:
    """How often the log tells of each change: by team, phase and first day."""
    events = (recorded.event for recorded in whole_log(app))
    return Counter((e.team_id, e.phase_id, str(e.starts_on)) for e in events if isinstance(e, PhaseChanged))


def every_change_reached_all_it_touches(app: Application) -> None:
    """Once each, and was counted right; and each assignment has the phase that decision 3 gives it.

    So did what the calendar has begun by itself: the first phase covers today, until somebody says another.
    """
    log = whole_log(app)
    causes = Counter(
        (recorded.causation_id, recorded.stream_id)
        for recorded in log
        if isinstance(recorded.event, AssignmentPhaseAdjusted | AssignmentPhaseLifted)
    )
    assert set(causes.values()) <= {1}, "an assignment was adjusted twice for one change"
    reports = [recorded for recorded in log if isinstance(recorded.event, PhaseAdjustmentsApplied)]
    counts = {r.event.cause_event_id: r.event.adjustments_count for r in reports}  # type: ignore[attr-defined]
    assert len(counts) == len(reports), "a change was reported twice"
    changes = {recorded.event_id for recorded in log if isinstance(recorded.event, PhaseChanged | PhaseBegan)}
    touched = {change: streams for change, streams in reached(log).items() if change in changes}
    adjusted = {change: {stream for cause, stream in causes if cause == change} for change in touched}
    assert adjusted == touched
    assert counts == {change: len(streams) for change, streams in touched.items()}
    due = expected(log)
    active = {key: a for key, a in assignments(app).items() if a.status is AssignmentStatus.PLANNED}
    assert {key: a.phase and a.phase.phase_id for key, a in active.items()} == {
        key: due[key].phase_id for key in active
    }
