"""The club whose phases change: 33 workouts a team, planned by commands, each adjusted twice by real fan-outs."""

import json
from collections.abc import Iterable, Iterator
from datetime import date

from domain.assignment import PhaseRef, PlanAssignment
from domain.decider import Command
from domain.ids import AssignmentId, PhaseId, TeamId, external_id
from domain.organization import ConnectPlanningSource, FoundOrganization
from domain.ports import OutgoingMessage, Refusal
from domain.rules.load import LoadLevel, PhaseType
from domain.season_plan import AddPhase, ChangePhase, OpenSeasonPlan
from domain.team import FormTeam
from infra.bench.planted import chunks
from infra.bench.workload import ORGANIZATION, SPORT, TITLE, athlete, caller, day, load
from infra.clock import new_id
from infra.main import Application

SOURCE, ZONE = "club-planner", "Europe/Berlin"
PREPARED_AT_ONCE = 5_000
OPEN_ENDED = 10
"""One in so many workouts has no day and follows the current phase; the others are in May, a century ahead: the
calendar neither begins nor ends a phase while it is measured."""

Declared = tuple[PhaseId, date, date]
IN_SEASON, PLAYOFFS = PhaseId("in-season-2026"), PhaseId("playoffs-2026")
OPENING: Declared = (IN_SEASON, date(2126, 3, 2), date(2126, 5, 31))
LONGER: Declared = (IN_SEASON, date(2126, 3, 2), date(2126, 6, 7))
EARLY_PLAYOFFS: Declared = (PLAYOFFS, date(2126, 5, 1), date(2126, 6, 28))
PLAYOFFS_REF = PhaseRef(phase_id=PLAYOFFS, phase_type=PhaseType.PLAYOFFS, load_level=LoadLevel.PEAK)


def found(application: Application, assignments: int) -> None:
    """``assignments`` of three events each, all active, none with a load set by hand; everything at rest."""
    teams = range(teams_of(assignments))
    run(application, [FoundOrganization(organization_id=ORGANIZATION, name="SV Mesocycle")])
    topic = application.settings.planning_topic
    run(application, [ConnectPlanningSource(organization_id=ORGANIZATION, source=SOURCE, topic=topic)])
    run(application, map(form_team, teams))
    run(application, [OpenSeasonPlan(team_id=team(number), zone=ZONE) for number in teams])
    run(application, [added(number, OPENING, PhaseType.IN_SEASON, LoadLevel.HIGH) for number in teams])
    after = (PLAYOFFS, date(2126, 6, 1), date(2126, 6, 28))
    run(application, [added(number, after, PhaseType.PLAYOFFS, LoadLevel.PEAK) for number in teams])
    run(application, changes(assignments, OPENING))
    application.reactions.process_available()
    run(application, plans(assignments))
    application.reactions.process_available()
    run(application, changes(assignments, LONGER))
    application.reactions.process_available()
    application.projector.process_available()


def run(application: Application, commands: Iterable[Command]) -> None:
    """Raises what refuses one of them."""
    for chunk in chunks(commands, PREPARED_AT_ONCE):
        by = caller()
        for result in application.runner.run_many(chunk, [by] * len(chunk)):
            if isinstance(result, Refusal):
                raise result.error


def teams_of(assignments: int) -> int:
    return max(assignments * 3 // 100, 1)


def team(number: int) -> TeamId:
    """As the planning service's messages name it."""
    return TeamId(external_id(ORGANIZATION, SOURCE, "team", str(number)))


def form_team(number: int) -> FormTeam:
    return FormTeam(
        team_id=team(number), name=f"Team {number}", zone=ZONE, external_source=SOURCE, external_id=str(number)
    )


def added(number: int, declared: Declared, phase_type: PhaseType, level: LoadLevel) -> AddPhase:
    phase_id, first, last = declared
    return AddPhase(
        team_id=team(number), phase_id=phase_id, phase_type=phase_type, starts_on=first, ends_on=last, load_level=level
    )


def plans(assignments: int) -> Iterator[PlanAssignment]:
    teams = teams_of(assignments)
    for number in range(assignments):
        yield PlanAssignment(
            assignment_id=AssignmentId(new_id()),
            team_id=team(number % teams),
            athlete_id=athlete(number % (teams * 25)),
            title=TITLE,
            sport=SPORT,
            scheduled_on=None if number % OPEN_ENDED == 0 else day(number),
            load=load(number),
        )


def changes(assignments: int, declared: Declared) -> Iterator[ChangePhase]:
    """One a team."""
    phase_id, first, last = declared
    for number in range(teams_of(assignments)):
        yield ChangePhase(
            team_id=team(number), phase_id=phase_id, starts=first, ends=last, auto_apply=True, triggered_by="coach"
        )


def messages(assignments: int, declared: Declared) -> list[OutgoingMessage]:
    """The same as the planning service says it."""
    phase_id, first, last = declared
    body = {
        "newPhaseId": phase_id,
        "phaseStartDate": first.isoformat(),
        "phaseEndDate": last.isoformat(),
        "autoApplyAdjustments": True,
        "triggeredBy": "coach",
    }
    return [
        OutgoingMessage(key=str(number), value=json.dumps({"teamId": str(number), **body}).encode())
        for number in range(teams_of(assignments))
    ]
