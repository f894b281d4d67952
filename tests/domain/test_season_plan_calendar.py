"""The plan follows the calendar in its own zone: phases begin and end by date where nobody has said so."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.catalogue import decider_for
from domain.event import Event
from domain.rules.load import LoadLevel
from domain.season_plan import FollowCalendar, PhaseModified, SeasonPlanOpened
from tests.domain.known import PLAN_OPENED, SEASON_PLAN, TEAM, phase_added
from tests.domain.season import HISTORY, IN, PRE, began, changed, days, ended, noon, plan_after, removed, said
from tests.support.scenario import context, given

FOLLOW = FollowCalendar(team_id=TEAM)
WEEK = timedelta(weeks=1)
AFTER = date(2026, 6, 1)


def test_before_the_season_nothing_begins() -> None:
    given(*HISTORY).at(noon(date(2026, 1, 4))).when(FOLLOW).then()
    given(PLAN_OPENED).when(FOLLOW).then()


def test_a_phase_begins_on_its_first_day_or_whenever_it_is_looked_at() -> None:
    given(*HISTORY).at(noon(PRE.starts_on)).when(FOLLOW).then(began(PRE, PRE.starts_on))
    late = date(2026, 1, 20)
    given(*HISTORY).at(noon(late)).when(FOLLOW).then(began(PRE, late))


def test_the_next_phase_takes_the_place_of_the_one_before() -> None:
    before = *HISTORY, began(PRE, PRE.starts_on)
    given(*before).at(noon(PRE.ends_on)).when(FOLLOW).then()
    given(*before).at(noon(IN.starts_on)).when(FOLLOW).then(began(IN, IN.starts_on, "pre"))


def test_the_last_phase_ends_on_the_day_after_its_last() -> None:
    before = *HISTORY, began(IN, IN.starts_on)
    given(*before).at(noon(IN.ends_on)).when(FOLLOW).then()
    given(*before).at(noon(AFTER)).when(FOLLOW).then(ended("in", AFTER))
    given(*before, ended("in", AFTER)).at(noon(AFTER + WEEK)).when(FOLLOW).then()


def test_what_a_message_said_on_the_day_is_not_said_again() -> None:
    given(*HISTORY, changed(IN, "pre")).at(noon(IN.starts_on)).when(FOLLOW).then()


def test_a_phase_announced_early_stays_current_and_its_own_day_brings_nothing_new() -> None:
    before = *HISTORY, began(PRE, PRE.starts_on), changed(IN, "pre")
    given(*before).at(noon(date(2026, 2, 20))).when(FOLLOW).then()
    given(*before).at(noon(IN.starts_on)).when(FOLLOW).then()
    given(*before).at(noon(AFTER)).when(FOLLOW).then(ended("in", AFTER))


def test_an_announcement_is_for_the_days_before_the_phase() -> None:
    camp = phase_added("camp", IN.starts_on, date(2026, 3, 3), LoadLevel.PEAK)
    given(*HISTORY, changed(IN), camp).at(noon(IN.starts_on)).when(FOLLOW).then(began(camp, IN.starts_on, "in"))


def test_a_beginning_by_date_announces_nothing_to_a_clock_that_is_behind() -> None:
    before = *HISTORY, began(IN, IN.starts_on)
    given(*before).at(noon(PRE.ends_on)).when(FOLLOW).then(began(PRE, PRE.ends_on, "in"))


def test_an_announcement_is_over_once_the_phase_is_put_off() -> None:
    put_off = said(PhaseModified, IN, starts_on=date(2026, 3, 8))
    before = *HISTORY, changed(IN), put_off
    given(*before).at(noon(date(2026, 2, 20))).when(FOLLOW).then(began(PRE, date(2026, 2, 20), "in"))
    given(*before).at(noon(IN.starts_on)).when(FOLLOW).then(ended("in", IN.starts_on))


def test_other_contents_or_another_phase_moved_leave_an_announcement_as_it_is() -> None:
    lighter = said(PhaseModified, IN, load_level=LoadLevel.LOW)
    shorter = said(PhaseModified, PRE, ends_on=date(2026, 2, 21))
    given(*HISTORY, changed(IN), lighter, shorter).at(noon(date(2026, 2, 20))).when(FOLLOW).then()


def test_a_phase_that_had_begun_and_is_put_off_is_over_until_its_day() -> None:
    """It was not announced: it had begun by a date that is no longer its date."""
    put_off = said(PhaseModified, IN, starts_on=date(2026, 3, 8))
    before = *HISTORY, began(IN, IN.starts_on), put_off
    given(*before).at(noon(date(2026, 3, 2))).when(FOLLOW).then(ended("in", date(2026, 3, 2)))
    again = *before, ended("in", date(2026, 3, 2))
    given(*again).at(noon(date(2026, 3, 8))).when(FOLLOW).then(began(put_off, date(2026, 3, 8)))


def test_after_the_current_phase_was_removed_the_one_that_covers_today_begins() -> None:
    over = phase_added("camp", date(2026, 2, 10), date(2026, 2, 20), LoadLevel.PEAK)
    before = *HISTORY, over, began(over, date(2026, 2, 10), "pre"), removed(over)
    given(*before).at(noon(date(2026, 2, 12))).when(FOLLOW).then(began(PRE, date(2026, 2, 12)))


@pytest.mark.parametrize(
    ("zone", "first", "midnight"),
    [
        ("Europe/Berlin", date(2026, 3, 29), datetime(2026, 3, 28, 23, tzinfo=UTC)),  # the clock goes forward that day
        ("Europe/Berlin", date(2026, 3, 30), datetime(2026, 3, 29, 22, tzinfo=UTC)),
        ("Europe/Berlin", date(2026, 10, 25), datetime(2026, 10, 24, 22, tzinfo=UTC)),  # and back: 25 hours
        ("Europe/Berlin", date(2026, 10, 26), datetime(2026, 10, 25, 23, tzinfo=UTC)),
        ("America/New_York", date(2026, 3, 8), datetime(2026, 3, 8, 5, tzinfo=UTC)),
        ("America/New_York", date(2026, 3, 9), datetime(2026, 3, 9, 4, tzinfo=UTC)),
        ("America/New_York", date(2026, 11, 2), datetime(2026, 11, 2, 5, tzinfo=UTC)),
        ("Pacific/Apia", date(2026, 3, 1), datetime(2026, 2, 28, 11, tzinfo=UTC)),  # thirteen hours ahead
        ("Pacific/Apia", date(2011, 12, 31), datetime(2011, 12, 30, 10, tzinfo=UTC)),  # the day after the 29th there
    ],
)
def test_a_day_begins_at_midnight_there(zone: str, first: date, midnight: datetime) -> None:
    opened = SeasonPlanOpened(season_plan_id=SEASON_PLAN, team_id=TEAM, zone=zone, external_id=None)
    phase = phase_added("p", first, first, LoadLevel.HIGH)
    second = timedelta(seconds=1)
    given(opened, phase).at(midnight - second).when(FOLLOW).then()
    given(opened, phase).at(midnight).when(FOLLOW).then(began(phase, first))


def test_a_phase_on_a_day_that_a_zone_has_skipped_never_begins() -> None:
    """Samoa went from 29 to 31 December 2011, over the date line."""
    opened = SeasonPlanOpened(season_plan_id=SEASON_PLAN, team_id=TEAM, zone="Pacific/Apia", external_id=None)
    skipped = phase_added("p", date(2011, 12, 30), date(2011, 12, 30), LoadLevel.HIGH)
    for hour in range(72):
        now = datetime(2011, 12, 29, tzinfo=UTC) + timedelta(hours=hour)
        given(opened, skipped).at(now).when(FOLLOW).then()


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Pacific/Apia"])
def test_a_season_walked_hour_by_hour_begins_and_ends_each_phase_once(zone: str) -> None:
    opened = SeasonPlanOpened(season_plan_id=SEASON_PLAN, team_id=TEAM, zone=zone, external_id=None)
    last = phase_added("po", date(2026, 6, 8), date(2026, 6, 28), LoadLevel.PEAK)
    walked = plan_after(opened, PRE, IN, last)
    events: list[Event] = []
    for day in days(date(2026, 1, 1), date(2026, 7, 5)):
        for hour in (0, 5, 11, 17, 22):
            now = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
            decided = decider_for(FollowCalendar).decide(FOLLOW, walked, context(now=now))
            walked = decider_for(FollowCalendar).fold(decided, walked) or walked
            events += decided
    assert events == [
        began(PRE, PRE.starts_on),
        began(IN, IN.starts_on, "pre"),
        ended("in", AFTER),
        began(last, last.starts_on),
        ended("po", date(2026, 6, 29)),
    ]
