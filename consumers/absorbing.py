"""What each event of the log changes in the tables that the reactions keep, and what it sets going.

An event is taken in by all who care about it, in the order in which they are named here: who is on the roster comes
before who is caught. All of it takes a cursor, is set-based, and never commits.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any

from psycopg import Cursor

from consumers import departures, phase_roster, phase_seasons, players, template_reaction, workload_reaction
from domain.assignment import (
    AssignmentCancelled,
    AssignmentCompleted,
    AssignmentPlanned,
    AssignmentSkipped,
    AssignmentStarted,
)
from domain.event import Event
from domain.ports import Recorded
from domain.team import AutoApplySet, PlayerJoined, PlayerLeft, TeamFormed
from domain.template_application import TemplateApplied
from domain.workload import WorkloadRestrictionEnded, WorkloadThresholdBreached

Absorb = Callable[[Cursor, Sequence[Recorded[Any]]], None]
"""Takes in events that follow each other in the log, of those types for which it stands below."""

CLOSED: tuple[Absorb, ...] = (phase_roster.strike_off,)

ABSORBERS: Mapping[type[Event], tuple[Absorb, ...]] = {
    **dict.fromkeys(phase_seasons.DECLARATIONS, (phase_seasons.on_declarations,)),
    TeamFormed: (phase_seasons.on_settings,),
    AutoApplySet: (phase_seasons.on_settings,),
    AssignmentPlanned: (phase_roster.enrol, departures.follow, phase_roster.catch, workload_reaction.catch),
    AssignmentStarted: CLOSED,
    AssignmentCompleted: CLOSED,
    AssignmentSkipped: CLOSED,
    AssignmentCancelled: CLOSED,
    PlayerJoined: (players.on_joined, departures.on_players_joined),
    PlayerLeft: (players.on_left, departures.on_players_left),
    WorkloadThresholdBreached: (workload_reaction.on_changes,),
    WorkloadRestrictionEnded: (workload_reaction.on_changes,),
    TemplateApplied: (template_reaction.on_templates_applied,),
}


def absorb(cursor: Cursor, batch: Sequence[Recorded[Event]]) -> None:
    """Takes in a batch in its order; the log carries every event, and those of no concern here change nothing."""
    for absorbers, run in groupby(batch, key=lambda recorded: ABSORBERS.get(type(recorded.event), ())):
        events = list(run)
        for take_in in absorbers:
            take_in(cursor, events)
