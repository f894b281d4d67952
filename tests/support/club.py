"""A small club for tests: builders of commands, and the application on a test's database."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from domain.assignment import DECIDER, Assignment, PlanAssignment
from domain.decider import Command
from domain.event import Event
from domain.ids import OrganizationId, PhaseId, TeamId
from domain.ports import BEGINNING, Caller, Clock, Position, Recorded, Refusal
from domain.rules.load import LoadLevel, PhaseType
from domain.season_plan import AddPhase, ChangePhase, OpenSeasonPlan
from domain.team import FormTeam
from infra.main import Application, open_application
from infra.settings import Settings
from infra.tokens import OwnTokens

ORGANIZATION = OrganizationId(UUID(int=0xC1))
TODAY = date(2026, 11, 21)
SECRET = b"a secret that all the tests know, and nobody else"
TOKENS = OwnTokens(SECRET, "mesocycle", "mesocycle")


def coach(organization_id: OrganizationId = ORGANIZATION) -> Caller:
    return Caller(organization_id, "coach:ana", uuid4())


def day(offset: int) -> date:
    """Days from the 21st of November 2026, a Saturday."""
    return TODAY + timedelta(days=offset)


def team(team_id: UUID, *, auto_apply: bool = True, zone: str = "Europe/Berlin") -> list[Command]:
    return [
        FormTeam(team_id=TeamId(team_id), name="U17", zone=zone, auto_apply_adjustments=auto_apply),
        OpenSeasonPlan(team_id=TeamId(team_id), zone=zone),
    ]


def phase(team_id: UUID, phase_id: str, first: int, last: int, level: LoadLevel, **content: Any) -> AddPhase:
    """``content``: phase_type, sessions_per_week, intensity, focus_areas."""
    dates = {"starts_on": day(first), "ends_on": day(last)}
    named = {"team_id": team_id, "phase_id": phase_id, "phase_type": PhaseType.PRESEASON, "load_level": level}
    return AddPhase.model_validate({**named, **dates, **content})


def two_phases(team_id: UUID, *, auto_apply: bool = True) -> list[Command]:
    """A team with "pre" from today for four weeks, planned × 1.0, and "in" after it, planned × 1.2."""
    return [
        *team(team_id, auto_apply=auto_apply),
        phase(team_id, "pre", 0, 27, LoadLevel.MEDIUM),
        phase(team_id, "in", 28, 90, LoadLevel.HIGH),
    ]


def change(team_id: UUID, phase_id: str, first: int, last: int, *, auto_apply: bool = True) -> ChangePhase:
    return ChangePhase(
        team_id=TeamId(team_id),
        phase_id=PhaseId(phase_id),
        starts=day(first),
        ends=day(last),
        auto_apply=auto_apply,
        triggered_by="planning",
    )


def workout(team_id: UUID, offset: int | None, **more: Any) -> PlanAssignment:
    """Of an athlete of its own, on a day or open-ended; ``more``: athlete_id, sport, weekdays, intensity, ..."""
    given = {
        "assignment_id": uuid4(),
        "team_id": team_id,
        "athlete_id": uuid4(),
        "title": "Tempo run",
        "sport": "run",
        "scheduled_on": None if offset is None else day(offset),
        "load": 60.0,
    }
    return PlanAssignment.model_validate({**given, **more})


@contextmanager
def application(database_url: str, *, clock: Clock | None = None, **overrides: object) -> Iterator[Application]:
    unlimited = {"rate_per_minute": 0, "writes_per_minute": 0}
    settings = Settings.model_validate({"poll_interval_ms": 5, **unlimited, **overrides})
    with open_application(settings, database_url, name="mesocycle-test", clock=clock, tokens=TOKENS) as opened:
        yield opened


def run_all(app: Application, *commands: Command) -> None:
    """One after the other; a refusal fails the test."""
    for command in commands:
        app.runner.run(command, coach())


def plan_all(app: Application, commands: list[PlanAssignment]) -> None:
    """At once."""
    for result in app.runner.run_many(commands, [coach()] * len(commands)):
        if isinstance(result, Refusal):
            raise result.error


def whole_log(app: Application, after: Position = BEGINNING) -> list[Recorded[Event]]:
    events: list[Recorded[Event]] = []
    position = after
    while batch := app.log.read(position, 5_000):
        events += batch
        position = batch[-1].position
    return events


def assignments(app: Application, after: Position = BEGINNING) -> dict[UUID, Assignment]:
    """The state of every assignment planned behind ``after``, folded from the log."""
    states: dict[UUID, Assignment] = {}
    for recorded in whole_log(app, after):
        if isinstance(recorded.event, tuple(DECIDER.events)):
            states[recorded.stream_id] = DECIDER.evolve(states.get(recorded.stream_id), recorded.event)  # type: ignore[arg-type]
    return states
