"""Every aggregate, event and command there is. What is not listed here does not exist for store, bus and runner."""

from collections.abc import Mapping
from typing import Any

from domain import (
    assignment,
    athlete,
    organization,
    phase_template,
    season_plan,
    team,
    template_application,
    workload,
)
from domain.decider import Command, Decider
from domain.event import Event

AnyDecider = Decider[Any, Any, Any]

DECIDERS: tuple[AnyDecider, ...] = (
    organization.DECIDER,
    athlete.DECIDER,
    team.DECIDER,
    season_plan.DECIDER,
    assignment.DECIDER,
    workload.DECIDER,
    phase_template.DECIDER,
    template_application.DECIDER,
)


def events_by_name(deciders: tuple[AnyDecider, ...]) -> Mapping[str, type[Event]]:
    """Stored name to class. Raises ValueError when two events share a name: the store could not tell them apart."""
    events: dict[str, type[Event]] = {}
    for event in (event for decider in deciders for event in decider.events):
        if (other := events.setdefault(event.event_name, event)) is not event:
            raise ValueError(f"{event.__name__} and {other.__name__} are both stored as {event.event_name!r}")
    return events


EVENTS: Mapping[str, type[Event]] = events_by_name(DECIDERS)

_DECIDERS_BY_COMMAND = {command: decider for decider in DECIDERS for command in decider.commands}


def decider_for(command: type[Command]) -> AnyDecider:
    """The aggregate that decides ``command``. Raises LookupError for one that no aggregate lists."""
    decider = _DECIDERS_BY_COMMAND.get(command)
    if decider is None:
        raise LookupError(f"no aggregate decides {command.__name__}; list it in the DECIDER of one")
    return decider
