"""What a process did is counted by it and by no other; no label tells of whom."""

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from api.watching import Seen
from domain.assignment import AdjustByHand
from domain.decider import Command
from domain.event import Event
from domain.ports import Caller
from domain.rules.load import LoadLevel
from domain.rules.workload_response import ResponseType
from infra.main import Application
from infra.metrics import Metrics
from tests.support.assignment_events import adjusted, by_hand, restricted
from tests.support.club import application, change, coach, phase, run_all, team, workout
from tests.support.workloads import breach


def values(rendered: bytes, family: str) -> dict[tuple[str, ...], float]:
    """Of a family that somebody has counted in: sample's name and the values of its labels, and the number."""
    return {
        (sample.name.removeprefix(f"mesocycle_{family}"), *by_name(sample.labels)): sample.value
        for found in text_string_to_metric_families(rendered.decode())
        if found.name == f"mesocycle_{family}"
        for sample in found.samples
        if sample.value and not sample.name.endswith("_created")
    }


def by_name(labels: Mapping[str, str]) -> list[str]:
    """The bounds of buckets come last."""
    return [labels[name] for name in sorted(labels, key=lambda name: (name == "le", name))]


def seen(app: Application, family: str) -> dict[tuple[str, ...], float]:
    return values(scraped(app), family)


def scraped(app: Application) -> bytes:
    return TestClient(app.api).get("/metrics").content


def test_requests_by_route_method_and_status_and_how_long_they_took() -> None:
    metrics = Metrics()
    for seconds in (0.002, 0.2):
        metrics.observe_request(Seen("GET", "/teams/{teamId}", 200, seconds))
    metrics.observe_request(Seen("GET", "/teams/{teamId}", 404, 0.002))
    route = ("GET", "/teams/{teamId}")
    assert values(metrics.render(), "http_requests") == {("_total", *route, "200"): 2, ("_total", *route, "404"): 1}
    took = values(metrics.render(), "http_request_duration_seconds")
    assert took["_bucket", *route, "0.0025"] == 2
    assert took["_bucket", *route, "0.25"] == took["_count", *route] == 3
    assert took["_sum", *route] == pytest.approx(0.204)


@pytest.mark.parametrize(
    ("event", "layer", "below", "at"),
    [
        (adjusted("build", 72.0, 1), "phase", "10.0", "20.0"),
        (restricted(30.0, 1), "workload", "-75.0", "-50.0"),
    ],
)
def test_the_change_of_a_load_is_a_share_of_what_showed_before(event: Event, layer: str, below: str, at: str) -> None:
    metrics = Metrics()
    metrics.observe_events([event])
    found = values(metrics.render(), "load_change_percent")
    assert ("_bucket", layer, below) not in found
    assert found["_bucket", layer, at] == found["_bucket", layer, "+Inf"] == 1


def test_a_share_of_nothing_is_not_told() -> None:
    metrics = Metrics()
    metrics.observe_events([by_hand(adjusted("build", 72.0, 1).shown).model_copy(update={"load_before": 0.0})])
    assert values(metrics.render(), "load_change_percent") == {}


def test_a_phase_is_counted_by_whoever_put_it_on_and_only_once(database_url: str) -> None:
    team_id = uuid4()
    commands: Sequence[Command] = [*team(team_id), phase(team_id, "build", 0, 10, LoadLevel.HIGH)]
    plan = workout(team_id, 2)
    with application(database_url) as one, application(database_url) as other:
        run_all(one, *commands, plan)
        run_all(other, change(team_id, "build", 0, 10))
        other.reactions.process_available()
        one.reactions.process_available()
        told = [seen(each, "phase_adjustments") for each in (one, other)]
        assert told == [{}, {("_total", "high"): 2}], "as planned, and as changed"

        by_hand = AdjustByHand(assignment_id=plan.assignment_id, load=36.0, reason="sore knee")
        key = Caller(coach().organization_id, "coach:ana", uuid4())
        run_all(one, by_hand, by_hand)
        one.runner.run(by_hand, key)
        assert seen(one, "load_change_percent")["_bucket", "hand", "-50.0"] == 1
        assert seen(other, "load_change_percent").get(("_bucket", "hand", "+Inf")) is None


def test_restrictions_by_what_they_call_for(database_url: str) -> None:
    team_id, athlete_id = uuid4(), UUID(int=0xA)
    with application(database_url) as app:
        run_all(
            app,
            *team(team_id),
            breach(athlete_id, team_id, 0),
            breach(athlete_id, team_id, 0, response=ResponseType.SKIP_TRAINING),
        )
        assert seen(app, "workload_restrictions") == {("_total", "reduce_load"): 1, ("_total", "skip_training"): 1}
        said = scraped(app).decode()
    assert str(team_id) not in said
    assert str(athlete_id) not in said
