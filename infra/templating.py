"""Applies a template that is kept here to a team: with what it says now, or said in an earlier version.

Template and team come from the read models, so both must be projected. What the template says goes into the command
whole; the reaction makes the assignments (``consumers/template_reaction.py``).
"""

from datetime import date

from domain.errors import DomainError, NotFound
from domain.ids import TeamId, TemplateId
from domain.phase_template import PlannedWorkout, TemplateWorkout
from domain.ports import Caller, CommandRunner, IdempotencyKey, Outcome
from domain.template_application import ApplyTemplate, Customizations
from projections.projection import Connect
from projections.teams import TeamRow, teams
from projections.template_library import TemplateContent, template


class TeamUnknown(NotFound):
    code = "team-unknown"
    hint = "Check the team's id; one that was formed a moment ago may not be in the read models yet."


class TemplateUnknown(NotFound):
    code = "template-unknown"
    hint = "Check the template's id and version; what was defined a moment ago may not be in the read models yet."


class TemplateIsWithdrawn(DomainError):
    code = "template-withdrawn"
    hint = "Choose another template, or revise this one: that brings it back."


class Templating:
    """``connect`` lends autocommit connections to where the read models are."""

    def __init__(self, runner: CommandRunner, connect: Connect) -> None:
        self._runner = runner
        self._connect = connect

    def apply(
        self,
        team_id: TeamId,
        template_id: TemplateId,
        starts_on: date,
        customizations: Customizations,
        caller: Caller,
        version: int | None = None,
        *,
        key: IdempotencyKey | None = None,
        expected_version: int | None = None,
    ) -> Outcome:
        """Of the caller's organization both; ``version`` None: the one that holds now.

        Asked again for the same team, template and first day it changes nothing, also when the template has got a newer
        version since: the outcome has no events then. Raises DomainError.
        """
        content = self._template(template_id, version, caller)
        command = ApplyTemplate(
            team_id=team_id,
            zone=self._team(team_id, caller).zone,
            template_id=str(template_id),
            template_version=content.template_version,
            name=content.name,
            workouts=tuple(map(as_asked_for, content.workouts)),
            starts=starts_on,
            customizations=customizations,
            triggered_by=caller.actor,
        )
        return self._runner.run(command, caller, key=key, expected_version=expected_version)

    def _team(self, team_id: TeamId, caller: Caller) -> TeamRow:
        with self._connect() as connection:
            found = teams(connection, team_id=team_id, organization_id=caller.organization_id)
        if not found:
            raise TeamUnknown(f"there is no team {team_id}")
        return found[0]

    def _template(self, template_id: TemplateId, version: int | None, caller: Caller) -> TemplateContent:
        with self._connect() as connection:
            content = template(connection, template_id, version)
        if content is None or content.organization_id != caller.organization_id:
            raise TemplateUnknown(f"there is no template {template_id}" + (f", version {version}" if version else ""))
        if content.withdrawn:
            raise TemplateIsWithdrawn(f"template {template_id}, {content.name!r}, was withdrawn")
        return content


def as_asked_for(workout: TemplateWorkout) -> PlannedWorkout:
    """A stored workout as a command has it."""
    where = workout.model_dump(exclude={"prescription"})
    what = workout.prescription.model_dump(include={"load", "intensity", "exercises"}, exclude_none=True)
    return PlannedWorkout.model_validate({**where, **what})
