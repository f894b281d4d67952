"""Who is on which roster on which day, for many at once."""

from datetime import date
from uuid import UUID

from domain.ids import AthleteId, TeamId
from domain.team import PlayerJoined, PlayerLeft
from projections.roster_days import off_roster
from tests.support.read_models import given

TEAM, OTHER = TeamId(UUID(int=0x1)), TeamId(UUID(int=0x2))
ANA, BEN = AthleteId(UUID(int=0xA)), AthleteId(UUID(int=0xB))


def on(day: int) -> date:
    return date(2026, 9, day)


def test_a_stay_is_from_the_day_of_joining_to_the_day_before_leaving(database_url: str) -> None:
    models = given(
        database_url,
        PlayerJoined(team_id=TEAM, athlete_id=ANA, joined_on=on(3)),
        PlayerLeft(team_id=TEAM, athlete_id=ANA, left_on=on(10)),
        PlayerJoined(team_id=TEAM, athlete_id=ANA, joined_on=on(20)),
        PlayerJoined(team_id=OTHER, athlete_id=BEN, joined_on=on(1)),
    )
    asked = [(TEAM, ANA, on(day)) for day in (2, 3, 9, 10, 19, 20, 29)]
    asked += [(OTHER, ANA, on(3)), (OTHER, BEN, on(1)), (TEAM, BEN, on(1)), (TEAM, BEN, on(1))]
    off = models.rows(off_roster, asked)
    assert off == {*((TEAM, ANA, on(day)) for day in (2, 10, 19)), (OTHER, ANA, on(3)), (TEAM, BEN, on(1))}
    assert models.rows(off_roster, []) == set()
