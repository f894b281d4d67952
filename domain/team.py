"""A team: its zone, its roster over time, its coaches, and whether phases adjust its workouts by themselves.

Days are calendar days in the team's zone. The setting decides everything but a phase change that a message
brought with a flag of its own.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never
from uuid import UUID

from pydantic import Field

from domain.decider import Command, Context, Decider
from domain.errors import AlreadyExists, NotFound
from domain.event import Event
from domain.fields import ExternalId, Title, ZoneName
from domain.ids import AthleteId, TeamId
from domain.roster import Roster, Stay, TransferToSameTeam, ended, may_join, may_leave

# Stored shapes: version with care


class TeamFormed(Event):
    """A team came into being; ``external_source`` and ``external_id`` say which planning service knows it as what."""

    event_name = "team.formed"

    team_id: TeamId
    name: str
    zone: str = Field(description="IANA time zone; every day of the team is a day there.")
    auto_apply_adjustments: bool
    external_source: str | None
    external_id: str | None


class PlayerJoined(Event):
    """An athlete is on the roster from ``joined_on``."""

    event_name = "team.player_joined"

    team_id: TeamId
    athlete_id: AthleteId
    joined_on: date


class PlayerLeft(Event):
    """An athlete is off the roster from ``left_on``, the first day not in the team."""

    event_name = "team.player_left"

    team_id: TeamId
    athlete_id: AthleteId
    left_on: date
    transferred_to: TeamId | None = Field(
        default=None, description="The team that the athlete joins on that day, with what was planned from then on."
    )


class CoachAppointed(Event):
    """A coach may plan for the team."""

    event_name = "team.coach_appointed"

    team_id: TeamId
    coach: str = Field(description="Opaque id of the coach's account, never a name.")


class CoachDismissed(Event):
    """A coach may no longer plan for the team."""

    event_name = "team.coach_dismissed"

    team_id: TeamId
    coach: str = Field(description="Opaque id of the coach's account, never a name.")


class AutoApplySet(Event):
    """From now on phases adjust the team's workouts by themselves, or do not."""

    event_name = "team.auto_apply_set"

    team_id: TeamId
    auto_apply_adjustments: bool


TeamEvent = TeamFormed | PlayerJoined | PlayerLeft | CoachAppointed | CoachDismissed | AutoApplySet


@dataclass(frozen=True, slots=True)
class Team:
    team_id: TeamId
    name: str
    zone: str
    auto_apply_adjustments: bool
    external_source: str | None = None
    external_id: str | None = None
    roster: Roster = ()
    coaches: tuple[str, ...] = ()


def evolve(state: Team | None, event: TeamEvent) -> Team:
    if isinstance(event, TeamFormed):
        return Team(
            event.team_id,
            event.name,
            event.zone,
            event.auto_apply_adjustments,
            event.external_source,
            event.external_id,
        )
    assert state is not None, "a team is formed first"
    match event:
        case PlayerJoined():
            return replace(state, roster=(*state.roster, Stay(event.athlete_id, event.joined_on)))
        case PlayerLeft():
            return replace(state, roster=ended(state.roster, event.athlete_id, event.left_on, event.transferred_to))
        case CoachAppointed():
            return replace(state, coaches=(*state.coaches, event.coach))
        case CoachDismissed():
            return replace(state, coaches=tuple(coach for coach in state.coaches if coach != event.coach))
        case AutoApplySet():
            return replace(state, auto_apply_adjustments=event.auto_apply_adjustments)
        case _:
            assert_never(event)


class _ToTeam(Command):
    team_id: TeamId

    @property
    def stream_id(self) -> UUID:
        return self.team_id


class FormTeam(_ToTeam):
    name: Title
    zone: ZoneName
    auto_apply_adjustments: bool = True
    external_source: ExternalId | None = None
    external_id: ExternalId | None = None


class AddPlayer(_ToTeam):
    athlete_id: AthleteId
    joined_on: date


class RemovePlayer(_ToTeam):
    athlete_id: AthleteId
    left_on: date = Field(description="The first day on which the athlete is no longer in the team.")
    transferred_to: TeamId | None = Field(
        default=None, description="The team to go on in; null for one who just leaves."
    )


class AppointCoach(_ToTeam):
    coach: ExternalId


class DismissCoach(_ToTeam):
    coach: ExternalId


class SetAutoApply(_ToTeam):
    auto_apply_adjustments: bool


TeamCommand = FormTeam | AddPlayer | RemovePlayer | AppointCoach | DismissCoach | SetAutoApply


def decide(command: TeamCommand, state: Team | None, _context: Context) -> tuple[TeamEvent, ...]:
    if isinstance(command, FormTeam):
        return form(command, state)
    if state is None:
        raise NotFound(f"there is no team {command.team_id}")
    team_id = state.team_id
    match command:
        case AddPlayer(athlete_id=athlete_id, joined_on=day):
            if may_join(state.roster, athlete_id, day):
                return (PlayerJoined(team_id=team_id, athlete_id=athlete_id, joined_on=day),)
        case RemovePlayer():
            return remove(command, state)
        case AppointCoach(coach=coach):
            if coach not in state.coaches:
                return (CoachAppointed(team_id=team_id, coach=coach),)
        case DismissCoach(coach=coach):
            if coach in state.coaches:
                return (CoachDismissed(team_id=team_id, coach=coach),)
        case SetAutoApply(auto_apply_adjustments=auto_apply):
            if auto_apply != state.auto_apply_adjustments:
                return (AutoApplySet(team_id=team_id, auto_apply_adjustments=auto_apply),)
        case _:
            assert_never(command)
    return ()


def form(command: FormTeam, state: Team | None) -> tuple[TeamEvent, ...]:
    """The setting is not compared: it may have been changed since, which makes the team no other."""
    if state is None:
        return (TeamFormed(**dict(command)),)
    wished = (command.name, command.zone, command.external_source, command.external_id)
    if wished == (state.name, state.zone, state.external_source, state.external_id):
        return ()
    raise AlreadyExists(f"team {state.team_id} exists already: {state.name!r} in {state.zone}")


def remove(command: RemovePlayer, state: Team) -> tuple[TeamEvent, ...]:
    """That the new team exists cannot be known here: the reaction that adds the player to it finds out."""
    if command.transferred_to == state.team_id:
        raise TransferToSameTeam(
            f"athlete {command.athlete_id} cannot be transferred from team {state.team_id} to itself"
        )
    if may_leave(state.roster, command.athlete_id, command.left_on, command.transferred_to):
        return (PlayerLeft(**dict(command)),)
    return ()


DECIDER: Decider[TeamCommand, Team, TeamEvent] = Decider(
    name="team",
    commands=(FormTeam, AddPlayer, RemovePlayer, AppointCoach, DismissCoach, SetAutoApply),
    events=(TeamFormed, PlayerJoined, PlayerLeft, CoachAppointed, CoachDismissed, AutoApplySet),
    state=Team,
    decide=decide,
    evolve=evolve,
    partition_key=lambda state: state.team_id,
    snapshot_every=200,
)
