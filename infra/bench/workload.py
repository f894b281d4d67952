"""What the contenders store: workouts as a club plans them, told apart by nothing but ids, days and loads."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid5

from domain.assignment import AssignmentPlanned
from domain.ids import AssignmentId, AthleteId, OrganizationId, TeamId
from domain.ports import Caller, IdempotencyKey, InboxEntry
from domain.prescription import Prescription
from infra.bench.library import Workout, of_load
from infra.clock import new_id

ORGANIZATION = OrganizationId(UUID("6f1c1f0e-52d3-4c0e-9a3e-0d6f4a3f2b10"))
CLUSTER_ID, TOPIC_ID = "b5b1f6d8-planning-cluster", "planning.events"
FIRST_DAY = date(2126, 5, 1)
TITLE, SPORT = "Threshold intervals 4 × 8 min", "running"
NOW = datetime(2026, 4, 20, 9, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One event to append, with what came with its request."""

    event: AssignmentPlanned
    caller: Caller
    key: IdempotencyKey
    inbox: InboxEntry


def team(number: int) -> TeamId:
    return TeamId(uuid5(ORGANIZATION, f"team {number}"))


def athlete(number: int) -> AthleteId:
    return AthleteId(uuid5(ORGANIZATION, f"athlete {number}"))


def day(number: int) -> date:
    return FIRST_DAY + timedelta(days=number % 30)


def load(number: int) -> float:
    return 40.0 + number % 90


def planned(number: int) -> AssignmentPlanned:
    return AssignmentPlanned(
        assignment_id=AssignmentId(new_id()),
        team_id=team(number % 300),
        athlete_id=athlete(number % 7_500),
        title=TITLE,
        sport=SPORT,
        scheduled_on=day(number),
        baseline=Prescription(load=load(number)),
    )


def library_planned(number: int) -> Workout:
    """The same as an aggregate of the library; its event is pending."""
    return Workout(
        team_id=team(number % 300),
        athlete_id=athlete(number % 7_500),
        title=TITLE,
        sport=SPORT,
        scheduled_on=day(number).isoformat(),
        baseline=of_load(load(number)),
    )


def caller() -> Caller:
    return Caller(ORGANIZATION, "coach:7f3a", new_id(), new_id())


def arrivals(writer: int, count: int) -> list[Arrival]:
    """For one writer; keys and offsets are those of no other."""
    found = []
    for number in range(count):
        event, request = planned(writer + number), str(new_id())
        key = IdempotencyKey("coach:7f3a", "POST /api/v1/assignments", request, sha256(request.encode()).digest())
        inbox = InboxEntry("club-planner", request, CLUSTER_ID, TOPIC_ID, writer, number)
        found.append(Arrival(event, caller(), key, inbox))
    return found


def library_workouts(writer: int, count: int) -> list[Workout]:
    return [library_planned(writer + number) for number in range(count)]
