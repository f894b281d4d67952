"""A template's assignments are created once: after a crash, with two processes, when the log is read anew."""

import threading
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consumers.template_handout import TemplateHandout
from domain.decider import Command
from domain.ids import AthleteId
from domain.rules.load import LoadLevel
from domain.template_application import TemplateApplied, TemplateAssignmentsCreated
from infra.main import Application
from tests.support.at_rest import end_of_log, forget_all, rest_and_compare, tolerant
from tests.support.club import application, assignments, change, phase, run_all, team, whole_log
from tests.support.reacting import Crash, CrashingRunner
from tests.support.templates import apply, expected_workouts, made_by_templates
from tests.support.transfers import join, leave
from tests.support.waiting import eventually

TEAM = UUID(int=0x17)
ANA, BEA, CIA = (AthleteId(UUID(int=number)) for number in (0xA, 0xB, 0xC))


@pytest.fixture
def app(database_url: str) -> Iterator[Application]:
    with application(database_url, fanout_chunk=2) as opened:
        yield opened


def created(app: Application) -> list[tuple[int, int]]:
    events = [r.event for r in whole_log(app) if isinstance(r.event, TemplateAssignmentsCreated)]
    return [(event.assignments_count, event.players_count) for event in events]


@pytest.mark.parametrize("calls", range(1, 7))
def test_a_crash_after_any_step_repeats_without_effect(app: Application, calls: int) -> None:
    """Nine workouts in chunks of two, and the record of it."""
    run_all(app, *team(TEAM), *(join(athlete, TEAM, -9) for athlete in (ANA, BEA, CIA)), apply(TEAM))
    reactions = app.reactions
    good = reactions._templates
    reactions._templates = TemplateHandout(CrashingRunner(app, calls), app.log.recorded, 2)
    with pytest.raises(Crash):
        reactions.process_available()
    reactions._templates = good
    assert not reactions.is_at_rest()
    reactions.process_available()
    assert reactions.is_at_rest()
    made = made_by_templates(whole_log(app))
    assert len(made) == len(set(made)) == 9
    assert created(app) == [(9, 3)]


def test_two_processes_do_it_once(app: Application, database_url: str) -> None:
    run_all(app, *team(TEAM), *(join(uuid4(), TEAM, -9) for _ in range(8)))
    stop = threading.Event()
    with application(database_url, fanout_chunk=2) as other:
        threads = [threading.Thread(target=each.reactions.run, args=(stop,)) for each in (app, other)]
        for thread in threads:
            thread.start()
        for number in range(6):
            run_all(app, apply(TEAM, template_id=f"t{number}"))
        eventually(app.reactions.is_at_rest)
        stop.set()
        for thread in threads:
            thread.join()
    made = made_by_templates(whole_log(app))
    assert len(made) == len(set(made)) == 6 * 8 * 3
    assert created(app) == [(24, 8)] * 6


def test_the_log_read_anew_creates_nothing(database_url: str) -> None:
    with application(database_url, fanout_chunk=2) as app:
        run_all(app, *team(TEAM), join(ANA, TEAM, -9), join(BEA, TEAM, -9), apply(TEAM), leave(ANA, TEAM, 4))
        app.reactions.process_available()
        run_all(app, join(CIA, TEAM, -9))
        app.reactions.process_available()
        before = whole_log(app)
        forget_all(app)
    with application(database_url, fanout_chunk=2) as app:
        app.reactions.process_available()
        assert app.reactions.is_at_rest()
        assert whole_log(app) == before
        run_all(app, apply(TEAM, template_id="more"))
        app.reactions.process_available()
        assert created(app) == [(6, 2), (7, 3)], "Ana plays on day 3 alone, and the roster is known again"


@st.composite
def commands_of_templates(draw: st.DrawFn) -> list[Command]:
    """Two teams, three athletes who come and go; templates and phases in between."""
    teams, athletes = [uuid4(), uuid4()], [uuid4() for _ in range(3)]
    commands: list[Command] = [command for team_id in teams for command in team(team_id)]
    commands += [phase(team_id, "pre", 0, 8, LoadLevel.HIGH) for team_id in teams]
    for _ in range(draw(st.integers(4, 14))):
        team_id, athlete, offset = draw(st.sampled_from(teams)), draw(st.sampled_from(athletes)), draw(OFFSETS)
        match draw(st.sampled_from(["join", "join", "join", "leave", "apply", "apply", "change"])):
            case "join":
                commands.append(join(athlete, team_id, offset))
            case "leave":
                to = draw(st.sampled_from([None, teams[team_id == teams[0]]]))
                commands.append(leave(athlete, team_id, offset, to=to))
            case "apply":
                frequency = draw(st.sampled_from([None, 1, 3]))
                starts = draw(st.sampled_from([-5, 2, 4]))
                commands.append(apply(team_id, starts=starts, training_frequency=frequency))
            case "change":
                commands.append(change(team_id, "pre", offset, offset + 9))
    return commands


OFFSETS = st.integers(-3, 11)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(commands=commands_of_templates(), steps=st.lists(st.integers(0, 4), min_size=30, max_size=30))
def test_any_interleaving_comes_to_rest_right(app: Application, commands: list[Command], steps: list[int]) -> None:
    start = end_of_log(app)
    with app.pool.connection() as connection:
        for command, count in zip(commands, steps, strict=False):
            tolerant(app, command)
            for _ in range(count):
                app.reactions._step(connection)
    rest_and_compare(app, start)
    log = whole_log(app, start)
    wanted, made = expected_workouts(log), made_by_templates(log)
    assert sorted(made) == sorted(wanted)
    for key, state in assignments(app, start).items():
        if key in wanted:
            assert state.team_id == wanted[key].team_id
            assert (state.scheduled_on, state.baseline) in [(w.day, w.prescription) for w in wanted[key].workouts]
    applied = [r.event for r in log if isinstance(r.event, TemplateApplied)]
    counts = {r.stream_id: r.event for r in log if isinstance(r.event, TemplateAssignmentsCreated)}
    for event in applied:
        assert counts[event.application_id].assignments_count == list(wanted.values()).count(event)
