"""Decision 3, told a second time in plain Python: what the season makes of each assignment, by the order of the log."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from domain.assignment import (
    AssignmentCancelled,
    AssignmentCompleted,
    AssignmentPhaseLifted,
    AssignmentPlanned,
    AssignmentSkipped,
    AssignmentStarted,
)
from domain.event import Event
from domain.ports import Recorded
from domain.rules.phase_calendar import phase_on
from domain.season_plan import (
    AdjustmentsRequested,
    FixtureAdded,
    FixtureMoved,
    FixtureRemoved,
    GameWeekSet,
    PhaseAdded,
    PhaseBegan,
    PhaseChanged,
    PhaseEnded,
    PhaseModified,
    PhaseRemoved,
)
from domain.season_plan.events import Declaration
from domain.team import AutoApplySet, TeamFormed

DeclaresPhase = PhaseAdded | PhaseModified | PhaseChanged
ONE_DAY = timedelta(days=1)


class DeclaredPhase(NamedTuple):
    content: DeclaresPhase
    starts_on: date
    ends_on: date
    declared: int


class Due(NamedTuple):
    """What an assignment is to have: the phase as declared, and the games that it goes around."""

    phase: DeclaresPhase | None
    eve_of_game: bool = False
    games: tuple[int, ...] = ()

    @property
    def phase_id(self) -> str | None:
        return None if self.phase is None else self.phase.phase_id


NOTHING = Due(None)


@dataclass
class Workout:
    """``carries``: the phase that it may have by what it was told. ``touched``: the revision that touched it last."""

    planned: AssignmentPlanned
    carries: str | None = None
    touched: int = 0
    due: Due = NOTHING

    @property
    def day(self) -> date | None:
        return self.planned.scheduled_on

    @property
    def recurs(self) -> bool:
        return self.planned.baseline.weekdays is not None

    def told(self, due: Due, revision: int) -> None:
        self.due, self.carries, self.touched = due, due.phase_id, revision


@dataclass
class TeamModel:
    auto_apply: bool = True
    phases: dict[str, DeclaredPhase] = field(default_factory=dict)
    fixtures: dict[str, date] = field(default_factory=dict)
    games: tuple[int, ...] = ()
    revision: int = 0
    current: str | None = None
    roster: dict[UUID, Workout] = field(default_factory=dict)

    def due(self, workout: Workout) -> Due:
        if workout.day is None:
            phase = self.phases.get(self.current or "")
        else:
            phase = phase_on(self.phases.values(), workout.day)
        if phase is None:
            return NOTHING
        eve = workout.day is not None and workout.day + ONE_DAY in self.fixtures.values()
        return Due(phase.content, eve, self.games if workout.recurs else ())

    def declare(self, event: Declaration) -> set[UUID]:
        """The workouts that it reaches."""
        self.revision += 1
        former = None if isinstance(event, GameWeekSet) else self.phases.get(getattr(event, "phase_id", ""))
        former_day = self.fixtures.get(getattr(event, "fixture_id", ""))
        self.evolve(event)
        match event:
            case PhaseChanged():
                applies = event.auto_apply
            case AdjustmentsRequested():
                applies = event.force or self.auto_apply
            case _:
                applies = self.auto_apply
        reached: set[UUID] = set()
        for key, workout in self.roster.items() if applies else ():
            due = self.due(workout)
            if concerns(event, workout, due, former, former_day, self.current):
                workout.told(due, self.revision)
                reached.add(key)
        return reached

    def evolve(self, event: Declaration) -> None:
        match event:
            case PhaseAdded() | PhaseModified() | PhaseChanged():
                self.phases[event.phase_id] = DeclaredPhase(event, event.starts_on, event.ends_on, self.revision)
                self.current = event.phase_id if isinstance(event, PhaseChanged) else self.current
            case PhaseRemoved():
                del self.phases[event.phase_id]
                self.current = None if self.current == event.phase_id else self.current
            case PhaseBegan():
                self.current = event.phase_id
            case PhaseEnded():
                self.current = None
            case FixtureAdded() | FixtureMoved():
                self.fixtures[event.fixture_id] = event.on
            case FixtureRemoved():
                del self.fixtures[event.fixture_id]
            case GameWeekSet():
                self.games = event.games
            case AdjustmentsRequested():
                pass


def concerns(
    event: Declaration,
    workout: Workout,
    due: Due,
    former: DeclaredPhase | None,
    former_day: date | None,
    current: str | None,
) -> bool:
    day = workout.day
    match event:
        case PhaseAdded() | PhaseModified() | PhaseChanged():
            if day is None:
                return event.phase_id == current
            covered = event.starts_on <= day <= event.ends_on
            was_covered = former is not None and former.starts_on <= day <= former.ends_on
            return covered or was_covered or workout.carries == event.phase_id
        case PhaseRemoved():
            return workout.carries == event.phase_id
        case PhaseBegan() | PhaseEnded():
            return day is None
        case FixtureAdded() | FixtureMoved() | FixtureRemoved():
            return day is not None and due.phase is not None and day + ONE_DAY in (event.on, former_day)
        case GameWeekSet():
            return workout.recurs and due.phase is not None
        case AdjustmentsRequested():
            chosen = event.athlete_ids is None or workout.planned.athlete_id in event.athlete_ids
            return chosen and due.phase_id == event.phase_id


def expected(log: Sequence[Recorded[Event]]) -> dict[UUID, Due]:
    """For each assignment what it is to have at rest. One reverted by hand has nothing until it is told anew."""
    return replayed(log)[0]


def reached(log: Sequence[Recorded[Event]]) -> dict[UUID, set[UUID]]:
    """For each declaration, by its event's id, the assignments that it reaches."""
    return replayed(log)[1]


def replayed(log: Sequence[Recorded[Event]]) -> tuple[dict[UUID, Due], dict[UUID, set[UUID]]]:
    declarations: dict[UUID, set[UUID]] = {}
    teams: defaultdict[UUID, TeamModel] = defaultdict(TeamModel)
    workouts: dict[UUID, Workout] = {}
    for recorded in log:
        event, team = recorded.event, teams[recorded.partition_key]
        match event:
            case TeamFormed() | AutoApplySet():
                team.auto_apply = event.auto_apply_adjustments
            case AssignmentPlanned():
                planned = workouts[event.assignment_id] = team.roster[event.assignment_id] = Workout(event)
                planned.carries = team.due(planned).phase_id
                if team.auto_apply:
                    planned.told(team.due(planned), team.revision)
            case AssignmentPhaseLifted():
                if event.season_revision >= workouts[event.assignment_id].touched:
                    workouts[event.assignment_id].due = NOTHING
            case AssignmentStarted() | AssignmentCompleted() | AssignmentSkipped() | AssignmentCancelled():
                team.roster.pop(event.assignment_id, None)
            case (
                PhaseAdded() | PhaseModified() | PhaseRemoved() | PhaseChanged() | PhaseBegan() | PhaseEnded()
                | FixtureAdded() | FixtureMoved() | FixtureRemoved() | GameWeekSet() | AdjustmentsRequested()
            ):  # fmt: skip
                declarations[recorded.event_id] = team.declare(event)
            case _:
                pass
    return {key: workout.due for key, workout in workouts.items()}, declarations
