"""A phase change reaches every assignment that it touches, once, whatever happens meanwhile."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest

from consumers.phase_fan_out import PhaseFanOut
from consumers.reactions import Reactions
from consumers.refusals import refusals
from domain.assignment import (
    AssignmentPhaseAdjusted,
)
from domain.athlete import ForgetAthlete, RegisterAthlete
from domain.ids import AthleteId, OrganizationId
from domain.season_plan import PhaseAdjustmentsApplied, PhaseChanged
from infra.main import Application
from tests.support.at_rest import phase_of
from tests.support.club import (
    application,
    assignments,
    change,
    coach,
    plan_all,
    run_all,
    two_phases,
    whole_log,
    workout,
)

TEAM = UUID(int=17)


@pytest.fixture
def app(database_url: str) -> Iterator[Application]:
    with application(database_url, fanout_chunk=10) as opened:
        yield opened


def season(app: Application, *, auto_apply: bool = True) -> None:
    run_all(app, *two_phases(TEAM, auto_apply=auto_apply))


class TestAChange:
    def test_touches_what_its_dates_cover_and_what_is_open_ended(self, app: Application) -> None:
        season(app)
        covered, later, open_ended = workout(TEAM, 3), workout(TEAM, 40), workout(TEAM, None)
        plan_all(app, [covered, later, open_ended])
        app.reactions.process_available()
        assert [phase_of(app, w.assignment_id) for w in (covered, later, open_ended)] == ["pre", "in", None]

        run_all(app, change(TEAM, "in", 0, 30))
        app.reactions.process_available()

        assert [phase_of(app, w.assignment_id) for w in (covered, later, open_ended)] == ["in", None, "in"]
        assert assignments(app)[covered.assignment_id].shown_load == 72.0
        assert assignments(app)[later.assignment_id].shown_load == 60.0, "the phase moved away from it"

    def test_is_counted_in_the_end(self, app: Application) -> None:
        season(app)
        plan_all(app, [workout(TEAM, offset) for offset in range(25)])
        app.reactions.process_available()
        run_all(app, change(TEAM, "in", 0, 90))
        app.reactions.process_available()

        changed = next(r for r in whole_log(app) if isinstance(r.event, PhaseChanged))
        applied = [r.event for r in whole_log(app) if isinstance(r.event, PhaseAdjustmentsApplied)]
        assert [(event.adjustments_count, event.cause_event_id) for event in applied] == [(25, changed.event_id)]

    def test_that_touches_nobody_is_counted_too(self, app: Application) -> None:
        season(app)
        run_all(app, change(TEAM, "pre", 0, 27))
        app.reactions.process_available()
        applied = [r.event for r in whole_log(app) if isinstance(r.event, PhaseAdjustmentsApplied)]
        assert [event.adjustments_count for event in applied] == [0]

    def test_back_and_forth_adjusts_each_time(self, app: Application) -> None:
        season(app)
        planned = workout(TEAM, 3)
        plan_all(app, [planned])
        for phase_id in ("in", "pre", "in"):
            run_all(app, change(TEAM, phase_id, 0, 90))
        app.reactions.process_available()
        adjusted = [r.event for r in whole_log(app) if isinstance(r.event, AssignmentPhaseAdjusted)]
        assert [(event.phase_id, event.shown.load) for event in adjusted] == [
            ("pre", 60.0), ("in", 72.0), ("pre", 60.0), ("in", 72.0),
        ]  # fmt: skip

    def test_without_auto_apply_changes_only_what_is_planned_later(self, app: Application) -> None:
        season(app)
        before = workout(TEAM, 3)
        plan_all(app, [before])
        run_all(app, change(TEAM, "in", 0, 90, auto_apply=False))
        after = workout(TEAM, 3)
        plan_all(app, [after])
        app.reactions.process_available()
        assert (phase_of(app, before.assignment_id), phase_of(app, after.assignment_id)) == ("pre", "in")

    def test_of_a_team_that_does_not_apply_leaves_newcomers_alone(self, app: Application) -> None:
        season(app, auto_apply=False)
        before = workout(TEAM, 3)
        plan_all(app, [before])
        run_all(app, change(TEAM, "in", 0, 90, auto_apply=True))
        after = workout(TEAM, 3)
        plan_all(app, [after])
        app.reactions.process_available()
        assert (phase_of(app, before.assignment_id), phase_of(app, after.assignment_id)) == ("in", None), (
            "the message's flag decides its own change"
        )

    def test_carries_who_and_why(self, app: Application) -> None:
        season(app)
        plan_all(app, [workout(TEAM, 3)])
        app.reactions.process_available()
        run_all(app, change(TEAM, "in", 0, 90))
        app.reactions.process_available()
        changed = next(r for r in whole_log(app) if isinstance(r.event, PhaseChanged))
        adjusted = [r for r in whole_log(app) if isinstance(r.event, AssignmentPhaseAdjusted)][-1]
        assert (adjusted.causation_id, adjusted.correlation_id) == (changed.event_id, changed.correlation_id)
        assert (adjusted.actor, adjusted.organization_id) == ("reaction:phase-fan-out", changed.organization_id)

    def test_stops_for_nobody_who_planned_into_a_foreign_team(self, app: Application) -> None:
        season(app)
        ours, foreign = workout(TEAM, 3), workout(TEAM, 3)
        plan_all(app, [ours])
        app.runner.run(foreign, coach(OrganizationId(UUID(int=0xBAD))))
        run_all(app, change(TEAM, "in", 0, 90))
        app.reactions.process_available()

        assert phase_of(app, ours.assignment_id) == "in"
        assert phase_of(app, foreign.assignment_id) == "pre", (
            "as it came; the change of another organization's team is not its own"
        )
        assert app.reactions.is_at_rest()
        applied = [r.event for r in whole_log(app) if isinstance(r.event, PhaseAdjustmentsApplied)]
        assert [event.adjustments_count for event in applied] == [1]
        changed = next(r for r in whole_log(app) if isinstance(r.event, PhaseChanged))
        with app.pool.connection() as connection:
            (refused,) = refusals(connection, 10)
        assert (refused.cause_event_id, refused.assignment_id, refused.error_type) == (
            changed.event_id, foreign.assignment_id, "NotFound",
        )  # fmt: skip


class TestACrash:
    @pytest.mark.parametrize("survived", range(4))
    def test_between_append_and_strike_off_repeats_without_effect(self, app: Application, survived: int) -> None:
        season(app)
        plan_all(app, [workout(TEAM, offset % 25) for offset in range(35)])
        app.reactions.process_available()
        run_all(app, change(TEAM, "in", 0, 90))

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
        reactions.process_available()

        events = [r.event for r in whole_log(app)]
        adjusted = [e.assignment_id for e in events if isinstance(e, AssignmentPhaseAdjusted) and e.phase_id == "in"]
        assert len(adjusted) == len(set(adjusted)) == 35
        assert [e.adjustments_count for e in events if isinstance(e, PhaseAdjustmentsApplied)] == [35]


class TestAnOutage:
    def test_while_events_are_taken_in_loses_none_of_them(self, app: Application) -> None:
        season(app)
        planned, ada = workout(TEAM, 3), AthleteId(uuid4())
        plan_all(app, [planned])
        run_all(app, RegisterAthlete(athlete_id=ada, name="Ada"), ForgetAthlete(athlete_id=ada))
        outages = [psycopg.OperationalError("the database goes away")]

        def destroy(athlete_id: UUID) -> None:
            if outages:
                raise outages.pop()
            app.keyring.destroy(athlete_id)

        reactions = Reactions(app.log, app.pool.connection, app.runner, destroy, app.waker, chunk=10, poll_s=0.01)
        with pytest.raises(psycopg.OperationalError):
            reactions.process_available()
        reactions.process_available()

        assert phase_of(app, planned.assignment_id) == "pre"
        assert app.keyring.find([ada])[ada] is None


class TestForgetting:
    def test_destroys_the_key(self, app: Application) -> None:
        ada = AthleteId(uuid4())
        run_all(app, RegisterAthlete(athlete_id=ada, name="Ada"))
        assert app.keyring.find([ada])[ada] is not None
        run_all(app, ForgetAthlete(athlete_id=ada))
        app.reactions.process_available()
        assert app.keyring.find([ada])[ada] is None
