"""Builders for tests of templates, and the rule told a second time: who gets which workout."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from domain.assignment import AssignmentPlanned
from domain.event import Event
from domain.ids import TeamId, assignment_of_template
from domain.ports import Recorded
from domain.team import PlayerJoined, PlayerLeft
from domain.template_application import ApplyTemplate, Customizations, TemplateApplied
from tests.support.club import day

ACTOR = "reaction:template"
EASY: dict[str, Any] = {"week": 1, "weekday": 2, "title": "Easy run", "sport": "run", "load": 40.0}
GYM: dict[str, Any] = {
    "week": 1,
    "weekday": 4,
    "title": "Gym",
    "sport": "strength",
    "load": 55.0,
    "exercises": [{"name": "Squat", "focus": "strength", "sets": 5, "reps": 5}, {"name": "Plank", "focus": "core"}],
}
TEMPO: dict[str, Any] = {
    "week": 2,
    "weekday": 2,
    "title": "Tempo run",
    "sport": "run",
    "load": 80.0,
    "intensity": {"zones": ["2", "4"], "heart_rate_pct_max": {"low": 80, "high": 92}},
}
FIRST_DAY = 2
"""Days from the tests' today to the Monday on which the template begins; its workouts are on days 3, 5 and 10."""


def apply(
    team_id: UUID, *workouts: dict[str, Any], template_id: str = "base", starts: int = FIRST_DAY, **wishes: Any
) -> ApplyTemplate:
    return ApplyTemplate(
        team_id=TeamId(team_id),
        zone="Europe/Berlin",
        template_id=template_id,
        template_version=1,
        name="Base",
        workouts=workouts or (EASY, GYM, TEMPO),  # type: ignore[arg-type]
        starts=day(starts),
        customizations=Customizations(**wishes),
        triggered_by="coach-9",
    )


def expected_workouts(log: Sequence[Recorded[Event]]) -> dict[UUID, TemplateApplied]:
    """The assignments that the applications call for, each with its application: by the rosters up to there."""
    stays: dict[UUID, list[PlayerJoined | PlayerLeft]] = {}
    wanted: dict[UUID, TemplateApplied] = {}
    for recorded in log:
        event = recorded.event
        if isinstance(event, PlayerJoined | PlayerLeft):
            stays.setdefault(event.team_id, []).append(event)
        elif isinstance(event, TemplateApplied):
            for number, workout in enumerate(event.workouts):
                playing: set[UUID] = set()
                for stay in stays.get(event.team_id, []):
                    if isinstance(stay, PlayerJoined) and stay.joined_on <= workout.day:
                        playing.add(stay.athlete_id)
                    elif isinstance(stay, PlayerLeft) and stay.left_on <= workout.day:
                        playing.discard(stay.athlete_id)
                for athlete_id in playing:
                    wanted[assignment_of_template(event.application_id, athlete_id, number)] = event
    return wanted


def made_by_templates(log: Sequence[Recorded[Event]]) -> list[UUID]:
    return [r.stream_id for r in log if isinstance(r.event, AssignmentPlanned) and r.actor == ACTOR]
