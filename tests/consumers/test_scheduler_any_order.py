"""Whatever is said of a season, whenever somebody looks and whoever does: it comes to be where the calendar says."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consumers.scheduler import Scheduler
from domain.fields import local_day
from domain.ids import TeamId, season_plan_id
from domain.ports import Position
from domain.rules.game_day import games_in_week, week_of
from domain.rules.phase_calendar import phase_on
from domain.season_plan import DECIDER, OpenSeasonPlan, SeasonPlan, SeasonPlanCommand
from infra.main import Application
from tests.domain.any_season import BY_HAND, CHANGES, FIXTURES, INSTANTS, UPDATES, ZONES
from tests.support.at_rest import end_of_log, tolerant
from tests.support.club import application, run_all, whole_log
from tests.support.scheduling import SetClock, know_what_is_due, settle

SAID = st.one_of(BY_HAND, UPDATES, CHANGES, FIXTURES)
LOOKS = st.sampled_from(["nobody", "projector", "first", "second", "fresh"])


class Step(NamedTuple):
    """What is said at a moment, if anything, and who looks at the calendar then."""

    said: SeasonPlanCommand | None
    now: datetime
    look: str


STEPS = st.lists(st.builds(Step, st.none() | SAID, INSTANTS, LOOKS), min_size=1, max_size=12).map(
    lambda steps: sorted(steps, key=lambda step: step.now)
)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 3, 1, tzinfo=UTC))


@pytest.fixture
def app(database_url: str, clock: SetClock) -> Iterator[Application]:
    with application(database_url, clock=clock) as opened:
        yield opened


def plan(app: Application, team_id: TeamId, start: Position) -> SeasonPlan:
    """What lies behind ``start``; former examples' teams are looked after as well."""
    log = [recorded.event for recorded in whole_log(app, start) if recorded.stream_id == season_plan_id(team_id)]
    state = DECIDER.fold(log)  # type: ignore[arg-type]
    assert state is not None
    return state


@given(STEPS, ZONES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_current_phase_and_the_games_are_the_calendars(
    app: Application, clock: SetClock, steps: list[Step], zone: str
) -> None:
    """Two that look only at what is new to them, and one that looks at everything each time."""
    start, team_id = end_of_log(app), TeamId(uuid4())
    of_long_standing = {
        name: Scheduler(app.pool.connection, app.runner, clock, whole_each=timedelta.max)
        for name in ("first", "second")
    }
    clock.moment = steps[0].now
    run_all(app, OpenSeasonPlan(team_id=team_id, zone=zone))
    for said, now, look in steps:
        clock.moment = now
        if said is not None:
            tolerant(app, said.model_copy(update={"team_id": team_id}))
        if look != "nobody":
            know_what_is_due(app)
        if look not in ("nobody", "projector"):
            fresh = Scheduler(app.pool.connection, app.runner, clock)
            of_long_standing.get(look, fresh).process_due()
    settle(app, of_long_standing["first"])

    season = plan(app, team_id, start)
    today = local_day(clock.moment, zone)
    current = season.phase(season.current_phase_id)
    announced_early = season.announced and current is not None and current.starts_on > today
    assert announced_early or current == phase_on(season.phases, today)
    assert season.games == games_in_week(week_of(today), [fixture.on for fixture in season.fixtures])
