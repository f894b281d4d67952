"""Who may see, change and tell what: every cell of the table in ``api/access.py``, and what it is on the routes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from api.access import Access
from api.principal import Principal, Role
from api.problems import Refused
from domain.athlete import RegisterAthlete
from domain.errors import NotFound
from domain.ids import AthleteId, OrganizationId, TeamId, TemplateId
from domain.phase_template import DefineTemplate
from domain.rules.load import LoadLevel
from domain.team import AddPlayer, AppointCoach, DismissCoach, RemovePlayer
from tests.api.conftest import Served
from tests.support.club import change, coach, phase, team, workout
from tests.support.tokens import principal

ABROAD = OrganizationId(UUID(int=0xB))
WORKOUT = {"week": 1, "weekday": 1, "title": "Tempo run", "sport": "run", "load": 60.0}


@dataclass(frozen=True)
class Things:
    """A team with one player, who has one workout; and a template beside it."""

    team: UUID
    athlete: UUID
    assignment: UUID
    template: UUID


def made(served: Served, organization_id: OrganizationId, *, appointed: str | None = None) -> Things:
    plan = workout(uuid4(), 2)
    things = Things(plan.team_id, plan.athlete_id, plan.assignment_id, uuid4())
    today = served.app.clock.now().date()
    commands = [
        *team(things.team),
        RegisterAthlete(athlete_id=plan.athlete_id, name="Ana Ruiz"),
        AddPlayer(team_id=plan.team_id, athlete_id=plan.athlete_id, joined_on=today - timedelta(days=9)),
        plan,
        DefineTemplate.model_validate({"template_id": things.template, "name": "Base", "workouts": [WORKOUT]}),
    ]
    if appointed is not None:
        commands.append(AppointCoach(team_id=plan.team_id, coach=appointed))
    served.run(*commands, caller=coach(organization_id))
    return things


@dataclass(frozen=True)
class Club:
    own: Things
    other: Things
    foreign: Things


@pytest.fixture
def club(served: Served) -> Club:
    here = principal().organization_id
    own, other = made(served, here, appointed="coach:ana"), made(served, here)
    found = Club(own, other, made(served, ABROAD, appointed="coach:eve"))
    served.settle()
    return found


def may(access: Access, things: Things) -> dict[str, str]:
    """Of each thing: may it be seen, changed, told of. y: yes; n: no, and that is told; -: it is not found."""
    return {
        "team": cell(*(lambda f=f: access.team(things.team, **f) for f in ({}, {"change": True}, {"tell": True}))),
        "athlete": cell(lambda: access.athlete(things.athlete), lambda: access.athlete(things.athlete, change=True)),
        "assignment": cell(
            lambda: access.assignment(things.assignment),
            lambda: access.assignment(things.assignment, change=True),
            lambda: access.assignment(things.assignment, tell=True),
        ),
        "template": cell(
            lambda: access.template(things.template), lambda: access.template(things.template, change=True)
        ),
    }


def cell(*asked: Callable[[], object]) -> str:
    said = ""
    for one in asked:
        try:
            one()
            said += "y"
        except Refused as refused:
            said += "n" if (refused.status, refused.code) == (403, "forbidden") else str(refused)
        except NotFound:
            said += "-"
    return said


NOTHING = {"team": "---", "athlete": "--", "assignment": "---", "template": "--"}
EVERYTHING = {"team": "yyy", "athlete": "yy", "assignment": "yyy", "template": "yy"}
TABLE: dict[str, tuple[Callable[[Club], Principal], str, dict[str, str], dict[str, str]]] = {
    # who: principal, the organization, what is their own, what is another's of the organization
    "admin": (lambda _: principal(Role.ADMIN), "yyy", EVERYTHING, EVERYTHING),
    "service": (
        lambda _: principal(Role.SERVICE),
        "yny",
        {"team": "yny", "athlete": "yn", "assignment": "yny", "template": "yn"},
        {"team": "yny", "athlete": "yn", "assignment": "yny", "template": "yn"},
    ),
    "coach whom the team has appointed": (
        lambda _: principal(Role.COACH, subject="coach:ana"),
        "ynn",
        EVERYTHING,
        {**NOTHING, "template": "yy"},
    ),
    "coach whose token names the team": (
        lambda club: principal(Role.COACH, teams=(club.own.team, club.foreign.team)),
        "ynn",
        EVERYTHING,
        {**NOTHING, "template": "yy"},
    ),
    "coach of nothing": (
        lambda _: principal(Role.COACH),
        "ynn",
        {**NOTHING, "template": "yy"},
        {**NOTHING, "template": "yy"},
    ),
    "athlete": (
        lambda club: principal(Role.ATHLETE, subject="coach:ana", athlete_id=club.own.athlete),
        "ynn",
        {"team": "ynn", "athlete": "yn", "assignment": "yny", "template": "--"},
        NOTHING,
    ),
    "athlete whose token names teams": (
        lambda club: principal(Role.ATHLETE, athlete_id=uuid4(), teams=(club.own.team,)),
        "ynn",
        NOTHING,
        NOTHING,
    ),
}


@pytest.mark.parametrize("who", TABLE)
def test_each_may_what_the_table_says(served: Served, club: Club, who: str) -> None:
    asks, organization, own, other = TABLE[who]
    access = Access(asks(club), served.app.api.state.services)
    said = cell(access.organization, lambda: access.organization(change=True), lambda: access.organization(tell=True))
    assert said == organization
    assert (may(access, club.own), may(access, club.other)) == (own, other)
    assert may(access, club.foreign) == NOTHING


@pytest.mark.parametrize("role", Role)
def test_a_namesake_of_another_organization_finds_nothing(served: Served, club: Club, role: Role) -> None:
    """The same account id, teams and athlete in the token; and without row-level security beneath, the second lock."""
    namesake = principal(
        role, subject="coach:ana", organization_id=ABROAD, teams=(club.own.team,), athlete_id=club.own.athlete
    )
    services = served.app.api.state.services
    for each in (services, replace(services, reading=lambda _: services.connect())):
        assert may(Access(namesake, each), club.own) == NOTHING


def test_a_coach_who_was_dismissed_and_a_player_who_has_left_are_out(served: Served, club: Club) -> None:
    ana = Access(principal(Role.COACH, subject="coach:ana"), served.app.api.state.services)
    player = Access(principal(Role.ATHLETE, athlete_id=club.own.athlete), served.app.api.state.services)
    today = served.app.clock.now().date()
    team_id, athlete_id = TeamId(club.own.team), AthleteId(club.own.athlete)
    served.run(RemovePlayer(team_id=team_id, athlete_id=athlete_id, left_on=today - timedelta(days=2)))
    served.settle()
    assert (may(ana, club.own)["team"], may(ana, club.own)["athlete"]) == ("yyy", "--")
    assert (may(player, club.own)["team"], may(player, club.own)["athlete"]) == ("---", "yn")
    served.run(AddPlayer(team_id=team_id, athlete_id=athlete_id, joined_on=today + timedelta(days=7)))
    served.settle()
    assert may(ana, club.own)["athlete"] == "yy", "one who will come is planned for"

    served.run(DismissCoach(team_id=team_id, coach="coach:ana"))
    served.settle()
    assert may(ana, club.own) == {**NOTHING, "template": "yy"}


def test_one_connection_is_enough_for_looking_and_reading(served: Served, club: Club) -> None:
    access = Access(principal(), served.app.api.state.services)
    with access.reading() as connection:
        assert access.team(club.own.team, on=connection).name == "U17"
        assert access.assignment(club.own.assignment, on=connection).athlete_id == club.own.athlete
        assert access.template(TemplateId(club.own.template), on=connection).name == "Base"


def test_the_board_of_an_athlete_is_their_own(served: Served, club: Club) -> None:
    mine = [workout(club.own.team, offset, athlete_id=club.own.athlete) for offset in (9, None, 4)]
    elsewhere = workout(club.other.team, 3, athlete_id=club.own.athlete)
    served.run(*mine, elsewhere, *(workout(club.own.team, offset) for offset in (1, 2, 5)))
    served.settle()
    path = f"/api/v1/teams/{club.own.team}/assignment-board"
    me = served.client_for(Role.ATHLETE, athlete_id=club.own.athlete)
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = me.get(path, params={"limit": 1, **({"cursor": cursor} if cursor else {})}).json()
        seen += [entry["assignmentId"] for entry in page["entries"]]
        cursor = page["nextCursor"]
    expected = [club.own.assignment, mine[2].assignment_id, mine[0].assignment_id, mine[1].assignment_id]
    assert seen == list(map(str, expected))
    coached = served.client_for(Role.COACH, teams=(club.own.team,), athlete_id=club.own.athlete)
    for everybody in (served.client, coached):
        assert len(everybody.get(path).json()["entries"]) == 7
    assert me.get(f"/api/v1/teams/{club.other.team}/assignment-board").status_code == 404


def test_an_athlete_sees_the_phase_of_the_team_and_why_the_own_workouts_are_as_they_are(
    served: Served, club: Club
) -> None:
    team_id = club.own.team
    served.run(phase(team_id, "build", 0, 10, LoadLevel.PEAK), change(team_id, "build", 0, 10))
    stranger = workout(team_id, 2)
    served.run(stranger)
    served.settle()
    me = served.client_for(Role.ATHLETE, athlete_id=club.own.athlete)
    told = me.get(f"/api/v1/training/planning/current-phase/{team_id}")
    assert (told.status_code, told.json()["phaseId"]) == (200, "build")
    assert me.get(f"/api/v1/assignments/{club.own.assignment}/history").status_code == 200
    for unseen in (stranger.assignment_id, club.other.assignment, club.foreign.assignment):
        assert me.get(f"/api/v1/assignments/{unseen}/history").status_code == 404
    ana = served.client_for(Role.COACH, subject="coach:ana")
    assert ana.get(f"/api/v1/assignments/{stranger.assignment_id}/history").status_code == 200
    assert ana.get(f"/api/v1/assignments/{club.other.assignment}/history").status_code == 404
