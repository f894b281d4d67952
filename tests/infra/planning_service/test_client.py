"""The client against a server that keeps the contract: what it sends, and what it makes of the answers."""

import json
from contextlib import closing
from datetime import UTC, date, datetime
from importlib.metadata import version
from uuid import UUID

import pytest
from pydantic import SecretStr

from consumers.planning_service import (
    CompletionNotice,
    ExerciseContent,
    FixtureContent,
    IntensityContent,
    PhaseContent,
    PlanningService,
    PlanningServiceAway,
    PlanningServiceRefused,
    SeasonPlanContent,
    TemplateContent,
    TemplateWorkoutContent,
)
from domain.rules.intensity import IntensityLevel, Zone
from domain.rules.load import LoadLevel, PhaseType
from infra.clock import SystemClock
from infra.planning_service import HttpPlanningService, planning_service
from infra.planning_service.breaker import CircuitOpen
from infra.settings import Settings
from tests.support.planning_client import NOW, client_of
from tests.support.planning_server import FaultyPlanningServer, late, phase_json, season_plan_json, template_json

CORRELATION = UUID(int=0xC0)
PRESEASON = PhaseContent(
    phase_id="p1",
    type=PhaseType.PRESEASON,
    start_date=date(2026, 2, 1),
    end_date=date(2026, 3, 31),
    load_level=LoadLevel.MEDIUM,
)
NOTICE = CompletionNotice(
    notice_id=UUID(int=1),
    assignment_id=UUID(int=2),
    team_id="17",
    player_id="9",
    completed_at=datetime(2026, 3, 10, 18, 30, tzinfo=UTC),
    load=72.5,
    rpe=7,
    planned_load=80,
)


def test_the_phase_of_today(client: HttpPlanningService) -> None:
    assert client.current_phase("17", CORRELATION) == PRESEASON.model_copy(update={"team_id": "17"})


def test_a_season_plan_with_everything(server: FaultyPlanningServer, client: HttpPlanningService) -> None:
    said = {"type": "in_season", "loadLevel": "peak", "sessionsPerWeek": 5, "intensity": "high"}
    focus = {"focusAreas": ["sprint", " strength "]}
    full = phase_json("p1", "2026-02-01T00:00:00+01:00", "2026-03-31T23:59:59+02:00", **said, **focus)
    kick_off = {"fixtureId": "g1", "date": "2026-03-14T15:30:00+01:00", "title": "Away"}
    server.set_season_plan("17", season_plan_json(full, fixtures=[kick_off, {"fixtureId": "g2", "date": "2026-03-21"}]))
    assert client.season_plan("17", CORRELATION) == SeasonPlanContent(
        season_plan_id="plan-1",
        team_id="17",
        phases=(
            PhaseContent(
                phase_id="p1",
                type=PhaseType.IN_SEASON,
                start_date=datetime.fromisoformat("2026-02-01T00:00:00+01:00"),
                end_date=datetime.fromisoformat("2026-03-31T23:59:59+02:00"),
                load_level=LoadLevel.PEAK,
                sessions_per_week=5,
                intensity=IntensityLevel.HIGH,
                focus_areas=("sprint", "strength"),
            ),
        ),
        fixtures=(
            FixtureContent(fixture_id="g1", date=datetime.fromisoformat("2026-03-14T15:30:00+01:00"), title="Away"),
            FixtureContent(fixture_id="g2", date=date(2026, 3, 21)),
        ),
    )


def test_a_template_with_everything(server: FaultyPlanningServer, client: HttpPlanningService) -> None:
    workout = {"week": 2, "weekday": 7, "title": "Long", "sport": "bike", "load": 120.5,
               "intensity": {"zones": ["2", "5a"], "powerPctFtp": [56, 75], "heartRatePctMax": [60, 75.5]},
               "exercises": [{"name": "Squat", "focus": "strength", "sets": 3, "reps": 8}]}  # fmt: skip
    server.set_template(template_json("t/2", version=4, weeks=3, workouts=[workout]))
    assert client.template("t/2", CORRELATION) == TemplateContent(
        template_id="t/2",
        version=4,
        name="Base",
        weeks=3,
        workouts=(
            TemplateWorkoutContent(
                week=2,
                weekday=7,
                title="Long",
                sport="bike",
                load=120.5,
                intensity=IntensityContent(
                    zones=(Zone.Z2, Zone.Z5A), power_pct_ftp=(56, 75), heart_rate_pct_max=(60, 75.5)
                ),
                exercises=(ExerciseContent(name="Squat", focus="strength", sets=3, reps=8),),
            ),
        ),
    )


def test_what_is_added_to_the_contract_later_is_ignored(
    server: FaultyPlanningServer, client: HttpPlanningService
) -> None:
    server.set_season_plan("17", season_plan_json(phase_json("p1", "2026-02-01", "2026-03-31", colour="red"), mood=1))
    assert client.season_plan("17", CORRELATION).phases == (PRESEASON,)


