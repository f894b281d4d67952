"""Athletes: the people, their names, and forgetting them."""

from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from api.access import Asking
from api.changing import CREATED, located
from api.commanding import Commanded, ToChange, run
from api.cursors import Cursor, Limit, named_cursor, paged, text_of
from api.models import Answer
from api.problems import PROBLEM
from api.reading import TIMEOUT, MinPosition, Timeout, stale
from api.services import Services
from api.wishes import Wish, command_of
from domain.athlete import ForgetAthlete, RegisterAthlete
from domain.fields import ExternalId, Title
from domain.ids import AthleteId, external_id
from projections.people import READS, NameCursor, athlete_page
from projections.people import athlete as athlete_row

FORGOTTEN = "forgotten athlete"


class AthleteEntry(Answer):
    athlete_id: UUID
    name: str = Field(examples=["Ana Ruiz"], description=f"'{FORGOTTEN}' for one who asked to be.")


class AthleteAnswer(AthleteEntry):
    forgotten: bool = Field(description="Their name is known to nobody any more, and nothing brings it back.")
    stale: bool = Field(description="True where something is missing: not there in time, or set aside as an error.")


class AthleteList(Answer):
    athletes: list[AthleteEntry] = Field(description="By name, without those who were forgotten.")
    next_cursor: str | None = Field(description="For the next page; null on the last.")
    stale: bool = Field(description="True where what `minPosition` names was not there in time.")


class NewAthlete(Wish):
    """An athlete whom a planning service knows needs both of the external fields: messages find them by these."""

    name: Title = Field(examples=["Ana Ruiz"])
    external_source: ExternalId | None = Field(None, description="What you call the planning service.")
    external_id: ExternalId | None = Field(None, description="What that service calls the person.")


def router(services: Services) -> APIRouter:
    routes = APIRouter(prefix="/api/v1/athletes", tags=["athletes"], responses=PROBLEM)

    @routes.post("", status_code=201, summary="Register an athlete", responses=CREATED)
    def register(body: NewAthlete, access: Asking, asked: ToChange, response: Response) -> Commanded:
        """For administrators. The same external id again is the same person, whatever the name says.

        409 `athlete-forgotten` for one who was forgotten under that external id.
        """
        organization_id = access.organization(change=True)
        athlete_id = services.new_id()
        if body.external_source is not None and body.external_id is not None:
            athlete_id = external_id(organization_id, body.external_source, "athlete", body.external_id)
        command = command_of(RegisterAthlete, {"athlete_id": athlete_id, **dict(body)})
        registered = run(services, command, asked, response)
        located(response, f"/athletes/{registered.id}")
        return registered

    @routes.get("", summary="Your athletes, by name")
    def list_athletes(
        access: Asking,
        limit: Limit = 200,
        cursor: Cursor = None,
        min_position: MinPosition = None,
        timeout: Timeout = TIMEOUT,
    ) -> AthleteList:
        """Administrators and services see all; coaches the players of their teams; athletes themselves."""
        after = named_cursor(cursor)
        is_stale = stale(services, READS, min_position, timeout)
        with access.reading() as connection:
            found = athlete_page(connection, access.asker(), everything=access.everything, after=after, limit=limit + 1)
        page, last = paged(found, limit)
        return AthleteList(
            athletes=[AthleteEntry(athlete_id=row.athlete_id, name=row.name or FORGOTTEN) for row in page],
            next_cursor=None if last is None else text_of(NameCursor(last.name or "", last.athlete_id)),
            stale=is_stale,
        )

    @routes.get("/{athleteId}", summary="One athlete")
    def get_athlete(
        athleteId: UUID, access: Asking, min_position: MinPosition = None, timeout: Timeout = TIMEOUT
    ) -> AthleteAnswer:
        is_stale = stale(services, READS, min_position, timeout, athleteId)
        with access.reading() as connection:
            standing = access.athlete(athleteId, on=connection)
            row = athlete_row(connection, athleteId)
        return AthleteAnswer(
            athlete_id=athleteId,
            name=FORGOTTEN if row is None or row.name is None else row.name,
            forgotten=standing.forgotten,
            stale=is_stale,
        )

    @routes.delete("/{athleteId}", status_code=202, summary="Forget an athlete, for ever")
    def forget(athleteId: UUID, access: Asking, asked: ToChange, response: Response) -> Commanded:
        """For administrators. Accepted, and final: nothing takes it back.

        At once the athlete counts as forgotten. A moment later the key that opens what is personal is destroyed, in
        every event and every copy of one, the name leaves what is read, and planned workouts are withdrawn. What was
        done stays, as the work of a forgotten athlete. Again it changes nothing (`changed` false).
        """
        access.athlete(athleteId)
        access.organization(change=True)
        return run(services, ForgetAthlete(athlete_id=AthleteId(athleteId)), asked, response)

    return routes
