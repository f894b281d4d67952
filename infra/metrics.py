"""What this process did, for Prometheus: its requests, and the events that it has stored.

Counts begin with the process. An event is counted by the process that stored it and by no other, so that sums over all
processes are right. No label names an organization, a team or a person. docs/observability.md tells each metric.
"""

from collections.abc import Iterable, Sequence

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from api.watching import Seen
from domain.assignment import (
    AssignmentAdjustedByHand,
    AssignmentPhaseAdjusted,
    AssignmentPhaseLifted,
    AssignmentWorkloadAdjusted,
    AssignmentWorkloadLifted,
)
from domain.event import Event
from domain.rules.load import LoadLevel
from domain.rules.workload_response import ResponseType
from domain.workload import WorkloadThresholdBreached

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
PERCENT = (-100.0, -75.0, -50.0, -40.0, -30.0, -20.0, -10.0, 0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 75.0, 100.0)

LAYERS: dict[type[Event], str] = {
    AssignmentPhaseAdjusted: "phase",
    AssignmentPhaseLifted: "phase",
    AssignmentWorkloadAdjusted: "workload",
    AssignmentWorkloadLifted: "workload",
    AssignmentAdjustedByHand: "hand",
}
"""Which layer of an assignment an event changes. All of them tell the load before and what shows after."""

Changed = (
    AssignmentPhaseAdjusted
    | AssignmentPhaseLifted
    | AssignmentWorkloadAdjusted
    | AssignmentWorkloadLifted
    | AssignmentAdjustedByHand
)


class Metrics:
    """``more`` are collectors that look at each scrape. Threads may share it."""

    def __init__(self, more: Iterable[Collector] = ()) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        for collector in more:
            self._registry.register(collector)
        self._requests = Counter(
            "mesocycle_http_requests", "Requests answered.", ["method", "route", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "mesocycle_http_request_duration_seconds",
            "From the first byte of the request's head to the last of the answer.",
            ["method", "route"],
            buckets=SECONDS,
            registry=self._registry,
        )
        adjustments = Counter(
            "mesocycle_phase_adjustments", "Assignments put under a phase.", ["load_level"], registry=self._registry
        )
        change = Histogram(
            "mesocycle_load_change_percent",
            "By how much an adjustment changed the load that shows.",
            ["layer"],
            buckets=PERCENT,
            registry=self._registry,
        )
        restrictions = Counter(
            "mesocycle_workload_restrictions", "Workload thresholds breached.", ["response"], registry=self._registry
        )
        # Looked up once: a label costs more than counting.
        self._adjustments = {level: adjustments.labels(level.value) for level in LoadLevel}
        self._change = {kind: change.labels(layer) for kind, layer in LAYERS.items()}
        self._restrictions = {response: restrictions.labels(response.value) for response in ResponseType}

    def observe_request(self, seen: Seen) -> None:
        self._requests.labels(seen.method, seen.route, str(seen.status)).inc()
        self._seconds.labels(seen.method, seen.route).observe(seen.seconds)

    def observe_events(self, events: Sequence[Event]) -> None:
        """That this process has stored just now."""
        for event in events:
            if isinstance(event, Changed):
                if event.load_before > 0:  # a share of nothing is no number
                    percent = 100 * (event.shown.load - event.load_before) / event.load_before
                    self._change[type(event)].observe(percent)
                if isinstance(event, AssignmentPhaseAdjusted):
                    self._adjustments[event.load_level].inc()
            elif isinstance(event, WorkloadThresholdBreached):
                self._restrictions[event.response].inc()

    def render(self) -> bytes:
        """In Prometheus' text format."""
        return generate_latest(self._registry)
