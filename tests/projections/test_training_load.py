"""What was done, by day: nothing twice, nothing lost, in whatever order it comes."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as for_any
from hypothesis import strategies as st

from domain.assignment import AssignmentCompleted
from domain.ids import AssignmentId, AthleteId, TeamId
from domain.ports import Recorded
from projections import versions
from projections.training_load import PROJECTION, READS, DailyLoad, daily_loads, first_days
from tests.support.read_models import START, EventList, ReadModels, reading

given = reading(*READS)

TEAM, OTHER_TEAM = TeamId(UUID(int=0x1)), TeamId(UUID(int=0x2))
ANA, BEN = AthleteId(UUID(int=0xA)), AthleteId(UUID(int=0xB))
MONDAY = date(2026, 3, 2)


def completed(
    load: float,
    day: date | None = MONDAY,
    athlete_id: AthleteId = ANA,
    *,
    team_id: TeamId = TEAM,
    rpe: float | None = None,
    minutes: float | None = None,
) -> AssignmentCompleted:
    return AssignmentCompleted(
        assignment_id=AssignmentId(uuid4()),
        team_id=team_id,
        athlete_id=athlete_id,
        completed_on=day,
        planned_load=None,
        load=load,
        rpe=rpe,
        duration_min=minutes,
    )


def test_a_day_is_the_sum_of_its_sessions_whichever_team_they_were_for(database_url: str) -> None:
    models = given(
        database_url,
        completed(60.0, rpe=6.5, minutes=45.0),
        completed(0.2, team_id=OTHER_TEAM, rpe=3.0),
        completed(0.1, rpe=7.0, minutes=10.3),
        completed(50.0, MONDAY + timedelta(days=3)),
        completed(70.0, MONDAY, BEN),
    )
    everything = [
        DailyLoad(ANA, MONDAY, 60.3, 364.6, 3, 2),  # 292.5 + 72.1
        DailyLoad(ANA, MONDAY + timedelta(days=3), 50.0, 0.0, 1, 0),
        DailyLoad(BEN, MONDAY, 70.0, 0.0, 1, 0),
    ]
    assert models.rows(daily_loads, [BEN, ANA], MONDAY, MONDAY + timedelta(days=3)) == everything
    assert models.rows(daily_loads, [ANA], MONDAY, MONDAY + timedelta(days=2)) == everything[:1]
    assert models.rows(daily_loads, [ANA], MONDAY + timedelta(days=1), date(2027, 1, 1)) == everything[1:2]
    assert models.rows(first_days, [ANA, BEN, UUID(int=0xC)]) == {ANA: MONDAY, BEN: MONDAY}


def test_a_session_load_is_rounded_half_even_to_a_tenth(database_url: str) -> None:
    models = given(
        database_url, completed(1.0, rpe=0.5, minutes=0.5), completed(1.0, MONDAY, BEN, rpe=0.7, minutes=0.5)
    )
    loads = models.rows(daily_loads, [ANA, BEN], MONDAY, MONDAY)
    assert [each.session_load for each in loads] == [0.2, 0.4], "0.25 and 0.35"


def test_of_what_is_older_than_the_day_of_completion_the_day_of_the_report_counts(database_url: str) -> None:
    models = given(database_url, completed(60.0, None))
    assert [each.day for each in models.rows(daily_loads, [ANA], date.min, date.max)] == [START.date()]


@pytest.fixture
def models(database_url: str) -> ReadModels:
    return ReadModels(database_url, [PROJECTION]).project()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@for_any(st.data())
def test_however_it_is_cut_and_repeated_and_mixed_up_the_sums_are_the_same(
    models: ReadModels, data: st.DataObject
) -> None:
    """Streams of one team come mixed up when a dead letter is retried, and again after a crash."""
    athlete_id = AthleteId(uuid4())
    tenths = st.integers(0, 20_000).map(lambda count: count / 10)
    sessions = st.builds(
        lambda load, day, team_id: completed(load, MONDAY + timedelta(days=day), athlete_id, team_id=team_id),
        tenths,
        st.integers(0, 3),
        st.sampled_from([TEAM, OTHER_TEAM]),
    )
    events = data.draw(st.lists(sessions, max_size=12))
    log: list[Recorded[AssignmentCompleted]] = EventList().add(*events)  # type: ignore[assignment]
    repeated = data.draw(st.permutations([*log, *data.draw(st.lists(st.sampled_from(log)) if log else st.just([]))]))
    with models.connect() as connection, connection.transaction():
        live = versions.live(connection, PROJECTION.name)
        assert live is not None
        with versions.entered(connection, live):
            while repeated:
                size = data.draw(st.integers(1, len(repeated)))
                PROJECTION.apply(connection.cursor(binary=True), repeated[:size])
                repeated = repeated[size:]

    expected: dict[date, list[Decimal]] = defaultdict(list)
    for event in events:
        assert event.completed_on is not None
        expected[event.completed_on].append(Decimal(repr(event.load)))
    assert models.rows(daily_loads, [athlete_id], MONDAY, MONDAY + timedelta(days=3)) == [
        DailyLoad(athlete_id, day, float(sum(loads)), 0.0, len(loads), 0) for day, loads in sorted(expected.items())
    ]
