"""The colours of everybody's last week are those that each team's own shares tell."""

from collections import Counter
from datetime import date, timedelta
from uuid import UUID

from domain.assignment import AssignmentCancelled, AssignmentSkipped
from domain.event import Event
from domain.ids import AssignmentId, AthleteId
from domain.rules.compliance import Compliance
from projections.compliance import sessions
from projections.compliance_shares import DAYS, colours
from tests.support.assignment_events import ANA, BEN, OTHER_TEAM, TEAM, completed, given, ids, planned

TODAY = date(2026, 11, 25)
FIRST, LAST = TODAY - timedelta(days=DAYS), TODAY - timedelta(days=1)


def workout(
    number: int, on: date | None, done: float | None = None, athlete: AthleteId = ANA, *, plan: float = 60.0
) -> list[Event]:
    """``plan``: what showed when it was done."""
    team = TEAM if athlete == ANA else OTHER_TEAM
    of = ids(AssignmentId(UUID(int=number)), team, athlete)
    first = planned(of["assignment_id"], team_id=team, athlete_id=athlete, day=on, load=60.0)
    return [first] if done is None else [first, completed(done, of=of, on=on or LAST, plan=plan)]


def test_everybodys_workouts_of_the_last_days_count_once(database_url: str) -> None:
    skipped = ids(AssignmentId(UUID(int=8)), TEAM, ANA)
    cancelled = ids(AssignmentId(UUID(int=9)), TEAM, ANA)
    models = given(
        database_url,
        *workout(1, FIRST, 60.0),
        *workout(2, FIRST, 60.0, BEN),
        *workout(10, FIRST, 100.0, plan=80.0),
        *workout(3, LAST, 40.0),
        *workout(4, LAST),
        *workout(5, TODAY),
        *workout(6, FIRST - timedelta(days=1), 10.0),
        *workout(7, None, 10.0),
        *workout(8, LAST),
        AssignmentSkipped(**skipped, reason="no time"),
        *workout(9, LAST),
        AssignmentCancelled(**cancelled, reason="ill"),
    )
    found = models.rows(colours, TODAY)
    assert found == {Compliance.GREEN: 2, Compliance.YELLOW: 2, Compliance.RED: 2, Compliance.ORANGE: 1}
    theirs = [models.rows(sessions, athlete, FIRST, LAST, TODAY) for athlete in (ANA, BEN)]
    assert found == Counter(one.colour for those in theirs for one in those)
