"""A team's games: workouts go around them."""

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import Field

from api.access import Asking
from api.changing import CREATED, KNOWN, located
from api.commanding import Commanded, ToChange, run
from api.models import Answer
from api.problems import PROBLEM
from api.reading import TIMEOUT, MinPosition, Timeout
from api.season_plans import FixtureAnswer, shown
from api.services import Services
from api.wishes import Wish
from domain.fields import Day, ExternalId, Title
from domain.ids import FixtureId, TeamId
from domain.season_plan import AddFixture, FixtureUnknown, MoveFixture, RemoveFixture

FixtureInPath = Annotated[ExternalId, Path(description="The game's id, as it was declared.")]


class Fixtures(Answer):
    team_id: UUID
    fixtures: list[FixtureAnswer] = Field(description="By day; a plan has at most some hundred.")
    stale: bool = Field(description="True where something is missing: not there in time, or set aside as an error.")


class NewFixture(Wish):
    fixture_id: ExternalId = Field(examples=["cup-1"], description="Yours to choose; unique in the plan.")
    on: Day = Field(examples=["2027-02-06"], description="The day of the game, in the plan's zone.")
    title: Title | None = Field(None, examples=["Cup, first round"])


class MovedFixture(Wish):
    on: Day = Field(examples=["2027-02-13"], description="Its new day.")


def router(services: Services) -> APIRouter:
    routes = APIRouter(prefix="/api/v1/teams/{teamId}/season-plan/fixtures", tags=["season plans"], responses=PROBLEM)

    @routes.get("", summary="A team's games")
    def list_fixtures(
        teamId: UUID, access: Asking, response: Response, min_position: MinPosition = None, timeout: Timeout = TIMEOUT
    ) -> Fixtures:
        """The `ETag` is that of the season plan, of which they are a part."""
        plan = shown(services, access, teamId, response, min_position, timeout)
        return Fixtures(team_id=teamId, fixtures=plan.fixtures, stale=plan.stale)

    @routes.post("", status_code=201, summary="Add a game", responses=CREATED, dependencies=KNOWN)
    def add_fixture(teamId: UUID, body: NewFixture, access: Asking, asked: ToChange, response: Response) -> Commanded:
        """Workouts on its day and the day before follow by themselves, and those of its week that recur.

        409 `fixture-exists`; 409 `fixture-outside-season` where no phase covers the day of the game.
        """
        access.team(teamId, change=True)
        added = run(services, AddFixture(team_id=TeamId(teamId), **dict(body)), asked, response)
        located(response, f"/teams/{teamId}/season-plan/fixtures/{quote(body.fixture_id, safe='')}")
        return added

    @routes.get("/{fixtureId:path}", summary="One game")
    def get_fixture(
        teamId: UUID,
        fixtureId: FixtureInPath,
        access: Asking,
        response: Response,
        min_position: MinPosition = None,
        timeout: Timeout = TIMEOUT,
    ) -> FixtureAnswer:
        """As it was declared last."""
        plan = shown(services, access, teamId, response, min_position, timeout)
        found = next((fixture for fixture in plan.fixtures if fixture.fixture_id == fixtureId), None)
        if found is None:
            raise FixtureUnknown(f"team {teamId} has no game of that id")
        return found

    @routes.patch("/{fixtureId:path}", summary="Move a game", dependencies=KNOWN)
    def move_fixture(
        teamId: UUID, fixtureId: FixtureInPath, body: MovedFixture, access: Asking, asked: ToChange, response: Response
    ) -> Commanded:
        """Both days, and both weeks, follow by themselves."""
        access.team(teamId, change=True)
        command = MoveFixture(team_id=TeamId(teamId), fixture_id=FixtureId(fixtureId), on=body.on)
        return run(services, command, asked, response)

    @routes.delete("/{fixtureId:path}", summary="A game is off", dependencies=KNOWN)
    def remove_fixture(
        teamId: UUID, fixtureId: FixtureInPath, access: Asking, asked: ToChange, response: Response
    ) -> Commanded:
        """Workouts that went around it are as they were."""
        access.team(teamId, change=True)
        command = RemoveFixture(team_id=TeamId(teamId), fixture_id=FixtureId(fixtureId))
        return run(services, command, asked, response)

    return routes
