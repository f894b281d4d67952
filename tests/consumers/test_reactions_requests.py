"""Adjusting once more when somebody asks; and workouts that are planned into a season that is under way."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest

from consumers.phase_fan_out import PhaseFanOut
from domain.assignment import (
    AdjustByHand,
    AdjustForPhase,
    AssignmentHandLayerLifted,
    AssignmentPhaseAdjusted,
    PhaseRef,
    PlanAssignment,
    RevertAssignment,
)
from domain.ids import PhaseId, TeamId, season_plan_id
from domain.rules.load import LoadLevel, PhaseType
from domain.season_plan import (
    AddFixture,
    AdjustmentsRequested,
    ModifyPhase,
    PhaseAdjustmentsApplied,
    RemovePhase,
    RequestAdjustments,
)
from domain.team import SetAutoApply
from infra.main import Application
from tests.support.at_rest import phase_of, rest_and_compare
from tests.support.club import application, assignments, change, day, plan_all, run_all, two_phases, whole_log, workout

TEAM = TeamId(UUID(int=17))


@pytest.fixture
def app(database_url: str) -> Iterator[Application]:
    with application(database_url, fanout_chunk=10) as opened:
        yield opened


def season(app: Application, *planned: PlanAssignment, auto_apply: bool = True) -> None:
    run_all(app, *two_phases(TEAM, auto_apply=auto_apply))
    plan_all(app, list(planned))
    app.reactions.process_available()


def request(app: Application, phase_id: str, *chosen: PlanAssignment, force: bool = False) -> None:
    athletes = tuple(each.athlete_id for each in chosen) or None
    asked = RequestAdjustments(
        team_id=TEAM, request_id=uuid4(), phase_id=phase_id, athlete_ids=athletes, force=force, triggered_by="ana"
    )
    run_all(app, asked)
    rest_and_compare(app)


def loads(app: Application, *planned: PlanAssignment) -> list[float]:
    return [assignments(app)[each.assignment_id].shown.load for each in planned]


def adjusted(app: Application, planned: PlanAssignment) -> list[AssignmentPhaseAdjusted]:
    events = [recorded.event for recorded in whole_log(app) if recorded.stream_id == planned.assignment_id]
    return [event for event in events if isinstance(event, AssignmentPhaseAdjusted)]


def counts(app: Application) -> list[tuple[str, int, str]]:
    events = [recorded.event for recorded in whole_log(app)]
    reports = [event for event in events if isinstance(event, PhaseAdjustmentsApplied)]
    return [(event.phase_id, event.adjustments_count, event.triggered_by) for event in reports]


class TestARequest:
    def test_the_chosen_players_were_ignored(self, app: Application) -> None:
        """Known failure of the system before: whoever was chosen, everybody was adjusted."""
        chosen, other = workout(TEAM, 40), workout(TEAM, 41)
        season(app, chosen, other)
        before = len(adjusted(app, other))
        request(app, "in", chosen)
        assert (len(adjusted(app, chosen)), len(adjusted(app, other))) == (before + 1, before)
        assert counts(app) == [("in", 1, "ana")]

    def test_force_was_ignored(self, app: Application) -> None:
        """Known failure of the system before: ``forceUpdate`` made no difference."""
        planned = workout(TEAM, 40)
        season(app, planned)
        run_all(app, AdjustByHand(assignment_id=planned.assignment_id, load=50, reason="tired"))
        request(app, "in")
        assert loads(app, planned) == [50.0], "what a person set wins"
        request(app, "in", force=True)
        assert loads(app, planned) == [72.0]
        lifted = [r for r in whole_log(app) if isinstance(r.event, AssignmentHandLayerLifted)]
        asked = [r.event_id for r in whole_log(app) if isinstance(r.event, AdjustmentsRequested)]
        assert [each.causation_id for each in lifted] == asked[1:]

    def test_auto_apply_false_still_adjusted_through_sync(self, app: Application) -> None:
        """Known failure of the system before: the setting was not looked at."""
        planned = workout(TEAM, 40)
        season(app, planned, auto_apply=False)
        request(app, "in")
        assert (loads(app, planned), counts(app)) == ([60.0], [])
        request(app, "in", force=True)
        assert (loads(app, planned), counts(app)) == ([72.0], [("in", 1, "ana")])

    def test_concerns_what_has_that_phase_by_the_rule(self, app: Application) -> None:
        before, inside, open_ended = workout(TEAM, 3), workout(TEAM, 40), workout(TEAM, None)
        season(app, before, inside, open_ended, auto_apply=False)
        run_all(app, change(TEAM, "in", 28, 90, auto_apply=False))
        request(app, "in", force=True)
        assert loads(app, before, inside, open_ended) == [60.0, 72.0, 72.0]
        request(app, "pre", force=True)
        assert [phase_of(app, each.assignment_id) for each in (before, open_ended)] == ["pre", "in"]

    def test_puts_a_reverted_phase_back(self, app: Application) -> None:
        planned = workout(TEAM, 40)
        season(app, planned)
        run_all(app, RevertAssignment(assignment_id=planned.assignment_id))
        rest_and_compare(app)
        assert loads(app, planned) == [60.0]
        request(app, "in")
        assert loads(app, planned) == [72.0]

    @pytest.mark.parametrize("survived", range(4))
    def test_by_force_lifts_each_hand_once_although_a_crash_repeats_it(self, app: Application, survived: int) -> None:
        planned = [workout(TEAM, 30 + offset) for offset in range(25)]
        season(app, *planned)
        for each in planned:
            run_all(app, AdjustByHand(assignment_id=each.assignment_id, load=50, reason="tired"))
        asked = {"team_id": TEAM, "request_id": uuid4(), "phase_id": "in", "force": True, "triggered_by": "ana"}
        run_all(app, RequestAdjustments.model_validate(asked))

        class Crash(Exception):
            pass

        class CrashingRunner:
            """Appends the chunk, and dies before anybody hears of it."""

            calls = 0

            def run_many(self, *args, **kwargs):  # type: ignore[no-untyped-def]
                results = app.runner.run_many(*args, **kwargs)
                self.calls += 1
                if self.calls > survived:
                    raise Crash
                return results

        reactions = app.reactions
        good, reactions._fan_out = reactions._fan_out, PhaseFanOut(CrashingRunner(), app.log.recorded, 10)  # type: ignore[arg-type]
        with pytest.raises(Crash):
            reactions.process_available()
        reactions._fan_out = good
        rest_and_compare(app)
        lifted = [r.stream_id for r in whole_log(app) if isinstance(r.event, AssignmentHandLayerLifted)]
        assert sorted(lifted) == sorted(each.assignment_id for each in planned)
        assert loads(app, *planned) == [72.0] * 25
        assert counts(app) == [("in", 25, "ana")]


class TestANewcomer:
    def test_has_phase_and_eve_and_games_as_they_are_now(self, app: Application) -> None:
        season(app)
        run_all(app, AddFixture(team_id=TEAM, fixture_id="derby", on=day(31)), change(TEAM, "in", 28, 90))
        eve, next_day = workout(TEAM, 30), workout(TEAM, 31)
        plan_all(app, [eve, next_day])
        rest_and_compare(app)
        assert loads(app, eve, next_day) == [36.0, 72.0]

    def test_that_came_with_its_season_is_not_adjusted_again(self, app: Application) -> None:
        season(app)
        planned = with_season(workout(TEAM, 40), 2, "in")
        plan_all(app, [planned])
        rest_and_compare(app)
        assert [event.season_revision for event in adjusted(app, planned)] == [2]

    def test_that_came_with_a_season_of_before_gets_that_of_now(self, app: Application) -> None:
        season(app)
        run_all(app, ModifyPhase(team_id=TEAM, phase_id="in", load_level=LoadLevel.PEAK))
        planned = with_season(workout(TEAM, 40), 2, "in")
        plan_all(app, [planned])
        rest_and_compare(app)
        assert (loads(app, planned), len(adjusted(app, planned))) == ([84.0], 2)

    def test_that_came_with_a_phase_that_is_no_more_loses_it(self, app: Application) -> None:
        season(app)
        run_all(app, RemovePhase(team_id=TEAM, phase_id="in"))
        planned = with_season(workout(TEAM, 40), 2, "in")
        plan_all(app, [planned])
        rest_and_compare(app)
        assert (phase_of(app, planned.assignment_id), loads(app, planned)) == (None, [60.0])

    def test_that_came_with_its_season_into_a_team_that_does_not_apply_loses_it_with_the_phase(
        self, app: Application
    ) -> None:
        season(app, auto_apply=False)
        planned = with_season(workout(TEAM, 40), 2, "in")
        plan_all(app, [planned])
        app.reactions.process_available()
        assert phase_of(app, planned.assignment_id) == "in"
        run_all(app, SetAutoApply(team_id=TEAM, auto_apply_adjustments=True), RemovePhase(team_id=TEAM, phase_id="in"))
        app.reactions.process_available()
        assert phase_of(app, planned.assignment_id) is None


def with_season(planned: PlanAssignment, revision: int, phase_id: str) -> PlanAssignment:
    """As somebody plans it who knows the season as it was at that revision."""
    season = AdjustForPhase(
        assignment_id=planned.assignment_id,
        season_plan_id=season_plan_id(planned.team_id),
        season_revision=revision,
        phase=PhaseRef(phase_id=PhaseId(phase_id), phase_type=PhaseType.PRESEASON, load_level=LoadLevel.HIGH),
    )
    return planned.model_copy(update={"season": season})