def test_every_request_says_who_asks_and_in_which_chain(
    server: FaultyPlanningServer, client: HttpPlanningService
) -> None:
    client.current_phase("17", CORRELATION)
    client.season_plan("17", CORRELATION)
    client.template("t1", CORRELATION)
    client.notify_completion(NOTICE, CORRELATION)
    assert [(asked.method, asked.route, asked.id) for asked in server.asked] == [
        ("GET", "current-phase", "17"),
        ("GET", "season-plan", "17"),
        ("GET", "template", "t1"),
        ("POST", "completions", ""),
    ]
    for asked in server.asked:
        assert asked.headers["authorization"] == "Bearer s3cret"
        assert asked.headers["x-correlation-id"] == str(CORRELATION)
        assert asked.headers["accept-encoding"] == "identity", "the limit on an answer's size counts what is sent"
        assert asked.headers["user-agent"] == f"mesocycle/{version('mesocycle')}"


@pytest.mark.parametrize("team", ["a/b", "..", ".", "a?b#c", "100 %", "Füchse", "%2F", "a\\b", "x" * 200])
def test_an_id_is_opaque(server: FaultyPlanningServer, client: HttpPlanningService, team: str) -> None:
    server.set_season_plan(team, season_plan_json())
    assert client.season_plan(team, CORRELATION).team_id == team


def test_a_completion_is_sent_as_the_contract_has_it(server: FaultyPlanningServer, client: HttpPlanningService) -> None:
    client.notify_completion(NOTICE, CORRELATION)
    assert server.completions == [
        {
            "noticeId": "00000000-0000-0000-0000-000000000001",
            "assignmentId": "00000000-0000-0000-0000-000000000002",
            "teamId": "17",
            "playerId": "9",
            "completedAt": "2026-03-10T18:30:00Z",
            "load": 72.5,
            "rpe": 7.0,
            "plannedLoad": 80.0,
        }
    ]
    [asked] = server.asked
    assert asked.headers["idempotency-key"] == "00000000-0000-0000-0000-000000000001"
    assert asked.headers["content-type"] == "application/json"
    assert json.loads(asked.body) == server.completions[0]


def test_a_completion_that_is_known_already_is_accepted(
    server: FaultyPlanningServer, client: HttpPlanningService
) -> None:
    client.notify_completion(NOTICE, CORRELATION)
    client.notify_completion(NOTICE, CORRELATION)
    assert len(server.completions) == 1
    assert (server.count("completions"), client.last_error) == (2, None)


def test_what_there_is_not_is_refused_and_says_nothing_against_the_service(client: HttpPlanningService) -> None:
    client.season_plan("17", CORRELATION)
    with pytest.raises(PlanningServiceRefused, match="team 18 has no season plan") as raised:
        client.season_plan("18", CORRELATION)
    assert raised.value.status == 404
    assert (client.state, client.last_success_at, client.last_error) == ("closed", NOW, None)


def test_a_wrong_token_is_refused_with_what_to_do(server: FaultyPlanningServer) -> None:
    with closing(client_of(server, token=None)) as client:
        with pytest.raises(PlanningServiceRefused, match="Set PLANNING_SERVICE_TOKEN") as raised:
            client.current_phase("17", CORRELATION)
        assert (raised.value.status, client.last_error) == (401, str(raised.value))
    assert server.count("current-phase") == 1


def test_user_and_password_of_the_url_are_sent_but_not_shown(
    server: FaultyPlanningServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    with (
        closing(client_of(server, url=server.url.replace("//", "//ada:open-sesame@"), token=None)) as client,
        pytest.raises(PlanningServiceRefused) as raised,
    ):
        client.current_phase("17", CORRELATION)
    assert server.asked[0].headers["authorization"] == "Basic YWRhOm9wZW4tc2VzYW1l"
    assert "/current-phase" in caplog.text
    assert "open-sesame" not in caplog.text + str(raised.value)


def test_it_is_built_from_settings(server: FaultyPlanningServer) -> None:
    settings = Settings(planning_service_url=server.url, planning_service_token=SecretStr("s3cret"))
    with closing(planning_service(settings, SystemClock())) as client:
        as_port: PlanningService = client
        assert as_port.current_phase("17", CORRELATION).phase_id == "p1"


def test_the_settings_say_how_patient_it_is(server: FaultyPlanningServer) -> None:
    """Two attempts of a tenth of a second each; the answer would come after twenty seconds."""
    server.always("season-plan", late(20))
    settings = Settings(
        planning_service_url=server.url,
        planning_timeout_ms=100,
        planning_breaker_failures=2,
        planning_breaker_reset_s=700,
    )
    with closing(planning_service(settings, SystemClock())) as client, pytest.raises(CircuitOpen) as raised:
        client.season_plan("17", CORRELATION)
    assert server.count("season-plan") == 2
    assert raised.value.retry_after_s is not None
    assert 600 < raised.value.retry_after_s <= 700


def test_the_settings_say_how_often_it_may_ask(server: FaultyPlanningServer) -> None:
    settings = Settings(
        planning_service_url=server.url, planning_service_token=SecretStr("s3cret"), planning_rate_per_minute=1
    )
    with closing(planning_service(settings, SystemClock())) as client:
        client.template("t1", CORRELATION)
        with pytest.raises(PlanningServiceAway, match="asked 1 times"):
            client.template("t1", CORRELATION)
