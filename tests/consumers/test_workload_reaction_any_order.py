"""Any mixture of breaches, endings, phases and plans comes to rest with each workout in the layers of the rule."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.assignment import AdjustByHand, AssignmentStatus, Layer, RevertAssignment, SkipAssignment, StartAssignment
from domain.decider import Command
from domain.ids import AssignmentId
from domain.ports import Position
from domain.rules.load import LoadLevel
from domain.rules.workload_response import ResponseType, Restriction, ThresholdType, restricted_load
from infra.main import Application
from tests.support.at_rest import end_of_log, rest_and_compare, tolerant
from tests.support.club import application, assignments, change, day, phase, team, whole_log
from tests.support.transfers import join, leave, planned_for
from tests.support.workloads import CalendarClock, breach, end, expected_restrictions

CLOCK = CalendarClock()
MAGNITUDES = st.sampled_from([0.0, 0.1, 0.35, 0.5, 1.0])


@pytest.fixture
def app(database_url: str) -> Iterator[Application]:
    with application(database_url, clock=CLOCK, fanout_chunk=3) as opened:
        yield opened


@st.composite
def commands_of_workloads(draw: st.DrawFn) -> list[Command | int]:
    """Two teams, two athletes; a number is the day that it is from then on."""
    teams, athletes = [uuid4(), uuid4()], [uuid4(), uuid4()]
    planned: list[AssignmentId] = []
    items: list[Command | int] = [0]
    for team_id in teams:
        items += [*team(team_id), phase(team_id, "pre", 0, 9, LoadLevel.LOW), join(athletes[0], team_id, -5)]
    kinds = ["plan", "plan", "plan", "breach", "breach", "breach", "end", "end", "day", "change", "revert", "hand"]
    for _ in range(draw(st.integers(6, 22))):
        # mostly the same, so that much comes together
        team_id, athlete = draw(st.sampled_from([teams[0], *teams])), draw(st.sampled_from([athletes[0], *athletes]))
        match draw(st.sampled_from([*kinds, "start", "skip", "leave"])):
            case "plan":
                planned.append(_plan(items, athlete, team_id, draw(st.one_of(st.none(), st.integers(-2, 9)))))
            case "breach":
                kind, response = draw(st.sampled_from(ThresholdType)), draw(st.sampled_from(ResponseType))
                items.append(breach(athlete, team_id, draw(st.integers(-2, 6)), draw(MAGNITUDES), response, kind))
            case "end":
                items.append(end(athlete, team_id, draw(st.one_of(st.none(), st.integers(1, 4)))))
            case "day":
                items.append(draw(st.integers(0, 20)))
            case "change":
                first = draw(st.integers(-3, 12))
                items.append(change(team_id, "pre", first, first + draw(st.integers(0, 14))))
            case "revert" if planned:
                layer = draw(st.sampled_from([Layer.WORKLOAD, Layer.HAND]))
                items.append(RevertAssignment(assignment_id=draw(st.sampled_from(planned)), layers=(layer,)))
            case "hand" if planned:
                items.append(AdjustByHand(assignment_id=draw(st.sampled_from(planned)), load=50, reason="tired"))
            case "start" if planned:
                items.append(StartAssignment(assignment_id=draw(st.sampled_from(planned))))
            case "skip" if planned:
                items.append(SkipAssignment(assignment_id=draw(st.sampled_from(planned)), reason="rain"))
            case "leave":
                items.append(leave(athlete, team_id, draw(st.integers(0, 10)), to=teams[team_id == teams[0]]))
    return items


def _plan(items: list[Command | int], athlete: UUID, team_id: UUID, offset: int | None) -> AssignmentId:
    items.append(command := planned_for(athlete, team_id, offset))
    return command.assignment_id


def assert_right_at_rest(app: Application, start: Position) -> None:
    """Each open assignment has the layers that the rules say, and shows what these make of its load."""
    rest_and_compare(app, start)
    expected = expected_restrictions(whole_log(app, start))
    for key, state in assignments(app, start).items():
        if state.status is AssignmentStatus.PLANNED:
            layer = state.workload
            carried = None if layer is None else Restriction(layer.skip, layer.fraction, layer.easy_only)
            assert carried == expected.get(key)
            load = state.baseline.load if state.phase is None else state.phase.load
            load = load if carried is None else restricted_load(load, carried)
            assert state.shown_load == (load if state.hand is None else state.hand.load)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(items=commands_of_workloads(), steps=st.lists(st.integers(0, 3), min_size=40, max_size=40))
def test_any_interleaving_comes_to_rest_right(app: Application, items: list[Command | int], steps: list[int]) -> None:
    start = end_of_log(app)
    with app.pool.connection() as connection:
        for item, count in zip(items, steps, strict=False):
            if isinstance(item, int):
                CLOCK.today = day(item)
            else:
                tolerant(app, item)
            for _ in range(count):
                app.reactions._step(connection)
    assert_right_at_rest(app, start)
