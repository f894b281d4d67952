"""What is due is done when its moment comes, by the calendar of the team, and no more than that."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from consumers.scheduler import ACTOR, Scheduler
from domain.ids import TeamId, season_plan_id
from domain.rules.load import LoadLevel
from domain.season_plan import AddFixture, FollowCalendar, ModifyPhase, PhaseAdded, PhaseBegan, RemovePhase
from domain.workload import Ending, WorkloadRestrictionEnded, WorkloadThresholdBreached
from infra.main import Application
from tests.support.club import (
    application,
    assignments,
    change,
    day,
    phase,
    plan_all,
    run_all,
    team,
    two_phases,
    whole_log,
    workout,
)
from tests.support.scheduling import SetClock, WatchedRunner, know_what_is_due, midnight, noon, settle, turns
from tests.support.workloads import breach, end

TEAM = TeamId(UUID(int=17))
A_MOMENT = timedelta(microseconds=1)
STRAY = """
INSERT INTO read_models.due_times
SELECT kind, %s, detail, due_at, due_on, zone, cause_id, correlation_id, organization_id, %s, athlete_id, era, xid,
       ordinal
FROM read_models.due_times WHERE detail = 'phase begins: pre'
"""


@pytest.fixture
def clock() -> SetClock:
    return SetClock(noon(-5))


@pytest.fixture
def app(database_url: str, clock: SetClock) -> Iterator[Application]:
    with application(database_url, clock=clock) as opened:
        yield opened


def events(app: Application, event_type: type[Any]) -> list[Any]:
    return [recorded for recorded in whole_log(app) if isinstance(recorded.event, event_type)]


class TestPhases:
    def test_begin_and_end_by_date_where_nobody_said_so(self, app: Application, clock: SetClock) -> None:
        run_all(app, *two_phases(TEAM))
        expected: list[Any] = []
        for offset, turn in ((0, ("begins", "pre", 0)), (28, ("begins", "in", 28)), (91, ("ends", "in", 91))):
            clock.moment = midnight(offset) - A_MOMENT
            settle(app)
            assert turns(app, TEAM) == expected
            clock.moment = midnight(offset)
            settle(app)
            expected.append(turn)
            assert turns(app, TEAM) == expected

    def test_tell_what_made_them_due(self, app: Application, clock: SetClock) -> None:
        run_all(app, *two_phases(TEAM))
        settle(app)
        clock.moment = noon(0)
        settle(app)
        (began,), (declared, _) = events(app, PhaseBegan), events(app, PhaseAdded)
        assert (began.actor, began.causation_id) == (ACTOR, declared.event_id)
        assert (began.correlation_id, began.organization_id) == (declared.correlation_id, declared.organization_id)

    def test_that_somebody_announced_do_not_begin_again(self, app: Application, clock: SetClock) -> None:
        run_all(app, *two_phases(TEAM), change(TEAM, "pre", 0, 27))
        settle(app)
        clock.moment = noon(10)
        settle(app)
        run_all(app, change(TEAM, "in", 28, 90))
        for offset in (11, 28, 29, 90):
            clock.moment = noon(offset)
            settle(app)
        assert turns(app, TEAM) == []
        clock.moment = noon(91)
        settle(app)
        assert turns(app, TEAM) == [("ends", "in", 91)], "of its end nobody has told"

    def test_modified_so_that_they_cover_today_begin_at_once_and_end_when_they_leave_it(self, app: Application) -> None:
        run_all(app, *two_phases(TEAM))
        settle(app)
        run_all(app, ModifyPhase(team_id=TEAM, phase_id="pre", starts_on=day(-10)))
        settle(app)
        assert turns(app, TEAM) == [("begins", "pre", -5)]
        run_all(app, ModifyPhase(team_id=TEAM, phase_id="pre", starts_on=day(5)))
        settle(app)
        assert turns(app, TEAM)[1:] == [("ends", "pre", -5)]

    def test_removed_they_give_way_to_the_one_beneath(self, app: Application, clock: SetClock) -> None:
        run_all(app, *two_phases(TEAM))
        clock.moment = noon(3)
        settle(app)
        run_all(app, change(TEAM, "in", 0, 90))
        settle(app)
        run_all(app, RemovePhase(team_id=TEAM, phase_id="in"))
        settle(app)
        assert turns(app, TEAM) == [("begins", "pre", 3), ("begins", "pre", 3)]

    def test_begin_late_but_rightly_where_nobody_looked_at_midnight(self, app: Application, clock: SetClock) -> None:
        run_all(app, *two_phases(TEAM))
        settle(app)
        clock.moment = noon(29)
        settle(app)
        assert turns(app, TEAM) == [("begins", "in", 29)]

    def test_of_long_ago_are_looked_after_by_one_command(self, app: Application, clock: SetClock) -> None:
        other = TeamId(uuid4())
        run_all(app, *team(TEAM), *(phase(TEAM, f"{n}", n - 30, n - 30, LoadLevel.LOW) for n in range(20)))
        run_all(app, *two_phases(other))
        watched = WatchedRunner(app)
        clock.moment = noon(0)
        know_what_is_due(app)
        assert Scheduler(app.pool.connection, watched, clock).process_due() == 20 * 2 + 1 + 2
        assert sorted(watched.given, key=repr) == sorted(
            [FollowCalendar(team_id=TEAM), FollowCalendar(team_id=other)], key=repr
        )

    def test_a_game_is_gone_around_in_its_week_and_not_in_the_next(self, app: Application, clock: SetClock) -> None:
        """The 21st of November is a Saturday, so the next Monday is day 2, and the game is on a Wednesday."""
        run_all(app, *two_phases(TEAM), AddFixture(team_id=TEAM, fixture_id="derby", on=day(4)))
        for offset in (0, 2, 4, 9):
            clock.moment = midnight(offset)
            settle(app)
        assert turns(app, TEAM) == [("begins", "pre", 0), ("games", (3,), 2), ("games", (), 9)]

    @pytest.mark.parametrize(
        ("zone", "first", "moment"),
        [
            ("Europe/Berlin", date(2027, 3, 29), "2027-03-28T22:00Z"),
            ("Europe/Berlin", date(2026, 10, 26), "2026-10-25T23:00Z"),
            ("America/Santiago", date(2026, 9, 6), "2026-09-06T04:00Z"),  # from 00:00 to 01:00
            ("America/Sao_Paulo", date(2018, 11, 4), "2018-11-04T03:00Z"),  # likewise
            ("America/Havana", date(2026, 11, 1), "2026-11-01T04:00Z"),  # 00:00 comes twice
        ],
    )
    def test_begin_with_the_day_where_the_clocks_change(
        self, app: Application, clock: SetClock, zone: str, first: date, moment: str
    ) -> None:
        offset = (first - day(0)).days
        run_all(app, *team(TEAM, zone=zone), phase(TEAM, "pre", offset, offset, LoadLevel.LOW))
        begin = datetime.fromisoformat(moment)
        clock.moment = begin - A_MOMENT
        settle(app)
        assert turns(app, TEAM) == []
        clock.moment = begin
        settle(app)
        assert turns(app, TEAM) == [("begins", "pre", offset)]
        clock.moment = datetime.combine(first + timedelta(days=1), datetime.min.time(), ZoneInfo(zone))
        settle(app)
        assert turns(app, TEAM)[1:] == [("ends", "pre", offset + 1)]


class TestRestrictions:
    def test_expire_and_what_is_on_no_day_is_whole_again(self, app: Application, clock: SetClock) -> None:
        dated, open_ended = workout(TEAM, 0), workout(TEAM, None)
        run_all(app, *team(TEAM))
        plan_all(app, [dated, open_ended])
        run_all(app, *(breach(planned.athlete_id, TEAM, -5) for planned in (dated, open_ended)))

        def loads() -> list[float]:
            settle(app)
            app.reactions.process_available()
            return [assignments(app)[planned.assignment_id].shown.load for planned in (dated, open_ended)]

        clock.moment = midnight(2) - A_MOMENT
        assert loads() == [36.0, 36.0]
        clock.moment = midnight(2)
        assert loads() == [36.0, 60.0], "its day was restricted, whatever the day is now"
        endings, breaches = events(app, WorkloadRestrictionEnded), events(app, WorkloadThresholdBreached)
        assert {(r.event.ended_on, r.event.ending, r.actor) for r in endings} == {(day(2), Ending.EXPIRED, ACTOR)}
        assert {r.causation_id for r in endings} == {r.event_id for r in breaches}

    def test_that_a_person_ended_are_left_alone(self, app: Application, clock: SetClock) -> None:
        athlete = uuid4()
        run_all(app, *team(TEAM), breach(athlete, TEAM, -5), end(athlete, TEAM, 1))
        clock.moment = noon(30)
        know_what_is_due(app)
        assert app.scheduler.process_due() == 0
        assert [r.event.ending for r in events(app, WorkloadRestrictionEnded)] == [Ending.BY_HAND]


class TestLooking:
    def test_what_a_rule_refuses_is_kept_with_the_reason_and_the_others_go_on(
        self, app: Application, clock: SetClock
    ) -> None:
        run_all(app, *two_phases(TEAM))
        clock.moment = noon(0)
        know_what_is_due(app)
        stray = TeamId(uuid4())
        with app.pool.connection() as connection:
            connection.execute(STRAY, (season_plan_id(stray), stray))
            settle(app)
            kept = connection.execute(
                "SELECT subject, refused FROM scheduler_done WHERE refused IS NOT NULL"
            ).fetchall()
        assert kept == [(season_plan_id(stray), f"team {stray} has no season plan")]
        assert turns(app, TEAM) == [("begins", "pre", 0)]
        assert app.scheduler.process_due() == 0

    def test_goes_by_what_is_new_and_once_a_minute_by_everything(self, app: Application, clock: SetClock) -> None:
        """As though nothing had been done, which only a look at everything sees."""
        run_all(app, *two_phases(TEAM))
        settle(app)
        clock.moment = noon(0)
        settle(app)
        with app.pool.connection() as connection:
            connection.execute("DELETE FROM scheduler_done")
        clock.moment = noon(0) + timedelta(seconds=59)
        assert app.scheduler.process_due() == 0
        run_all(app, AddFixture(team_id=TEAM, fixture_id="derby", on=day(1)))
        know_what_is_due(app)
        assert app.scheduler.process_due() == 1, "the Monday of this week"
        clock.moment = noon(0) + timedelta(seconds=60)
        assert app.scheduler.process_due() == 2, "the beginning, and that phases were declared"
        assert len(turns(app, TEAM)) == 2, "nothing came of it"
