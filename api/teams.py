"""Teams: forming one, its zone and setting, its coaches. Who plays for it: ``rosters.py``."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import Field, model_validator

from api.access import Asking
from api.changing import CREATED, KNOWN, located
from api.commanding import Commanded, ToChange, run
from api.cursors import Cursor, Limit, named_cursor, paged, text_of
from api.models import Answer
from api.problems import PROBLEM
from api.reading import TIMEOUT, MinPosition, Timeout, stale
from api.services import Services
from api.wishes import Wish
from domain.fields import ExternalId, Title, ZoneName
from domain.ids import TeamId, external_id
from domain.team import AppointCoach, DismissCoach, FormTeam, SetAutoApply
from projections.people import NameCursor, coaches, team_page

READS = ("teams",)
Coach = Annotated[ExternalId, Path(description="The id of the coach's account, as tokens have it in `sub`.")]


class TeamEntry(Answer):
    """A team. Each of its days is a day in its zone."""

    team_id: UUID
    name: str = Field(examples=["U17"])
    zone: str = Field(description="IANA time zone.", examples=["Europe/Berlin"])
    auto_apply_adjustments: bool = Field(description="Whether phases adjust its workouts by themselves.")
    external_source: str | None = Field(description="Which planning service knows it ...", examples=["plan"])
    external_id: str | None = Field(description="... and as what.", examples=["17"])
    players: int = Field(description="On its roster, without a day of leaving.", examples=[24])


class TeamAnswer(TeamEntry):
    coaches: list[str] = Field(description="Account ids of those who were appointed.", examples=[["coach:ana"]])
    stale: bool = Field(description="True where something is missing: not there in time, or set aside as an error.")


class TeamList(Answer):
    teams: list[TeamEntry] = Field(description="By name: all for an administrator or a service, else one's own.")
    next_cursor: str | None = Field(description="For the next page; null on the last.")
    stale: bool = Field(description="True where what `minPosition` names was not there in time.")


class NewTeam(Wish):
    """A team that a planning service knows needs both of the external fields: messages find it by them."""

    name: Title = Field(examples=["U17"])
    zone: ZoneName = Field(description="IANA time zone.", examples=["Europe/Berlin"])
    auto_apply_adjustments: bool = Field(True, description="Whether phases adjust its workouts by themselves.")
    external_source: ExternalId | None = Field(None, description="What you call the planning service.")
    external_id: ExternalId | None = Field(None, description="What that service calls the team.")

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.external_source is None) != (self.external_id is None):
            raise ValueError("an external id is that of a source: send externalSource and externalId, or neither")
        return self


class AutoApply(Wish):
    auto_apply_adjustments: bool = Field(description="True: phases adjust workouts by themselves.")


def router(services: Services) -> APIRouter:
    routes = APIRouter(prefix="/api/v1/teams", tags=["teams"], responses=PROBLEM)

    @routes.post("", status_code=201, summary="Form a team", responses=CREATED)
    def form_team(body: NewTeam, access: Asking, asked: ToChange, response: Response) -> Commanded:
        """For administrators. The same external id again is the same team (409 where it has another name or zone)."""
        organization_id = access.organization(change=True)
        team_id = services.new_id()
        if body.external_source is not None and body.external_id is not None:
            team_id = external_id(organization_id, body.external_source, "team", body.external_id)
        formed = run(services, FormTeam(team_id=TeamId(team_id), **dict(body)), asked, response)
        located(response, f"/teams/{formed.id}")
        return formed

    @routes.get("", summary="Your teams")
    def list_teams(
        access: Asking,
        limit: Limit = 200,
        cursor: Cursor = None,
        min_position: MinPosition = None,
        timeout: Timeout = TIMEOUT,
    ) -> TeamList:
        """Administrators and services see all; coaches those they coach; athletes those they play in."""
        after = named_cursor(cursor)
        is_stale = stale(services, READS, min_position, timeout)
        with access.reading() as connection:
            found = team_page(connection, access.asker(), everything=access.everything, after=after, limit=limit + 1)
        page, last = paged(found, limit)
        return TeamList(
            teams=[TeamEntry(**row._asdict()) for row in page],
            next_cursor=None if last is None else text_of(NameCursor(last.name, last.team_id)),
            stale=is_stale,
        )

    @routes.get("/{teamId}", summary="One team")
    def get_team(
        teamId: UUID, access: Asking, min_position: MinPosition = None, timeout: Timeout = TIMEOUT
    ) -> TeamAnswer:
        is_stale = stale(services, READS, min_position, timeout, teamId)
        with access.reading() as connection:
            row = access.team(teamId, on=connection)
            return TeamAnswer(**row._asdict(), coaches=coaches(connection, teamId), stale=is_stale)

    @routes.put("/{teamId}/auto-apply", summary="Whether phases adjust workouts by themselves", dependencies=KNOWN)
    def set_auto_apply(teamId: UUID, body: AutoApply, access: Asking, asked: ToChange, response: Response) -> Commanded:
        """Decides about all but a phase change that says for itself. Nothing is adjusted by setting it."""
        access.team(teamId, change=True)
        command = SetAutoApply(team_id=TeamId(teamId), auto_apply_adjustments=body.auto_apply_adjustments)
        return run(services, command, asked, response)

    @routes.put("/{teamId}/coaches/{coach:path}", summary="Appoint a coach", dependencies=KNOWN)
    def appoint_coach(teamId: UUID, coach: Coach, access: Asking, asked: ToChange, response: Response) -> Commanded:
        """From then on the account may plan for the team, also where its token does not name the team."""
        access.team(teamId, change=True)
        return run(services, AppointCoach(team_id=TeamId(teamId), coach=coach), asked, response)

    @routes.delete("/{teamId}/coaches/{coach:path}", summary="Dismiss a coach", dependencies=KNOWN)
    def dismiss_coach(teamId: UUID, coach: Coach, access: Asking, asked: ToChange, response: Response) -> Commanded:
        """A token that names the team is good for it until it expires."""
        access.team(teamId, change=True)
        return run(services, DismissCoach(team_id=TeamId(teamId), coach=coach), asked, response)

    return routes
