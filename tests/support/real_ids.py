"""A club with one of everything, and its ids by the names that the API has for them: for requests made at random."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from domain.athlete import RegisterAthlete
from domain.ids import AthleteId, TeamId
from domain.organization import ConnectPlanningSource, FoundOrganization
from domain.phase_template import DefineTemplate
from domain.rules.load import LoadLevel
from domain.season_plan import AddFixture
from domain.team import AppointCoach
from infra.main import Application
from tests.support.club import ORGANIZATION, day, phase, run_all, team, workout
from tests.support.templates import EASY
from tests.support.transfers import join

TEAM, OTHER_TEAM, TEMPLATE = UUID(int=0x17), UUID(int=0x19), UUID(int=0x7E)
ANA, BEN = UUID(int=0xA), UUID(int=0xB)
WORKOUTS = {UUID(int=0x100 + number): offset for number, offset in enumerate((1, 2, 3, 9, None))}

IDS: Mapping[str, tuple[str, ...]] = {
    "organizationId": (str(ORGANIZATION),),
    "teamId": (str(TEAM),),
    "toTeamId": (str(OTHER_TEAM),),
    "athleteId": (str(ANA), str(BEN)),
    "playerId": (str(ANA), str(BEN)),
    "assignmentId": tuple(map(str, WORKOUTS)),
    "templateId": (str(TEMPLATE),),
    "phaseId": ("in",),
    "fixtureId": ("derby",),
    "coach": ("account:17",),
}


def found_club(app: Application) -> None:
    """Two players of a team with a season, a game, workouts and a template; everything at rest."""
    run_all(
        app,
        FoundOrganization(organization_id=ORGANIZATION, name="SV Test"),
        ConnectPlanningSource(organization_id=ORGANIZATION, source="planning", topic=app.planning_topic),
        *team(TEAM),
        *team(OTHER_TEAM),
        *(RegisterAthlete(athlete_id=AthleteId(athlete), name="Ana Ruiz") for athlete in (ANA, BEN)),
        *(join(athlete, TEAM, -9) for athlete in (ANA, BEN)),
        phase(TEAM, "in", 0, 30, LoadLevel.HIGH),
        AddFixture(team_id=TeamId(TEAM), fixture_id="derby", on=day(8)),
        AppointCoach(team_id=TeamId(TEAM), coach="account:17"),
        template(),
        *(workout(TEAM, offset, assignment_id=one, athlete_id=ANA) for one, offset in WORKOUTS.items()),
    )
    app.prepare()
    while app.reactions.process_available() + app.projector.process_available():
        pass


def template() -> DefineTemplate:
    said: dict[str, Any] = {"template_id": TEMPLATE, "name": "Base", "workouts": [EASY]}
    return DefineTemplate.model_validate(said)
