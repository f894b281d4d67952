"""What is decided about games, and about days as they come: the plan follows the calendar in its own zone."""

from datetime import date, datetime, timedelta

from domain.fields import local_day
from domain.ids import FixtureId
from domain.rules.game_day import games_in_week, week_of
from domain.rules.phase_calendar import phase_on
from domain.season_plan.commands import AddFixture, DeclaredFixture, MoveFixture, RemoveFixture
from domain.season_plan.errors import FixtureExists, FixtureOutsideSeason, FixtureUnknown
from domain.season_plan.events import (
    FixtureAdded,
    FixtureMoved,
    FixtureRemoved,
    GameWeekSet,
    PhaseBegan,
    PhaseEnded,
    SeasonPlanEvent,
)
from domain.season_plan.phases import declared
from domain.season_plan.state import Fixture, SeasonPlan, evolve

Events = tuple[SeasonPlanEvent, ...]


def follow_calendar(state: SeasonPlan, now: datetime) -> Events:
    """Begins the phase that covers today, ends one where none does, and looks at the games of the week.

    A phase that was announced before its first day stays current: somebody has said so, and not moved it since.
    """
    today = local_day(now, state.zone)
    return (*turn_of_phase(state, today), *game_week(state, today))


def turn_of_phase(state: SeasonPlan, today: date) -> Events:
    covering, current = phase_on(state.phases, today), state.phase(state.current_phase_id)
    if current is not None and state.announced and current.starts_on > today:
        return ()
    if covering is not None and covering.phase_id != state.current_phase_id:
        return (PhaseBegan(**declared(state, covering), old_phase_id=state.current_phase_id, began_on=today),)
    if covering is None and current is not None:
        return (
            PhaseEnded(
                season_plan_id=state.season_plan_id, team_id=state.team_id, phase_id=current.phase_id, ended_on=today
            ),
        )
    return ()


def game_week(state: SeasonPlan, today: date) -> Events:
    """Nothing where this week's games are on the same weekdays as those that workouts go around already."""
    monday = week_of(today)
    games = games_in_week(monday, [fixture.on for fixture in state.fixtures])
    if games == state.games:
        return ()
    return (
        GameWeekSet(season_plan_id=state.season_plan_id, team_id=state.team_id, week_starts_on=monday, games=games),
    )


def add_fixture(command: AddFixture, state: SeasonPlan, now: datetime) -> Events:
    if (known := state.fixture(command.fixture_id)) is not None:
        if (known.on, known.title) == (command.on, command.title):
            return ()
        raise FixtureExists(f"fixture {known.fixture_id} exists already, on {known.on}")
    refuse_outside(state, command.on)
    return with_game_week(state, now, added(state, command))


def move_fixture(command: MoveFixture, state: SeasonPlan, now: datetime) -> Events:
    known = known_fixture(command.fixture_id, state)
    if known.on == command.on:
        return ()
    refuse_outside(state, command.on)
    return with_game_week(state, now, moved(state, known, command.on))


def remove_fixture(command: RemoveFixture, state: SeasonPlan, now: datetime) -> Events:
    """Nothing for a game that is not there (any more): gone is what was asked for."""
    known = state.fixture(command.fixture_id)
    return () if known is None else with_game_week(state, now, removed(state, known))


def update_fixtures(wished: tuple[DeclaredFixture, ...], state: SeasonPlan, now: datetime) -> Events:
    """The differences to what the planning service says. A game may lie where no phase is: it may be added later.

    Another title alone is none: it changes nobody's workout.
    """
    given = {fixture.fixture_id: on_its_day(fixture, state.zone) for fixture in wished}
    events: list[SeasonPlanEvent] = []
    for known in state.fixtures:
        fixture = given.pop(known.fixture_id, None)
        if fixture is None:
            events.append(removed(state, known))
        elif fixture.on != known.on:
            events.append(moved(state, known, fixture.on))
    events += [added(state, fixture) for fixture in given.values()]
    return with_game_week(state, now, *events) if events else ()


def on_its_day(fixture: DeclaredFixture, zone: str) -> DeclaredFixture:
    """A game at an instant is on the day that it is then in the plan's zone."""
    return fixture.model_copy(update={"on": local_day(fixture.on, zone)})


def with_game_week(state: SeasonPlan, now: datetime, *events: SeasonPlanEvent) -> Events:
    after = state
    for event in events:
        after = evolve(after, event)
    return (*events, *game_week(after, local_day(now, state.zone)))


def refuse_outside(state: SeasonPlan, on: date) -> None:
    """What a game asks of the day before is told by the phase of that day."""
    for day in (on - timedelta(days=1), on):
        if phase_on(state.phases, day) is None:
            raise FixtureOutsideSeason(
                f"no phase of team {state.team_id} covers {day}, and there would be a game on {on}"
            )


def known_fixture(fixture_id: str, state: SeasonPlan) -> Fixture:
    fixture = state.fixture(fixture_id)
    if fixture is None:
        raise FixtureUnknown(f"the season plan of team {state.team_id} has no fixture {fixture_id}")
    return fixture


def added(state: SeasonPlan, fixture: AddFixture | DeclaredFixture) -> FixtureAdded:
    return FixtureAdded(
        season_plan_id=state.season_plan_id,
        team_id=state.team_id,
        fixture_id=FixtureId(fixture.fixture_id),
        on=fixture.on,
        title=fixture.title,
    )


def moved(state: SeasonPlan, known: Fixture, on: date) -> FixtureMoved:
    return FixtureMoved(
        season_plan_id=state.season_plan_id,
        team_id=state.team_id,
        fixture_id=known.fixture_id,
        former=known.on,
        on=on,
    )


def removed(state: SeasonPlan, known: Fixture) -> FixtureRemoved:
    return FixtureRemoved(
        season_plan_id=state.season_plan_id, team_id=state.team_id, fixture_id=known.fixture_id, on=known.on
    )
