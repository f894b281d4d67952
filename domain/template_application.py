"""A team follows a template from a day on: which workouts that means, decided once and kept.

What the template said then, and what the team asked for otherwise, stands in the first event; so the workouts come out
the same however often they are made. Whoever is on the roster on the day of a workout gets it.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never
from uuid import UUID

from pydantic import BaseModel, Field

from domain.decider import Command, Context, Decider
from domain.errors import AlreadyExists, DomainError, NotFound
from domain.event import Event, StoredModel
from domain.fields import MOST_LOAD, DayOrInstant, ExternalId, Title, ZoneName, local_day
from domain.ids import TeamId, TemplateApplicationId, template_application_id
from domain.phase_template import PlannedWorkouts
from domain.prescription import Prescription
from domain.rules.template_plan import Slot, laid_out

# Stored shapes: version with care


class DatedWorkout(StoredModel):
    """A workout on its day, as everybody on the roster gets it."""

    day: date
    title: str
    sport: str
    prescription: Prescription


class TemplateApplied(Event):
    """A team follows a template: these workouts are to be planned for its players."""

    event_name = "template_application.applied"

    application_id: TemplateApplicationId
    team_id: TeamId
    template_id: str = Field(description="As whoever keeps the template calls it.")
    template_version: int
    name: str
    starts_on: date
    load_multiplier: float
    training_frequency: int | None = Field(description="Days with training a week; null: as the template has it.")
    workouts: tuple[DatedWorkout, ...]
    triggered_by: str


class TemplateAssignmentsCreated(Event):
    """All workouts of the template are planned."""

    event_name = "template_application.assignments_created"

    application_id: TemplateApplicationId
    team_id: TeamId
    assignments_count: int
    players_count: int


TemplateApplicationEvent = TemplateApplied | TemplateAssignmentsCreated


@dataclass(frozen=True, slots=True)
class TemplateApplication:
    application_id: TemplateApplicationId
    team_id: TeamId
    template_id: str
    template_version: int
    load_multiplier: float
    training_frequency: int | None
    created: bool = False


def evolve(state: TemplateApplication | None, event: TemplateApplicationEvent) -> TemplateApplication:
    match event:
        case TemplateApplied():
            return TemplateApplication(
                event.application_id,
                event.team_id,
                event.template_id,
                event.template_version,
                event.load_multiplier,
                event.training_frequency,
            )
        case TemplateAssignmentsCreated():
            assert state is not None, "a template is applied first"
            return replace(state, created=True)
        case _:
            assert_never(event)


class Customizations(BaseModel):
    """What a team wants otherwise than the template has it (seed 000)."""

    model_config = Command.model_config

    load_multiplier: float = Field(default=1.0, gt=0, le=3, allow_inf_nan=False)
    training_frequency: int | None = Field(default=None, ge=1, le=7, description="Days with training a week.")


class ApplyTemplate(Command):
    """The template comes with it, whole: as it is kept here, or as the planning service has told it."""

    team_id: TeamId
    zone: ZoneName
    template_id: ExternalId
    template_version: int = Field(ge=1)
    name: Title
    workouts: PlannedWorkouts
    starts: DayOrInstant = Field(description="The first day, or an instant on it in the team's zone.")
    customizations: Customizations = Customizations()
    triggered_by: ExternalId

    @property
    def starts_on(self) -> date:
        return local_day(self.starts, self.zone)

    @property
    def stream_id(self) -> UUID:
        return template_application_id(self.team_id, self.template_id, self.starts_on)


class RecordAssignmentsCreated(Command):
    application_id: TemplateApplicationId
    assignments_count: int = Field(ge=0)
    players_count: int = Field(ge=0)

    @property
    def stream_id(self) -> UUID:
        return self.application_id


TemplateApplicationCommand = ApplyTemplate | RecordAssignmentsCreated


def decide(
    command: TemplateApplicationCommand, state: TemplateApplication | None, _context: Context
) -> tuple[TemplateApplicationEvent, ...]:
    match command:
        case ApplyTemplate():
            return apply(command, state)
        case RecordAssignmentsCreated():
            if state is None:
                raise NotFound(f"no template was applied as {command.application_id}")
            if state.created:
                return ()
            return (TemplateAssignmentsCreated(team_id=state.team_id, **dict(command)),)
        case _:
            assert_never(command)


def apply(command: ApplyTemplate, state: TemplateApplication | None) -> tuple[TemplateApplicationEvent, ...]:
    """Once for a team, a template and a first day; asked again with other customizations, it is refused.

    Asked again when the template has got another version, it is the same wish, and done.
    """
    wish = command.customizations
    if state is not None:
        if (state.load_multiplier, state.training_frequency) == (wish.load_multiplier, wish.training_frequency):
            return ()
        raise TemplateAppliedAlready(
            f"team {state.team_id} follows template {state.template_id} from {command.starts_on} on already, with load "
            f"× {state.load_multiplier} and {state.training_frequency or 'its own number of'} days a week"
        )
    workouts = dated(command)
    if not workouts:
        raise TemplateIsOver(f"template {command.template_id} has no workout on or after {command.starts_on}")
    if (most := max(workout.prescription.load for workout in workouts)) > MOST_LOAD:
        raise TemplateTooHeavy(f"template {command.template_id} × {wish.load_multiplier} has a workout of load {most}")
    return (
        TemplateApplied(
            application_id=template_application_id(command.team_id, command.template_id, command.starts_on),
            team_id=command.team_id,
            template_id=command.template_id,
            template_version=command.template_version,
            name=command.name,
            starts_on=command.starts_on,
            load_multiplier=wish.load_multiplier,
            training_frequency=wish.training_frequency,
            workouts=workouts,
            triggered_by=command.triggered_by,
        ),
    )


def dated(command: ApplyTemplate) -> tuple[DatedWorkout, ...]:
    planned = [workout.stored() for workout in command.workouts]
    days = laid_out(
        [Slot(workout.week, workout.weekday, workout.prescription.load) for workout in planned],
        command.starts_on,
        load_multiplier=command.customizations.load_multiplier,
        training_frequency=command.customizations.training_frequency,
    )
    return tuple(
        DatedWorkout(
            day=each.day,
            title=planned[each.source].title,
            sport=planned[each.source].sport,
            prescription=planned[each.source].prescription.model_copy(update={"load": each.load}),
        )
        for each in days
    )


class TemplateAppliedAlready(AlreadyExists):
    code = "template-applied-already"
    hint = "Choose another first day; what was planned from the first application can be cancelled one by one."


class TemplateIsOver(DomainError):
    code = "template-is-over"
    hint = "Choose a first day not later than the template's last workout, counted in weeks from Monday."


class TemplateTooHeavy(DomainError):
    code = "template-too-heavy"
    hint = f"Choose a lesser load multiplier: no workout may be planned with a load above {MOST_LOAD:.0f}."


DECIDER: Decider[TemplateApplicationCommand, TemplateApplication, TemplateApplicationEvent] = Decider(
    name="template_application",
    commands=(ApplyTemplate, RecordAssignmentsCreated),
    events=(TemplateApplied, TemplateAssignmentsCreated),
    state=TemplateApplication,
    decide=decide,
    evolve=evolve,
    partition_key=lambda state: state.team_id,
)
