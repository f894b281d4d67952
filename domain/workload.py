"""An athlete's workload in one team: thresholds that were breached, and what they restrict for a while.

Breaches do not stack: of the restrictions in force on a day the strictest holds (``rules/workload_response.py``). Each
expires by itself, or is ended by a person. What a restriction does to a workout is decided in ``assignment/``.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import assert_never
from uuid import UUID

from pydantic import Field

from domain.decider import Command, Context, Decider
from domain.errors import NotFound
from domain.event import Event, PersonalNumber, PersonalText
from domain.fields import DayOrInstant, ExternalId, ZoneName, local_day
from domain.ids import AthleteId, TeamId, WorkloadId, workload_id
from domain.rules.workload_response import (
    ResponseType,
    Restriction,
    ThresholdType,
    days_in_force,
    restriction_for,
)

# Stored shapes: version with care


class Ending(StrEnum):
    """Why a restriction is over."""

    EXPIRED = "expired"
    BY_HAND = "by_hand"


class _OfWorkload(Event):
    workload_id: WorkloadId
    team_id: TeamId
    athlete_id: AthleteId
    restriction: int = Field(description="Its number, counted per athlete and team from 1.")


class WorkloadThresholdBreached(_OfWorkload):
    """A threshold was breached: from now on, for some days, the athlete's workouts are restricted."""

    event_name = "workload.threshold_breached"

    threshold_type: PersonalText = Field(description="high_load, recovery_needed or injury_risk.")
    current_value: PersonalNumber
    threshold_value: PersonalNumber
    response: ResponseType
    magnitude: float = Field(description="0 to 1, as recommended.")
    skip: bool
    fraction: float = Field(description="Of the load beneath, 0 to 1.")
    easy_only: bool
    starts_on: date
    ends_on: date = Field(description="The last day on which it holds.")
    triggered_by: str


class WorkloadRestrictionEnded(_OfWorkload):
    """A restriction holds no more."""

    event_name = "workload.restriction_ended"

    ended_on: date = Field(description="The first day without it.")
    ending: Ending


WorkloadEvent = WorkloadThresholdBreached | WorkloadRestrictionEnded


@dataclass(frozen=True, slots=True)
class InForce:
    """A restriction with its days, both inclusive."""

    number: int
    starts_on: date
    ends_on: date
    restriction: Restriction


@dataclass(frozen=True, slots=True)
class Workload:
    """``restrictions`` are those that nobody has ended; ``number`` is that of the last one."""

    workload_id: WorkloadId
    team_id: TeamId
    athlete_id: AthleteId
    number: int = 0
    restrictions: tuple[InForce, ...] = ()


def evolve(state: Workload | None, event: WorkloadEvent) -> Workload:
    match event:
        case WorkloadThresholdBreached():
            state = state or Workload(event.workload_id, event.team_id, event.athlete_id)
            restriction = Restriction(event.skip, event.fraction, event.easy_only)
            held = InForce(event.restriction, event.starts_on, event.ends_on, restriction)
            return replace(state, number=event.restriction, restrictions=(*state.restrictions, held))
        case WorkloadRestrictionEnded():
            assert state is not None, "a restriction is in force first"
            left = tuple(held for held in state.restrictions if held.number != event.restriction)
            return replace(state, restrictions=left)
        case _:
            assert_never(event)


class _ToWorkload(Command):
    team_id: TeamId
    athlete_id: AthleteId

    @property
    def stream_id(self) -> UUID:
        return workload_id(self.team_id, self.athlete_id)


class RecordThresholdBreach(_ToWorkload):
    """``on``: the day of the breach, or an instant on it, in the team's ``zone``."""

    threshold_type: ThresholdType
    current_value: float = Field(allow_inf_nan=False)
    threshold_value: float = Field(allow_inf_nan=False)
    response: ResponseType
    magnitude: float = Field(ge=0, le=1, allow_inf_nan=False)
    on: DayOrInstant
    zone: ZoneName
    triggered_by: ExternalId


class EndRestriction(_ToWorkload):
    """By a person; or, without a number, all whose last day is over in ``zone``."""

    restriction: int | None = Field(default=None, ge=1)
    zone: ZoneName


WorkloadCommand = RecordThresholdBreach | EndRestriction


def decide(command: WorkloadCommand, state: Workload | None, context: Context) -> tuple[WorkloadEvent, ...]:
    match command:
        case RecordThresholdBreach():
            return breach(command, state)
        case EndRestriction():
            if state is None:
                raise NotFound(f"athlete {command.athlete_id} has no restriction in team {command.team_id}")
            return end(command, state, context.now)
        case _:
            assert_never(command)


def breach(command: RecordThresholdBreach, state: Workload | None) -> tuple[WorkloadEvent, ...]:
    """Nothing where the same restriction is in force to the same day.

    A lesser one is kept beside the stricter: it holds should a person end that.
    """
    starts_on = local_day(command.on, command.zone)
    ends_on = starts_on + timedelta(days=days_in_force(command.threshold_type) - 1)
    asked = restriction_for(command.response, command.magnitude)
    for held in state.restrictions if state else ():
        if (held.restriction, held.ends_on) == (asked, ends_on) and held.starts_on <= starts_on:
            return ()
    return (
        WorkloadThresholdBreached(
            workload_id=workload_id(command.team_id, command.athlete_id),
            team_id=command.team_id,
            athlete_id=command.athlete_id,
            restriction=(state.number if state else 0) + 1,
            threshold_type=command.threshold_type.value,
            current_value=command.current_value,
            threshold_value=command.threshold_value,
            response=command.response,
            magnitude=command.magnitude,
            skip=asked.skip,
            fraction=asked.fraction,
            easy_only=asked.easy_only,
            starts_on=starts_on,
            ends_on=ends_on,
            triggered_by=command.triggered_by,
        ),
    )


def end(command: EndRestriction, state: Workload, now: datetime) -> tuple[WorkloadEvent, ...]:
    """One that a person names, or all that are over; nothing for one that ended before.

    Told late, it ended when its days were over all the same.
    """
    today = local_day(now, command.zone)
    if command.restriction is not None and command.restriction > state.number:
        raise NotFound(f"athlete {state.athlete_id} has had {state.number} restrictions, not {command.restriction}")
    return tuple(
        WorkloadRestrictionEnded(
            workload_id=state.workload_id,
            team_id=state.team_id,
            athlete_id=state.athlete_id,
            restriction=held.number,
            ended_on=min(today, held.ends_on + timedelta(days=1)),
            ending=Ending.EXPIRED if command.restriction is None else Ending.BY_HAND,
        )
        for held in state.restrictions
        if (held.ends_on < today if command.restriction is None else held.number == command.restriction)
    )


DECIDER: Decider[WorkloadCommand, Workload, WorkloadEvent] = Decider(
    name="workload",
    commands=(RecordThresholdBreach, EndRestriction),
    events=(WorkloadThresholdBreached, WorkloadRestrictionEnded),
    state=Workload,
    decide=decide,
    evolve=evolve,
    partition_key=lambda state: state.team_id,
    snapshot_every=200,
)
