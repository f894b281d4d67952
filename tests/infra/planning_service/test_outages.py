"""The planning service down, slow, busy or elsewhere: what is tried again, what is not, and what the caller learns."""

from contextlib import closing, suppress

import pytest
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from consumers.planning_service import PlanningServiceAway, PlanningServiceRefused
from domain.ports import Unavailable
from infra.planning_service import HttpPlanningService
from infra.planning_service.breaker import CircuitOpen
from tests.infra.planning_service.test_client import CORRELATION, NOTICE
from tests.support.planning_client import NOW, Seconds, client_of
from tests.support.planning_server import (
    Fault,
    FaultyPlanningServer,
    accepts_then,
    busy,
    cut,
    dripping,
    late,
    status,
)

LONG_500 = status(500, "x" * 6_000_000)
FAULTS = pytest.mark.parametrize(
    "fault",
    [status(500), status(502), status(503), status(408), status(429), cut(), cut(b'{"seasonPlanId"'), LONG_500],
    ids=["500", "502", "503", "408", "429", "cut", "half", "long-500"],
)


@FAULTS
def test_what_may_pass_is_tried_again(server: FaultyPlanningServer, client: HttpPlanningService, fault: Fault) -> None:
    server.plan_fault("season-plan", fault, fault)
    assert client.season_plan("17", CORRELATION).season_plan_id == "plan-1"
    assert server.count("season-plan") == 3


@FAULTS
def test_after_three_attempts_the_service_is_away(
    server: FaultyPlanningServer, client: HttpPlanningService, fault: Fault
) -> None:
    server.always("season-plan", fault)
    with pytest.raises(PlanningServiceAway) as raised:
        client.season_plan("17", CORRELATION)
    assert isinstance(raised.value, Unavailable), "the consumers wait for what is unavailable"
    assert server.count("season-plan") == 3
    assert (client.last_success_at, client.last_error) == (None, str(raised.value))


def test_an_attempt_that_failed_is_logged_in_its_chain(
    server: FaultyPlanningServer, client: HttpPlanningService
) -> None:
    server.plan_fault("season-plan", status(500))
    with capture_logs(processors=[merge_contextvars]) as lines:
        client.season_plan("17", CORRELATION)
    [line] = lines
    assert (line["event"], line["correlation_id"]) == ("stamina.retry_scheduled", str(CORRELATION))
    assert "answered 500 to GET /api/v1/teams/17/season-plan" in line["caused_by"]


def test_nobody_listens_and_then_somebody_does(server: FaultyPlanningServer, client: HttpPlanningService) -> None:
    client.season_plan("17", CORRELATION)
    server.stop()
    with pytest.raises(PlanningServiceAway, match="did not answer GET /api/v1/teams/17/season-plan"):
        client.season_plan("17", CORRELATION)
    server.start()
    assert client.season_plan("17", CORRELATION).season_plan_id == "plan-1"
    assert (client.last_success_at, client.last_error) == (NOW, None)


def test_an_answer_that_comes_too_late_is_none(server: FaultyPlanningServer) -> None:
    server.always("season-plan", late(20))
    with closing(client_of(server, timeout_s=0.1)) as client, pytest.raises(PlanningServiceAway, match="ReadTimeout"):
        client.season_plan("17", CORRELATION)
    assert server.count("season-plan") == 3


def test_nor_is_one_that_comes_drop_by_drop(server: FaultyPlanningServer) -> None:
    """Each drop is in time, the last is not. It is the right answer: only the deadline tells it from a good one."""
    whole = (
        b'{"phaseId": "p1", "type": "recovery", "startDate": "2026-03-01", "endDate": "2026-03-31", "loadLevel": "low"}'
    )
    server.always("current-phase", dripping(whole, pieces=20, pause_s=0.1))
    with (
        closing(client_of(server, timeout_s=0.5)) as client,
        pytest.raises(PlanningServiceAway, match=r"longer than 0\.5 s"),
    ):
        client.current_phase("17", CORRELATION)


def test_a_notice_whose_answer_is_lost_is_sent_again_and_counts_once(
    server: FaultyPlanningServer, client: HttpPlanningService
) -> None:
    server.plan_fault("completions", accepts_then(cut()), accepts_then(status(503)))
    client.notify_completion(NOTICE, CORRELATION)
    assert [notice["noticeId"] for notice in server.completions] == [str(NOTICE.notice_id)]
    assert {asked.headers["idempotency-key"] for asked in server.asked} == {str(NOTICE.notice_id)}
    assert server.count("completions") == 3


