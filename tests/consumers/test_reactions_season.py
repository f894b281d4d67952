"""What each event of a season does to the workouts that it concerns, and to no others."""

from collections.abc import Iterator
from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from domain.assignment import AssignmentPhaseAdjusted, PlanAssignment, RevertAssignment, SkipAssignment
from domain.decider import Command
from domain.ids import TeamId
from domain.rules.intensity import IntensityLevel
from domain.rules.load import LoadLevel, PhaseType
from domain.season_plan import (
    AddFixture,
    FollowCalendar,
    ModifyPhase,
    MoveFixture,
    PhaseAdjustmentsApplied,
    RemoveFixture,
    RemovePhase,
    ShiftPhases,
)
from domain.team import SetAutoApply
from infra.main import Application
from tests.support.at_rest import phase_of, rest_and_compare
from tests.support.club import (
    TODAY,
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
from tests.support.store import SteppingClock

TEAM = TeamId(UUID(int=17))


@pytest.fixture
def clock() -> SteppingClock:
    return SteppingClock(datetime.combine(TODAY, time(12), ZoneInfo("Europe/Berlin")))


@pytest.fixture
def app(database_url: str, clock: SteppingClock) -> Iterator[Application]:
    with application(database_url, clock=clock, fanout_chunk=10) as opened:
        yield opened


def season(app: Application, *planned: PlanAssignment, auto_apply: bool = True) -> None:
    run_all(app, *two_phases(TEAM, auto_apply=auto_apply))
    plan_all(app, list(planned))
    app.reactions.process_available()


def after(app: Application, *commands: Command) -> None:
    run_all(app, *commands)
    rest_and_compare(app)


def phases(app: Application, *planned: PlanAssignment) -> list[str | None]:
    return [phase_of(app, each.assignment_id) for each in planned]


def loads(app: Application, *planned: PlanAssignment) -> list[float]:
    return [assignments(app)[each.assignment_id].shown.load for each in planned]


def weekdays(app: Application, planned: PlanAssignment) -> tuple[int, ...]:
    return assignments(app)[planned.assignment_id].shown.weekdays or ()


def adjusted(app: Application) -> int:
    return sum(isinstance(recorded.event, AssignmentPhaseAdjusted) for recorded in whole_log(app))


def applied(app: Application) -> list[tuple[str, int, str]]:
    events = [recorded.event for recorded in whole_log(app)]
    reports = [event for event in events if isinstance(event, PhaseAdjustmentsApplied)]
    return [(event.phase_id, event.adjustments_count, event.triggered_by) for event in reports]


class TestPhases:
    def test_a_phase_brings_its_whole_content(self, app: Application) -> None:
        content = {"phase_type": PhaseType.IN_SEASON, "intensity": IntensityLevel.LOW, "focus_areas": ["strength"]}
        exercises = [{"name": "Squat", "focus": "strength"}, {"name": "Sprint", "focus": "speed"}]
        dated = workout(TEAM, 100, intensity={"zones": ["4"]})
        weekly = workout(TEAM, None, sport="strength", weekdays=[1, 3, 5], exercises=exercises)
        season(app, dated, weekly)
        after(app, phase(TEAM, "cup", 91, 120, LoadLevel.PEAK, sessions_per_week=1, **content))
        after(app, change(TEAM, "cup", 91, 120))
        intensity = assignments(app)[dated.assignment_id].shown.intensity
        kept = assignments(app)[weekly.assignment_id].shown.exercises
        assert intensity is not None
        assert intensity.zones != ("4",)
        assert [each.name for each in kept or ()] == ["Squat"]
        assert len(weekdays(app, weekly)) == 1
        assert loads(app, dated, weekly) == [84.0, 84.0]

    def test_modified_reaches_what_it_covers_now_and_what_it_covered_before(self, app: Application) -> None:
        left, covered, beyond = workout(TEAM, 3), workout(TEAM, 25), workout(TEAM, 40)
        season(app, left, covered, beyond)
        after(app, ModifyPhase(team_id=TEAM, phase_id="pre", starts_on=day(20), load_level=LoadLevel.LOW))
        assert phases(app, left, covered, beyond) == [None, "pre", "in"]
        assert loads(app, left, covered, beyond) == [60.0, 48.0, 72.0]
        assert applied(app) == [("pre", 2, "coach:ana")]

    def test_modified_reaches_what_is_open_ended_only_when_it_is_the_current_one(self, app: Application) -> None:
        open_ended = workout(TEAM, None)
        season(app, open_ended)
        after(app, change(TEAM, "pre", 0, 27))
        before = adjusted(app)
        after(app, ModifyPhase(team_id=TEAM, phase_id="in", load_level=LoadLevel.PEAK))
        assert (loads(app, open_ended), adjusted(app)) == ([60.0], before)
        after(app, ModifyPhase(team_id=TEAM, phase_id="pre", load_level=LoadLevel.LOW))
        assert loads(app, open_ended) == [48.0]

    def test_what_it_left_while_nothing_was_applied_is_put_right_when_it_moves_again(self, app: Application) -> None:
        planned = workout(TEAM, 40)
        season(app, planned)
        after(app, SetAutoApply(team_id=TEAM, auto_apply_adjustments=False))
        after(app, ModifyPhase(team_id=TEAM, phase_id="in", starts_on=day(60)))
        assert phases(app, planned) == ["in"], "nothing is applied at present"
        after(app, SetAutoApply(team_id=TEAM, auto_apply_adjustments=True))
        after(app, ModifyPhase(team_id=TEAM, phase_id="in", starts_on=day(50)))
        assert phases(app, planned) == [None]

    def test_what_it_uncovers_gets_the_phase_beneath_although_it_never_had_the_one_that_leaves(
        self, app: Application
    ) -> None:
        planned = workout(TEAM, 40)
        run_all(app, *team(TEAM, auto_apply=False), planned, phase(TEAM, "in", 28, 90, LoadLevel.HIGH))
        run_all(app, phase(TEAM, "pre", 0, 27, LoadLevel.MEDIUM), change(TEAM, "pre", 35, 45, auto_apply=False))
        after(app, SetAutoApply(team_id=TEAM, auto_apply_adjustments=True))
        assert phases(app, planned) == [None]
        after(app, ModifyPhase(team_id=TEAM, phase_id="pre", starts_on=day(0), ends_on=day(10)))
        assert phases(app, planned) == ["in"]

    def test_removing_one_restores(self, app: Application) -> None:
        dated, open_ended, other = workout(TEAM, 40), workout(TEAM, None), workout(TEAM, 3)
        season(app, dated, open_ended, other)
        after(app, change(TEAM, "in", 28, 90))
        assert loads(app, dated, open_ended) == [72.0, 72.0]
        after(app, RemovePhase(team_id=TEAM, phase_id="in"))
        assert phases(app, dated, open_ended, other) == [None, None, "pre"]
        assert loads(app, dated, open_ended) == [60.0, 60.0]
        assert applied(app)[-1] == ("in", 2, "coach:ana")
        after(app, phase(TEAM, "in", 28, 90, LoadLevel.HIGH))
        assert phases(app, dated, open_ended) == ["in", None], "added again it is not the current one"

    def test_removing_one_that_lay_over_another_gives_back_the_other(self, app: Application) -> None:
        planned = workout(TEAM, 3)
        season(app, planned)
        after(app, change(TEAM, "in", 0, 90))
        assert phases(app, planned) == ["in"]
        after(app, RemovePhase(team_id=TEAM, phase_id="in"))
        assert phases(app, planned) == ["pre"]

    def test_shifted_ones_are_followed_each_for_itself(self, app: Application) -> None:
        first, second, last = workout(TEAM, 3), workout(TEAM, 29), workout(TEAM, 95)
        season(app, first, second, last)
        after(app, ShiftPhases(team_id=TEAM, first_phase_id="pre", first_starts_on=day(7)))
        assert phases(app, first, second, last) == [None, "pre", "in"]
        assert [phase_id for phase_id, *_ in applied(app)] == ["in", "pre"]

    def test_a_team_that_does_not_apply_is_left_alone_by_all_of_it(
        self, app: Application, clock: SteppingClock
    ) -> None:
        planned = [workout(TEAM, 3), workout(TEAM, 40), workout(TEAM, None, weekdays=[1, 3])]
        season(app, *planned, auto_apply=False)
        after(
            app,
            ModifyPhase(team_id=TEAM, phase_id="pre", load_level=LoadLevel.PEAK),
            AddFixture(team_id=TEAM, fixture_id="derby", on=day(4)),
            MoveFixture(team_id=TEAM, fixture_id="derby", on=day(41)),
            FollowCalendar(team_id=TEAM),
            RemoveFixture(team_id=TEAM, fixture_id="derby"),
            RemovePhase(team_id=TEAM, phase_id="in"),
        )
        clock.moment = datetime.combine(day(60), time(12), ZoneInfo("UTC"))
        after(app, FollowCalendar(team_id=TEAM))
        assert phases(app, *planned) == [None, None, None]
        assert adjusted(app) == 0
        assert applied(app) == []


class TestTheCalendar:
    def test_begins_and_ends_phases_for_what_is_open_ended(self, app: Application, clock: SteppingClock) -> None:
        open_ended, dated = workout(TEAM, None), workout(TEAM, 40)
        season(app, open_ended, dated)
        before = adjusted(app)
        for offset, expected in ((0, "pre"), (28, "in"), (91, None)):
            clock.moment = datetime.combine(day(offset), time(12), ZoneInfo("Europe/Berlin"))
            after(app, FollowCalendar(team_id=TEAM))
            assert phases(app, open_ended) == [expected]
        assert adjusted(app) == before + 2, "what is dated has its phase already"
        assert applied(app) == [("pre", 1, "coach:ana"), ("in", 1, "coach:ana")]

    def test_weekly_ones_go_around_the_games_of_the_week(self, app: Application) -> None:
        """The 21st of November is a Saturday: the week of the game on the 22nd."""
        weekly, open_ended, dated = workout(TEAM, None, weekdays=[3, 7]), workout(TEAM, None), workout(TEAM, 10)
        season(app, weekly, open_ended, dated)
        after(app, FollowCalendar(team_id=TEAM))
        before = adjusted(app)
        assert weekdays(app, weekly) == (3, 5, 7)
        after(app, AddFixture(team_id=TEAM, fixture_id="derby", on=day(1)))
        assert 7 not in weekdays(app, weekly)
        assert adjusted(app) == before + 1, "only the weekly one"
        after(app, RemoveFixture(team_id=TEAM, fixture_id="derby"))
        assert weekdays(app, weekly) == (3, 5, 7)


class TestGames:
    def test_the_day_before_is_easy_until_the_game_is_moved_or_off(self, app: Application) -> None:
        first, second, elsewhere = workout(TEAM, 30), workout(TEAM, 33), workout(TEAM, 50)
        season(app, first, second, elsewhere)
        before = adjusted(app)
        after(app, AddFixture(team_id=TEAM, fixture_id="derby", on=day(31)))
        assert loads(app, first, second) == [36.0, 72.0]
        after(app, MoveFixture(team_id=TEAM, fixture_id="derby", on=day(34)))
        assert loads(app, first, second) == [72.0, 36.0]
        after(app, RemoveFixture(team_id=TEAM, fixture_id="derby"))
        assert loads(app, first, second) == [72.0, 72.0]
        assert adjusted(app) == before + 4
        assert applied(app) == []

    def test_a_phase_declared_later_keeps_them_in_mind(self, app: Application) -> None:
        planned = workout(TEAM, 30)
        season(app, planned)
        after(app, AddFixture(team_id=TEAM, fixture_id="derby", on=day(31)))
        after(app, ModifyPhase(team_id=TEAM, phase_id="in", load_level=LoadLevel.PEAK))
        assert loads(app, planned) == [36.0]

    def test_without_a_phase_on_that_day_nothing_happens(self, app: Application) -> None:
        planned = workout(TEAM, 30)
        season(app, planned)
        after(app, AddFixture(team_id=TEAM, fixture_id="derby", on=day(31)))
        after(app, SetAutoApply(team_id=TEAM, auto_apply_adjustments=False), RemovePhase(team_id=TEAM, phase_id="in"))
        after(app, SetAutoApply(team_id=TEAM, auto_apply_adjustments=True))
        after(app, RemoveFixture(team_id=TEAM, fixture_id="derby"))
        assert (phases(app, planned), loads(app, planned)) == (["in"], [36.0]), "left as it was, for nothing is known"


class TestByHand:
    def test_a_reverted_phase_stays_off_until_it_is_called_for_anew(self, app: Application) -> None:
        planned = workout(TEAM, 40)
        season(app, planned)
        after(app, RevertAssignment(assignment_id=planned.assignment_id))
        after(app, ModifyPhase(team_id=TEAM, phase_id="pre", load_level=LoadLevel.LOW))
        assert phases(app, planned) == [None], "another phase does not concern it"
        after(app, ModifyPhase(team_id=TEAM, phase_id="in", load_level=LoadLevel.PEAK))
        assert phases(app, planned) == ["in"]

    def test_a_skipped_one_is_off_the_roster(self, app: Application) -> None:
        planned = workout(TEAM, 40)
        season(app, planned)
        before = adjusted(app)
        run_all(app, SkipAssignment(assignment_id=planned.assignment_id, reason="ill"))
        after(app, change(TEAM, "in", 0, 90))
        assert adjusted(app) == before
        with app.pool.connection() as connection:
            assert connection.execute("SELECT count(*) FROM reaction_roster").fetchone() == (0,)
