"""What moves with a player is the whole of what was planned; what is refused keeps nothing else waiting."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from consumers.refusals import refusals
from domain.assignment import Assignment, AssignmentStatus, StartAssignment
from domain.ids import AthleteId, OrganizationId
from domain.prescription import Exercise, Intensity, Prescription, Range
from domain.rules.intensity import IntensityLevel, Zone
from domain.rules.load import LoadLevel
from domain.team import PlayerLeft
from infra.main import Application
from tests.support import transfers
from tests.support.at_rest import forget_all
from tests.support.club import application, assignments, coach, day, phase, run_all, team, whole_log, workout
from tests.support.transfers import join, keep_joinings, leave, planned_for, rosters, successor
from tests.support.workloads import breach

OLD, NEW, NOWHERE = UUID(int=0x17), UUID(int=0x19), UUID(int=0x404)
ANA = AthleteId(UUID(int=0xA))


@pytest.fixture
def app(database_url: str) -> Iterator[Application]:
    """Ana is in the old team, whose phase changes everything about a workout; the new team has no phase."""
    with application(database_url, fanout_chunk=3) as opened:
        hard = {"sessions_per_week": 2, "intensity": IntensityLevel.PEAK, "focus_areas": ("strength",)}
        run_all(opened, *team(OLD), *team(NEW), phase(OLD, "hard", 0, 90, LoadLevel.HIGH, **hard), join(ANA, OLD, -30))
        yield opened


def rest(app: Application) -> dict[UUID, Assignment]:
    app.reactions.process_available()
    assert app.reactions.is_at_rest()
    return assignments(app)


class TestAWorkout:
    def test_goes_on_with_its_intensity_and_its_exercises(self, app: Application) -> None:
        intensity = {"zones": ["2", "4"], "power_pct_ftp": {"low": 70, "high": 105.5}}
        run = workout(OLD, 9, athlete_id=ANA, intensity=intensity)
        squat, plank = {"name": "Squat", "focus": "strength", "sets": 5, "reps": 5}, {"name": "Plank", "focus": "core"}
        gym = workout(OLD, 8, athlete_id=ANA, sport="strength", exercises=[squat, plank])
        run_all(app, run, gym)
        adjusted = rest(app)
        assert adjusted[run.assignment_id].shown != run.baseline
        assert adjusted[gym.assignment_id].shown != gym.baseline
        run_all(app, leave(ANA, OLD, 5, to=NEW))
        states = rest(app)
        assert states[successor(run.assignment_id, NEW)].shown == Prescription(
            load=60.0, intensity=Intensity(zones=(Zone.Z2, Zone.Z4), power_pct_ftp=Range(low=70, high=105.5))
        )
        assert states[successor(gym.assignment_id, NEW)].shown == Prescription(
            load=60.0,
            exercises=(Exercise(name="Squat", focus="strength", sets=5, reps=5), Exercise(name="Plank", focus="core")),
        )

    def test_goes_on_with_its_weekdays(self, app: Application) -> None:
        weekly = workout(OLD, None, athlete_id=ANA, weekdays=[2, 4, 6])
        run_all(app, weekly, leave(ANA, OLD, 5, to=NEW))
        assert rest(app)[successor(weekly.assignment_id, NEW)].shown == Prescription(load=60.0, weekdays=(2, 4, 6))

    def test_leaves_the_workload_of_the_old_team_behind(self, app: Application) -> None:
        planned = planned_for(ANA, OLD, 6)
        run_all(app, planned, breach(ANA, OLD, 0, 0.5), leave(ANA, OLD, 5, to=NEW))
        states = rest(app)
        assert states[planned.assignment_id].shown_load == 36.0, "60 × 1.2 × 0.5"
        assert states[successor(planned.assignment_id, NEW)].shown_load == 60.0

    def test_finds_the_workload_of_the_new_team(self, app: Application) -> None:
        planned = planned_for(ANA, OLD, 6)
        run_all(app, planned, breach(ANA, NEW, 0, 0.25), leave(ANA, OLD, 5, to=NEW))
        assert rest(app)[successor(planned.assignment_id, NEW)].shown_load == 45.0


class TestARefusedWorkout:
    def test_of_another_club_stays_and_the_others_go_on(self, app: Application) -> None:
        ours, foreign = planned_for(ANA, OLD, 6), planned_for(ANA, OLD, 7)
        run_all(app, ours)
        app.runner.run(foreign, coach(OrganizationId(UUID(int=0xBAD))))
        run_all(app, leave(ANA, OLD, 5, to=NEW))
        states = rest(app)
        assert states[foreign.assignment_id].status is AssignmentStatus.PLANNED
        assert successor(foreign.assignment_id, NEW) not in states
        assert states[successor(ours.assignment_id, NEW)].scheduled_on == day(6)
        left = next(r for r in whole_log(app) if isinstance(r.event, PlayerLeft))
        with app.pool.connection() as connection:
            kept = [each for each in refusals(connection, 10) if each.cause_event_id == left.event_id]
        assert [(each.assignment_id, each.error_type) for each in kept] == [(foreign.assignment_id, "NotFound")]

    def test_because_its_id_is_taken_is_kept_and_the_others_go_on(self, app: Application) -> None:
        first, second = planned_for(ANA, OLD, 6), planned_for(ANA, OLD, 7)
        taken = workout(NEW, 20, assignment_id=successor(first.assignment_id, NEW))
        run_all(app, first, second, taken, leave(ANA, OLD, 5, to=NEW))
        states = rest(app)
        assert states[taken.assignment_id].scheduled_on == day(20)
        assert states[successor(second.assignment_id, NEW)].scheduled_on == day(7)
        with app.pool.connection() as connection:
            assert [(r.assignment_id, r.error_type) for r in refusals(connection, 10)] == [
                (taken.assignment_id, "AlreadyExists")
            ]


class TestTheLogReadAnew:
    def test_moves_nobody_again(self, database_url: str) -> None:
        """Not even where the teams have changed since: one exists now, and one was left for a third."""
        with application(database_url, fanout_chunk=3) as app:
            run_all(app, *team(OLD), *team(NEW), join(ANA, OLD, -30), join(ANA, NEW, -30))
            begun = planned_for(ANA, OLD, 8)
            run_all(app, planned_for(ANA, OLD, 6), planned_for(ANA, OLD, 7), begun, planned_for(ANA, NEW, 9))
            run_all(app, StartAssignment(assignment_id=begun.assignment_id), leave(ANA, OLD, 5, to=NEW))
            rest(app)
            run_all(app, leave(ANA, NEW, 5, to=NOWHERE), planned_for(ANA, OLD, 12))
            rest(app)
            run_all(app, *team(NOWHERE))
            before = whole_log(app)
            refused = transfers.refusals(app)
            assert (len(refused), len(rosters(before)[NEW])) == (1, 1)
            keep_joinings(app)
            forget_all(app)
        with application(database_url, fanout_chunk=3) as app:
            rest(app)
            assert whole_log(app) == before
            assert transfers.refusals(app) == refused
