"""Who leaves a team takes open workouts along: closed in the old team, opened in the new, once."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest

from consumers.transfers import Transfers
from domain.assignment import (
    AdjustByHand,
    Assignment,
    AssignmentCancelled,
    AssignmentPlanned,
    AssignmentStatus,
    CancelAssignment,
    CompleteAssignment,
    StartAssignment,
)
from domain.athlete import ForgetAthlete, RegisterAthlete
from domain.ids import AthleteId, OrganizationId
from domain.ports import BEGINNING
from domain.rules.load import LoadLevel
from domain.team import PlayerJoined, PlayerLeft
from infra.main import Application
from tests.support.club import application, assignments, change, coach, day, phase, plan_all, run_all, team, whole_log
from tests.support.reacting import Crash, CrashingRunner
from tests.support.transfers import (
    ACTOR,
    assert_everything_is_where_it_belongs,
    join,
    leave,
    planned_for,
    refusals,
    rosters,
    successor,
)

OLD, NEW, THIRD = UUID(int=0x17), UUID(int=0x19), UUID(int=0x21)
ANA = AthleteId(UUID(int=0xA))


@pytest.fixture
def app(database_url: str) -> Iterator[Application]:
    """Ana is in the old team, whose load is high; the new team's is medium at first, then low."""
    with application(database_url, fanout_chunk=3) as opened:
        for team_id in (OLD, NEW, THIRD):
            run_all(opened, *team(team_id))
        run_all(opened, phase(OLD, "hard", 0, 90, LoadLevel.HIGH), join(ANA, OLD, -30))
        run_all(opened, phase(NEW, "pre", 0, 9, LoadLevel.MEDIUM), phase(NEW, "easy", 10, 90, LoadLevel.LOW))
        yield opened


def rest(app: Application) -> dict[UUID, Assignment]:
    app.reactions.process_available()
    assert app.reactions.is_at_rest()
    return assignments(app)


def open_days(states: dict[UUID, Assignment], team_id: UUID) -> list[object]:
    active = (s for s in states.values() if s.status is AssignmentStatus.PLANNED and s.team_id == team_id)
    return [state.scheduled_on for state in active]


class TestLeaving:
    def test_closes_what_is_planned_from_that_day_on(self, app: Application) -> None:
        before, on_the_day, later = (planned_for(ANA, OLD, offset) for offset in (4, 5, 6))
        plan_all(app, [before, on_the_day, later, planned_for(ANA, OLD, None), planned_for(uuid4(), OLD, 6)])
        run_all(app, leave(ANA, OLD, 5))
        assert open_days(rest(app), OLD) == [day(4), day(6)]
        reasons = {r.event.reason for r in whole_log(app) if isinstance(r.event, AssignmentCancelled)}
        assert reasons == {"left the team on 2026-11-26"}

    def test_closes_what_somebody_plans_there_afterwards(self, app: Application) -> None:
        run_all(app, leave(ANA, OLD, 5))
        rest(app)
        plan_all(app, [planned_for(ANA, OLD, 4), planned_for(ANA, OLD, 5), planned_for(ANA, OLD, None)])
        assert open_days(rest(app), OLD) == [day(4)]

    def test_is_over_when_the_athlete_is_back(self, app: Application) -> None:
        run_all(app, leave(ANA, OLD, 5), join(ANA, OLD, 8), planned_for(ANA, OLD, 9))
        assert open_days(rest(app), OLD) == [day(9)]

    def test_of_a_forgotten_athlete_closes_without_words(self, app: Application) -> None:
        run_all(app, RegisterAthlete(athlete_id=ANA, name="Ana"), planned_for(ANA, OLD, 6))
        run_all(app, ForgetAthlete(athlete_id=ANA), leave(ANA, OLD, 5, to=NEW))
        states = rest(app)
        assert (open_days(states, OLD), open_days(states, NEW)) == ([], [day(6)])
        assert [r.event.reason for r in whole_log(app) if isinstance(r.event, AssignmentCancelled)] == [None]


