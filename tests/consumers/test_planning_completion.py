"""Each kind of message with what the planning service has to say: fetched where it is not known, and in the event."""

from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import pytest

from domain.rules.intensity import IntensityLevel
from domain.rules.load import LoadLevel, PhaseType
from domain.season_plan import (
    AddFixture,
    FixtureAdded,
    FixtureRemoved,
    PhaseAdded,
    PhaseChanged,
    PhaseModified,
    PhaseRemoved,
)
from domain.template_application import TemplateApplied
from domain.workload import WorkloadThresholdBreached
from tests.support.club import TODAY, day, run_all, whole_log
from tests.support.planning import change_to
from tests.support.planning_desk import Desk, athlete_of, breach, desk_of, follow, update
from tests.support.planning_server import phase_json, season_plan_json, template_json


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with desk_of(database_url) as desk:
        yield desk


def test_a_phase_that_the_plan_has_is_not_asked_for(desk: Desk) -> None:
    desk.found_team("17", "p1")
    desk.hears(change_to("p1"))
    assert [recorded.event.phase_id for recorded in desk.events(PhaseChanged)] == ["p1"]
    assert desk.server.asked == []


def test_a_phase_that_the_plan_lacks_is_completed_and_the_message_has_the_last_word_on_its_days(desk: Desk) -> None:
    desk.found_team("17", "p1")
    told = phase_json("p9", "2027-01-01", "2027-01-31", loadLevel="peak", sessionsPerWeek=4, intensity="high",
                      focusAreas=["speed"], type="playoffs")  # fmt: skip
    desk.server.set_season_plan("17", season_plan_json(told))
    correlation = uuid4()
    attributes = {"specversion": "1.0", "source": "/p", "type": "phase_change", "id": "1"}
    desk.hears(attributes | {"data": change_to("p9"), "correlationid": str(correlation)})
    (recorded,) = desk.events(PhaseChanged)
    event = recorded.event
    assert (event.starts_on, event.ends_on) == (date(2026, 12, 1), date(2026, 12, 28))
    assert (event.phase_type, event.load_level, event.sessions_per_week, event.intensity, event.focus_areas) == (
        PhaseType.PLAYOFFS, LoadLevel.PEAK, 4, IntensityLevel.HIGH, ("speed",)
    )  # fmt: skip
    (asked,) = desk.server.asked
    assert (asked.route, asked.id, asked.headers["x-correlation-id"]) == ("season-plan", "17", str(correlation))
    assert recorded.correlation_id == correlation
    assert desk.open() == []


def test_an_update_brings_the_whole_plan(desk: Desk) -> None:
    desk.found_team("17", "p1", zone="America/New_York")
    changed = phase_json("p1", "2026-11-21T05:00:00Z", "2026-12-20T05:00:00Z", loadLevel="low")
    added = phase_json("p2", "2026-12-21T05:00:00Z", "2027-01-20T05:00:00Z", type="in_season", loadLevel="high")
    games = [{"fixtureId": "g1", "date": "2026-12-24T02:00:00Z", "title": "Away"}]
    desk.server.set_season_plan("17", season_plan_json(changed, added, fixtures=games))
    desk.hears(update("p1"))
    (modified,) = desk.events(PhaseModified)
    assert (modified.event.phase_id, modified.event.load_level) == ("p1", LoadLevel.LOW)
    assert (modified.event.starts_on, modified.event.ends_on) == (date(2026, 11, 21), date(2026, 12, 20))
    last = desk.events(PhaseAdded)[-1].event
    assert (last.phase_id, last.phase_type, last.starts_on) == ("p2", PhaseType.IN_SEASON, date(2026, 12, 21))
    (game,) = desk.events(FixtureAdded)
    assert (game.event.on, game.event.title) == (date(2026, 12, 23), "Away"), "an evening in New York"
    assert desk.open() == []


def test_an_update_that_says_nothing_of_games_leaves_them(desk: Desk) -> None:
    team_id = desk.found_team("17", "p1")
    run_all(desk.app, AddFixture(team_id=team_id, fixture_id="by hand", on=day(10)))
    moved = phase_json("p1", TODAY.isoformat(), day(20).isoformat())
    desk.server.set_season_plan("17", season_plan_json(moved))
    desk.hears(update(kind="schedule_adjusted"))
    assert desk.events(PhaseModified)[0].event.ends_on == day(20)
    assert desk.events(FixtureRemoved) == []
    desk.server.set_season_plan("17", season_plan_json(moved, fixtures=[]))
    desk.hears(update(kind="schedule_adjusted"))
    assert [recorded.event.fixture_id for recorded in desk.events(FixtureRemoved)] == ["by hand"]


