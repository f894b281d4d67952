"""What the listener asks about teams: their zone, and who was on the roster on a day."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from domain.ids import AthleteId, TeamId
from domain.team import AddPlayer, RemovePlayer
from infra.main import Application
from projections.teams import TeamDirectory
from tests.support.club import application, day, run_all, team


@pytest.fixture
def app(database_url: str) -> Iterator[Application]:
    with application(database_url) as app:
        yield app


def test_a_player_is_on_the_roster_from_the_day_of_joining_to_the_day_before_leaving(app: Application) -> None:
    team_id, athlete_id = TeamId(uuid4()), AthleteId(uuid4())
    run_all(app, *team(team_id, zone="Asia/Tokyo"))
    run_all(app, AddPlayer(team_id=team_id, athlete_id=athlete_id, joined_on=day(0)))
    run_all(app, RemovePlayer(team_id=team_id, athlete_id=athlete_id, left_on=day(5)))
    run_all(app, AddPlayer(team_id=team_id, athlete_id=athlete_id, joined_on=day(8)))
    app.projector.process_available()
    directory = TeamDirectory(app.pool.connection)
    on = [offset for offset in range(-1, 11) if directory.on_roster(team_id, athlete_id, day(offset))]
    assert on == [0, 1, 2, 3, 4, 8, 9, 10]
    assert not directory.on_roster(team_id, AthleteId(uuid4()), day(1))
    assert not directory.on_roster(TeamId(uuid4()), athlete_id, day(1))
    assert (directory.zone_of(team_id), directory.zone_of(TeamId(uuid4()))) == ("Asia/Tokyo", None)
