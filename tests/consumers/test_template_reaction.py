"""A template becomes assignments: whole, for each player on the roster on the day of the workout, once."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from consumers.refusals import refusals
from domain.assignment import Assignment, AssignmentPlanned
from domain.athlete import ForgetAthlete, RegisterAthlete
from domain.ids import AthleteId, assignment_of_template
from domain.ports import Reaction
from domain.prescription import Exercise, Intensity, Prescription, Range
from domain.rules.intensity import Zone
from domain.rules.load import LoadLevel
from domain.template_application import TemplateApplied, TemplateAssignmentsCreated
from infra.main import Application
from tests.support.club import application, assignments, change, day, phase, run_all, team, whole_log, workout
from tests.support.templates import ACTOR, EASY, TEMPO, apply
from tests.support.transfers import join, leave
from tests.support.workloads import breach

TEAM, OTHER = UUID(int=0x17), UUID(int=0x19)
ANA, BEA, CIA = (AthleteId(UUID(int=number)) for number in (0xA, 0xB, 0xC))


@pytest.fixture
def app(database_url: str) -> Iterator[Application]:
    with application(database_url, fanout_chunk=2) as opened:
        run_all(opened, *team(TEAM), *team(OTHER))
        yield opened


def rest(app: Application) -> list[Assignment]:
    """In the order of day and athlete."""
    app.reactions.process_available()
    assert app.reactions.is_at_rest()
    return sorted(assignments(app).values(), key=lambda state: (state.scheduled_on or day(0), state.athlete_id))


def created(app: Application) -> list[tuple[int, int]]:
    events = [r.event for r in whole_log(app) if isinstance(r.event, TemplateAssignmentsCreated)]
    return [(event.assignments_count, event.players_count) for event in events]


class TestATemplate:
    def test_a_template_created_nothing(self, app: Application) -> None:
        run_all(app, join(ANA, TEAM, -9), join(BEA, TEAM, -9), join(CIA, OTHER, -9), apply(TEAM))
        states = rest(app)
        assert [(state.athlete_id, state.scheduled_on) for state in states] == [
            (ANA, day(3)), (BEA, day(3)), (ANA, day(5)), (BEA, day(5)), (ANA, day(10)), (BEA, day(10)),
        ]  # fmt: skip
        assert [state.team_id for state in states] == [TEAM] * 6
        assert created(app) == [(6, 2)]

    def test_is_planned_whole(self, app: Application) -> None:
        run_all(app, join(ANA, TEAM, -9), apply(TEAM, load_multiplier=1.5))
        exercises = Exercise(name="Squat", focus="strength", sets=5, reps=5), Exercise(name="Plank", focus="core")
        intensity = Intensity(zones=(Zone.Z2, Zone.Z4), heart_rate_pct_max=Range(low=80, high=92))
        assert [state.baseline for state in rest(app)] == [
            Prescription(load=60.0),
            Prescription(load=82.5, exercises=exercises),
            Prescription(load=120.0, intensity=intensity),
        ]
        planned = [r.event for r in whole_log(app) if isinstance(r.event, AssignmentPlanned)]
        assert [(event.title, event.sport) for event in planned] == [
            ("Easy run", "run"), ("Gym", "strength"), ("Tempo run", "run"),
        ]  # fmt: skip

    def test_is_for_those_who_play_on_the_day(self, app: Application) -> None:
        """Its workouts are on days 3, 5 and 10."""
        run_all(app, join(ANA, TEAM, 4), join(BEA, TEAM, -9), leave(BEA, TEAM, 5), join(CIA, TEAM, 3))
        run_all(app, leave(CIA, TEAM, 5), join(CIA, TEAM, 10), apply(TEAM))
        assert [(state.athlete_id, state.scheduled_on) for state in rest(app)] == [
            (BEA, day(3)), (CIA, day(3)), (ANA, day(5)), (ANA, day(10)), (CIA, day(10)),
        ]  # fmt: skip
        assert created(app) == [(5, 3)]

    def test_is_not_for_those_who_join_later(self, app: Application) -> None:
        run_all(app, join(ANA, TEAM, -9), apply(TEAM), join(BEA, TEAM, -9))
        assert {state.athlete_id for state in rest(app)} == {ANA}

    def test_of_a_team_without_players_is_counted_too(self, app: Application) -> None:
        run_all(app, apply(TEAM))
        assert rest(app) == []
        assert created(app) == [(0, 0)]

    def test_asked_for_again_creates_nothing_more(self, app: Application) -> None:
        run_all(app, join(ANA, TEAM, -9), apply(TEAM))
        before = rest(app)
        run_all(app, apply(TEAM))
        assert rest(app) == before
        assert created(app) == [(3, 1)]

    def test_two_at_once_are_carried_out_one_after_the_other(self, app: Application) -> None:
        run_all(app, join(ANA, TEAM, -9), join(BEA, OTHER, -9))
        run_all(app, apply(TEAM), apply(OTHER, EASY), apply(TEAM, TEMPO, template_id="more"))
        states = rest(app)
        assert [state.athlete_id for state in states].count(ANA) == 4
        assert [state.athlete_id for state in states].count(BEA) == 1
        assert created(app) == [(3, 1), (1, 1), (1, 1)]

    def test_carries_who_and_why(self, app: Application) -> None:
        run_all(app, join(ANA, TEAM, -9), apply(TEAM))
        rest(app)
        applied = next(r for r in whole_log(app) if isinstance(r.event, TemplateApplied))
        effects = [r for r in whole_log(app) if r.actor == ACTOR]
        assert [type(r.event) for r in effects] == [AssignmentPlanned] * 3 + [TemplateAssignmentsCreated]
        assert {(r.causation_id, r.correlation_id) for r in effects} == {(applied.event_id, applied.correlation_id)}
        reaction = Reaction("template", applied.event_id)
        assert [r.event_id for r in effects] == [reaction.event_id(r.stream_id, 0) for r in effects]


class TestTogether:
    def test_phase_and_workload_find_the_new_assignments(self, app: Application) -> None:
        """The template's load × its multiplier × the phase's; and on the days of the breach its share of that."""
        run_all(app, phase(TEAM, "hard", 0, 30, LoadLevel.HIGH), join(ANA, TEAM, -9), breach(ANA, TEAM, 0, 0.5))
        run_all(app, apply(TEAM, EASY, TEMPO, load_multiplier=1.5))
        assert [state.shown_load for state in rest(app)] == [36.0, 144.0], "40 × 1.5 × 1.2 × 0.5, 80 × 1.5 × 1.2"
        run_all(app, change(TEAM, "hard", 0, 9))
        assert [state.shown_load for state in rest(app)] == [36.0, 120.0]

    def test_who_leaves_while_it_is_handed_out_takes_it_along(self, app: Application) -> None:
        run_all(app, join(ANA, TEAM, -9), apply(TEAM), leave(ANA, TEAM, 5, to=OTHER))
        here = [state.scheduled_on for state in rest(app) if (state.team_id, state.status) == (TEAM, "planned")]
        there = [state.scheduled_on for state in rest(app) if (state.team_id, state.status) == (OTHER, "planned")]
        assert (here, there) == ([day(3)], [day(5), day(10)])
        assert created(app) == [(3, 1)]


class TestARefusal:
    def test_is_kept_and_the_others_go_on(self, app: Application) -> None:
        """Somebody has planned another workout under the very id that a template's would have."""
        run_all(app, join(ANA, TEAM, -9), join(BEA, TEAM, -9))
        taken = assignment_of_template(apply(TEAM).stream_id, ANA, 0)
        run_all(app, workout(TEAM, 1, assignment_id=taken, athlete_id=ANA))
        run_all(app, apply(TEAM, EASY))
        assert [(state.athlete_id, state.scheduled_on) for state in rest(app)] == [(ANA, day(1)), (BEA, day(3))]
        assert created(app) == [(1, 1)]
        applied = next(r for r in whole_log(app) if isinstance(r.event, TemplateApplied))
        with app.pool.connection() as connection:
            (kept,) = refusals(connection, 10)
        assert kept[:3] == (applied.event_id, taken, "AlreadyExists")

    def test_is_none_for_who_was_forgotten(self, app: Application) -> None:
        """A workout has no words about a person; who shall have none is taken off the roster."""
        run_all(app, RegisterAthlete(athlete_id=ANA, name="Ana"), join(ANA, TEAM, -9), join(BEA, TEAM, -9))
        run_all(app, ForgetAthlete(athlete_id=ANA), apply(TEAM, EASY))
        assert [state.athlete_id for state in rest(app)] == [ANA, BEA]
