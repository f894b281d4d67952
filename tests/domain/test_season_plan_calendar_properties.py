"""Wherever a plan has got to, and at whatever moment it looks at the calendar, it is where the calendar says."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from domain.fields import local_day
from domain.rules.game_day import games_in_week, week_of
from domain.rules.phase_calendar import phase_on
from domain.season_plan import FollowCalendar, PhaseBegan
from tests.domain.any_season import ANY, BY_HAND, INSTANTS, START, ZONES, Asked, asked, opened, outcome, plan_of
from tests.domain.known import TEAM
from tests.domain.season import days

FOLLOW = FollowCalendar(team_id=TEAM)
DAY = timedelta(days=1)


@given(asked(ANY), INSTANTS, ZONES)
def test_the_current_phase_is_the_calendars_unless_announced_early(asks: Asked, now: datetime, zone: str) -> None:
    plan = outcome(plan_of(asks, zone), FOLLOW, now).plan
    today = local_day(now, zone)
    current = plan.phase(plan.current_phase_id)
    announced_early = plan.announced and current is not None and current.starts_on > today
    assert announced_early or current == phase_on(plan.phases, today)


@given(asked(BY_HAND), asked(BY_HAND), INSTANTS, INSTANTS, ZONES)
def test_where_nobody_announces_the_current_phase_is_the_calendars(
    asks: Asked, more: Asked, before: datetime, now: datetime, zone: str
) -> None:
    """Whatever it was when it looked before; be that later, by another machine's clock."""
    plan = outcome(plan_of([*asks, (FOLLOW, before), *more], zone), FOLLOW, now).plan
    assert plan.phase(plan.current_phase_id) == phase_on(plan.phases, local_day(now, zone))


@given(asked(ANY), INSTANTS, ZONES)
def test_the_games_are_those_of_the_week(asks: Asked, now: datetime, zone: str) -> None:
    plan = outcome(plan_of(asks, zone), FOLLOW, now).plan
    monday = week_of(local_day(now, zone))
    assert plan.games == games_in_week(monday, [fixture.on for fixture in plan.fixtures])


@given(asked(ANY, at_most=20), ZONES)
def test_what_is_current_never_begins(asks: Asked, zone: str) -> None:
    plan = opened(zone)
    for command, now in asks:
        for ask in (command, FOLLOW):
            former = plan.current_phase_id
            plan, events, _ = outcome(plan, ask, now)
            begun = [event for event in events if isinstance(event, PhaseBegan)]
            assert all(event.old_phase_id == former != event.phase_id for event in begun)
            assert ask is not FOLLOW or outcome(plan, ask, now).events == ()


@given(asked(BY_HAND), ZONES, st.integers(0, 23))
def test_a_season_walked_day_by_day_begins_and_ends_each_phase_once(asks: Asked, zone: str, hour: int) -> None:
    plan = plan_of(asks, zone)
    walked: list[tuple[str, str, date]] = []
    last = max((phase.ends_on for phase in plan.phases), default=START)
    for day in days(START - DAY, last + DAY):
        now = datetime.combine(day, time(hour), ZoneInfo(zone)).astimezone(UTC)
        former = plan.current_phase_id
        plan, events, _ = outcome(plan, FOLLOW, now)
        if former is not None and events:
            walked.append(("ends", former, day))
        walked += [("begins", event.phase_id, event.began_on) for event in events if isinstance(event, PhaseBegan)]
    begins = [("begins", str(phase.phase_id), phase.starts_on) for phase in plan.phases]
    ends = [("ends", str(phase.phase_id), phase.ends_on + DAY) for phase in plan.phases]
    assert sorted(walked) == sorted(begins + ends)
