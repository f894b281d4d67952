"""The season plan's rows are what the aggregate is, whatever was decided and however it is delivered."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.assignment import AdjustForPhase, PhaseRef
from domain.decider import Command, Context
from domain.errors import DomainError
from domain.event import Event
from domain.ids import PhaseId, TeamId
from domain.ports import Recorded
from domain.rules.intensity import IntensityLevel
from domain.rules.load import LoadLevel, PhaseType
from domain.rules.phase_calendar import phase_on
from domain.season_plan import (
    DECIDER,
    AddFixture,
    AddPhase,
    ChangePhase,
    FollowCalendar,
    ModifyPhase,
    MoveFixture,
    OpenSeasonPlan,
    PhaseModified,
    RecordPhaseAdjustments,
    RemoveFixture,
    RemovePhase,
    RequestAdjustments,
    SeasonPlan,
    ShiftPhases,
)
from domain.team import AutoApplySet
from projections import versions
from projections.season import (
    READS_ON,
    SeasonFixture,
    SeasonOn,
    SeasonPhase,
    SeasonPlanRow,
    season_on,
    season_plan,
    seasons_on,
)
from projections.season_plan import PROJECTION
from projections.teams import PROJECTION as TEAMS
from tests.domain.known import ASSIGNMENT, OTHER_TEAM, PLAN_OPENED, SEASON_PLAN, TEAM, TEAM_FORMED
from tests.domain.season import IN, PRE, began, ended, game, game_week, said
from tests.support.read_models import ORGANIZATION, EventList, ReadModels, reading

read_models = reading(*READS_ON)

START = date(2026, 3, 2)
DAYS = st.integers(0, 40).map(lambda offset: START + timedelta(days=offset))
PHASES = st.sampled_from(["base", "build", "peak"])
FIXTURES = st.sampled_from(["cup", "derby"])
LEVELS = st.sampled_from(LoadLevel)


def made(command_type: type[Command], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Command]:
    return st.fixed_dictionaries(fields).map(command_type.model_validate)


def command(team_id: TeamId) -> st.SearchStrategy[Command]:
    """Any command to a plan but those that the planning service's whole plan comes to, which writes the same events."""
    team: Any = {"team_id": st.just(team_id)}
    content: Any = {
        "phase_type": st.sampled_from(PhaseType),
        "load_level": LEVELS,
        "sessions_per_week": st.none() | st.integers(1, 7),
        "intensity": st.none() | st.sampled_from(IntensityLevel),
        "focus_areas": st.lists(st.sampled_from(["power", "speed, and 'more'", "{}"]), max_size=2).map(tuple),
    }
    phase: Any = {**team, "phase_id": PHASES}
    dates: Any = {"starts_on": DAYS, "ends_on": DAYS}
    change: Any = {"starts": DAYS, "ends": DAYS, "auto_apply": st.booleans(), "triggered_by": st.just("planning")}
    fixture: Any = {**team, "fixture_id": FIXTURES}
    request: Any = {"request_id": st.uuids(), "force": st.booleans(), "triggered_by": st.just("coach")}
    applied: Any = {"adjustments_count": st.just(3), "triggered_by": st.just("coach"), "cause_event_id": st.uuids()}
    return st.one_of(
        made(AddPhase, **phase, **dates, **content),
        made(ModifyPhase, **phase, starts_on=DAYS, load_level=LEVELS),
        made(RemovePhase, **phase),
        made(ShiftPhases, **team, first_phase_id=PHASES, first_starts_on=DAYS),
        made(ChangePhase, **phase, **change),
        made(FollowCalendar, **team),
        made(AddFixture, **fixture, on=DAYS, title=st.none() | st.just("Cup")),
        made(MoveFixture, **fixture, on=DAYS),
        made(RemoveFixture, **fixture),
        made(RequestAdjustments, **team, **request),
        made(RecordPhaseAdjustments, **phase, **applied),
    )


def two_phases(team_id: TeamId) -> list[tuple[date, Command]]:
    """To begin with: most of what is asked of a plan without phases is refused."""
    team: Any = {"team_id": team_id, "phase_type": PhaseType.PRESEASON, "load_level": LoadLevel.HIGH}
    turn, end = START + timedelta(days=14), START + timedelta(days=20)
    return [
        (START, AddPhase(**team, phase_id="base", starts_on=START, ends_on=turn - timedelta(days=1))),
        (START, AddPhase(**team, phase_id="build", starts_on=turn, ends_on=end)),
    ]


def decided(team_id: TeamId, asked: list[tuple[date, Command]]) -> tuple[SeasonPlan, list[Event]]:
    """The plan, and all its events, after what is not refused of it."""
    events: list[Event] = []
    state = None
    for day, each in [(START, OpenSeasonPlan(team_id=team_id, zone="UTC", external_id="s-26")), *asked]:
        now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        try:
            new = DECIDER.decide(each, state, Context(now, "coach", ORGANIZATION, uuid4))  # type: ignore[arg-type]
        except DomainError:
            continue
        state = DECIDER.fold(new, state)
        events += new
    assert state is not None
    return state, events


@pytest.fixture
def models(database_url: str) -> ReadModels:
    return ReadModels(database_url, [PROJECTION, TEAMS]).project()


