"""Templates in their versions, and which teams follow them."""

from datetime import date
from typing import Any
from uuid import UUID

from domain.ids import TeamId, TemplateId, template_application_id
from domain.phase_template import TemplateDefined, TemplateRevised, TemplateWithdrawn, TemplateWorkout
from domain.prescription import Exercise, Intensity, Prescription, Range
from domain.rules.intensity import Zone
from domain.template_application import DatedWorkout, TemplateApplied, TemplateAssignmentsCreated
from projections.template_library import (
    READS,
    ApplicationCursor,
    ApplicationRow,
    TemplateContent,
    TemplateCursor,
    TemplateRow,
    applications,
    template,
    templates,
)
from projections.templates import PROJECTION
from tests.support.read_models import ACTOR, ORGANIZATION, at, reading

given = reading(*READS)

FIRST, SECOND, THIRD = (TemplateId(UUID(int=0x70 + count)) for count in range(3))
TEAM = TeamId(UUID(int=0x1))
WORKOUT = TemplateWorkout(
    week=2,
    weekday=4,
    title="Intervals – hügelig",
    sport="bike",
    prescription=Prescription(
        load=80.5,
        intensity=Intensity(zones=(Zone.Z2, Zone.Z5A), power_pct_ftp=Range(low=90, high=104.5)),
        exercises=(Exercise(name="Squat", focus="strength", sets=3, reps=None),),
    ),
)
PLAIN = TemplateWorkout(week=1, weekday=1, title="Run", sport="run", prescription=Prescription(load=60))


def defined(template_id: TemplateId = FIRST, name: str = "Base") -> TemplateDefined:
    return TemplateDefined(template_id=template_id, template_version=1, name=name, workouts=(PLAIN, WORKOUT))


def revised(version: int, name: str, *workouts: TemplateWorkout) -> TemplateRevised:
    return TemplateRevised(template_id=FIRST, template_version=version, name=name, workouts=workouts)


def listed(template_id: TemplateId, name: str, count: int, version: int = 1, withdrawn: bool = False) -> TemplateRow:
    return TemplateRow(template_id, ORGANIZATION, name, version, withdrawn, at(count), ACTOR)


def test_every_version_is_kept_whole_and_the_last_one_holds(database_url: str) -> None:
    models = given(database_url, defined(), revised(2, "Base, shorter", PLAIN))
    first = TemplateContent(FIRST, ORGANIZATION, 1, "Base", (PLAIN, WORKOUT), at(1), ACTOR, False, False, 2)
    last = TemplateContent(FIRST, ORGANIZATION, 2, "Base, shorter", (PLAIN,), at(2), ACTOR, True, False, 2)
    assert models.rows(template, FIRST, 1) == first
    assert models.rows(template, FIRST) == models.rows(template, FIRST, 2) == last
    assert (models.rows(template, FIRST, 3), models.rows(template, SECOND)) == (None, None)


def test_a_withdrawn_template_stays_readable_and_comes_back_by_its_revision(database_url: str) -> None:
    models = given(database_url, defined(), defined(SECOND, "Taper"), TemplateWithdrawn(template_id=FIRST))
    assert models.rows(templates, ORGANIZATION) == [listed(SECOND, "Taper", 2)]
    gone = listed(FIRST, "Base", 3, withdrawn=True)
    assert models.rows(templates, ORGANIZATION, withdrawn=True) == [gone, listed(SECOND, "Taper", 2)]
    content = models.rows(template, FIRST)
    assert (content.withdrawn, content.workouts, content.version) == (True, (PLAIN, WORKOUT), 2)

    models.project(revised(2, "Base", PLAIN))
    assert models.rows(templates, ORGANIZATION) == [listed(FIRST, "Base", 4, version=2), listed(SECOND, "Taper", 2)]
    models.deliver_again()
    models.deliver_each_again(PROJECTION)
    assert models.differences() == {}


def test_templates_of_an_organization_by_name_page_by_page(database_url: str) -> None:
    models = given(database_url, defined(THIRD, "Base"), defined(SECOND, "Base"), defined(FIRST, "Arm"))
    everything = models.rows(templates, ORGANIZATION)
    assert [(one.name, one.template_id) for one in everything] == [("Arm", FIRST), ("Base", SECOND), ("Base", THIRD)]
    paged: list[TemplateRow] = []
    after = None
    while page := models.rows(templates, ORGANIZATION, after=after, limit=1):
        paged += page
        after = TemplateCursor(page[0].name, page[0].template_id)
    assert paged == everything
    assert models.rows(templates, UUID(int=0xC2)) == []


def applied(starts_on: date, **other: Any) -> TemplateApplied:
    days = (starts_on.replace(day=20), starts_on)
    fields: dict[str, Any] = {
        "application_id": template_application_id(TEAM, "tpl-1", starts_on),
        "team_id": TEAM,
        "template_id": "tpl-1",
        "template_version": 3,
        "name": "Base",
        "starts_on": starts_on,
        "load_multiplier": 1.2,
        "training_frequency": None,
        "workouts": [DatedWorkout(day=day, title="Run", sport="run", prescription=PLAIN.prescription) for day in days],
        "triggered_by": "planner",
        **other,
    }
    return TemplateApplied.model_validate(fields)


def test_what_a_team_follows_from_when_and_with_how_many_workouts(database_url: str) -> None:
    march, april = date(2026, 3, 2), date(2026, 4, 1)
    models = given(database_url, applied(march), applied(april, training_frequency=4))
    earlier = ApplicationRow(
        application_id=template_application_id(TEAM, "tpl-1", march),
        team_id=TEAM,
        template_id="tpl-1",
        template_version=3,
        name="Base",
        starts_on=march,
        ends_on=date(2026, 3, 20),
        load_multiplier=1.2,
        training_frequency=None,
        workouts_count=2,
        triggered_by="planner",
        applied_at=at(1),
        assignments_count=None,
        players_count=None,
        created_at=None,
    )
    later = earlier._replace(
        application_id=template_application_id(TEAM, "tpl-1", april),
        starts_on=april,
        ends_on=date(2026, 4, 20),
        training_frequency=4,
        applied_at=at(2),
    )
    assert models.rows(applications, TEAM) == [later, earlier]

    models.project(
        TemplateAssignmentsCreated(
            application_id=earlier.application_id,  # type: ignore[arg-type]
            team_id=TEAM,
            assignments_count=36,
            players_count=18,
        )
    )
    assert models.rows(applications, TEAM, before=ApplicationCursor(april, later.application_id)) == [
        earlier._replace(assignments_count=36, players_count=18, created_at=at(3))
    ]
    assert models.rows(applications, TEAM, limit=1) == [later]
    models.deliver_again()
    models.deliver_each_again(PROJECTION)
    assert models.differences() == {}
