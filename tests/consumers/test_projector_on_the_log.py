"""The projector on the store's own log: what the board shows is what the assignments are."""

from uuid import UUID, uuid4

from domain.assignment import AdjustByHand, AssignmentStatus, CompleteAssignment
from domain.athlete import ForgetAthlete, RegisterAthlete
from domain.organization import ConnectPlanningSource, FoundOrganization
from domain.rules.load import LoadLevel
from infra.main import Application
from projections.board import BoardRow, board
from projections.planning_sources import PlanningSourceDirectory
from projections.registry import PROJECTIONS
from tests.support.club import ORGANIZATION, application, assignments, change, phase, plan_all, run_all, team, workout


def settle(app: Application) -> None:
    while app.reactions.process_available() + app.projector.process_available():
        pass


def rows(app: Application, team_id: UUID) -> list[BoardRow]:
    with app.pool.connection() as connection:
        return board(connection, team_id)


def verify(app: Application) -> None:
    for projection in PROJECTIONS:
        report = app.rebuilder.verify(projection)
        assert report.differences == [], report


def test_the_board_is_what_the_assignments_are_and_rebuilding_changes_nothing(database_url: str) -> None:
    teams = [uuid4() for _ in range(3)]
    with application(database_url, projector_batch=7) as app:
        plans = [workout(team_id, offset) for team_id in teams for offset in (None, 0, 3, 9, 20)]
        for team_id in teams:
            run_all(app, *team(team_id), phase(team_id, "base", 0, 9, LoadLevel.LOW))
            run_all(app, phase(team_id, "build", 10, 30, LoadLevel.PEAK))
        run_all(app, *(RegisterAthlete(athlete_id=plan.athlete_id, name="Ana") for plan in plans))
        plan_all(app, plans)
        settle(app)
        run_all(app, *(change(team_id, "base", 0, 12) for team_id in teams))
        run_all(
            app,
            AdjustByHand(assignment_id=plans[1].assignment_id, load=10.0, reason="sore knee"),
            CompleteAssignment(assignment_id=plans[2].assignment_id, load=59.0, rpe=5.0),
            ForgetAthlete(athlete_id=plans[3].athlete_id),
        )
        settle(app)

        states = assignments(app)
        for team_id in teams:
            for row in rows(app, team_id):
                state = states[row.assignment_id]
                assert row.baseline_load == state.baseline.load
                assert row.load == state.shown_load
                assert row.phase_id == (state.phase and state.phase.phase_id)
                assert row.hand == (state.hand is not None)
                assert row.status == state.status.value
                assert row.season_revision == state.season_revision
                assert row.forgotten == (row.athlete_id == plans[3].athlete_id)
        assert sum(len(rows(app, team_id)) for team_id in teams) == len(states) == len(plans)
        assert AssignmentStatus.COMPLETED.value in {row.status for row in rows(app, teams[0])}

        verify(app)
        before = [rows(app, team_id) for team_id in teams]
        for projection in PROJECTIONS:
            assert app.rebuilder.rebuild(projection).differences == []
        assert [rows(app, team_id) for team_id in teams] == before
        run_all(app, workout(teams[0], 1))
        settle(app)
        assert len(rows(app, teams[0])) == 6
        verify(app)


def test_the_directory_of_sources_answers_the_listener(database_url: str) -> None:
    with application(database_url) as app:
        run_all(
            app,
            FoundOrganization(organization_id=ORGANIZATION, name="Club"),
            ConnectPlanningSource(organization_id=ORGANIZATION, source="club-planner", topic="planning.events"),
        )
        settle(app)
        directory = PlanningSourceDirectory(app.pool.connection)
        assert directory.for_topic("planning.events") == (ORGANIZATION, "club-planner")
        assert directory.for_topic("planning.unknown") is None
