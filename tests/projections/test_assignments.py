"""Lists of assignments: of a phase, a season plan, an athlete, adjusted since; and each page by page."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import pytest

from domain.assignment import AssignmentStarted, AssignmentStatus
from domain.athlete import AthleteRegistered
from domain.ids import season_plan_id
from projections.assignments import AdjustedCursor, adjusted_since, of_athlete, of_phase, of_season_plan
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
    lifted,
    planned,
)
from tests.support.read_models import ReadModels, at

OF_FIRST, OF_SECOND = ids(FIRST, TEAM, ANA), ids(SECOND, TEAM, ANA)
OF_THIRD, OF_FOURTH = ids(THIRD, TEAM, BEN), ids(FOURTH, OTHER_TEAM, ANA)


@pytest.fixture
def models(database_url: str) -> ReadModels:
    """Of Ana's, the first is on Tuesday, the second open-ended, the fourth in another team; the third is Ben's."""
    return given(
        database_url,
        planned(FIRST, day=TUESDAY),
        planned(SECOND, day=None),
        planned(THIRD, athlete_id=BEN, day=MONDAY),
        planned(FOURTH, team_id=OTHER_TEAM, day=MONDAY),
        *(adjusted("build", 72.0, 1, of=of) for of in (OF_FIRST, OF_SECOND, OF_THIRD, OF_FOURTH)),
        AthleteRegistered(athlete_id=ANA, name="Ana Ruiz"),
    )


def ids_of(rows: Sequence[BoardRow]) -> list[UUID]:
    return [row.assignment_id for row in rows]


def paged(models: ReadModels, query: Callable[..., Any], *arguments: Any) -> list[UUID]:
    """One row a page, each page from where the one before ended."""
    found, after = [], None
    while page := models.rows(query, *arguments, limit=1, after=after):
        [row] = page
        found.append(row.assignment_id)
        after = BoardCursor(row.scheduled_on, row.athlete_id, row.assignment_id)
    return found


def test_those_of_a_phase_with_a_status(models: ReadModels) -> None:
    of_build = (of_phase, TEAM, "build", AssignmentStatus.PLANNED)
    shown = models.rows(*of_build)
    assert ids_of(shown) == [THIRD, FIRST, SECOND]
    assert [row.athlete_name for row in shown] == [None, "Ana Ruiz", "Ana Ruiz"]
    assert paged(models, *of_build) == [THIRD, FIRST, SECOND]

    models.project(AssignmentStarted(**OF_FIRST), adjusted("peak", 84.0, 2, of=OF_THIRD))
    assert ids_of(models.rows(*of_build)) == [SECOND]
    assert ids_of(models.rows(of_phase, TEAM, "build", AssignmentStatus.STARTED)) == [FIRST]
    assert ids_of(models.rows(of_phase, TEAM, "peak", AssignmentStatus.PLANNED)) == [THIRD]
    assert ids_of(models.rows(of_phase, OTHER_TEAM, "build", AssignmentStatus.PLANNED)) == [FOURTH]


def test_those_of_a_season_plan_also_when_no_phase_covers_them_any_more(models: ReadModels) -> None:
    of_plan = (of_season_plan, season_plan_id(TEAM))
    models.project(planned(UUID(int=0xA0A)), lifted("build", 2, of=OF_FIRST))  # type: ignore[arg-type]
    assert ids_of(models.rows(*of_plan)) == [THIRD, FIRST, SECOND], "the new one follows no phase yet"
    assert paged(models, *of_plan) == [THIRD, FIRST, SECOND]
    assert ids_of(models.rows(of_season_plan, season_plan_id(OTHER_TEAM))) == [FOURTH]


def test_those_of_an_athlete_in_all_teams_by_day(models: ReadModels) -> None:
    assert ids_of(models.rows(of_athlete, ANA)) == [FOURTH, FIRST, SECOND]
    assert paged(models, of_athlete, ANA) == [FOURTH, FIRST, SECOND]
    assert ids_of(models.rows(of_athlete, ANA, first=TUESDAY)) == [FIRST, SECOND]
    assert ids_of(models.rows(of_athlete, ANA, first=MONDAY, last=MONDAY)) == [FOURTH]
    assert ids_of(models.rows(of_athlete, BEN)) == [THIRD]


def test_those_adjusted_since_are_there_once_by_when_it_was_last(models: ReadModels) -> None:
    assert ids_of(models.rows(adjusted_since, TEAM, at(5))) == [FIRST, SECOND, THIRD]
    assert ids_of(models.rows(adjusted_since, TEAM, at(6))) == [SECOND, THIRD]

    models.project(adjusted("build", 70.0, 2, of=OF_FIRST), lifted("build", 2, of=OF_THIRD))
    assert ids_of(models.rows(adjusted_since, TEAM, at(5))) == [SECOND, FIRST, THIRD]
    assert ids_of(models.rows(adjusted_since, TEAM, at(10))) == [FIRST, THIRD]
    assert ids_of(models.rows(adjusted_since, TEAM, at(12))) == []

    found, after = [], None
    while page := models.rows(adjusted_since, TEAM, at(5), limit=1, after=after):
        found += ids_of(page)
        after = AdjustedCursor(page[0].last_phase_adjustment, page[0].assignment_id)
    assert found == [SECOND, FIRST, THIRD]
