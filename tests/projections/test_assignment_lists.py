"""One assignment, and lists by several things at once."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from domain.assignment import AssignmentStarted, AssignmentStatus
from domain.athlete import AthleteRegistered
from domain.ids import season_plan_id
from projections.assignment_lists import Wanted, assignment, assignments
from projections.board import BoardCursor, BoardRow
from tests.support.assignment_events import (
    ANA,
    BEN,
    FIRST,
    FOURTH,
    MONDAY,
    OTHER_TEAM,
    SECOND,
    TEAM,
    THIRD,
    TUESDAY,
    adjusted,
    given,
    ids,
    planned,
)
from tests.support.read_models import ReadModels


@pytest.fixture
def models(database_url: str) -> ReadModels:
    """Of Ana's, the first is on Tuesday and begun, the second open-ended, the fourth in another team; the third is
    Ben's, and follows a phase."""
    return given(
        database_url,
        planned(FIRST, day=TUESDAY),
        planned(SECOND, day=None),
        planned(THIRD, athlete_id=BEN, day=MONDAY),
        planned(FOURTH, team_id=OTHER_TEAM, day=MONDAY),
        adjusted("build", 72.0, 1, of=ids(THIRD, TEAM, BEN)),
        AssignmentStarted(**ids(FIRST, TEAM, ANA)),
        AthleteRegistered(athlete_id=ANA, name="Ana Ruiz"),
    )


def found(models: ReadModels, **wanted: Any) -> list[UUID]:
    rows: Sequence[BoardRow] = models.rows(assignments, Wanted(**wanted))
    return [row.assignment_id for row in rows]


def test_one(models: ReadModels) -> None:
    row = models.rows(assignment, FIRST)
    assert (row.assignment_id, row.athlete_name, row.status) == (FIRST, "Ana Ruiz", "started")
    assert models.rows(assignment, UUID(int=0)) is None


def test_all_that_is_asked_for_holds(models: ReadModels) -> None:
    assert found(models, team_id=TEAM) == [THIRD, FIRST, SECOND]
    assert found(models, athlete_id=ANA) == [FOURTH, FIRST, SECOND]
    assert found(models, team_id=TEAM, athlete_id=ANA) == [FIRST, SECOND]
    assert found(models, team_id=TEAM, first=TUESDAY) == [FIRST, SECOND]
    assert found(models, team_id=TEAM, last=MONDAY) == [THIRD, SECOND], "what is open-ended is on all days"
    assert found(models, team_id=TEAM, status=AssignmentStatus.STARTED) == [FIRST]
    assert found(models, team_id=TEAM, phase_id="build") == [THIRD]
    assert found(models, team_id=TEAM, phase_id="build", athlete_id=ANA) == []
    assert found(models, team_id=TEAM, season_plan_id=season_plan_id(TEAM)) == [THIRD]
    at = models.rows(assignment, THIRD).last_phase_adjustment
    assert found(models, team_id=TEAM, adjusted_since=at) == [THIRD]
    assert found(models, team_id=TEAM, adjusted_since=models.rows(assignment, FIRST).changed_at) == []


def test_page_by_page(models: ReadModels) -> None:
    seen, after = [], None
    while page := models.rows(assignments, Wanted(team_id=TEAM), after=after, limit=1):
        [row] = page
        seen.append(row.assignment_id)
        after = BoardCursor(row.scheduled_on, row.athlete_id, row.assignment_id)
    assert seen == [THIRD, FIRST, SECOND]


def test_a_list_of_nobody_is_a_mistake(models: ReadModels) -> None:
    with pytest.raises(ValueError, match="of a team, or of an athlete"):
        found(models, season_plan_id=season_plan_id(TEAM))
