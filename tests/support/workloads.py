"""Builders for tests of workloads, and the rule told a second time: which restriction each assignment carries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from uuid import UUID

from domain.assignment import (
    AssignmentCancelled,
    AssignmentCompleted,
    AssignmentPlanned,
    AssignmentSkipped,
    AssignmentStarted,
    AssignmentWorkloadLifted,
)
from domain.event import Event
from domain.ids import AthleteId, TeamId
from domain.ports import Recorded
from domain.rules.workload_response import ResponseType, Restriction, ThresholdType, strictest
from domain.workload import Ending, EndRestriction, RecordThresholdBreach, WorkloadRestrictionEnded
from domain.workload import WorkloadThresholdBreached as Breached
from tests.support.club import TODAY, day

ACTOR = "reaction:workload-fan-out"
ZONE = "Europe/Berlin"


@dataclass
class CalendarClock:
    """Noon of a day that the test sets."""

    today: date = TODAY

    def now(self) -> datetime:
        return datetime.combine(self.today, time(12), UTC)


def breach(
    athlete_id: UUID,
    team_id: UUID,
    offset: int,
    magnitude: float = 0.4,
    response: ResponseType = ResponseType.REDUCE_LOAD,
    threshold: ThresholdType = ThresholdType.HIGH_LOAD,
) -> RecordThresholdBreach:
    """On that day; a high load holds for 7 days, a needed recovery for 3, a risk of injury for 14."""
    return RecordThresholdBreach(
        team_id=TeamId(team_id),
        athlete_id=AthleteId(athlete_id),
        threshold_type=threshold,
        current_value=9.0,
        threshold_value=7.0,
        response=response,
        magnitude=magnitude,
        on=day(offset),
        zone=ZONE,
        triggered_by="planning",
    )


def end(athlete_id: UUID, team_id: UUID, restriction: int | None = None) -> EndRestriction:
    """By hand; without a number, all that are over."""
    return EndRestriction(team_id=TeamId(team_id), athlete_id=AthleteId(athlete_id), restriction=restriction, zone=ZONE)


@dataclass
class Held:
    """``free_on``: the days that a person freed of it, from then on; ``ended`` frees what is on no day."""

    first: date
    last: date
    restriction: Restriction
    free_on: date = date.max
    ended: bool = False

    def holds(self, on: date | None) -> bool:
        return not self.ended if on is None else self.first <= on <= self.last and on < self.free_on


@dataclass
class WorkloadModel:
    """``open``: the day of each assignment that may still be touched; ``given``: by which revision, and what."""

    revision: int = 0
    held: dict[int, Held] = field(default_factory=dict)
    open: dict[UUID, date | None] = field(default_factory=dict)
    given: dict[UUID, tuple[int, Restriction | None]] = field(default_factory=dict)

    def give(self, key: UUID) -> None:
        on = self.open[key]
        wanted = strictest(each.restriction for each in self.held.values() if each.holds(on))
        self.given[key] = self.revision, wanted


def expected_restrictions(log: Sequence[Recorded[Event]]) -> dict[UUID, Restriction | None]:
    """By assignment. What a person reverted stays off until the workload touches the workout again."""
    workloads: defaultdict[tuple[UUID, UUID], WorkloadModel] = defaultdict(WorkloadModel)
    reverted: dict[UUID, int] = {}
    for recorded in log:
        event = recorded.event
        match event:
            case Breached():
                model = workloads[event.team_id, event.athlete_id]
                model.revision += 1
                restriction = Restriction(event.skip, event.fraction, event.easy_only)
                model.held[event.restriction] = Held(event.starts_on, event.ends_on, restriction)
                for key, on in model.open.items():
                    if on is None or event.starts_on <= on <= event.ends_on:
                        model.give(key)
            case WorkloadRestrictionEnded():
                model = workloads[event.team_id, event.athlete_id]
                model.revision += 1
                held = model.held[event.restriction]
                freed = {key for key, on in model.open.items() if held.holds(on)}
                held.ended, by_hand = True, event.ending is Ending.BY_HAND
                held.free_on = event.ended_on if by_hand else date.max
                for key in freed:
                    on = model.open[key]
                    if on is None or not held.holds(on):
                        model.give(key)
            case AssignmentPlanned():
                model = workloads[event.team_id, event.athlete_id]
                model.open[event.assignment_id] = event.scheduled_on
                if any(each.holds(event.scheduled_on) for each in model.held.values()):
                    model.give(event.assignment_id)
            case AssignmentStarted() | AssignmentCompleted() | AssignmentSkipped() | AssignmentCancelled():
                workloads[event.team_id, event.athlete_id].open.pop(event.assignment_id, None)
            case AssignmentWorkloadLifted() if recorded.actor != ACTOR:
                reverted[event.assignment_id] = event.workload_revision
            case _:
                pass
    given = {key: each for model in workloads.values() for key, each in model.given.items()}
    return {
        key: None if reverted.get(key, 0) >= revision else restriction for key, (revision, restriction) in given.items()
    }
