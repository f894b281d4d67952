"""Readiness as a coach reads it: the published figures, from what was done, with names, restrictions and the label."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.athlete import AthleteForgotten, AthleteRegistered
from domain.event import Event
from domain.ids import AthleteId, TeamId, workload_id
from domain.rules.acute_chronic import CONTESTED, Band
from domain.rules.readiness import Average
from domain.rules.workload_response import ResponseType
from domain.team import PlayerJoined, PlayerLeft
from domain.workload import WorkloadThresholdBreached
from projections.readiness import READS, Bands, Measure, PlayerReadiness, player_readiness, team_readiness
from tests.projections.test_training_load import completed
from tests.support.read_models import reading

given = reading(*READS)

TEAM, OTHER_TEAM = TeamId(UUID(int=0x1)), TeamId(UUID(int=0x2))
ANA, BEN, CAI = (AthleteId(UUID(int=0xA + count)) for count in range(3))
TODAY = date(2026, 3, 29)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def trained(loads: list[float], athlete_id: AthleteId = ANA, **other: Any) -> list[Event]:
    """The last of them today."""
    return [
        completed(load, ago(len(loads) - 1 - number), athlete_id, **other) for number, load in enumerate(loads) if load
    ]


def joined(athlete_id: AthleteId, on: date = date(2025, 9, 1), team_id: TeamId = TEAM) -> PlayerJoined:
    return PlayerJoined(team_id=team_id, athlete_id=athlete_id, joined_on=on)


def test_the_figures_of_a_player_are_the_published_ones_and_the_ratios_are_labelled(database_url: str) -> None:
    models = given(database_url, *trained([100.0] * 21 + [200.0] * 7))
    player: PlayerReadiness = models.rows(player_readiness, ANA, TODAY)
    figures = player.readiness
    assert (figures.acwr_ewma, figures.acwr_coupled, figures.acwr_uncoupled) == (1.34, 1.6, 2.0)
    assert player.bands == Bands(coupled=Band.HIGH, uncoupled=Band.HIGH, ewma=Band.ELEVATED)
    assert (figures.load_7d, figures.load_28d, figures.days_of_data) == (1400.0, 3500.0, 28)
    assert player.label == CONTESTED
    assert (player.sessions, player.unrated) == (28, 28)

    day_before = models.rows(player_readiness, ANA, ago(1))
    assert day_before.readiness.acwr_coupled is None, "27 days are too few for a ratio"
    assert day_before.bands == Bands(None, None, None)
    assert day_before.readiness.load_7d == 1300.0, "what was done later is not looked at"


def test_fosters_week_in_session_loads_of_those_who_were_asked(database_url: str) -> None:
    week = [completed(1.0, ago(6 - number), rpe=5.0, minutes=minutes)
            for number, minutes in enumerate([60.0, 0.0, 90.0, 0.0, 120.0, 0.0, 0.0]) if minutes]  # fmt: skip
    models = given(database_url, *week, completed(40.0, TODAY))
    rated = models.rows(player_readiness, ANA, TODAY, measure=Measure.SESSION_LOAD)
    assert (rated.readiness.load_7d, rated.readiness.monotony, rated.readiness.strain) == (1350.0, 0.81, 1100.0)
    assert (rated.sessions, rated.unrated) == (4, 1)
    assert models.rows(player_readiness, ANA, TODAY).readiness.load_7d == 43.0


def test_fitness_of_a_long_season_is_not_that_of_the_last_months(database_url: str) -> None:
    models = given(database_url, *trained([100.0] * 400))
    whole = models.rows(player_readiness, ANA, TODAY)
    assert (whole.readiness.ctl, whole.readiness.days_of_data) == (100.0, 365)
    shorter = models.rows(player_readiness, ANA, TODAY, history_days=120)
    assert (shorter.readiness.ctl, shorter.readiness.days_of_data) == (94.5, 120)


def test_days_without_training_before_the_window_ends_are_days_of_history(database_url: str) -> None:
    models = given(database_url, *trained([100.0] + [0.0] * 399))
    figures = models.rows(player_readiness, ANA, TODAY).readiness
    assert (figures.days_of_data, figures.load_28d, figures.ctl) == (365, 0.0, 0.0)
    assert models.rows(player_readiness, ANA, ago(400)).readiness.days_of_data == 0


def test_a_team_is_who_is_on_its_roster_that_day_with_the_load_of_all_their_teams(database_url: str) -> None:
    models = given(
        database_url,
        AthleteRegistered(athlete_id=ANA, name="Ana Ruiz"),
        AthleteRegistered(athlete_id=BEN, name="Ben Ode"),
        AthleteForgotten(athlete_id=BEN),
        *(joined(athlete_id) for athlete_id in (ANA, BEN, CAI)),
        joined(ANA, team_id=OTHER_TEAM),
        PlayerLeft(team_id=TEAM, athlete_id=CAI, left_on=TODAY),
        joined(CAI, TODAY + timedelta(days=1)),
        completed(40.0, TODAY),
        completed(20.0, TODAY, team_id=OTHER_TEAM),
        completed(50.0, ago(1), CAI),
    )
    table = models.rows(team_readiness, TEAM, TODAY)
    shown = [(one.athlete_id, one.athlete_name, one.forgotten, one.readiness.load_7d) for one in table.players]
    assert shown == [(ANA, "Ana Ruiz", False, 60.0), (BEN, None, True, 0.0)]
    assert (table.team.players, table.team.load_7d) == (2, Average(60.0, 60.0, 1))
    assert (table.day, table.measure, table.label) == (TODAY, Measure.LOAD, CONTESTED)
    assert [one.athlete_id for one in models.rows(team_readiness, TEAM, ago(1)).players] == [ANA, BEN, CAI]
    assert [one.athlete_id for one in models.rows(team_readiness, TEAM, TODAY + timedelta(days=1)).players] == [
        ANA, BEN, CAI
    ]  # fmt: skip
    assert models.rows(team_readiness, UUID(int=0x3), TODAY).players == []


@pytest.mark.parametrize(("on", "restricted"), [(ago(1), False), (TODAY, True)])
def test_beside_a_player_stands_what_restricts_them_that_day(database_url: str, on: date, restricted: bool) -> None:
    breached = WorkloadThresholdBreached(
        workload_id=workload_id(OTHER_TEAM, ANA),
        team_id=OTHER_TEAM,
        athlete_id=ANA,
        restriction=1,
        threshold_type="high_load",
        current_value=9.0,
        threshold_value=8.0,
        response=ResponseType.SKIP_TRAINING,
        magnitude=1.0,
        skip=True,
        fraction=0.0,
        easy_only=False,
        starts_on=TODAY,
        ends_on=TODAY,
        triggered_by="planner",
    )
    models = given(database_url, joined(ANA), joined(BEN), breached)
    held = [[one.skip for one in player.restrictions] for player in models.rows(team_readiness, TEAM, on).players]
    assert held == [[True] if restricted else [], []]
