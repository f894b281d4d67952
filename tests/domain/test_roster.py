"""Who plays for a team, and when: through the team's commands."""

from datetime import date
from uuid import UUID

from domain.catalogue import decider_for
from domain.ids import AthleteId, TeamId
from domain.roster import LeftBeforeJoining, NotOnRoster, Stay, StaysOverlap, TransferToSameTeam
from domain.team import AddPlayer, PlayerJoined, PlayerLeft, RemovePlayer
from tests.domain.known import ATHLETE, OTHER_ATHLETE, OTHER_TEAM, TEAM, TEAM_FORMED
from tests.support.scenario import given

JANUARY, MARCH, APRIL, MAY = date(2026, 1, 1), date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)


def add(day: date, athlete_id: AthleteId = ATHLETE) -> AddPlayer:
    return AddPlayer(team_id=TEAM, athlete_id=athlete_id, joined_on=day)


def remove(day: date, athlete_id: AthleteId = ATHLETE, *, to: TeamId | None = None) -> RemovePlayer:
    return RemovePlayer(team_id=TEAM, athlete_id=athlete_id, left_on=day, transferred_to=to)


def joined(day: date, athlete_id: AthleteId = ATHLETE) -> PlayerJoined:
    return PlayerJoined(team_id=TEAM, athlete_id=athlete_id, joined_on=day)


def left(day: date, athlete_id: AthleteId = ATHLETE, *, to: TeamId | None = None) -> PlayerLeft:
    return PlayerLeft(team_id=TEAM, athlete_id=athlete_id, left_on=day, transferred_to=to)


def test_joining() -> None:
    given(TEAM_FORMED).when(add(MARCH)).then(joined(MARCH))
    given(TEAM_FORMED, joined(MARCH)).when(add(MARCH, OTHER_ATHLETE)).then(joined(MARCH, OTHER_ATHLETE))


def test_joining_while_in_the_team_changes_nothing() -> None:
    given(TEAM_FORMED, joined(MARCH)).when(add(APRIL)).then()


def test_joining_earlier_than_one_did_is_refused() -> None:
    given(TEAM_FORMED, joined(MARCH)).when(add(JANUARY)).raises(StaysOverlap, "2026-03-01")


def test_leaving() -> None:
    given(TEAM_FORMED, joined(MARCH), joined(MARCH, OTHER_ATHLETE)).when(remove(APRIL)).then(left(APRIL))


def test_leaving_on_the_day_of_joining() -> None:
    given(TEAM_FORMED, joined(MARCH)).when(remove(MARCH)).then(left(MARCH))


def test_leaving_before_joining_is_refused() -> None:
    given(TEAM_FORMED, joined(MARCH)).when(remove(JANUARY)).raises(LeftBeforeJoining, "joined on 2026-03-01")


def test_leaving_without_having_joined_is_refused() -> None:
    given(TEAM_FORMED, joined(MARCH, OTHER_ATHLETE)).when(remove(APRIL)).raises(NotOnRoster)


def test_leaving_after_having_left() -> None:
    given(TEAM_FORMED, joined(MARCH), left(APRIL)).when(remove(MAY)).then()
    given(TEAM_FORMED, joined(JANUARY), left(APRIL)).when(remove(MARCH)).raises("not-on-roster", "2026-04-01")


def test_leaving_for_another_team() -> None:
    given(TEAM_FORMED, joined(MARCH)).when(remove(APRIL, to=OTHER_TEAM)).then(left(APRIL, to=OTHER_TEAM))


def test_leaving_for_the_same_team_is_refused() -> None:
    given(TEAM_FORMED, joined(MARCH)).when(remove(APRIL, to=TEAM)).raises(TransferToSameTeam)


def test_who_has_left_is_not_transferred_any_more() -> None:
    transfer = remove(MAY, to=OTHER_TEAM)
    given(TEAM_FORMED, joined(MARCH), left(APRIL)).when(transfer).raises(NotOnRoster, "2026-04-01 already, not for")
    elsewhere = given(TEAM_FORMED, joined(MARCH), left(APRIL, to=TeamId(UUID(int=3))))
    elsewhere.when(transfer).raises(NotOnRoster, "already for team 00000000-0000-0000-0000-000000000003, not for")
    elsewhere.when(remove(MAY)).then()


def test_rejoining_is_possible_from_the_day_of_leaving_on() -> None:
    given(TEAM_FORMED, joined(MARCH), left(APRIL)).when(add(APRIL)).then(joined(APRIL))
    given(TEAM_FORMED, joined(JANUARY), left(APRIL)).when(add(MARCH)).raises("stays-overlap", "2026-04-01")


def test_the_roster_remembers_each_stay() -> None:
    decider = decider_for(AddPlayer)
    team = decider.fold([TEAM_FORMED, joined(JANUARY), left(MARCH), joined(JANUARY, OTHER_ATHLETE), joined(APRIL)])
    assert team is not None
    assert team.roster == (Stay(ATHLETE, JANUARY, MARCH), Stay(OTHER_ATHLETE, JANUARY), Stay(ATHLETE, APRIL))
    later = decider.fold([left(MAY, to=OTHER_TEAM)], team)
    assert later is not None
    assert later.roster == (*team.roster[:2], Stay(ATHLETE, APRIL, MAY, OTHER_TEAM))