def deliver(models: ReadModels, batch: list[Recorded[Event]]) -> None:
    with models.connect() as connection, connection.transaction():
        live = versions.live(connection, PROJECTION.name)
        assert live is not None
        with versions.entered(connection, live):
            PROJECTION.apply(connection.cursor(binary=True), batch)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_the_rows_are_the_aggregate_and_every_day_has_its_phase(models: ReadModels, data: st.DataObject) -> None:
    states: dict[TeamId, SeasonPlan] = {}
    queues: list[list[Event]] = []
    for team_id in (TeamId(uuid4()), TeamId(uuid4())):
        asked = data.draw(st.lists(st.tuples(DAYS, command(team_id)), max_size=12))
        states[team_id], events = decided(team_id, [*two_phases(team_id), *asked])
        queues.append(events)
    log = EventList()
    while any(queues):
        log.add(data.draw(st.sampled_from([queue for queue in queues if queue])).pop(0))

    place = 0
    while place < len(log.events):
        again = data.draw(st.integers(0, place))
        through = data.draw(st.integers(place + 1, len(log.events)))
        deliver(models, log.events[again:through])
        place = through

    for team_id, state in states.items():
        assert models.rows(season_plan, team_id) == row(state, log)
        days = [START + timedelta(days=offset) for offset in range(-1, 42)]
        told = models.rows(seasons_on, team_id, [*days, None])
        for day in days:
            covering = phase_on(state.phases, day)
            assert (told[day].phase and told[day].phase.phase_id) == (covering and covering.phase_id)
            assert told[day].eve_of_game == (day + timedelta(days=1) in [fixture.on for fixture in state.fixtures])
            assert (told[day].revision, told[day].games) == (state.revision, ())
        current = state.phase(state.current_phase_id)
        assert (told[None].phase and told[None].phase.phase_id) == (current and current.phase_id)
        assert (told[None].eve_of_game, told[None].games) == (False, state.games)


def row(state: SeasonPlan, log: EventList) -> SeasonPlanRow:
    own = [one for one in log.events if one.stream_id == state.season_plan_id]
    weeks = [one.event.week_starts_on for one in own if one.event.event_name == "season_plan.game_week_set"]  # type: ignore[attr-defined]
    counted = [one for one in own if one.event.event_name != "season_plan.phase_adjustments_applied"]
    return SeasonPlanRow(
        team_id=state.team_id,
        organization_id=ORGANIZATION,
        season_plan_id=state.season_plan_id,
        zone=state.zone,
        external_id=state.external_id,
        current_phase_id=state.current_phase_id,
        games=list(state.games),
        games_week=weeks[-1] if weeks else None,
        revision=state.revision,
        as_of=counted[-1].occurred_at,
        version=own[-1].version,
        phases=[
            SeasonPhase(
                phase.phase_id,
                phase.phase_type.value,
                phase.starts_on,
                phase.ends_on,
                phase.load_level.value,
                phase.sessions_per_week,
                phase.intensity and phase.intensity.value,
                list(phase.focus_areas),
                phase.declared,
                phase.phase_id == state.current_phase_id,
            )
            for phase in sorted(state.phases, key=lambda phase: (phase.starts_on, phase.declared))
        ],
        fixtures=[
            SeasonFixture(fixture.fixture_id, fixture.on, fixture.title)
            for fixture in sorted(state.fixtures, key=lambda fixture: (fixture.on, fixture.fixture_id))
        ],
    )


def test_planned_with_its_season_a_workout_gets_phase_eve_and_games_unless_the_team_does_not_want_it(
    database_url: str,
) -> None:
    day = date(2026, 3, 7)
    models = read_models(
        database_url, TEAM_FORMED, PLAN_OPENED, IN, said(PhaseModified, IN), began(IN, day), game("cup", day)
    )
    models.project(game_week(date(2026, 3, 2), 6))
    phase = PhaseRef(
        phase_id=PhaseId("in"),
        phase_type=PhaseType.IN_SEASON,
        load_level=LoadLevel.MEDIUM,
        sessions_per_week=3,
        intensity=IntensityLevel.HIGH,
        focus_areas=("power", "agility"),
    )
    common: Any = {"assignment_id": ASSIGNMENT, "season_plan_id": SEASON_PLAN, "season_revision": 5, "phase": phase}

    def asked(on: date | None) -> AdjustForPhase | None:
        season: SeasonOn = models.rows(season_on, TEAM, on)
        return season.for_assignment(ASSIGNMENT)

    assert asked(date(2026, 3, 6)) == AdjustForPhase(**common, eve_of_game=True)
    assert asked(day) == AdjustForPhase(**common)
    assert asked(None) == AdjustForPhase(**common, games=(6,))
    assert asked(date(2026, 6, 1)) is None, "no phase covers it"
    models.project(ended("in", date(2026, 6, 1)))
    assert asked(None) is None, "the team is in no phase"

    models.project(AutoApplySet(team_id=TEAM, auto_apply_adjustments=False))
    assert (asked(day), models.rows(season_on, TEAM, day).phase) == (None, phase)
    assert models.rows(season_on, OTHER_TEAM, day) is None
    assert models.rows(season_plan, OTHER_TEAM) is None


def test_of_a_team_that_is_not_known_yet_the_season_is_left_to_the_reaction(database_url: str) -> None:
    models = read_models(database_url, PLAN_OPENED, PRE)
    season = models.rows(season_on, TEAM, PRE.starts_on)
    assert season.phase.phase_id == "pre"
    assert season.for_assignment(ASSIGNMENT) is None