def test_a_removal_needs_nobody(desk: Desk) -> None:
    desk.found_team("17", "p1", "p2")
    desk.server.stop()
    desk.hears(update("p2", "never there", kind="phase_removed"))
    assert [recorded.event.phase_id for recorded in desk.events(PhaseRemoved)] == ["p2"]
    assert desk.open() == []


def test_a_breach_restricts_the_player_from_its_day_on(desk: Desk) -> None:
    team_id = desk.found_team(players=("9",))
    correlation = uuid4()
    desk.hears(breach("9", occurredAt=day(3).isoformat()), headers={"correlationid": str(correlation)})
    (recorded,) = desk.events(WorkloadThresholdBreached)
    event = recorded.event
    assert (event.team_id, event.athlete_id) == (team_id, athlete_of("9"))
    assert (event.threshold_type, event.current_value, event.threshold_value) == ("high_load", 812.5, 700.0)
    assert (event.skip, event.fraction, event.starts_on, event.triggered_by) == (False, 0.7, day(3), "planning")
    assert recorded.correlation_id == correlation


def test_a_breach_without_a_day_is_of_the_day_on_which_it_was_told(desk: Desk) -> None:
    desk.found_team(players=("9",), zone="UTC")
    desk.hears(breach("9", occurredAt=None))
    with desk.app.pool.connection() as connection:
        row = connection.execute("SELECT (published_at AT TIME ZONE 'UTC')::date FROM topic_messages").fetchone()
    assert row is not None
    assert [recorded.event.starts_on for recorded in desk.events(WorkloadThresholdBreached)] == [row[0]]


def test_a_template_is_fetched_and_kept_whole(desk: Desk) -> None:
    team_id = desk.found_team()
    exercises = [{"name": "Squat", "focus": "strength", "sets": 3, "reps": 8}]
    intensity = {"zones": ["4"], "powerPctFtp": [91, 105]}
    workouts = [
        {"week": 1, "weekday": 6, "title": "Intervals", "sport": "run", "load": 80, "intensity": intensity},
        {"week": 2, "weekday": 2, "title": "Gym", "sport": "strength", "load": 40, "exercises": exercises},
    ]
    desk.server.set_template(template_json(version=3, workouts=workouts))
    desk.hears(follow("t1", customizations={"loadMultiplier": 1.1, "trainingFrequency": 1}))
    (recorded,) = desk.events(TemplateApplied)
    event = recorded.event
    assert (event.team_id, event.template_id, event.template_version) == (team_id, "t1", 3)
    assert (event.load_multiplier, event.training_frequency, event.starts_on) == (1.1, 1, TODAY)
    run, gym = event.workouts
    assert (run.day, run.prescription.load) == (TODAY, 88.0)
    assert run.prescription.intensity is not None
    assert run.prescription.intensity.power_pct_ftp is not None
    assert (run.prescription.intensity.power_pct_ftp.high, run.prescription.exercises) == (105.0, None)
    assert (gym.day, gym.prescription.intensity) == (date(2026, 11, 24), None)
    assert [exercise.name for exercise in gym.prescription.exercises or ()] == ["Squat"]
    assert desk.server.count("template") == 1


def test_what_was_done_is_not_asked_for_again(desk: Desk) -> None:
    """Everything delivered a second time, when the planning service says otherwise by now."""
    desk.found_team("17", "p1", players=("9",))
    desk.server.set_season_plan("17", season_plan_json(phase_json("p9", "2027-01-01", "2027-01-31")))
    desk.server.set_template(template_json())
    desk.hears(change_to("p9"), update("p9", kind="phase_added"), follow(startDate="2026-11-16"), breach("9"))
    before, asked = len(desk.events(PhaseChanged)), len(desk.server.asked)
    assert before == 1
    assert desk.open() == []
    log = len(whole_log(desk.app))
    with desk.app.pool.connection() as connection:
        connection.execute("DELETE FROM dead_letters")
    desk.forget_offsets()
    desk.server.set_season_plan("17", season_plan_json(phase_json("p7", "2027-01-01", "2027-01-31")))
    desk.hears()
    assert len(whole_log(desk.app)) == log
    assert len(desk.server.asked) == asked
    assert desk.open() == []
