"""Who plays for a team: joining, leaving, going on in another team."""

from datetime import date
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.access import Asking
from api.changing import CREATED, KNOWN, located
from api.commanding import Commanded, ToChange, run
from api.cursors import Cursor, Limit, named_cursor, paged, text_of
from api.models import Answer
from api.problems import PROBLEM
from api.reading import TIMEOUT, MinPosition, Timeout, stale
from api.services import Services
from api.wishes import Wish
from domain.fields import Day
from domain.ids import AthleteId, TeamId
from domain.team import AddPlayer, RemovePlayer
from projections.people import READS, RosterRow, roster
from projections.teams import TeamRow

FORGOTTEN = "forgotten athlete"


class Player(Answer):
    """A player, and since when."""

    athlete_id: UUID
    athlete_name: str | None = Field(examples=["Ana Ruiz"], description=f"'{FORGOTTEN}' for one who asked to be.")
    joined_on: date
    left_on: date | None = Field(description="The first day not in the team; null while there is none.")


class Roster(Answer):
    team_id: UUID
    on: date = Field(description="The day, in the team's zone, on which these are in the team.")
    players: list[Player] = Field(description="By name. An athlete sees themselves alone.")
    next_cursor: str | None = Field(description="For the next page; null on the last.")
    stale: bool = Field(description="True where something is missing: not there in time, or set aside as an error.")


class NewPlayer(Wish):
    athlete_id: AthleteId = Field(description="An athlete of your organization.")
    joined_on: Day | None = Field(None, description="Their first day in the team; null: today, in the team's zone.")


class Leaving(Wish):
    left_on: Day | None = Field(None, description="The first day not in the team; null: today, in the team's zone.")
    transferred_to: TeamId | None = Field(
        None, description="The team to go on in, with what is planned from that day on; null for one who just leaves."
    )


def router(services: Services) -> APIRouter:
    routes = APIRouter(prefix="/api/v1/teams/{teamId}/roster", tags=["teams"], responses=PROBLEM)

    def today_of(team: TeamRow) -> date:
        return services.clock.now().astimezone(ZoneInfo(team.zone)).date()

    @routes.get("", summary="Who plays for a team")
    def get_roster(
        teamId: UUID,
        access: Asking,
        on: Annotated[Day | None, Query(description="Of that day; without it of today.")] = None,
        limit: Limit = 200,
        cursor: Cursor = None,
        min_position: MinPosition = None,
        timeout: Timeout = TIMEOUT,
    ) -> Roster:
        """Of one day: who was, is, or as things stand will be in the team."""
        after = named_cursor(cursor)
        is_stale = stale(services, READS, min_position, timeout, teamId)
        with access.reading() as connection:
            team = access.team(teamId, on=connection)
            day = on or today_of(team)
            found = roster(connection, teamId, day, only=access.only_athlete, after=after, limit=limit + 1)
        page, last = paged(found, limit)
        return Roster(
            team_id=teamId,
            on=day,
            players=[player_of(row) for row in page],
            next_cursor=None if last is None else text_of(last.cursor),
            stale=is_stale,
        )

    @routes.post("", status_code=201, summary="Add a player", responses=CREATED, dependencies=KNOWN)
    def add_player(teamId: UUID, body: NewPlayer, access: Asking, asked: ToChange, response: Response) -> Commanded:
        """What the team's season and templates hold for that day and later reaches the player's workouts by itself.

        The `version` is the team's. 409 `stays-overlap` where the player was in the team on that day anyway.
        """
        team = access.team(teamId, change=True)
        athlete = access.athlete(body.athlete_id)
        joined_on = body.joined_on or today_of(team)
        command = AddPlayer(team_id=TeamId(teamId), athlete_id=AthleteId(athlete.athlete_id), joined_on=joined_on)
        added = run(services, command, asked, response)
        located(response, f"/teams/{teamId}/roster?on={joined_on}")
        return added

    @routes.post("/{athleteId}/leave", summary="A player leaves, or is transferred", dependencies=KNOWN)
    def leave(
        teamId: UUID, athleteId: UUID, body: Leaving, access: Asking, asked: ToChange, response: Response
    ) -> Commanded:
        """Workouts from that day on are cancelled, or go on in the other team; that happens by itself, a moment later.

        409 `not-on-roster`, `left-before-joining` or `transfer-to-same-team` where it cannot be.
        """
        team = access.team(teamId, change=True)
        if body.transferred_to is not None:
            access.team(body.transferred_to, change=True)
        command = RemovePlayer(
            team_id=TeamId(teamId),
            athlete_id=AthleteId(athleteId),
            left_on=body.left_on or today_of(team),
            transferred_to=body.transferred_to,
        )
        return run(services, command, asked, response)

    return routes


def player_of(row: RosterRow) -> Player:
    return Player(
        athlete_id=row.athlete_id,
        athlete_name=FORGOTTEN if row.forgotten else row.name,
        joined_on=row.joined_on,
        left_on=row.left_on,
    )
