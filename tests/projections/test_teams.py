"""Teams, planning sources."""

from datetime import date
from uuid import UUID

from domain.ids import AthleteId, OrganizationId, TeamId
from domain.organization import PlanningSourceConnected
from domain.team import AutoApplySet, CoachAppointed, CoachDismissed, PlayerJoined, PlayerLeft, TeamFormed
from projections.planning_sources import PlanningSource, for_topic
from projections.teams import TeamRow, teams
from tests.support.read_models import ORGANIZATION, given

TEAM = TeamId(UUID(int=0x1))
ANA, BEN = AthleteId(UUID(int=0xA)), AthleteId(UUID(int=0xB))


def formed(team_id: TeamId = TEAM, name: str = "U17") -> TeamFormed:
    return TeamFormed(
        team_id=team_id,
        name=name,
        zone="Europe/Madrid",
        auto_apply_adjustments=True,
        external_source="club-planner",
        external_id="17",
    )


def test_teams_by_name_with_setting_and_players(database_url: str) -> None:
    other = TeamId(UUID(int=0x2))
    models = given(
        database_url,
        formed(),
        formed(other, "First"),
        PlayerJoined(team_id=TEAM, athlete_id=ANA, joined_on=date(2026, 7, 1)),
        PlayerJoined(team_id=TEAM, athlete_id=BEN, joined_on=date(2026, 7, 1)),
        PlayerLeft(team_id=TEAM, athlete_id=BEN, left_on=date(2026, 9, 1)),
        AutoApplySet(team_id=TEAM, auto_apply_adjustments=False),
    )
    assert models.rows(teams) == [
        TeamRow(other, ORGANIZATION, "First", "Europe/Madrid", True, "club-planner", "17", 0),
        TeamRow(TEAM, ORGANIZATION, "U17", "Europe/Madrid", False, "club-planner", "17", 1),
    ]
    assert [team.team_id for team in models.rows(teams, team_id=TEAM)] == [TEAM]
    assert models.rows(teams, organization_id=UUID(int=0xC2)) == []


def test_who_leaves_and_comes_back_on_one_day_is_on_the_roster(database_url: str) -> None:
    day = date(2026, 9, 1)
    models = given(
        database_url,
        formed(),
        PlayerJoined(team_id=TEAM, athlete_id=ANA, joined_on=day),
        PlayerLeft(team_id=TEAM, athlete_id=ANA, left_on=day),
        PlayerJoined(team_id=TEAM, athlete_id=ANA, joined_on=day),
    )
    assert models.select("SELECT joined_version, left_on FROM read_models.team_roster ORDER BY 1") == [
        {"joined_version": 2, "left_on": day},
        {"joined_version": 4, "left_on": None},
    ]


def test_coaches_come_and_go(database_url: str) -> None:
    models = given(
        database_url,
        formed(),
        CoachAppointed(team_id=TEAM, coach="c1"),
        CoachAppointed(team_id=TEAM, coach="c2"),
        CoachDismissed(team_id=TEAM, coach="c1"),
    )
    assert models.select("SELECT coach FROM read_models.team_coaches") == [{"coach": "c2"}]


def test_a_topic_belongs_to_the_organization_that_connected_it_first(database_url: str) -> None:
    first, second = OrganizationId(UUID(int=0xC2)), OrganizationId(UUID(int=0xC1))
    models = given(
        database_url,
        PlanningSourceConnected(organization_id=first, source="club-planner", topic="planning.events"),
        PlanningSourceConnected(organization_id=second, source="intruder", topic="planning.events"),
        PlanningSourceConnected(organization_id=second, source="their own", topic="planning.other"),
    )
    assert models.rows(for_topic, "planning.events") == PlanningSource(first, "club-planner")
    assert models.rows(for_topic, "planning.other") == PlanningSource(second, "their own")
    assert models.rows(for_topic, "planning.unknown") is None
