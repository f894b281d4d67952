"""Restrictions: which hold on a day, which did, and nothing of what was measured."""

from datetime import date
from typing import Any
from uuid import UUID

from domain.ids import AthleteId, TeamId, workload_id
from domain.rules.workload_response import ResponseType
from domain.workload import Ending, WorkloadRestrictionEnded, WorkloadThresholdBreached
from projections.workload_restrictions import (
    PROJECTION,
    READS,
    RestrictionCursor,
    RestrictionRow,
    athlete_restrictions,
    in_force,
    team_restrictions,
)
from tests.support.read_models import CAUSE, at, reading

given = reading(*READS)

TEAM, OTHER_TEAM = TeamId(UUID(int=0x1)), TeamId(UUID(int=0x2))
ANA, BEN = AthleteId(UUID(int=0xA)), AthleteId(UUID(int=0xB))


def day(number: int) -> date:
    """Of March 2026."""
    return date(2026, 3, number)


def breached(
    number: int, first: int, last: int, athlete_id: AthleteId = ANA, team_id: TeamId = TEAM, **other: Any
) -> WorkloadThresholdBreached:
    fields = {
        "threshold_type": "injury_risk",
        "current_value": 812.5,
        "threshold_value": 700.25,
        "response": ResponseType.REDUCE_LOAD,
        "magnitude": 0.3,
        "skip": False,
        "fraction": 0.7,
        "easy_only": False,
        "starts_on": day(first),
        "ends_on": day(last),
        "triggered_by": "planner",
        **other,
    }
    return WorkloadThresholdBreached(
        workload_id=workload_id(team_id, athlete_id),
        team_id=team_id,
        athlete_id=athlete_id,
        restriction=number,
        **fields,
    )


def ended(number: int, on: int, ending: Ending = Ending.BY_HAND) -> WorkloadRestrictionEnded:
    return WorkloadRestrictionEnded(
        workload_id=workload_id(TEAM, ANA),
        team_id=TEAM,
        athlete_id=ANA,
        restriction=number,
        ended_on=day(on),
        ending=ending,
    )


def test_a_restriction_with_its_days_and_how_it_ended_and_nothing_personal(database_url: str) -> None:
    models = given(database_url, breached(1, 2, 8))
    row = RestrictionRow(
        workload_id=workload_id(TEAM, ANA),
        restriction=1,
        team_id=TEAM,
        athlete_id=ANA,
        response="reduce_load",
        magnitude=0.3,
        skip=False,
        fraction=0.7,
        easy_only=False,
        starts_on=day(2),
        ends_on=day(8),
        ended_on=None,
        ending=None,
        triggered_by="planner",
        recorded_at=at(1),
        cause_id=CAUSE,
    )
    assert models.rows(team_restrictions, TEAM) == [row]
    stored = str(models.contents()["workload_restrictions"])
    assert not [personal for personal in ("injury_risk", "812.5", "700.25") if personal in stored]

    models.project(ended(1, 5))
    assert models.rows(team_restrictions, TEAM) == [row._replace(ended_on=day(5), ending="by_hand")]
    models.deliver_again()
    models.deliver_each_again(PROJECTION)
    assert models.differences() == {}


def test_it_holds_on_its_days_and_until_the_day_before_somebody_ends_it(database_url: str) -> None:
    models = given(
        database_url,
        breached(1, 2, 8),
        breached(2, 4, 6, skip=True),
        ended(1, 5),
        ended(2, 7, Ending.EXPIRED),
        breached(1, 5, 18, team_id=OTHER_TEAM),
        breached(1, 5, 18, BEN),
    )

    def held(on: int) -> list[tuple[UUID, int]]:
        return [(one.team_id, one.restriction) for one in models.rows(in_force, [ANA], day(on))]

    assert held(1) == []
    assert held(2) == [(TEAM, 1)]
    assert held(4) == [(TEAM, 1), (TEAM, 2)]
    assert held(5) == [(TEAM, 2), (OTHER_TEAM, 1)]
    assert held(7) == [(OTHER_TEAM, 1)]
    assert held(18) == [(OTHER_TEAM, 1)]
    assert held(19) == []
    for on in range(1, 20):
        listed = models.rows(athlete_restrictions, ANA, on=day(on))
        assert sorted((one.team_id, one.restriction) for one in listed) == held(on)
    assert [one.athlete_id for one in models.rows(team_restrictions, TEAM, on=day(5))] == [BEN, ANA]


def test_lists_come_latest_first_and_page_by_page(database_url: str) -> None:
    models = given(
        database_url,
        breached(1, 2, 8),
        breached(2, 2, 3),
        breached(1, 9, 12, BEN),
        breached(3, 5, 6),
        breached(1, 3, 4, team_id=OTHER_TEAM),
    )
    everything = models.rows(team_restrictions, TEAM)
    assert [(one.athlete_id, one.restriction) for one in everything] == [(BEN, 1), (ANA, 3), (ANA, 2), (ANA, 1)]
    assert [one.starts_on.day for one in models.rows(athlete_restrictions, ANA)] == [5, 3, 2, 2]

    paged: list[RestrictionRow] = []
    before = None
    while page := models.rows(team_restrictions, TEAM, before=before, limit=1):
        paged += page
        before = RestrictionCursor(page[0].starts_on, page[0].workload_id, page[0].restriction)
    assert paged == everything
