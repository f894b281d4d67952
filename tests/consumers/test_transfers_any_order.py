"""Any sequence of leavings, transfers and returns comes to rest with each workout where its athlete is."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.decider import Command
from domain.rules.load import LoadLevel
from infra.main import Application
from tests.support.at_rest import end_of_log, rest_and_compare, tolerant
from tests.support.club import application, change, phase, team
from tests.support.transfers import assert_everything_is_where_it_belongs, join, leave, planned_for


@pytest.fixture
def app(database_url: str) -> Iterator[Application]:
    with application(database_url, fanout_chunk=3) as opened:
        yield opened


@st.composite
def commands_of_transfers(draw: st.DrawFn) -> list[Command]:
    """Three teams and two athletes who come, go, return and are planned for, in any order."""
    teams, athletes = [uuid4() for _ in range(3)], [uuid4(), uuid4()]
    commands: list[Command] = [command for team_id in teams for command in team(team_id)]
    commands += [phase(team_id, "pre", 0, 12, LoadLevel.HIGH) for team_id in teams]
    commands += [join(athlete, teams[0], -10) for athlete in athletes]
    for _ in range(draw(st.integers(4, 16))):
        athlete, team_id = draw(st.sampled_from(athletes)), draw(st.sampled_from(teams))
        match draw(st.sampled_from(["plan", "plan", "transfer", "transfer", "leave", "join", "change"])):
            case "plan":
                commands.append(planned_for(athlete, team_id, draw(st.one_of(st.none(), st.integers(-2, 16)))))
            case "transfer":
                target = draw(st.sampled_from([each for each in teams if each != team_id]))
                commands.append(leave(athlete, team_id, draw(st.integers(0, 10)), to=target))
            case "leave":
                commands.append(leave(athlete, team_id, draw(st.integers(0, 10))))
            case "join":
                commands.append(join(athlete, team_id, draw(st.integers(0, 10))))
            case "change":
                commands.append(change(team_id, "pre", 0, draw(st.integers(1, 20))))
    return commands


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(commands=commands_of_transfers(), steps=st.lists(st.integers(0, 4), min_size=30, max_size=30))
def test_any_sequence_of_transfers_comes_to_rest_right(
    app: Application, commands: list[Command], steps: list[int]
) -> None:
    start = end_of_log(app)
    with app.pool.connection() as connection:
        for command, count in zip(commands, steps, strict=False):
            tolerant(app, command)
            for _ in range(count):
                app.reactions._step(connection)
    rest_and_compare(app, start)
    assert_everything_is_where_it_belongs(app, start)
