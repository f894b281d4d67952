"""Decision 3, told a second time in plain Python: which phase each assignment has, by the order of the log."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID

from domain.assignment import AssignmentCancelled, AssignmentCompleted, AssignmentPlanned, AssignmentStarted
from domain.event import Event
from domain.ports import Recorded
from domain.rules.phase_calendar import phase_on
from domain.season_plan import PhaseAdded, PhaseChanged
from domain.team import AutoApplySet, TeamFormed


class DeclaredPhase(NamedTuple):
    name: str
    starts_on: date
    ends_on: date
    declared: int


@dataclass
class TeamModel:
    auto_apply: bool = True
    phases: list[DeclaredPhase] = field(default_factory=list)
    declarations: int = 0
    current: str | None = None
    open_assignments: dict[UUID, date | None] = field(default_factory=dict)

    def covering(self, day: date) -> str | None:
        phase = phase_on(self.phases, day)
        return None if phase is None else phase.name


def expected_phases(log: Sequence[Recorded[Event]]) -> dict[UUID, str | None]:
    teams: defaultdict[UUID, TeamModel] = defaultdict(TeamModel)
    phases: dict[UUID, str | None] = {}
    for recorded in log:
        event, team = recorded.event, teams[recorded.partition_key]
        match event:
            case TeamFormed() | AutoApplySet():
                team.auto_apply = event.auto_apply_adjustments
            case PhaseAdded() | PhaseChanged():
                team.declarations += 1
                declared = DeclaredPhase(event.phase_id, event.starts_on, event.ends_on, team.declarations)
                team.phases = [*(phase for phase in team.phases if phase.name != event.phase_id), declared]
                changed = isinstance(event, PhaseChanged)
                team.current = event.phase_id if changed else team.current
                if event.auto_apply if isinstance(event, PhaseChanged) else team.auto_apply:
                    for key, day in team.open_assignments.items():
                        if day is None:
                            phases[key] = event.phase_id if changed else phases[key]
                        elif event.starts_on <= day <= event.ends_on or phases[key] == event.phase_id:
                            phases[key] = team.covering(day)
            case AssignmentPlanned():
                day, key = event.scheduled_on, event.assignment_id
                team.open_assignments[key] = day
                phases[key] = (team.current if day is None else team.covering(day)) if team.auto_apply else None
            case AssignmentStarted() | AssignmentCompleted() | AssignmentCancelled():
                team.open_assignments.pop(event.assignment_id, None)
            case _:
                pass
    return phases
