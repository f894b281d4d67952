"""A breach has its effect once: after a crash, with two processes, and when the log is read anew from its beginning."""

import threading
from collections.abc import Iterator
from uuid import UUID

import pytest

from consumers.refusals import refusals
from consumers.workload_fan_out import WorkloadFanOut
from domain.assignment import AssignmentWorkloadAdjusted, Layer, RevertAssignment
from domain.ids import AthleteId, OrganizationId
from domain.workload import WorkloadThresholdBreached
from infra.main import Application
from tests.support.at_rest import forget_all
from tests.support.club import application, assignments, coach, day, plan_all, run_all, team, whole_log
from tests.support.reacting import Crash, CrashingRunner
from tests.support.transfers import planned_for
from tests.support.waiting import eventually
from tests.support.workloads import CalendarClock, breach, end

TEAM = UUID(int=0x17)
ANA, BEA = AthleteId(UUID(int=0xA)), AthleteId(UUID(int=0xB))


@pytest.fixture
def app(database_url: str) -> Iterator[Application]:
    with application(database_url, fanout_chunk=3) as opened:
        run_all(opened, *team(TEAM))
        yield opened


def adjusted(app: Application) -> list[UUID]:
    return [r.event.assignment_id for r in whole_log(app) if isinstance(r.event, AssignmentWorkloadAdjusted)]


@pytest.mark.parametrize("calls", range(1, 5))
def test_a_crash_between_append_and_strike_off_repeats_without_effect(app: Application, calls: int) -> None:
    """Ten workouts in chunks of three."""
    plan_all(app, [planned_for(ANA, TEAM, number % 7) for number in range(10)])
    app.reactions.process_available()
    run_all(app, breach(ANA, TEAM, 0, 0.4))
    reactions = app.reactions
    good, reactions._workloads = reactions._workloads, WorkloadFanOut(CrashingRunner(app, calls), 3)
    with pytest.raises(Crash):
        reactions.process_available()
    reactions._workloads = good
    assert not reactions.is_at_rest()
    reactions.process_available()
    assert reactions.is_at_rest()
    assert len(adjusted(app)) == len(set(adjusted(app))) == 10
    assert {state.shown_load for state in assignments(app).values()} == {36.0}


def test_a_refusal_is_kept_once_though_the_chunk_is_repeated(app: Application) -> None:
    app.runner.run(planned_for(ANA, TEAM, 2), coach(OrganizationId(UUID(int=0xBAD))))
    run_all(app, breach(ANA, TEAM, 0))
    reactions = app.reactions
    good, reactions._workloads = reactions._workloads, WorkloadFanOut(CrashingRunner(app, 1), 3)
    with pytest.raises(Crash):
        reactions.process_available()
    reactions._workloads = good
    reactions.process_available()
    with app.pool.connection() as connection:
        assert [each.error_type for each in refusals(connection, 10)] == ["NotFound"]


def test_two_processes_do_it_once(app: Application, database_url: str) -> None:
    stop = threading.Event()
    with application(database_url, fanout_chunk=3) as other:
        threads = [threading.Thread(target=each.reactions.run, args=(stop,)) for each in (app, other)]
        for thread in threads:
            thread.start()
        for number in range(12):
            run_all(app, planned_for(ANA, TEAM, number % 7), breach(ANA, TEAM, 0, 0.2 + number / 20))
        eventually(app.reactions.is_at_rest)
        stop.set()
        for thread in threads:
            thread.join()
    causes = {r.event_id: r for r in whole_log(app) if isinstance(r.event, WorkloadThresholdBreached)}
    effects = [r for r in whole_log(app) if isinstance(r.event, AssignmentWorkloadAdjusted)]
    assert len({(r.causation_id, r.stream_id) for r in effects}) == len(effects)
    assert len(causes) == 12
    assert {state.shown_load for state in assignments(app).values()} == {15.0}, "60 × (1 − 0.75), on every one"


def test_the_log_read_anew_comes_to_the_same_without_an_event(database_url: str) -> None:
    clock = CalendarClock()
    with application(database_url, clock=clock, fanout_chunk=3) as app:
        workouts = [planned_for(athlete, TEAM, offset) for athlete in (ANA, BEA) for offset in (1, 5, 8, None)]
        run_all(app, *team(TEAM), breach(ANA, TEAM, 0, 0.4))
        plan_all(app, workouts)
        run_all(app, breach(BEA, TEAM, 0, 0.5), breach(ANA, TEAM, 3, 0.1))
        app.reactions.process_available()
        run_all(app, RevertAssignment(assignment_id=workouts[0].assignment_id, layers=(Layer.WORKLOAD,)))
        clock.today = day(7)
        run_all(app, end(ANA, TEAM), end(BEA, TEAM, 1), breach(BEA, TEAM, 7, 0.3))
        app.reactions.process_available()
        before = whole_log(app), kept(app)
        forget_all(app)
        assert kept(app) != before[1]
    with application(database_url, fanout_chunk=3) as app:
        app.reactions.process_available()
        assert app.reactions.is_at_rest()
        assert (whole_log(app), kept(app)) == before
        run_all(app, breach(ANA, TEAM, 0, 0.9))
        app.reactions.process_available()
        assert assignments(app)[workouts[1].assignment_id].shown_load == 6.0, "and goes on from there"


def kept(app: Application) -> list[tuple[object, ...]]:
    """What the reaction remembers of workloads."""
    with app.pool.connection() as connection:
        return [
            *connection.execute("SELECT * FROM reaction_workloads ORDER BY team_id, athlete_id"),
            *connection.execute("SELECT * FROM reaction_restrictions ORDER BY team_id, athlete_id, restriction"),
        ]
