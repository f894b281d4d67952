"""The demo's club: 3 teams, 75 players, a season of five phases, four weeks of workouts from today on.

Every id derives from what it names, so making the club again adds only what is missing: new days, as time goes by.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID, uuid5

from domain.assignment import PlanAssignment
from domain.athlete import RegisterAthlete
from domain.decider import Command
from domain.ids import AssignmentId, AthleteId, OrganizationId, PhaseId, TeamId, external_id
from domain.organization import ConnectPlanningSource, FoundOrganization
from domain.ports import Caller, CommandRunner, Refusal
from domain.rules.load import LoadLevel, PhaseType
from domain.season_plan import AddPhase, OpenSeasonPlan
from domain.team import AddPlayer, AppointCoach, FormTeam

ORGANIZATION = OrganizationId(UUID("5a7e11fe-0000-4000-8000-00000000c10b"))
SOURCE = "planning-service"
ZONE = "Europe/Berlin"
PLAYERS_PER_TEAM = 25
WEEKS = 4

TEAMS = {"u17": "U17", "u19": "U19", "first": "First team"}
FIRST_NAMES = ("Ada", "Ben", "Cem", "Dora", "Emil", "Fay", "Gus", "Hana", "Ivo", "Jana",
               "Kai", "Lea", "Mats", "Nia", "Ole", "Pia", "Quin", "Rosa", "Sami", "Tara")  # fmt: skip
LAST_NAMES = ("Abel", "Brandt", "Cruz", "Demir", "Engel", "Falk", "Gruber", "Haas",
              "Ito", "Jansen", "Klein", "Lang", "Moreau", "Novak", "Okafor")  # fmt: skip
WORKOUTS = {0: ("Tempo run", "run", 60.0), 2: ("Intervals", "run", 75.0), 4: ("Gym, lower body", "strength", 45.0)}
"""Weekday (0 = Monday) → title, sport and planned load."""


class SeasonPhase(NamedTuple):
    phase_id: PhaseId
    type: PhaseType
    level: LoadLevel
    first_week: int
    weeks: int

    def starts_on(self, today: date) -> date:
        return today + timedelta(weeks=self.first_week)

    def ends_on(self, today: date) -> date:
        return today + timedelta(weeks=self.first_week + self.weeks, days=-1)


SEASON = (
    SeasonPhase(PhaseId("preseason"), PhaseType.PRESEASON, LoadLevel.MEDIUM, -4, 9),
    SeasonPhase(PhaseId("in-season"), PhaseType.IN_SEASON, LoadLevel.HIGH, 5, 16),
    SeasonPhase(PhaseId("playoffs"), PhaseType.PLAYOFFS, LoadLevel.PEAK, 21, 4),
    SeasonPhase(PhaseId("recovery"), PhaseType.RECOVERY, LoadLevel.RECOVERY, 25, 2),
    SeasonPhase(PhaseId("offseason"), PhaseType.OFFSEASON, LoadLevel.LOW, 27, 8),
)


def team_id(external: str) -> TeamId:
    return TeamId(external_id(ORGANIZATION, SOURCE, "team", external))


def athlete_id(team: str, number: int) -> AthleteId:
    return AthleteId(external_id(ORGANIZATION, SOURCE, "athlete", f"{team}-{number}"))


def found_club(runner: CommandRunner, caller: Caller, topic: str, today: date) -> int:
    """Makes what is missing; how many events that took."""
    steps: list[Sequence[Command]] = [
        [FoundOrganization(organization_id=ORGANIZATION, name="SV Mesocycle")],
        [ConnectPlanningSource(organization_id=ORGANIZATION, source=SOURCE, topic=topic)],
        [*athletes()],
        [form_team(external, name) for external, name in TEAMS.items()],
        [AppointCoach(team_id=team_id(external), coach="coach:ana") for external in TEAMS],
        *([AddPlayer(team_id=team_id(team), athlete_id=athlete_id(team, number), joined_on=today) for team in TEAMS]
          for number in range(PLAYERS_PER_TEAM)),
        [OpenSeasonPlan(team_id=team_id(external), zone=ZONE) for external in TEAMS],
        *([add_phase(external, phase, today) for external in TEAMS] for phase in SEASON),
        [*workouts(today)],
    ]  # fmt: skip
    events = 0
    for commands in steps:
        for result in runner.run_many(commands, [caller] * len(commands)):
            # What a former day has already said otherwise (a season's dates, a day of joining) stays as it was.
            events += 0 if isinstance(result, Refusal) else len(result.events)
    return events


def athletes() -> Iterator[RegisterAthlete]:
    for index, team in enumerate(TEAMS):
        for number in range(PLAYERS_PER_TEAM):
            person = index * PLAYERS_PER_TEAM + number
            name = f"{FIRST_NAMES[person % len(FIRST_NAMES)]} {LAST_NAMES[person // 5 % len(LAST_NAMES)]}"
            yield RegisterAthlete(athlete_id=athlete_id(team, number), name=name)


def form_team(external: str, name: str) -> FormTeam:
    return FormTeam(
        team_id=team_id(external),
        name=name,
        zone=ZONE,
        auto_apply_adjustments=True,
        external_source=SOURCE,
        external_id=external,
    )


def add_phase(external: str, phase: SeasonPhase, today: date) -> AddPhase:
    return AddPhase(
        team_id=team_id(external),
        phase_id=phase.phase_id,
        phase_type=phase.type,
        starts_on=phase.starts_on(today),
        ends_on=phase.ends_on(today),
        load_level=phase.level,
    )


def workouts(today: date) -> Iterator[PlanAssignment]:
    days = [today + timedelta(days=offset) for offset in range(7 * WEEKS)]
    for team in TEAMS:
        for number in range(PLAYERS_PER_TEAM):
            athlete = athlete_id(team, number)
            yield workout(team, athlete, None, ("Mobility, any day", "mobility", 20.0))
            for day in days:
                if day.weekday() in WORKOUTS:
                    yield workout(team, athlete, day, WORKOUTS[day.weekday()])


def workout(team: str, athlete: AthleteId, day: date | None, kind: tuple[str, str, float]) -> PlanAssignment:
    title, sport, load = kind
    return PlanAssignment(
        assignment_id=AssignmentId(uuid5(athlete, f"{day or 'open'} {title}")),
        team_id=team_id(team),
        athlete_id=athlete,
        title=title,
        sport=sport,
        scheduled_on=day,
        load=load,
    )
