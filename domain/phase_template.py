"""A phase template: weeks of workouts that any team of the organization may follow, in versions.

A revision changes nothing for the teams that follow an earlier version: what they got stands in their application
(``template_application.py``). A template that was withdrawn cannot be applied any more, and stays readable.
"""

from dataclasses import dataclass, replace
from typing import Annotated, Self, assert_never
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from domain.assignment import Exercises, PlannedIntensity, Sport
from domain.decider import Command, Context, Decider
from domain.errors import AlreadyExists, NotFound
from domain.event import Event, StoredModel
from domain.fields import Load, Title
from domain.ids import TemplateId
from domain.prescription import Prescription

MOST_WEEKS = 52
MOST_WORKOUTS = 1000

# Stored shapes: version with care


class TemplateWorkout(StoredModel):
    """One workout of a template."""

    week: int = Field(description="From 1.")
    weekday: int = Field(description="1 Monday to 7 Sunday.")
    title: str
    sport: str
    prescription: Prescription


class _OfTemplate(Event):
    template_id: TemplateId
    template_version: int
    name: str
    workouts: tuple[TemplateWorkout, ...]


class TemplateDefined(_OfTemplate):
    """A template is there to be applied, in its first version."""

    event_name = "phase_template.defined"


class TemplateRevised(_OfTemplate):
    """The template has another name or other workouts from this version on."""

    event_name = "phase_template.revised"


class TemplateWithdrawn(Event):
    """Nobody may apply the template any more."""

    event_name = "phase_template.withdrawn"

    template_id: TemplateId


TemplateEvent = TemplateDefined | TemplateRevised | TemplateWithdrawn


@dataclass(frozen=True, slots=True)
class PhaseTemplate:
    template_id: TemplateId
    version: int
    name: str
    workouts: tuple[TemplateWorkout, ...]
    withdrawn: bool = False


def evolve(state: PhaseTemplate | None, event: TemplateEvent) -> PhaseTemplate:
    match event:
        case TemplateDefined() | TemplateRevised():
            return PhaseTemplate(event.template_id, event.template_version, event.name, event.workouts)
        case TemplateWithdrawn():
            assert state is not None, "a template is defined first"
            return replace(state, withdrawn=True)
        case _:
            assert_never(event)


class PlannedWorkout(BaseModel):
    """A workout of a template, as it is asked for."""

    model_config = Command.model_config

    week: int = Field(ge=1, le=MOST_WEEKS)
    weekday: int = Field(ge=1, le=7, description="1 Monday to 7 Sunday.")
    title: Title
    sport: Sport
    load: Load
    intensity: PlannedIntensity | None = None
    exercises: Exercises | None = None

    def stored(self) -> TemplateWorkout:
        content = self.model_dump(include={"load", "intensity", "exercises"}, by_alias=False)
        return TemplateWorkout(
            week=self.week,
            weekday=self.weekday,
            title=self.title,
            sport=self.sport,
            prescription=Prescription.model_validate(content),
        )


PlannedWorkouts = Annotated[tuple[PlannedWorkout, ...], Field(min_length=1, max_length=MOST_WORKOUTS)]


class _ToTemplate(Command):
    template_id: TemplateId

    @property
    def stream_id(self) -> UUID:
        return self.template_id


class DefineTemplate(_ToTemplate):
    name: Title
    workouts: PlannedWorkouts


class ReviseTemplate(_ToTemplate):
    """What is null stays as it is."""

    name: Title | None = None
    workouts: PlannedWorkouts | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.name is None and self.workouts is None:
            raise ValueError("send a name, workouts, or both")
        return self


class WithdrawTemplate(_ToTemplate):
    pass


TemplateCommand = DefineTemplate | ReviseTemplate | WithdrawTemplate


def decide(command: TemplateCommand, state: PhaseTemplate | None, _context: Context) -> tuple[TemplateEvent, ...]:
    if isinstance(command, DefineTemplate):
        return define(command, state)
    if state is None:
        raise NotFound(f"there is no template {command.template_id}")
    match command:
        case ReviseTemplate():
            return revise(command, state)
        case WithdrawTemplate():
            return () if state.withdrawn else (TemplateWithdrawn(template_id=state.template_id),)
        case _:
            assert_never(command)


def define(command: DefineTemplate, state: PhaseTemplate | None) -> tuple[TemplateEvent, ...]:
    workouts = tuple(workout.stored() for workout in command.workouts)
    if state is None:
        return (
            TemplateDefined(template_id=command.template_id, template_version=1, name=command.name, workouts=workouts),
        )
    if (state.name, state.workouts) == (command.name, workouts) and not state.withdrawn:
        return ()
    raise AlreadyExists(f"template {state.template_id} exists already: {state.name!r}, version {state.version}")


def revise(command: ReviseTemplate, state: PhaseTemplate) -> tuple[TemplateEvent, ...]:
    """A withdrawn template comes back by its revision."""
    name = command.name or state.name
    workouts = tuple(each.stored() for each in command.workouts) if command.workouts else state.workouts
    if (name, workouts) == (state.name, state.workouts) and not state.withdrawn:
        return ()
    return (
        TemplateRevised(
            template_id=state.template_id, template_version=state.version + 1, name=name, workouts=workouts
        ),
    )


DECIDER: Decider[TemplateCommand, PhaseTemplate, TemplateEvent] = Decider(
    name="phase_template",
    commands=(DefineTemplate, ReviseTemplate, WithdrawTemplate),
    events=(TemplateDefined, TemplateRevised, TemplateWithdrawn),
    state=PhaseTemplate,
    decide=decide,
    evolve=evolve,
    partition_key=lambda state: state.template_id,
)
