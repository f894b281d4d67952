"""Decision 3, told a second time in plain Python: which phase each assignment has, by the order of the log."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from domain.assignment import AssignmentCancelled, AssignmentCompleted, AssignmentPlanned, AssignmentStarted
from domain.event import Event
from domain.ports import Recorded
from domain.season_plan import PhaseAdded, PhaseChanged
from domain.team import AutoApplySet, TeamFormed


@dataclass
class TeamModel:
    auto_apply: bool = True
    phases: list[tuple[str, date, date]] = field(default_factory=list)  # the one declared last comes last
    current: str | None = None
    open_assignments: dict[UUID, date | None] = field(default_factory=dict)

    def covering(self, day: date) -> str | None:
        return next((name for name, first, last in reversed(self.phases) if first <= day <= last), None)


def expected_phases(log: Sequence[Recorded[Event]]) -> dict[UUID, str | None]:
    teams: defaultdict[UUID, TeamModel] = defaultdict(TeamModel)
    phases: dict[UUID, str | None] = {}
    for recorded in log:
        event, team = recorded.event, teams[recorded.partition_key]
        match event:
            case TeamFormed() | AutoApplySet():
                team.auto_apply = event.auto_apply_adjustments
            case PhaseAdded() | PhaseChanged():
                team.phases = [p for p in team.phases if p[0] != event.phase_id]
                team.phases.append((event.phase_id, event.starts_on, event.ends_on))
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
