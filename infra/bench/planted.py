"""What is there before a measure begins: workouts with some history, put in by the quickest way of each side."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TypeVar, cast
from uuid import UUID

from domain.assignment import DECIDER, AdjustForPhase, AssignmentEvent, PhaseRef
from domain.decider import Context
from domain.ids import PhaseId, SeasonPlanId, season_plan_id
from domain.rules.load import LoadLevel, PhaseType
from infra.bench.library import Workout, Workouts
from infra.bench.workload import ORGANIZATION, caller, library_planned, planned
from infra.clock import SystemClock, new_id
from infra.event_store.envelope import EnvelopedEvent
from infra.event_store.enveloping import Enveloper
from infra.event_store.streams import NOTHING
from infra.main import Application

STORE_CHUNK = 10_000
LIBRARY_CHUNK = 200
"""Events in one insert: psycopg's pipeline mode, which the library's recorder uses, hangs on large parameters."""

PHASES = (
    PhaseRef(phase_id=PhaseId("preseason-2026"), phase_type=PhaseType.PRESEASON, load_level=LoadLevel.LOW),
    PhaseRef(phase_id=PhaseId("in-season-2026"), phase_type=PhaseType.IN_SEASON, load_level=LoadLevel.HIGH),
)
"""That the workouts have been through: three events each, with the first."""

T = TypeVar("T")


def history(number: int) -> tuple[AssignmentEvent, ...]:
    """A workout as planned, then adjusted for one phase and for the next."""
    first = planned(number)
    events: tuple[AssignmentEvent, ...] = (first,)
    context = Context(datetime.now(UTC), "coach:7f3a", ORGANIZATION, new_id)
    for revision, phase in enumerate(PHASES, start=1):
        command = AdjustForPhase(
            assignment_id=first.assignment_id,
            season_plan_id=SeasonPlanId(season_plan_id(first.team_id)),
            season_revision=revision,
            phase=phase,
        )
        events += DECIDER.decide(command, DECIDER.fold(events), context)
    return events


def library_history(number: int) -> Workout:
    """The same in the library's terms; its events are pending."""
    workout = library_planned(number)
    for revision, phase in enumerate(PHASES, start=1):
        workout.adjust_for_phase(phase, season_plan_id(workout.team_id), revision)  # type: ignore[arg-type]
    return workout


def planted_in_store(application: Application, streams: Iterable[Sequence[AssignmentEvent]]) -> list[UUID]:
    """Their ids."""
    now, by = SystemClock().now(), caller()
    ids: list[UUID] = []
    enveloper = Enveloper(application.mapper, new_id)
    for chunk in chunks(streams, STORE_CHUNK):
        stored: list[EnvelopedEvent] = []
        for events in chunk:
            stream_id, team_id = events[0].assignment_id, events[0].team_id
            stored += enveloper.envelop(stream_id, NOTHING, events, team_id, by, now, None)
            ids.append(stream_id)
        application.recorder.append(stored, recorded_at=now, organization_id=ORGANIZATION)
    return ids


def planted_in_library(application: Workouts, workouts: Iterable[Workout]) -> list[UUID]:
    """With all events that are pending on them; their ids."""
    ids = []
    for chunk in chunks(workouts, LIBRARY_CHUNK // 3):
        application.events.put(cast("Any", [event for workout in chunk for event in workout.collect_events()]))
        ids += [workout.id for workout in chunk]
    return ids


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    remaining = iter(items)
    while chunk := list(islice(remaining, size)):
        yield chunk
