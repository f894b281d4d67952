"""Whatever a season does, in whichever order it is seen: at rest every open assignment has what the rule says."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time
from typing import NamedTuple
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.assignment import (
    AdjustByHand,
    CancelAssignment,
    Layer,
    PlanAssignment,
    RevertAssignment,
    SkipAssignment,
    StartAssignment,
)
from domain.decider import Command
from domain.ids import TeamId
from domain.rules.intensity import IntensityLevel
from domain.rules.load import LoadLevel
from domain.season_plan import (
    AddFixture,
    AddPhase,
    FollowCalendar,
    ModifyPhase,
    MoveFixture,
    RemoveFixture,
    RemovePhase,
    RequestAdjustments,
    ShiftPhases,
)
from domain.team import SetAutoApply
from infra.main import Application
from tests.support.at_rest import end_of_log, forget_all, rest_and_compare, tolerant
from tests.support.club import TODAY, application, assignments, change, day, phase, run_all, team, whole_log, workout
from tests.support.store import SteppingClock

BERLIN = ZoneInfo("Europe/Berlin")
PHASES, FIXTURES = ["pre", "in", "off"], ["derby", "cup"]


@pytest.fixture
def clock() -> SteppingClock:
    return SteppingClock(noon(TODAY))


@pytest.fixture
def app(database_url: str, clock: SteppingClock) -> Iterator[Application]:
    with application(database_url, clock=clock, fanout_chunk=10) as opened:
        yield opened


def noon(on: date) -> datetime:
    return datetime.combine(on, time(12), BERLIN)


def season(app: Application, team_id: UUID) -> None:
    run_all(
        app,
        *team(team_id),
        phase(team_id, "pre", 0, 27, LoadLevel.MEDIUM, intensity=IntensityLevel.LOW, focus_areas=["strength"]),
        phase(team_id, "in", 28, 90, LoadLevel.HIGH, sessions_per_week=2),
    )


class Step(NamedTuple):
    """A command, and what day it is then, from TODAY."""

    command: Command
    today: int


@st.composite
def any_workout(draw: st.DrawFn, team_id: UUID) -> PlanAssignment:
    """Dated, open-ended, or weekly; with exercises and zones, or only a load."""
    offset = draw(st.one_of(st.none(), st.integers(-3, 45)))
    weekdays = draw(st.sampled_from([None, [1, 3, 5], [2, 6]])) if offset is None else None
    content = {"intensity": {"zones": ["2", "4"]}, "exercises": [{"name": "Squat", "focus": "strength"}]}
    sport = draw(st.sampled_from(["run", "strength"]))
    return workout(team_id, offset, sport=sport, weekdays=weekdays, **(content if draw(st.booleans()) else {}))


@st.composite
def steps_of_a_season(draw: st.DrawFn) -> tuple[list[UUID], list[Step]]:
    """Two teams, and any mixture of what coaches, players, the calendar and the planning service do."""
    teams = [uuid4(), uuid4()]
    planned: list[PlanAssignment] = []
    steps: list[Step] = []
    for _ in range(draw(st.integers(6, 20))):
        team_id = draw(st.sampled_from(teams))
        command: Command
        if planned and draw(st.integers(0, 3)) == 0:
            command = draw(to_a_workout(draw(st.sampled_from(planned))))
        elif draw(st.integers(0, 3)) == 0:
            command = draw(any_workout(team_id))
            planned.append(command)
        else:
            command = draw(to_the_season(team_id, planned))
        steps.append(Step(command, draw(st.integers(-3, 60))))
    return teams, steps


@st.composite
def to_a_workout(draw: st.DrawFn, planned: PlanAssignment) -> Command:
    key = planned.assignment_id
    return draw(
        st.sampled_from(
            [
                StartAssignment(assignment_id=key),
                SkipAssignment(assignment_id=key, reason="ill"),
                CancelAssignment(assignment_id=key, reason="rain"),
                AdjustByHand(assignment_id=key, load=50, reason="tired"),
                RevertAssignment(assignment_id=key, layers=(Layer.PHASE,)),
                RevertAssignment(assignment_id=key),
            ]
        )
    )


@st.composite
def to_the_season(draw: st.DrawFn, team_id: UUID, planned: list[PlanAssignment]) -> Command:
    first, length = draw(st.integers(-5, 40)), draw(st.integers(0, 30))
    of_team, phase_id = {"team_id": team_id}, draw(st.sampled_from(PHASES))
    of_phase = {**of_team, "phase_id": phase_id}
    of_fixture = {**of_team, "fixture_id": draw(st.sampled_from(FIXTURES))}
    level, chosen = draw(st.sampled_from(LoadLevel)), [each.athlete_id for each in planned if draw(st.booleans())]
    return draw(
        st.sampled_from([
            phase(team_id, phase_id, first, first + length, level),
            change(team_id, phase_id, first, first + length, auto_apply=draw(st.booleans())),
            change(team_id, phase_id, first, first + length),
            ModifyPhase.model_validate({**of_phase, "load_level": level}),
            ModifyPhase.model_validate({**of_phase, "starts_on": day(first), "ends_on": day(first + length)}),
            RemovePhase.model_validate(of_phase),
            ShiftPhases(team_id=TeamId(team_id), first_phase_id=phase_id, first_starts_on=day(first)),
            AddFixture.model_validate({**of_fixture, "on": day(first)}),
            MoveFixture.model_validate({**of_fixture, "on": day(first)}),
            RemoveFixture.model_validate(of_fixture),
            FollowCalendar.model_validate(of_team),
            FollowCalendar.model_validate(of_team),
            RequestAdjustments.model_validate({
                **of_phase, "request_id": uuid4(), "triggered_by": "ana",
                "force": draw(st.booleans()), "athlete_ids": chosen or None,
            }),
            SetAutoApply(team_id=TeamId(team_id), auto_apply_adjustments=draw(st.booleans())),
        ])
    )  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(the_season=steps_of_a_season(), counts=st.lists(st.integers(0, 3), min_size=20, max_size=20))
def test_any_interleaving_comes_to_rest_right(
    app: Application, clock: SteppingClock, the_season: tuple[list[UUID], list[Step]], counts: list[int]
) -> None:
    teams, steps = the_season
    start = end_of_log(app)
    for team_id in teams:
        season(app, team_id)
    with app.pool.connection() as connection:
        for step, count in zip(steps, counts, strict=False):
            clock.moment = noon(day(step.today))
            tolerant(app, step.command)
            for _ in range(count):
                app.reactions._step(connection)
    rest_and_compare(app, start)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(the_season=steps_of_a_season())
def test_the_log_read_anew_has_no_effect_and_ends_in_the_same_tables(
    database_url: str, app: Application, clock: SteppingClock, the_season: tuple[list[UUID], list[Step]]
) -> None:
    teams, steps = the_season
    for team_id in teams:
        season(app, team_id)
    for step in steps:
        clock.moment = noon(day(step.today))
        tolerant(app, step.command)
    app.reactions.process_available()
    log, kept = whole_log(app), tables(app)

    forget_all(app)
    with application(database_url, clock=clock, fanout_chunk=10) as again:
        again.reactions.process_available()

    assert whole_log(app) == log
    assert tables(app) == kept


def tables(app: Application) -> dict[str, list[tuple[object, ...]]]:
    names = ("reaction_teams", "reaction_phases", "reaction_fixtures", "reaction_roster", "phase_fan_out_targets")
    with app.pool.connection() as connection:
        return {name: connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in names}


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
        of_team = {"team_id": team_id, "fixture_id": f"game {number}"}
        for turn in range(25):
            tolerant(app, workout(team_id, (turn * 7 + number) % 45 if turn % 5 else None))
            match (turn + number) % 6:
                case 0:
                    tolerant(app, change(team_id, "in" if turn % 4 else "pre", turn - 5, turn + 20))
                case 1:
                    tolerant(app, AddFixture.model_validate({**of_team, "on": day(turn)}))
                case 2:
                    tolerant(app, RemoveFixture.model_validate(of_team))
                case 3:
                    tolerant(app, added_or_removed(team_id, turn))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(writer, range(4)))
    stop.set()
    reacting.join()
    rest_and_compare(app, start)
    assert len(assignments(app, start)) == 100


def added_or_removed(team_id: UUID, turn: int) -> AddPhase | RemovePhase:
    if turn % 2:
        return phase(team_id, "off", 91, 99, LoadLevel.LOW)
    return RemovePhase(team_id=TeamId(team_id), phase_id="off")
