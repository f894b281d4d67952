"""Who plays for which team, as the reactions keep it: what a template hands out workouts by."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest

from domain.ids import AthleteId, TeamId
from domain.team import AddPlayer, RemovePlayer
from infra.main import Application
from tests.support.club import application, day, run_all, team

OURS, OTHERS = TeamId(UUID(int=17)), TeamId(UUID(int=18))
ADA, BEA = AthleteId(UUID(int=1)), AthleteId(UUID(int=2))
Stay = tuple[UUID, UUID, date, date | None]


@pytest.fixture
def app(database_url: str) -> Iterator[Application]:
    with application(database_url) as opened:
        run_all(opened, *team(OURS), *team(OTHERS))
        yield opened


def stays(app: Application) -> list[Stay]:
    app.reactions.process_available()
    with app.pool.connection() as connection:
        return connection.execute("SELECT * FROM reaction_players ORDER BY 1, 2, 3").fetchall()


def joins(team_id: TeamId, athlete_id: AthleteId, offset: int) -> AddPlayer:
    return AddPlayer(team_id=team_id, athlete_id=athlete_id, joined_on=day(offset))


def leaves(team_id: TeamId, athlete_id: AthleteId, offset: int, to: TeamId | None = None) -> RemovePlayer:
    return RemovePlayer(team_id=team_id, athlete_id=athlete_id, left_on=day(offset), transferred_to=to)


def test_each_stay_is_kept_with_its_days(app: Application) -> None:
    run_all(app, joins(OURS, ADA, 0), joins(OURS, BEA, 1), leaves(OURS, ADA, 5), joins(OURS, ADA, 9))
    assert stays(app) == [(OURS, ADA, day(0), day(5)), (OURS, ADA, day(9), None), (OURS, BEA, day(1), None)]


def test_leaving_ends_the_stay_that_lasts_and_no_other(app: Application) -> None:
    run_all(app, joins(OURS, ADA, 0), leaves(OURS, ADA, 5), joins(OURS, ADA, 9), leaves(OURS, ADA, 12))
    assert stays(app) == [(OURS, ADA, day(0), day(5)), (OURS, ADA, day(9), day(12))]


def test_back_on_the_day_of_joining_is_one_stay(app: Application) -> None:
    run_all(app, joins(OURS, ADA, 0), leaves(OURS, ADA, 0), joins(OURS, ADA, 0))
    assert stays(app) == [(OURS, ADA, day(0), None)]


def test_a_transfer_ends_one_and_begins_another_on_the_same_day(app: Application) -> None:
    run_all(app, joins(OURS, ADA, 0), leaves(OURS, ADA, 5, to=OTHERS))
    assert stays(app) == [(OURS, ADA, day(0), day(5)), (OTHERS, ADA, day(5), None)]
