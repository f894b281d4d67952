"""What counts for compliance, on which day, with which colour; and the shares."""

from datetime import date
from typing import Any
from uuid import UUID

from domain.assignment import AssignmentCancelled, AssignmentSkipped, AssignmentStarted
from domain.athlete import AthleteRegistered
from domain.event import Event
from domain.ids import AssignmentId
from projections.compliance import AthleteShares, SessionCursor, Shares, sessions, team_shares
from tests.support.assignment_events import ANA, BEN, OTHER_TEAM, TEAM, completed, given, ids, planned, restricted

FIRST, LAST, TODAY = date(2026, 11, 1), date(2026, 11, 30), date(2026, 11, 25)


def day(number: int) -> date:
    return date(2026, 11, number)


def workout(number: int, on: date | None, *then: Any, athlete: Any = ANA, load: float = 60.0) -> list[Event]:
    """The ``number``-th assignment, and what happens to it: functions of its ids."""
    of = ids(AssignmentId(UUID(int=number)), TEAM, athlete)
    return [planned(of["assignment_id"], athlete_id=athlete, day=on, load=load), *(step(of) for step in then)]


def done(load: float, on: date | None = None, plan: float | None = 60.0) -> Any:
    return lambda of: completed(load, of=of, on=on, plan=plan)


def started(of: Any) -> Event:
    return AssignmentStarted(**of)


def skipped(of: Any) -> Event:
    return AssignmentSkipped(**of, reason="no time")


def cancelled(of: Any) -> Event:
    return AssignmentCancelled(**of, reason="ill")


def no_training(of: Any) -> Event:
    return restricted(0.0, 1, of=of, skip=True, fraction=0.0)


def told(database_url: str, *workouts: list[Event], **options: Any) -> list[tuple[int, int, str | None]]:
    """Assignment, day, and colour."""
    models = given(database_url, *(event for events in workouts for event in events))
    found = models.rows(sessions, ANA, FIRST, LAST, TODAY, **options)
    return [(one.assignment_id.int, one.day.day, one.colour and one.colour.value) for one in found]


def test_a_workout_has_the_colour_of_what_was_done_on_the_day_for_which_it_was_planned(database_url: str) -> None:
    assert told(
        database_url,
        workout(1, day(2), done(60.0, on=day(3))),
        workout(2, day(4), done(40.0, on=day(4))),
        workout(3, day(5), done(0.0, on=day(5))),
        workout(4, day(30), done(120.0, on=day(24), plan=80.0)),
    ) == [(1, 2, "green"), (2, 4, "yellow"), (3, 5, "orange"), (4, 30, "yellow")]


def test_what_is_over_and_was_neither_done_nor_cancelled_was_missed(database_url: str) -> None:
    assert told(
        database_url,
        workout(1, day(2)),
        workout(2, day(3), started),
        workout(3, day(4), skipped),
        workout(4, day(5), cancelled),
        workout(5, day(24)),
        workout(6, day(25)),
        workout(7, day(26), skipped),
    ) == [(1, 2, "red"), (2, 3, "red"), (3, 4, "red"), (5, 24, "red")]


def test_where_the_workload_forbade_to_train_there_was_nothing_to_miss(database_url: str) -> None:
    assert told(
        database_url,
        workout(1, day(2), no_training),
        workout(2, day(3), no_training, skipped),
        workout(3, day(4), skipped),
    ) == [(1, 2, None), (2, 3, None), (3, 4, "red")]


def test_what_is_open_ended_counts_on_the_day_on_which_it_was_done_and_is_never_missed(database_url: str) -> None:
    assert told(
        database_url,
        workout(1, None),
        workout(2, None, done(60.0, on=day(9))),
        workout(3, None, done(60.0, on=date(2026, 12, 1))),
        workout(4, None, skipped),
    ) == [(2, 9, "green")]


def test_what_was_done_before_the_plan_was_told_with_it_is_held_against_what_showed(database_url: str) -> None:
    assert told(database_url, workout(1, day(2), done(45.0, plan=None))) == [(1, 2, "yellow")]


def test_days_are_inclusive_and_pages_go_on_where_the_last_ended(database_url: str) -> None:
    plans = [
        workout(number, on)
        for number, on in enumerate((date(2026, 10, 31), FIRST, day(2), day(2), LAST, date(2026, 12, 1)))
    ]
    models = given(database_url, *(event for events in plans for event in events))
    later = date(2027, 1, 1)
    everything = models.rows(sessions, ANA, FIRST, LAST, later)
    assert [one.assignment_id.int for one in everything] == [1, 2, 3, 4]
    paged, after = [], None
    while page := models.rows(sessions, ANA, FIRST, LAST, later, limit=1, after=after):
        paged += page
        after = SessionCursor(page[-1].day, page[-1].assignment_id)
    assert paged == everything


def test_a_teams_shares_whole_and_athlete_by_athlete(database_url: str) -> None:
    of_ana = [workout(1, day(2), done(60.0)), workout(2, day(3), done(40.0)), workout(3, day(4), skipped)]
    of_ben = [workout(4, day(2), done(200.0), athlete=BEN), workout(5, day(3), no_training, athlete=BEN)]
    elsewhere = planned(AssignmentId(UUID(int=9)), team_id=OTHER_TEAM, day=day(2))
    events = [event for events in (*of_ana, *of_ben) for event in events]
    models = given(database_url, *events, elsewhere, AthleteRegistered(athlete_id=ANA, name="Ana Ruiz"))

    found = models.rows(team_shares, TEAM, FIRST, LAST, TODAY)
    assert found.athletes == [
        AthleteShares(ANA, "Ana Ruiz", Shares(3, green=33.3, yellow=33.3, orange=0.0, red=33.3)),
        AthleteShares(BEN, None, Shares(1, green=0.0, yellow=0.0, orange=100.0, red=0.0)),
    ]
    assert found.whole == Shares(4, green=25.0, yellow=25.0, orange=25.0, red=25.0)
    assert models.rows(team_shares, TEAM, day(6), LAST, TODAY).whole == Shares(0, 0.0, 0.0, 0.0, 0.0)
