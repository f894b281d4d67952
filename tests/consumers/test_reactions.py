"""A phase change reaches every assignment that it touches, once, whatever happens meanwhile."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consumers.phase_fan_out import PhaseFanOut
from domain.assignment import (
    AssignmentPhaseAdjusted,
    AssignmentStatus,
    CancelAssignment,
    SetLoadByHand,
    StartAssignment,
)
from domain.athlete import ForgetAthlete, RegisterAthlete
from domain.decider import Command
from domain.ids import AssignmentId, AthleteId, OrganizationId, TeamId
from domain.ports import BEGINNING, Position
from domain.rules.load import LoadLevel
from domain.season_plan import PhaseAdjustmentsApplied, PhaseChanged
from domain.team import SetAutoApply
from infra.main import Application
from tests.support.club import (
    application,
    assignments,
    change,
    coach,
    phase,
    plan_all,
    run_all,
    team,
    whole_log,
    workout,
)
from tests.support.roster_model import expected_phases

TEAM = UUID(int=17)


@pytest.fixture
def app(database_url: str) -> Iterator[Application]:
    with application(database_url, fanout_chunk=10) as opened:
        yield opened


def season(app: Application, team_id: UUID = TEAM, *, auto_apply: bool = True) -> None:
    run_all(
        app,
        *team(team_id, auto_apply=auto_apply),
        phase(team_id, "pre", 0, 27, LoadLevel.MEDIUM),
        phase(team_id, "in", 28, 90, LoadLevel.HIGH),
    )


def phase_of(app: Application, command: object) -> str | None:
    layer = assignments(app)[command.assignment_id].phase  # type: ignore[attr-defined]
    return None if layer is None else layer.phase_id


class TestAChange:
    def test_touches_what_its_dates_cover_and_what_is_open_ended(self, app: Application) -> None:
        season(app)
        covered, later, open_ended = workout(TEAM, 3), workout(TEAM, 40), workout(TEAM, None)
        plan_all(app, [covered, later, open_ended])
        app.reactions.process_available()
        assert [phase_of(app, w) for w in (covered, later, open_ended)] == ["pre", "in", None]

        run_all(app, change(TEAM, "in", 0, 30))
        app.reactions.process_available()

        assert [phase_of(app, w) for w in (covered, later, open_ended)] == ["in", None, "in"]
        assert assignments(app)[covered.assignment_id].shown_load == 72.0
        assert assignments(app)[later.assignment_id].shown_load == 60.0, "the phase moved away from it"

    def test_is_counted_in_the_end(self, app: Application) -> None:
        season(app)
        plan_all(app, [workout(TEAM, offset) for offset in range(25)])
        app.reactions.process_available()
        run_all(app, change(TEAM, "in", 0, 90))
        app.reactions.process_available()

        changed = next(r for r in whole_log(app) if isinstance(r.event, PhaseChanged))
        applied = [r.event for r in whole_log(app) if isinstance(r.event, PhaseAdjustmentsApplied)]
        assert [(event.adjustments_count, event.cause_event_id) for event in applied] == [(25, changed.event_id)]

    def test_that_touches_nobody_is_counted_too(self, app: Application) -> None:
        season(app)
        run_all(app, change(TEAM, "pre", 0, 27))
        app.reactions.process_available()
        applied = [r.event for r in whole_log(app) if isinstance(r.event, PhaseAdjustmentsApplied)]
        assert [event.adjustments_count for event in applied] == [0]

    def test_back_and_forth_adjusts_each_time(self, app: Application) -> None:
        season(app)
        planned = workout(TEAM, 3)
        plan_all(app, [planned])
        for phase_id in ("in", "pre", "in"):
            run_all(app, change(TEAM, phase_id, 0, 90))
        app.reactions.process_available()
        adjusted = [r.event for r in whole_log(app) if isinstance(r.event, AssignmentPhaseAdjusted)]
        assert [(event.phase_id, event.load_after) for event in adjusted] == [
            ("pre", 60.0), ("in", 72.0), ("pre", 60.0), ("in", 72.0),
        ]  # fmt: skip

    def test_without_auto_apply_changes_only_what_is_planned_later(self, app: Application) -> None:
        season(app)
        before = workout(TEAM, 3)
        plan_all(app, [before])
        run_all(app, change(TEAM, "in", 0, 90, auto_apply=False))
        after = workout(TEAM, 3)
        plan_all(app, [after])
        app.reactions.process_available()
        assert (phase_of(app, before), phase_of(app, after)) == ("pre", "in")

    def test_of_a_team_that_does_not_apply_leaves_newcomers_alone(self, app: Application) -> None:
        season(app, auto_apply=False)
        before = workout(TEAM, 3)
        plan_all(app, [before])
        run_all(app, change(TEAM, "in", 0, 90, auto_apply=True))
        after = workout(TEAM, 3)
        plan_all(app, [after])
        app.reactions.process_available()
        assert (phase_of(app, before), phase_of(app, after)) == ("in", None), (
            "the message's flag decides its own change"
        )

    def test_carries_who_and_why(self, app: Application) -> None:
        season(app)
        plan_all(app, [workout(TEAM, 3)])
        app.reactions.process_available()
        run_all(app, change(TEAM, "in", 0, 90))
        app.reactions.process_available()
        changed = next(r for r in whole_log(app) if isinstance(r.event, PhaseChanged))
        adjusted = [r for r in whole_log(app) if isinstance(r.event, AssignmentPhaseAdjusted)][-1]
        assert (adjusted.causation_id, adjusted.correlation_id) == (changed.event_id, changed.correlation_id)
        assert (adjusted.actor, adjusted.organization_id) == ("reaction:phase-fan-out", changed.organization_id)

    def test_stops_for_nobody_who_planned_into_a_foreign_team(self, app: Application) -> None:
        season(app)
        ours, foreign = workout(TEAM, 3), workout(TEAM, 3)
        plan_all(app, [ours])
        app.runner.run(foreign, coach(OrganizationId(UUID(int=0xBAD))))
        run_all(app, change(TEAM, "in", 0, 90))
        app.reactions.process_available()

        assert phase_of(app, ours) == "in"
        assert phase_of(app, foreign) == "pre", "as it came; the change of another organization's team is not its own"
        assert app.reactions.is_at_rest()
        applied = [r.event for r in whole_log(app) if isinstance(r.event, PhaseAdjustmentsApplied)]
        assert [event.adjustments_count for event in applied] == [1]


class TestACrash:
    @pytest.mark.parametrize("survived", range(4))
    def test_between_append_and_strike_off_repeats_without_effect(self, app: Application, survived: int) -> None:
        season(app)
        plan_all(app, [workout(TEAM, offset % 25) for offset in range(35)])
        app.reactions.process_available()
        run_all(app, change(TEAM, "in", 0, 90))

        class Crash(Exception):
            pass

        class CrashingRunner:
            """Appends the chunk, and dies before anybody hears of it."""

            calls = 0

            def run_many(self, *args, **kwargs):  # type: ignore[no-untyped-def]
                results = app.runner.run_many(*args, **kwargs)
                self.calls += 1
                if self.calls > survived:
                    raise Crash
                return results

        reactions = app.reactions
        good, reactions._fan_out = reactions._fan_out, PhaseFanOut(CrashingRunner(), app.log.recorded, 10)  # type: ignore[arg-type]
        with pytest.raises(Crash):
            reactions.process_available()
        reactions._fan_out = good
        reactions.process_available()

        events = [r.event for r in whole_log(app)]
        adjusted = [e.assignment_id for e in events if isinstance(e, AssignmentPhaseAdjusted) and e.phase_id == "in"]
        assert len(adjusted) == len(set(adjusted)) == 35
        assert [e.adjustments_count for e in events if isinstance(e, PhaseAdjustmentsApplied)] == [35]


class TestForgetting:
    def test_destroys_the_key(self, app: Application) -> None:
        ada = AthleteId(uuid4())
        run_all(app, RegisterAthlete(athlete_id=ada, name="Ada"))
        assert app.keyring.find([ada])[ada] is not None
        run_all(app, ForgetAthlete(athlete_id=ada))
        app.reactions.process_available()
        assert app.keyring.find([ada])[ada] is None


OFFSETS = st.one_of(st.none(), st.integers(-3, 45))


@st.composite
def commands_of_a_season(draw: st.DrawFn) -> tuple[list[UUID], list[Command]]:
    """Two teams, and any mixture of what coaches, players and the planning service do."""
    teams = [uuid4(), uuid4()]
    planned: list[AssignmentId] = []
    commands: list[Command] = []
    for _ in range(draw(st.integers(4, 14))):
        team_id = draw(st.sampled_from(teams))
        first = draw(st.integers(-5, 40))
        match draw(st.sampled_from(["plan", "plan", "plan", "change", "change", "start", "hand", "cancel", "setting"])):
            case "plan":
                command = workout(team_id, draw(OFFSETS))
                planned.append(command.assignment_id)
                commands.append(command)
            case "change":
                phase_id, auto_apply = draw(st.sampled_from(["pre", "in"])), draw(st.booleans())
                last = first + draw(st.integers(0, 30))
                commands.append(change(team_id, phase_id, first, last, auto_apply=auto_apply))
            case "start" if planned:
                commands.append(StartAssignment(assignment_id=draw(st.sampled_from(planned))))
            case "hand" if planned:
                commands.append(SetLoadByHand(assignment_id=draw(st.sampled_from(planned)), load=50, reason="tired"))
            case "cancel" if planned:
                commands.append(CancelAssignment(assignment_id=draw(st.sampled_from(planned)), reason="rain"))
            case "setting":
                commands.append(SetAutoApply(team_id=TeamId(team_id), auto_apply_adjustments=draw(st.booleans())))
    return teams, commands


def rest_and_compare(app: Application, start: Position) -> None:
    """Decision 12: at rest every open assignment has the phase that the rule gives it by the order of the log."""
    app.reactions.process_available()
    expected = expected_phases(whole_log(app, start))
    active = {key: a for key, a in assignments(app, start).items() if a.status is AssignmentStatus.PLANNED}
    assert {key: None if a.phase is None else a.phase.phase_id for key, a in active.items()} == {
        key: expected[key] for key in active
    }


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(the_season=commands_of_a_season(), steps=st.lists(st.integers(0, 3), min_size=14, max_size=14))
def test_any_interleaving_comes_to_rest_right(
    app: Application, the_season: tuple[list[UUID], list[Command]], steps: list[int]
) -> None:
    teams, commands = the_season
    start = end_of_log(app)
    for team_id in teams:
        season(app, team_id)
    with app.pool.connection() as connection:
        for command, count in zip(commands, steps, strict=False):
            tolerant(app, command)
            for _ in range(count):
                app.reactions._step(connection)
    rest_and_compare(app, start)


def test_writers_and_reactions_at_the_same_time_come_to_rest_right(app: Application) -> None:
    start = end_of_log(app)
    teams = [uuid4(), uuid4()]
    for team_id in teams:
        season(app, team_id)
    stop = threading.Event()
    reacting = threading.Thread(target=app.reactions.run, args=(stop,))
    reacting.start()

    def writer(number: int) -> None:
        team_id = teams[number % 2]
        for turn in range(25):
            tolerant(app, workout(team_id, (turn * 7 + number) % 45 if turn % 5 else None))
            if turn % 6 == number:
                tolerant(app, change(team_id, "in" if turn % 4 else "pre", turn - 5, turn + 20))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(writer, range(4)))
    stop.set()
    reacting.join()
    rest_and_compare(app, start)
    assert len(assignments(app, start)) == 100


def end_of_log(app: Application) -> Position:
    log = whole_log(app)
    return log[-1].position if log else BEGINNING


def tolerant(app: Application, command: Command) -> None:
    """Runs it; a refusal (starting what is cancelled) is as good an outcome as any here."""
    app.runner.run_many([command], [coach()])
