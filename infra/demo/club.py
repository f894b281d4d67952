"""The demo's club: 3 teams, 75 players, a season of five phases with games, six weeks of training behind them.

Every id derives from what it names, so making the club again adds only what is missing: new days, as time goes by.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from domain.assignment import PlanAssignment
from domain.athlete import RegisterAthlete
from domain.decider import Command
from domain.ids import AthleteId, OrganizationId, PhaseId, TeamId, external_id
from domain.organization import ConnectPlanningSource, FoundOrganization
from domain.ports import Caller, CommandRunner, Refusal
from domain.rules.intensity import IntensityLevel
from domain.rules.load import LoadLevel, PhaseType
from domain.season_plan import AddFixture, AddPhase, OpenSeasonPlan
from domain.team import AddPlayer, AppointCoach, FormTeam
from infra.demo.workouts import PAST_WEEKS, outcome, past, planned

ORGANIZATION = OrganizationId(UUID("5a7e11fe-0000-4000-8000-00000000c10b"))
SOURCE = "planning-service"
ZONE = "Europe/Berlin"
SEASON_PLAN = "season-1"
PLAYERS_PER_TEAM = 25
SATURDAY = 5
GAMES = 3
"""So many Saturdays to come have a game."""

TEAMS = {"u17": "U17", "u19": "U19", "first": "First team"}
FIRST_NAMES = ("Ada", "Ben", "Cem", "Dora", "Emil", "Fay", "Gus", "Hana", "Ivo", "Jana",
               "Kai", "Lea", "Mats", "Nia", "Ole", "Pia", "Quin", "Rosa", "Sami", "Tara")  # fmt: skip
LAST_NAMES = ("Abel", "Brandt", "Cruz", "Demir", "Engel", "Falk", "Gruber", "Haas",
              "Ito", "Jansen", "Klein", "Lang", "Moreau", "Novak", "Okafor")  # fmt: skip


class SeasonPhase(NamedTuple):
    phase_id: PhaseId
    type: PhaseType
    level: LoadLevel
    intensity: IntensityLevel
    focus_areas: tuple[str, ...]
    first_week: int
    weeks: int

    def starts_on(self, today: date) -> date:
        return today + timedelta(weeks=self.first_week)

    def ends_on(self, today: date) -> date:
        return today + timedelta(weeks=self.first_week + self.weeks, days=-1)


SEASON = (
    SeasonPhase(PhaseId("preseason"), PhaseType.PRESEASON, LoadLevel.MEDIUM, IntensityLevel.MEDIUM, (), -4, 9),
    SeasonPhase(
        PhaseId("in-season"), PhaseType.IN_SEASON, LoadLevel.HIGH, IntensityLevel.HIGH, ("power", "strength"), 5, 16
    ),
    SeasonPhase(PhaseId("playoffs"), PhaseType.PLAYOFFS, LoadLevel.PEAK, IntensityLevel.PEAK, ("power",), 21, 4),
    SeasonPhase(
        PhaseId("recovery"), PhaseType.RECOVERY, LoadLevel.RECOVERY, IntensityLevel.RECOVERY, ("mobility",), 25, 2
    ),
    SeasonPhase(PhaseId("offseason"), PhaseType.OFFSEASON, LoadLevel.LOW, IntensityLevel.LOW, ("strength",), 27, 8),
)


def team_id(external: str) -> TeamId:
    return TeamId(external_id(ORGANIZATION, SOURCE, "team", external))


def athlete_id(team: str, number: int) -> AthleteId:
    return AthleteId(external_id(ORGANIZATION, SOURCE, "athlete", external_athlete(team, number)))


def external_athlete(team: str, number: int) -> str:
    """As whom the planning service knows the player."""
    return f"{team}-{number}"


def found_club(runner: CommandRunner, caller: Caller, topic: str, today: date) -> int:
    """Makes what is missing; how many events that took."""
    joined_on = today - timedelta(weeks=PAST_WEEKS + 1)
    behind = [command for team, number in players() for command in past(team_id(team), athlete_id(team, number), today)]
    steps: list[Sequence[Command]] = [
        [FoundOrganization(organization_id=ORGANIZATION, name="SV Mesocycle")],
        [ConnectPlanningSource(organization_id=ORGANIZATION, source=SOURCE, topic=topic)],
        [*athletes()],
        [form_team(external, name) for external, name in TEAMS.items()],
        [AppointCoach(team_id=team_id(external), coach="coach:ana") for external in TEAMS],
        *([AddPlayer(team_id=team_id(team), athlete_id=athlete_id(team, number), joined_on=joined_on) for team in TEAMS]
          for number in range(PLAYERS_PER_TEAM)),
        behind,
        [outcome(command) for command in behind],
        [OpenSeasonPlan(team_id=team_id(external), zone=ZONE, external_id=SEASON_PLAN) for external in TEAMS],
        *([add_phase(external, phase, today) for external in TEAMS] for phase in SEASON),
        *([add_game(external, day) for external in TEAMS] for day in game_days(today)),
        [*workouts(today)],
    ]  # fmt: skip
    events = 0
    for commands in steps:
        for result in runner.run_many(commands, [caller] * len(commands)):
            # What a former day has already said otherwise (a season's dates, a day of joining) stays as it was.
            events += 0 if isinstance(result, Refusal) else len(result.events)
    return events


def players() -> Iterator[tuple[str, int]]:
    """Team and number of each."""
    for team in TEAMS:
        for number in range(PLAYERS_PER_TEAM):
            yield team, number


def athletes() -> Iterator[RegisterAthlete]:
    for person, (team, number) in enumerate(players()):
        name = f"{FIRST_NAMES[person % len(FIRST_NAMES)]} {LAST_NAMES[person // 5 % len(LAST_NAMES)]}"
        yield RegisterAthlete(
            athlete_id=athlete_id(team, number),
            name=name,
            external_source=SOURCE,
            external_id=external_athlete(team, number),
        )


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
        intensity=phase.intensity,
        focus_areas=phase.focus_areas,
    )


def game_days(today: date) -> list[date]:
    next_saturday = today + timedelta(days=(SATURDAY - today.weekday() - 1) % 7 + 1)
    return [next_saturday + timedelta(weeks=number) for number in range(GAMES)]


def add_game(external: str, day: date) -> AddFixture:
    return AddFixture(team_id=team_id(external), fixture_id=f"game-{day}", on=day, title="League game")


def workouts(today: date) -> Iterator[PlanAssignment]:
    for team, number in players():
        yield from planned(team_id(team), athlete_id(team, number), today)