class TestATransfer:
    def test_moves_the_baseline_and_the_new_phases_apply(self, app: Application) -> None:
        soon, later, open_ended = (planned_for(ANA, OLD, offset) for offset in (6, 12, None))
        plan_all(app, [soon, later, open_ended])
        run_all(app, change(NEW, "pre", 0, 9), AdjustByHand(assignment_id=later.assignment_id, load=5, reason="ill"))
        assert rest(app)[soon.assignment_id].shown_load == 72.0
        run_all(app, leave(ANA, OLD, 5, to=NEW))

        states = rest(app)
        assert open_days(states, OLD) == []
        moved = [states[successor(w.assignment_id, NEW)] for w in (soon, later, open_ended)]
        assert [m.phase and m.phase.phase_id for m in moved] == ["pre", "easy", "pre"]
        assert [(m.baseline.load, m.shown_load) for m in moved] == [(60.0, 60.0), (60.0, 48.0), (60.0, 60.0)]
        assert [(m.team_id, m.athlete_id, m.scheduled_on) for m in moved] == [
            (NEW, ANA, day(6)), (NEW, ANA, day(12)), (NEW, ANA, None),
        ]  # fmt: skip
        planned = [r.event for r in whole_log(app) if isinstance(r.event, AssignmentPlanned)]
        assert {(event.title, event.sport) for event in planned} == {("Tempo run", "run")}

    def test_leaves_alone_what_was_begun_or_lies_before(self, app: Application) -> None:
        begun, done, past, cancelled = (planned_for(ANA, OLD, offset) for offset in (6, 7, -1, 8))
        plan_all(app, [begun, done, past, cancelled])
        run_all(app, StartAssignment(assignment_id=begun.assignment_id))
        run_all(app, CompleteAssignment(assignment_id=done.assignment_id, load=61))
        run_all(app, CancelAssignment(assignment_id=cancelled.assignment_id, reason="rain"))
        before = rest(app)
        run_all(app, leave(ANA, OLD, 5, to=NEW))
        assert rest(app) == before

    @pytest.mark.parametrize("meanwhile", ["start", "cancel"])
    def test_leaves_alone_what_somebody_begins_or_cancels_meanwhile(self, app: Application, meanwhile: str) -> None:
        workout = planned_for(ANA, OLD, 6)
        run_all(app, workout)
        rest(app)
        run_all(app, leave(ANA, OLD, 5, to=NEW))
        with app.pool.connection() as connection:
            assert app.reactions._absorb(connection)
        assert not app.reactions.is_at_rest()
        start = StartAssignment(assignment_id=workout.assignment_id)
        run_all(app, start if meanwhile == "start" else CancelAssignment(**dict(start), reason="rain"))
        states = rest(app)
        assert successor(workout.assignment_id, NEW) not in states
        assert states[workout.assignment_id].status.value == {"start": "started", "cancel": "cancelled"}[meanwhile]

    def test_carries_who_and_why_and_brings_the_athlete_along(self, app: Application) -> None:
        run_all(app, planned_for(ANA, OLD, 6), leave(ANA, OLD, 5, to=NEW))
        rest(app)
        left = next(r for r in whole_log(app) if isinstance(r.event, PlayerLeft))
        effects = [r for r in whole_log(app) if r.actor == ACTOR]
        assert [type(r.event) for r in effects] == [AssignmentCancelled, PlayerJoined, AssignmentPlanned]
        assert {(r.causation_id, r.correlation_id) for r in effects} == {(left.event_id, left.correlation_id)}
        assert rosters(whole_log(app))[NEW][0].joined_on == day(5)

    def test_back_and_forth_opens_new_workouts_each_time(self, app: Application) -> None:
        run_all(app, planned_for(ANA, OLD, 9))
        for origin, target in ((OLD, NEW), (NEW, OLD), (OLD, NEW), (NEW, OLD)):
            run_all(app, leave(ANA, origin, 5, to=target))
            states = rest(app)
            assert (open_days(states, origin), open_days(states, target)) == ([], [day(9)])
        assert len(assignments(app)) == 5
        assert_everything_is_where_it_belongs(app, BEGINNING)

    def test_takes_along_what_is_planned_in_the_old_team_afterwards(self, app: Application) -> None:
        run_all(app, leave(ANA, OLD, 5, to=NEW))
        rest(app)
        run_all(app, planned_for(ANA, OLD, 9))
        states = rest(app)
        assert (open_days(states, OLD), open_days(states, NEW)) == ([], [day(9)])

    def test_overtakes_a_phase_change_that_is_still_under_way(self, app: Application) -> None:
        workouts = [planned_for(ANA, OLD, offset) for offset in range(6, 14)]
        plan_all(app, workouts)
        rest(app)
        run_all(app, change(OLD, "hard", 0, 30), leave(ANA, OLD, 5, to=NEW), change(NEW, "pre", 0, 90))
        states = rest(app)
        moved = [states[successor(w.assignment_id, NEW)] for w in workouts]
        assert {m.phase and m.phase.phase_id for m in moved} == {"pre"}

    def test_to_a_team_that_the_athlete_plays_for_already(self, app: Application) -> None:
        run_all(app, join(ANA, NEW, -3), planned_for(ANA, OLD, 9), leave(ANA, OLD, 5, to=NEW))
        assert open_days(rest(app), NEW) == [day(9)]
        assert [stay.joined_on for stay in rosters(whole_log(app))[NEW]] == [day(-3)]