@pytest.mark.parametrize("code", [200, 202, 204])
def test_a_notice_is_accepted_with_each_status_of_the_contract(
    server: FaultyPlanningServer, client: HttpPlanningService, code: int
) -> None:
    server.plan_fault("completions", status(code))
    client.notify_completion(NOTICE, CORRELATION)
    assert (server.count("completions"), client.last_success_at) == (1, NOW)


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        (301, "Redirects are not followed"),
        (307, "Redirects are not followed"),
        (400, "docs/planning-contract.md"),
        (401, "Set PLANNING_SERVICE_TOKEN"),
        (403, "access"),
        (404, "Check the id there"),
        (409, "docs/planning-contract.md"),
        (422, "docs/planning-contract.md"),
    ],
)
def test_a_refusal_is_final_and_says_what_to_do(
    server: FaultyPlanningServer, client: HttpPlanningService, code: int, hint: str
) -> None:
    server.always("season-plan", status(code, {"detail": "because"}, Location=f"{server.url}/api/v1/templates/t1"))
    with pytest.raises(PlanningServiceRefused, match=rf"answered {code} to GET .* \(because\)") as raised:
        client.season_plan("17", CORRELATION)
    assert raised.value.status == code
    assert hint in raised.value.hint
    assert raised.value.hint in str(raised.value)
    assert [asked.route for asked in server.asked] == ["season-plan"]


def test_a_short_retry_after_is_waited_for(server: FaultyPlanningServer, client: HttpPlanningService) -> None:
    """The server refuses for good whoever comes back too early."""
    server.plan_fault("season-plan", busy(1))
    assert client.season_plan("17", CORRELATION).season_plan_id == "plan-1"
    assert server.count("season-plan") == 2


@pytest.mark.parametrize("code", [429, 503])
def test_a_long_retry_after_is_left_to_the_caller(
    server: FaultyPlanningServer, client: HttpPlanningService, code: int
) -> None:
    server.always("season-plan", status(code, Retry_After="120"))
    with pytest.raises(PlanningServiceAway) as raised:
        client.season_plan("17", CORRELATION)
    assert (raised.value.retry_after_s, server.count("season-plan")) == (120.0, 1)


def test_the_circuit_opens_and_closes_by_itself(server: FaultyPlanningServer) -> None:
    seconds = Seconds()
    with closing(client_of(server, failures=5, seconds=seconds)) as client:
        server.always("season-plan", status(500))
        for _ in range(4):
            with suppress(PlanningServiceAway):
                client.season_plan("17", CORRELATION)
        assert (client.state, server.count("season-plan")) == ("open", 5)
        with pytest.raises(CircuitOpen, match=r"failed 5 times in a row: .* answered 500") as raised:
            client.template("t1", CORRELATION)
        assert (raised.value.retry_after_s, server.count("template")) == (30.0, 0)
        assert "answered 500" in str(client.last_error)
        server.always("season-plan", None)
        seconds.pass_by(30)
        assert client.season_plan("17", CORRELATION).season_plan_id == "plan-1"
        assert [client.state, client.last_error] == ["closed", None]


def test_no_more_is_asked_than_the_rate_allows(server: FaultyPlanningServer) -> None:
    with closing(client_of(server, rate_per_minute=2, failures=1)) as client:
        client.season_plan("17", CORRELATION)
        client.template("t1", CORRELATION)
        with pytest.raises(PlanningServiceAway, match="PLANNING_RATE_PER_MINUTE") as raised:
            client.current_phase("17", CORRELATION)
        assert raised.value.retry_after_s is not None
        assert 0 < raised.value.retry_after_s <= 60
        assert len(server.asked) == 2
        assert (client.state, client.last_error) == ("closed", None), "that says nothing against the service"


def test_attempts_count_against_the_rate(server: FaultyPlanningServer) -> None:
    server.always("season-plan", status(500))
    with closing(client_of(server, rate_per_minute=2)) as client, pytest.raises(PlanningServiceAway):
        client.season_plan("17", CORRELATION)
    assert len(server.asked) == 2
