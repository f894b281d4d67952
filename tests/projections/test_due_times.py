"""What is due, and at which instant: phases, weeks with games and restrictions, each on the calendar of its team."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

from domain.event import Event
from domain.fields import local_day
from domain.ids import AthleteId, FixtureId, PhaseId, season_plan_id, workload_id
from domain.rules.load import LoadLevel
from domain.rules.workload_response import ResponseType
from domain.season_plan import FixtureMoved, FixtureRemoved, PhaseModified
from domain.workload import Ending, WorkloadRestrictionEnded, WorkloadThresholdBreached
from projections.due_rows import first_moment
from projections.due_times import PROJECTION
from tests.domain.known import ATHLETE, OTHER_TEAM, PLAN_OPENED, SEASON_PLAN, TEAM, TEAM_FORMED, phase_added
from tests.domain.season import changed, game, removed, said
from tests.support.read_models import CAUSE, ReadModels, at
from tests.support.read_models import given as all_given

PRE = phase_added("pre", date(2026, 1, 5), date(2026, 3, 28), LoadLevel.HIGH)
ZONES = ["Europe/Berlin", "America/Sao_Paulo", "America/Santiago", "America/Havana", "Pacific/Apia", "Asia/Beirut"]
DECLARED = "phases declared"


def given(database_url: str, *events: Event) -> ReadModels:
    return all_given(database_url, *events, projections=[PROJECTION])


def due(models: ReadModels) -> dict[str, datetime]:
    rows = models.select("SELECT detail, due_at FROM read_models.due_times ORDER BY due_at, detail")
    return {row["detail"]: row["due_at"].astimezone(UTC) for row in rows}


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def breached(number: int, ends_on: date, **other: Any) -> WorkloadThresholdBreached:
    fields = {
        "workload_id": workload_id(TEAM, ATHLETE),
        "team_id": TEAM,
        "athlete_id": ATHLETE,
        "restriction": number,
        "threshold_type": "high_load",
        "current_value": 9.0,
        "threshold_value": 7.0,
        "response": ResponseType.REDUCE_LOAD,
        "magnitude": 0.4,
        "skip": False,
        "fraction": 0.6,
        "easy_only": False,
        "starts_on": ends_on - timedelta(days=6),
        "ends_on": ends_on,
        "triggered_by": "planner",
    }
    return WorkloadThresholdBreached(**{**fields, **other})


def ended(number: int) -> WorkloadRestrictionEnded:
    return WorkloadRestrictionEnded(
        workload_id=workload_id(TEAM, ATHLETE),
        team_id=TEAM,
        athlete_id=ATHLETE,
        restriction=number,
        ended_on=date(2026, 3, 5),
        ending=Ending.BY_HAND,
    )


class TestPhases:
    def test_begin_and_are_over_at_midnight_in_the_plans_zone_and_are_looked_at_at_once(
        self, database_url: str
    ) -> None:
        models = given(database_url, TEAM_FORMED.model_copy(update={"zone": "Asia/Tokyo"}), PLAN_OPENED, PRE)
        assert due(models) == {
            "phase begins: pre": utc(2026, 1, 4, 23),
            "phase is over: pre": utc(2026, 3, 28, 23),
            DECLARED: at(3),
        }
        (row, *_) = models.select("SELECT * FROM read_models.due_times WHERE detail = 'phase begins: pre'")
        cause = models.log.events[2]
        assert (row["kind"], row["subject"], row["team_id"]) == ("season", SEASON_PLAN, TEAM)
        assert (row["due_on"], row["zone"], row["athlete_id"]) == (PRE.starts_on, "Europe/Madrid", None)
        assert (row["cause_id"], row["correlation_id"]) == (cause.event_id, CAUSE)
        assert (row["organization_id"], row["ordinal"]) == (cause.organization_id, cause.position.ordinal)
        assert (row["era"], row["xid"]) == (cause.position.era, cause.position.xid)

    def test_declared_anew_replace_what_was_due_and_by_whom(self, database_url: str) -> None:
        models = given(
            database_url,
            PLAN_OPENED,
            PRE,
            said(PhaseModified, PRE, ends_on=date(2026, 3, 29)),
        )
        assert due(models) == {
            "phase begins: pre": utc(2026, 1, 4, 23),
            "phase is over: pre": utc(2026, 3, 29, 22),
            DECLARED: at(3),
        }
        models.project(changed(PRE, starts_on=date(2026, 2, 1)))
        assert due(models) == {
            "phase begins: pre": utc(2026, 1, 31, 23),
            "phase is over: pre": utc(2026, 3, 28, 23),
            DECLARED: at(4),
        }
        causes = models.select("SELECT DISTINCT cause_id, xid FROM read_models.due_times")
        assert [(row["cause_id"], row["xid"]) for row in causes] == [(models.log.events[3].event_id, 4)]

    def test_removed_are_due_no_more_but_what_lay_beneath_may_be(self, database_url: str) -> None:
        other = phase_added("in", date(2026, 4, 1), date(2026, 5, 1), LoadLevel.LOW)
        models = given(database_url, PLAN_OPENED, PRE, other, removed(PRE))
        assert due(models).keys() == {"phase begins: in", "phase is over: in", DECLARED}
        assert due(models)[DECLARED] == at(4)

    def test_of_each_team_for_itself(self, database_url: str) -> None:
        theirs = {"team_id": OTHER_TEAM, "season_plan_id": season_plan_id(OTHER_TEAM)}
        models = given(
            database_url,
            PLAN_OPENED,
            PLAN_OPENED.model_copy(update={**theirs, "zone": "Asia/Tokyo"}),
            PRE,
            PRE.model_copy(update=theirs),
            removed(PRE),
        )
        rows = models.select("SELECT team_id, due_at FROM read_models.due_times WHERE detail = 'phase begins: pre'")
        assert [(row["team_id"], row["due_at"]) for row in rows] == [(OTHER_TEAM, utc(2026, 1, 4, 15))]


class TestGames:
    def test_concern_their_week_and_the_one_after(self, database_url: str) -> None:
        """The 29th of March is a Sunday, on which the clocks go forward."""
        models = given(database_url, PLAN_OPENED, game("cup", date(2026, 3, 29)), game("derby", date(2026, 3, 23)))
        week, after = utc(2026, 3, 22, 23), utc(2026, 3, 29, 22)
        assert due(models) == {
            "week of game: cup": week,
            "week of game: derby": week,
            "week after game: cup": after,
            "week after game: derby": after,
        }

    def test_moved_and_removed_ones_leave_nothing_behind(self, database_url: str) -> None:
        to = date(2026, 3, 31)
        moved = FixtureMoved(
            season_plan_id=SEASON_PLAN, team_id=TEAM, fixture_id=FixtureId("cup"), former=date(2026, 3, 29), on=to
        )
        models = given(database_url, PLAN_OPENED, game("cup", date(2026, 3, 29)), moved)
        assert due(models) == {"week of game: cup": utc(2026, 3, 29, 22), "week after game: cup": utc(2026, 4, 5, 22)}
        models.project(FixtureRemoved(season_plan_id=SEASON_PLAN, team_id=TEAM, fixture_id=FixtureId("cup"), on=to))
        assert due(models) == {}

    def test_a_game_and_a_phase_of_one_name_are_two(self, database_url: str) -> None:
        phase = said(PhaseModified, PRE, phase_id=PhaseId("cup"))
        assert len(due(given(database_url, PLAN_OPENED, phase, game("cup", date(2026, 3, 29))))) == 5


class TestRestrictions:
    def test_are_over_at_the_midnight_after_their_last_day(self, database_url: str) -> None:
        models = given(database_url, TEAM_FORMED, breached(1, date(2026, 3, 8)), breached(2, date(2026, 3, 29)))
        assert due(models) == {"1": utc(2026, 3, 8, 23), "2": utc(2026, 3, 29, 22)}
        (row, _) = models.select("SELECT * FROM read_models.due_times ORDER BY detail")
        assert (row["kind"], row["subject"]) == ("restriction", workload_id(TEAM, ATHLETE))
        assert (row["team_id"], row["athlete_id"], row["zone"]) == (TEAM, ATHLETE, "Europe/Madrid")

    def test_that_somebody_has_ended_are_due_no_more(self, database_url: str) -> None:
        ben = AthleteId(CAUSE)
        bens = {"athlete_id": ben, "workload_id": workload_id(TEAM, ben)}
        models = given(
            database_url,
            TEAM_FORMED,
            breached(1, date(2026, 3, 8)),
            breached(2, date(2026, 3, 9)),
            breached(1, date(2026, 3, 10), **bens),
            ended(1),
        )
        rows = models.select("SELECT athlete_id, detail FROM read_models.due_times ORDER BY due_at")
        assert [(row["athlete_id"], row["detail"]) for row in rows] == [(ATHLETE, "2"), (ben, "1")]

    def test_go_by_the_teams_zone_else_the_plans_else_where_a_day_ends_last(self, database_url: str) -> None:
        breach = breached(1, date(2026, 3, 8))
        models = given(database_url, breach)
        assert due(models) == {"1": utc(2026, 3, 9, 12)}, "the last place on earth"
        models.project(PLAN_OPENED)
        assert due(models) == {"1": utc(2026, 3, 8, 23)}
        models.project(TEAM_FORMED.model_copy(update={"zone": "Asia/Tokyo"}))
        assert due(models) == {"1": utc(2026, 3, 8, 15)}
        models.deliver_again()
        assert models.differences() == {}
        (row,) = models.select("SELECT zone, xid, cause_id FROM read_models.due_times")
        assert (row["zone"], row["xid"]) == ("Asia/Tokyo", 3), "written last by who told the zone"
        assert row["cause_id"] == models.log.events[0].event_id, "and due because of the breach"


class TestTheFirstMomentOfADay:
    @pytest.mark.parametrize(
        ("zone", "day", "moment"),
        [
            ("Europe/Berlin", date(2026, 3, 29), utc(2026, 3, 28, 23)),
            ("Europe/Berlin", date(2026, 3, 30), utc(2026, 3, 29, 22)),
            ("Europe/Berlin", date(2026, 10, 25), utc(2026, 10, 24, 22)),
            ("Europe/Berlin", date(2026, 10, 26), utc(2026, 10, 25, 23)),
            ("America/Sao_Paulo", date(2018, 11, 4), utc(2018, 11, 4, 3)),  # from 00:00 to 01:00
            ("America/Santiago", date(2026, 9, 6), utc(2026, 9, 6, 4)),  # likewise
            ("America/Havana", date(2026, 11, 1), utc(2026, 11, 1, 4)),  # 00:00 comes twice
            ("Pacific/Apia", date(2011, 12, 30), utc(2011, 12, 30, 10)),  # a day that there never was
        ],
    )
    def test_where_the_clocks_change(self, zone: str, day: date, moment: datetime) -> None:
        assert first_moment(day, zone) == moment

    @hypothesis_given(st.dates(date(2000, 1, 1), date(2037, 12, 31)), st.sampled_from(ZONES))
    @example(date(2011, 12, 30), "Pacific/Apia")
    def test_the_calendar_turns_at_it(self, day: date, zone: str) -> None:
        moment = first_moment(day, zone)
        assert local_day(moment - timedelta(microseconds=1), zone) < day <= local_day(moment, zone)