class TestARefusal:
    @pytest.mark.parametrize("elsewhere", [False, True])
    def test_by_a_team_that_is_not_there_cancels_and_plans_nothing(self, app: Application, elsewhere: bool) -> None:
        nowhere = uuid4()
        if elsewhere:
            for command in team(nowhere):
                app.runner.run(command, coach(OrganizationId(uuid4())))
        run_all(app, planned_for(ANA, OLD, 9), leave(ANA, OLD, 5, to=nowhere))
        rest(app)
        run_all(app, planned_for(ANA, OLD, 10))
        states = rest(app)
        assert {state.status.value for state in states.values()} == {"cancelled"}
        assert len(states) == 2
        assert list(refusals(app).values()) == [f"there is no team {nowhere}"]

    def test_of_two_teams_that_point_at_each_other_comes_to_an_end(self, app: Application) -> None:
        """In both teams at once, and transferred from each to the other: the later, which is dated earlier, fails."""
        run_all(app, join(ANA, NEW, -3), planned_for(ANA, OLD, 9), leave(ANA, OLD, 8, to=NEW))
        rest(app)
        run_all(app, leave(ANA, NEW, 5, to=OLD))
        states = rest(app)
        assert {state.status.value for state in states.values()} == {"cancelled"}
        (why,) = refusals(app).values()
        assert "was in the team until 2026-11-29" in why
        run_all(app, planned_for(ANA, OLD, 9), planned_for(ANA, NEW, 9))
        states = rest(app)
        assert (open_days(states, OLD), open_days(states, NEW)) == ([], [])


class TestACrash:
    """Five workouts in chunks of three: cancel, join, plan; cancel, plan."""

    def crash(self, app: Application, calls: int) -> None:
        reactions = app.reactions
        good = reactions._transfers
        reactions._transfers = Transfers(CrashingRunner(app, calls), app.log.recorded, 3)
        with pytest.raises(Crash):
            reactions.process_available()
        reactions._transfers = good

    @pytest.mark.parametrize("calls", range(1, 6))
    def test_after_any_step_repeats_without_effect(self, app: Application, calls: int) -> None:
        plan_all(app, [planned_for(ANA, OLD, offset) for offset in range(6, 11)])
        rest(app)
        run_all(app, leave(ANA, OLD, 5, to=NEW))
        self.crash(app, calls)
        assert not app.reactions.is_at_rest()
        states = rest(app)
        assert (len(states), len(open_days(states, NEW))) == (10, 5)
        effects = [type(r.event) for r in whole_log(app) if r.actor == ACTOR]
        assert [effects.count(kind) for kind in (AssignmentCancelled, PlayerJoined, AssignmentPlanned)] == [5, 1, 5]

    @pytest.mark.parametrize("calls", range(2, 6))
    @pytest.mark.parametrize("offset", [5, 7])
    def test_while_the_athlete_moves_on_loses_nothing(self, app: Application, calls: int, offset: int) -> None:
        plan_all(app, [planned_for(ANA, OLD, each) for each in range(6, 11)])
        rest(app)
        run_all(app, leave(ANA, OLD, 5, to=NEW))
        self.crash(app, calls)
        run_all(app, leave(ANA, NEW, offset, to=THIRD))
        states = rest(app)
        assert len(open_days(states, NEW)) + len(open_days(states, THIRD)) == 5
        assert_everything_is_where_it_belongs(app, BEGINNING)
        assert [stay.left_on for stay in rosters(whole_log(app))[NEW]] == [day(offset)]
