"""Decision 12 as a comparison: at rest every open assignment has the phase that the rule gives it, as declared."""

from dataclasses import replace
from uuid import UUID

from domain.assignment import AdjustForPhase, Assignment, AssignmentStatus, PhaseLayer, PhaseRef, evolve
from domain.assignment.adjusting import adjust_for_phase
from domain.decider import Command
from domain.ports import BEGINNING, Position
from infra.main import Application
from tests.support.club import assignments, coach, whole_log
from tests.support.roster_model import Due, expected


def rest_and_compare(app: Application, start: Position = BEGINNING) -> None:
    app.reactions.process_available()
    assert app.reactions.is_at_rest()
    due = expected(whole_log(app, start))
    active = {key: a for key, a in assignments(app, start).items() if a.status is AssignmentStatus.PLANNED}
    assert {key: a.phase for key, a in active.items()} == {key: layer(a, due[key]) for key, a in active.items()}


def layer(assignment: Assignment, due: Due) -> PhaseLayer | None:
    """What that phase makes of the assignment, as the domain decides it of one that was never touched."""
    if due.phase is None:
        return None
    untouched = replace(assignment, shown=assignment.baseline, phase=None, workload=None, hand=None, season_revision=0)
    command = AdjustForPhase(
        assignment_id=assignment.assignment_id,
        season_plan_id=due.phase.season_plan_id,
        season_revision=1,
        phase=PhaseRef(
            phase_id=due.phase.phase_id,
            phase_type=due.phase.phase_type,
            load_level=due.phase.load_level,
            sessions_per_week=due.phase.sessions_per_week,
            intensity=due.phase.intensity,
            focus_areas=due.phase.focus_areas,
        ),
        eve_of_game=due.eve_of_game,
        games=due.games,
    )
    (adjusted,) = adjust_for_phase(command, untouched)
    return evolve(untouched, adjusted).phase


def phase_of(app: Application, assignment_id: UUID) -> str | None:
    phase = assignments(app)[assignment_id].phase
    return None if phase is None else phase.phase_id


def end_of_log(app: Application) -> Position:
    log = whole_log(app)
    return log[-1].position if log else BEGINNING


def tolerant(app: Application, command: Command) -> None:
    """Runs it; a refusal (starting what is cancelled) is as good an outcome as any here."""
    app.runner.run_many([command], [coach()])


def forget_all(app: Application) -> None:
    """As a migration does that raises the reactions' version: their tables are empty, and the log is as it was.

    Who goes on is another process: one that is running knows how far it has read.
    """
    with app.pool.connection() as connection:
        connection.execute("""
            TRUNCATE reaction_teams, reaction_phases, reaction_fixtures, reaction_roster, reaction_players,
                     phase_fan_outs, phase_fan_out_targets, transfers, transfer_targets, reaction_workloads,
                     reaction_restrictions, workload_targets, template_applications, template_workouts,
                     template_targets, reaction_refusals
        """)
        connection.execute("DELETE FROM checkpoints WHERE consumer = 'reactions'")
