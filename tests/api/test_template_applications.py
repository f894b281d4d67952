"""Teams that follow templates, over HTTP."""

from typing import Any
from uuid import UUID, uuid4

from api.principal import Role
from domain.ids import TeamId, TemplateId, template_application_id
from domain.phase_template import DefineTemplate, ReviseTemplate, WithdrawTemplate
from tests.api.conftest import Served
from tests.support.club import assignments, day
from tests.support.planned_club import ANA, BEN, OTHER_CLUB, club
from tests.support.templates import EASY, FIRST_DAY, GYM

TEMPLATE = TemplateId(UUID(int=0x7E))
PATH = f"/api/v1/templates/{TEMPLATE}/applications"
KEY = {"Idempotency-Key": "k1"}
SHORTER = ReviseTemplate.model_validate({"template_id": TEMPLATE, "name": "Shorter", "workouts": [EASY]})


def follow(team_id: UUID, starts: int = FIRST_DAY, **more: Any) -> dict[str, Any]:
    return {"teamId": str(team_id), "startsOn": day(starts).isoformat(), **more}


def apply(served: Served, body: Any, status: int = 201, headers: Any = None) -> Any:
    answer = served.client.post(PATH, json=body, headers=headers)
    assert answer.status_code == status, answer.text
    return answer.json()


def code(answer: Any) -> str:
    return str(answer["type"]).rpartition(":")[2]


def with_template(served: Served) -> TeamId:
    """A team of two; the template has two workouts in its first week."""
    defined = {"template_id": TEMPLATE, "name": "Base", "workouts": [EASY, GYM]}
    served.run(DefineTemplate.model_validate(defined))
    return club(served)


def test_the_players_get_its_workouts_and_the_team_is_told_what_it_follows(served: Served) -> None:
    team_id = with_template(served)
    listing = f"/api/v1/teams/{team_id}/template-applications"
    answer = served.client.post(PATH, json=follow(team_id, customizations={"loadMultiplier": 1.5}))
    told = answer.json()
    assert (answer.status_code, answer.headers["location"], answer.headers["etag"]) == (201, listing, '"1"')
    assert told["id"] == str(template_application_id(team_id, str(TEMPLATE), day(FIRST_DAY)))
    served.app.projector.process_available()
    [planning] = served.client.get(listing).json()["applications"]
    assert (planning["assignmentsCount"], planning["playersCount"], planning["createdAt"]) == (None, None, None)

    served.settle()
    [entry] = served.client.get(listing, params={"minPosition": told["position"], "timeout": 0}).json()["applications"]
    assert entry.pop("appliedAt") <= entry.pop("createdAt")
    assert entry == {
        "applicationId": told["id"],
        "teamId": str(team_id),
        "templateId": str(TEMPLATE),
        "templateVersion": 1,
        "name": "Base",
        "startsOn": day(2).isoformat(),
        "endsOn": day(5).isoformat(),
        "loadMultiplier": 1.5,
        "trainingFrequency": None,
        "workoutsCount": 2,
        "triggeredBy": "account:17",
        "assignmentsCount": 4,
        "playersCount": 2,
    }
    planned = {(one.athlete_id, one.scheduled_on, one.baseline.load) for one in assignments(served.app).values()}
    assert planned == {(who, on, load) for who in (ANA, BEN) for on, load in ((day(3), 60.0), (day(5), 82.5))}


def test_once_for_a_team_a_template_and_a_day(served: Served) -> None:
    team_id = with_template(served)
    first = apply(served, follow(team_id), headers=KEY)
    assert apply(served, follow(team_id), headers=KEY) == first | {"changed": False}
    assert apply(served, follow(team_id))["changed"] is False
    assert code(apply(served, follow(team_id, 9), 422, KEY)) == "idempotency-key-reused"
    other = follow(team_id, customizations={"trainingFrequency": 1})
    assert code(apply(served, other, 409)) == "template-applied-already"
    assert code(apply(served, follow(team_id, 9), 412, {"If-Match": '"1"'})) == "version-mismatch"
    served.settle()
    assert len(assignments(served.app)) == 4


def test_an_earlier_version_on_request_and_none_that_was_withdrawn(served: Served) -> None:
    team_id = with_template(served)
    served.run(SHORTER)
    served.settle()
    apply(served, follow(team_id, version=1))
    apply(served, follow(team_id, 9))
    assert code(apply(served, follow(team_id, 16, version=3), 404)) == "not-found"
    served.settle()
    path = f"/api/v1/teams/{team_id}/template-applications"
    page = served.client.get(path, params={"limit": 1}).json()
    rest = served.client.get(path, params={"limit": 1, "cursor": page["nextCursor"]}).json()
    found = [*page["applications"], *rest["applications"]]
    assert [(one["templateVersion"], one["workoutsCount"]) for one in found] == [(2, 1), (1, 2)], "the latest first"
    assert rest["nextCursor"] is None
    names = served.client.get("/api/v1/templates", params={"limit": 1, "withdrawn": True}).json()
    assert names["nextCursor"] is None
    served.run(WithdrawTemplate(template_id=TEMPLATE))
    served.settle()
    assert code(apply(served, follow(team_id, 16), 409)) == "template-withdrawn"


def test_a_cursor_of_another_list_is_none(served: Served) -> None:
    team_id = with_template(served)
    served.run(DefineTemplate.model_validate({"template_id": uuid4(), "name": "Taper", "workouts": [EASY]}))
    served.settle()
    cursor = served.client.get("/api/v1/templates", params={"limit": 1}).json()["nextCursor"]
    for wrong in (cursor, "nonsense"):
        answer = served.client.get(f"/api/v1/teams/{team_id}/template-applications", params={"cursor": wrong})
        assert (answer.status_code, code(answer.json())) == (400, "bad-cursor")


def test_what_cannot_be_meant_names_its_field(served: Served) -> None:
    wrongs: dict[str, dict[str, Any]] = {
        "body.startsOn": {"startsOn": "soon"},
        "body.customizations.loadMultiplier": {"customizations": {"loadMultiplier": 0}},
        "body.version": {"version": 0},
        "body.force": {"force": True},
    }
    for location, wrong in wrongs.items():
        refused = apply(served, follow(uuid4()) | wrong, 422)
        assert [error["location"] for error in refused["errors"]] == [location]
    assert code(apply(served, follow(with_template(served), 400), 409)) == "template-is-over"


def test_who_may(served: Served) -> None:
    team_id = with_template(served)
    listing = f"/api/v1/teams/{team_id}/template-applications"
    for role, who, see, change in (
        (Role.COACH, {"teams": (team_id,)}, 200, 201),
        (Role.COACH, {"teams": (uuid4(),)}, 404, 404),
        (Role.ATHLETE, {"athlete_id": ANA}, 200, 404),
        (Role.ATHLETE, {"athlete_id": uuid4()}, 404, 404),
        (Role.SERVICE, {}, 200, 403),
        (Role.ADMIN, {"organization_id": OTHER_CLUB}, 404, 404),
        (Role.COACH, {"teams": (team_id,), "organization_id": OTHER_CLUB}, 404, 404),
    ):
        client = served.client_for(role, **who)
        assert client.get(listing).status_code == see, (role, who)
        answer = client.post(PATH, json=follow(team_id))
        assert answer.status_code == change, (role, who)
    assert code(apply(served, follow(uuid4()), 404)) == "not-found"
