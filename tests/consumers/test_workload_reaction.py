"""A breached threshold reaches the athlete's workouts of its days, and those on no day: the strictest one holds."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from consumers.refusals import refusals
from domain.assignment import (
    Assignment,
    AssignmentWorkloadAdjusted,
    AssignmentWorkloadLifted,
    Layer,
    RevertAssignment,
    StartAssignment,
)
from domain.decider import Command
from domain.ids import AthleteId, OrganizationId
from domain.ports import Reaction
from domain.prescription import Intensity
from domain.rules.intensity import Zone
from domain.rules.load import LoadLevel
from domain.rules.workload_response import ResponseType, ThresholdType
from domain.workload import WorkloadRestrictionEnded, WorkloadThresholdBreached
from infra.main import Application
from tests.support.club import application, assignments, change, coach, day, phase, plan_all, run_all, team, whole_log
from tests.support.club import workout as some_workout
from tests.support.transfers import planned_for
from tests.support.workloads import ACTOR, CalendarClock, breach, end

TEAM, OTHER = UUID(int=0x17), UUID(int=0x19)
ANA, BEA = AthleteId(UUID(int=0xA)), AthleteId(UUID(int=0xB))
SKIP, EASE = ResponseType.SKIP_TRAINING, ResponseType.INCREASE_RECOVERY
INJURY, TIRED = ThresholdType.INJURY_RISK, ThresholdType.RECOVERY_NEEDED


@pytest.fixture
def clock() -> CalendarClock:
    return CalendarClock()


@pytest.fixture
def app(database_url: str, clock: CalendarClock) -> Iterator[Application]:
    with application(database_url, clock=clock, fanout_chunk=3) as opened:
        run_all(opened, *team(TEAM))
        yield opened


def rest(app: Application) -> dict[UUID, Assignment]:
    app.reactions.process_available()
    assert app.reactions.is_at_rest()
    return assignments(app)


def loads(app: Application, *commands: object) -> list[float]:
    states = rest(app)
    return [states[command.assignment_id].shown_load for command in commands]  # type: ignore[attr-defined]


class TestABreach:
    def test_a_workload_threshold_was_only_logged(self, app: Application) -> None:
        before, first, last, after, open_ended = (planned_for(ANA, TEAM, offset) for offset in (-1, 0, 6, 7, None))
        plan_all(app, [before, first, last, after, open_ended])
        run_all(app, breach(ANA, TEAM, 0, 0.4))
        assert loads(app, before, first, last, after, open_ended) == [60.0, 36.0, 36.0, 60.0, 36.0]

    def test_concerns_its_athlete_in_its_team_alone(self, app: Application) -> None:
        run_all(app, *team(OTHER))
        hers, elsewhere, somebody_elses = (
            planned_for(ANA, TEAM, 2), planned_for(ANA, OTHER, 2), planned_for(BEA, TEAM, 2),
        )  # fmt: skip
        plan_all(app, [hers, elsewhere, somebody_elses])
        run_all(app, breach(ANA, TEAM, 0, 0.4))
        assert loads(app, hers, elsewhere, somebody_elses) == [36.0, 60.0, 60.0]
        run_all(app, breach(ANA, OTHER, 0, 0.1), breach(ANA, TEAM, 1, 0.5), breach(ANA, TEAM, 2, 0.5))
        rest(app)
        run_all(app, breach(ANA, OTHER, 1, 0.2))
        assert loads(app, hers, elsewhere, somebody_elses) == [30.0, 48.0, 60.0], "each team counts by itself"

    def test_reaches_what_is_planned_afterwards(self, app: Application) -> None:
        run_all(app, breach(ANA, TEAM, 0, 0.4))
        rest(app)
        within, after, open_ended = (planned_for(ANA, TEAM, offset) for offset in (3, 7, None))
        plan_all(app, [within, after, open_ended])
        assert loads(app, within, after, open_ended) == [36.0, 60.0, 36.0]

    def test_eases_what_is_too_hard(self, app: Application) -> None:
        hard = some_workout(TEAM, 2, athlete_id=ANA, intensity={"zones": ["1", "4"]})
        run_all(app, hard, breach(ANA, TEAM, 0, 0.5, EASE))
        shown = rest(app)[hard.assignment_id].shown
        assert (shown.load, shown.intensity) == (30.0, Intensity(zones=(Zone.Z1, Zone.Z2)))

    def test_leaves_alone_what_was_begun(self, app: Application) -> None:
        begun = planned_for(ANA, TEAM, 0)
        run_all(app, begun, StartAssignment(assignment_id=begun.assignment_id), breach(ANA, TEAM, 0, 0.4))
        assert loads(app, begun) == [60.0]

    def test_carries_who_and_why(self, app: Application) -> None:
        run_all(app, planned_for(ANA, TEAM, 2), breach(ANA, TEAM, 0))
        rest(app)
        cause = next(r for r in whole_log(app) if isinstance(r.event, WorkloadThresholdBreached))
        (effect,) = [r for r in whole_log(app) if isinstance(r.event, AssignmentWorkloadAdjusted)]
        assert (effect.causation_id, effect.correlation_id) == (cause.event_id, cause.correlation_id)
        assert (effect.actor, effect.organization_id) == (ACTOR, cause.organization_id)
        assert effect.event_id == Reaction("workload-fan-out", cause.event_id).event_id(effect.stream_id, 0)

    def test_goes_on_past_a_workout_that_another_club_planned_into_the_team(self, app: Application) -> None:
        ours, foreign = planned_for(ANA, TEAM, 2), planned_for(ANA, TEAM, 2)
        run_all(app, ours)
        app.runner.run(foreign, coach(OrganizationId(UUID(int=0xBAD))))
        run_all(app, breach(ANA, TEAM, 0, 0.4))
        assert loads(app, ours, foreign) == [36.0, 60.0]
        cause = next(r for r in whole_log(app) if isinstance(r.event, WorkloadThresholdBreached))
        with app.pool.connection() as connection:
            kept = refusals(connection, 10)
        assert [(each.cause_event_id, each.assignment_id) for each in kept] == [(cause.event_id, foreign.assignment_id)]


class TestSeveralBreaches:
    @pytest.mark.parametrize("order", [(0, 1), (1, 0)])
    def test_the_strictest_holds_on_each_day(self, app: Application, order: tuple[int, int]) -> None:
        """A high load for days 0 to 6, more than that for days 0 to 2."""
        breaches = breach(ANA, TEAM, 0, 0.2), breach(ANA, TEAM, 0, 0.5, threshold=TIRED)
        both, one, open_ended = (planned_for(ANA, TEAM, offset) for offset in (2, 3, None))
        plan_all(app, [both, one, open_ended])
        run_all(app, *(breaches[index] for index in order))
        assert loads(app, both, one, open_ended) == [30.0, 48.0, 30.0]

    def test_of_one_kind_do_not_stack(self, app: Application) -> None:
        planned = planned_for(ANA, TEAM, 3)
        run_all(app, planned, breach(ANA, TEAM, 0, 0.4), breach(ANA, TEAM, 1, 0.4), breach(ANA, TEAM, 2, 0.4))
        assert loads(app, planned) == [36.0]

    def test_one_for_recovery_keeps_easy_what_another_makes_less(self, app: Application) -> None:
        hard = some_workout(TEAM, 2, athlete_id=ANA, intensity={"zones": ["1", "4"]})
        run_all(app, hard, breach(ANA, TEAM, 0, 0.2, EASE), breach(ANA, TEAM, 0, 0.5))
        shown = rest(app)[hard.assignment_id].shown
        assert (shown.load, shown.intensity) == (30.0, Intensity(zones=(Zone.Z1, Zone.Z2)))

    def test_a_skip_is_stricter_than_any_share(self, app: Application) -> None:
        planned = planned_for(ANA, TEAM, 2)
        run_all(app, planned, breach(ANA, TEAM, 0, 0.1, SKIP, TIRED), breach(ANA, TEAM, 0, 0.2))
        layer = rest(app)[planned.assignment_id].workload
        assert layer is not None
        assert (layer.skip, layer.fraction) == (True, 0.0)


class TestTheEnd:
    def test_by_its_days_frees_what_is_on_no_day(self, app: Application, clock: CalendarClock) -> None:
        dated, open_ended = planned_for(ANA, TEAM, 6), planned_for(ANA, TEAM, None)
        plan_all(app, [dated, open_ended])
        run_all(app, breach(ANA, TEAM, 0, 0.4))
        assert loads(app, dated, open_ended) == [36.0, 36.0]
        clock.today = day(7)
        run_all(app, end(ANA, TEAM))
        assert loads(app, dated, open_ended) == [36.0, 60.0], "its day was restricted, whatever the day is now"
        assert [type(r.event) for r in whole_log(app)].count(AssignmentWorkloadAdjusted) == 2, "nor was it touched"
        late = planned_for(ANA, TEAM, 5), planned_for(ANA, TEAM, None)
        plan_all(app, list(late))
        assert loads(app, *late) == [36.0, 60.0]

    def test_of_two_at_once_is_two_revisions(self, app: Application, clock: CalendarClock) -> None:
        open_ended = planned_for(ANA, TEAM, None)
        run_all(app, open_ended, breach(ANA, TEAM, 0, 0.2), breach(ANA, TEAM, 0, 0.5, threshold=TIRED))
        rest(app)
        clock.today = day(9)
        run_all(app, end(ANA, TEAM))
        state = rest(app)[open_ended.assignment_id]
        assert (state.workload, state.workload_revision, state.shown_load) == (None, 4, 60.0)
        assert [type(r.event) for r in whole_log(app)].count(WorkloadRestrictionEnded) == 2

    def test_by_hand_leaves_the_lesser_one_in_force(self, app: Application, clock: CalendarClock) -> None:
        past, today, tomorrow, open_ended = (planned_for(ANA, TEAM, offset) for offset in (1, 2, 3, None))
        plan_all(app, [past, today, tomorrow, open_ended])
        run_all(app, breach(ANA, TEAM, 0, 0.5), breach(ANA, TEAM, 0, 0.1, threshold=INJURY))
        assert loads(app, past, today, tomorrow, open_ended) == [30.0, 30.0, 30.0, 30.0]
        clock.today = day(2)
        run_all(app, end(ANA, TEAM, 1))
        assert loads(app, past, today, tomorrow, open_ended) == [30.0, 54.0, 54.0, 54.0]
        run_all(app, end(ANA, TEAM, 2))
        assert loads(app, past, today, tomorrow, open_ended) == [30.0, 60.0, 60.0, 60.0]
        adjusted = [r.stream_id for r in whole_log(app) if isinstance(r.event, AssignmentWorkloadAdjusted)]
        assert adjusted.count(past.assignment_id) == 2, "once by each breach, by no ending"
        lifted = [r.event for r in whole_log(app) if isinstance(r.event, AssignmentWorkloadLifted)]
        assert {event.assignment_id for event in lifted} == {
            each.assignment_id for each in (today, tomorrow, open_ended)
        }

    def test_that_follows_before_anybody_has_reacted_comes_second(self, app: Application) -> None:
        planned = planned_for(ANA, TEAM, 5)
        run_all(app, planned, breach(ANA, TEAM, 0, 0.4), end(ANA, TEAM, 1))
        assert loads(app, planned) == [60.0]

    def test_by_hand_before_its_first_day_frees_all_of_it(self, app: Application) -> None:
        planned = planned_for(ANA, TEAM, 5)
        run_all(app, planned, breach(ANA, TEAM, 3, 0.4))
        assert loads(app, planned) == [36.0]
        run_all(app, end(ANA, TEAM, 1))
        assert loads(app, planned) == [60.0]


class TestOtherLayers:
    @pytest.mark.parametrize("order", [(0, 1), (1, 0)])
    @pytest.mark.parametrize("together", [True, False])
    def test_a_phase_and_a_breach_may_come_in_any_order(
        self, app: Application, order: tuple[int, int], together: bool
    ) -> None:
        run_all(app, phase(TEAM, "in", 0, 90, LoadLevel.HIGH))
        dated, open_ended = planned_for(ANA, TEAM, 2), planned_for(ANA, TEAM, None)
        plan_all(app, [dated, open_ended])
        commands: list[Command] = [change(TEAM, "in", 0, 90), breach(ANA, TEAM, 0, 0.4)]
        for index in order:
            run_all(app, commands[index])
            if not together:
                rest(app)
        assert loads(app, dated, open_ended) == [43.2, 43.2], "60 × 1.2 × 0.6"

    def test_what_a_person_reverted_stays_off_until_the_workload_changes(self, app: Application) -> None:
        planned = planned_for(ANA, TEAM, 2)
        run_all(app, planned, breach(ANA, TEAM, 0, 0.4))
        rest(app)
        run_all(app, RevertAssignment(assignment_id=planned.assignment_id, layers=(Layer.WORKLOAD,)))
        run_all(app, phase(TEAM, "in", 0, 90, LoadLevel.MEDIUM))
        run_all(app, breach(BEA, TEAM, 0, 0.9), breach(ANA, TEAM, 5, 0.9))
        assert loads(app, planned) == [60.0], "none of that is about its workload on its day"
        run_all(app, breach(ANA, TEAM, 1, 0.3))
        assert loads(app, planned) == [36.0], "the first one still holds, and is the stricter"
