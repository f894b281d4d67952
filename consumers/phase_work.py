"""What a phase fan-out has to do: its rows, and the commands that they come to."""

from collections.abc import Mapping, Sequence
from typing import LiteralString, NamedTuple
from uuid import UUID

from psycopg import Connection

from consumers.caused import caller_of
from domain.assignment import AdjustForPhase, PhaseRef
from domain.ids import AssignmentId, PhaseId, SeasonPlanId, TeamId
from domain.ports import Caller, Reaction
from domain.rules.intensity import IntensityLevel
from domain.rules.load import LoadLevel, PhaseType
from domain.season_plan import RecordPhaseAdjustments

REACTION = "phase-fan-out"

PHASES: LiteralString = """
SELECT p.team_id, p.declared, p.phase_id, p.phase_type, p.load_level, p.sessions_per_week, p.intensity,
       p.focus_areas
FROM unnest(%(team)b::uuid[], %(declared)b::int[]) AS wanted (team_id, declared)
JOIN reaction_phases AS p USING (team_id, declared)
"""


class FanOut(NamedTuple):
    """One event that gives assignments another phase. Without ``reported_phase_id`` nobody is told the count."""

    id: int
    cause_event_id: UUID
    organization_id: UUID
    correlation_id: UUID
    team_id: UUID
    season_plan_id: UUID
    season_revision: int
    games: Sequence[int]
    force: bool
    reported_phase_id: str | None
    triggered_by: str
    adjusted: int

    def caller(self) -> Caller:
        return caller_of(REACTION, self)

    def reaction(self) -> Reaction:
        return Reaction(REACTION, self.cause_event_id)

    def report(self) -> RecordPhaseAdjustments:
        """Not validated anew: what the event said was, when it was said."""
        assert self.reported_phase_id is not None, "a fan-out that caught a newcomer is not reported"
        return RecordPhaseAdjustments.model_construct(
            team_id=TeamId(self.team_id),
            phase_id=PhaseId(self.reported_phase_id),
            adjustments_count=self.adjusted,
            triggered_by=self.triggered_by,
            cause_event_id=self.cause_event_id,
        )


class Target(NamedTuple):
    """An assignment, and which declaration of a phase it is to have; None when no phase covers it any more."""

    fan_out_id: int
    assignment_id: UUID
    declared: int | None
    eve_of_game: bool


Phases = Mapping[tuple[UUID, int], PhaseRef]
"""By team and declaration."""


def phases_of(connection: Connection, chunk: Sequence[Target], fan_outs: Mapping[int, FanOut]) -> Phases:
    """Those that the targets are to have, as they were declared when the fan-out began."""
    wanted = {(fan_outs[fan_out_id].team_id, declared) for fan_out_id, _, declared, _ in chunk if declared is not None}
    columns = {"team": [team_id for team_id, _ in wanted], "declared": [declared for _, declared in wanted]}
    with connection.cursor(binary=True) as cursor:
        rows = cursor.execute(PHASES, columns).fetchall()
    return {
        (team_id, declared): PhaseRef(
            phase_id=PhaseId(phase_id),
            phase_type=PhaseType(phase_type),
            load_level=LoadLevel(load_level),
            sessions_per_week=sessions_per_week,
            intensity=None if intensity is None else IntensityLevel(intensity),
            focus_areas=tuple(focus_areas),
        )
        for team_id, declared, phase_id, phase_type, load_level, sessions_per_week, intensity, focus_areas in rows
    }


def commands_for(chunk: Sequence[Target], fan_outs: Mapping[int, FanOut], phases: Phases) -> list[AdjustForPhase]:
    commands = []
    for fan_out_id, assignment_id, declared, eve_of_game in chunk:
        fan_out = fan_outs[fan_out_id]
        commands.append(
            AdjustForPhase(
                assignment_id=AssignmentId(assignment_id),
                season_plan_id=SeasonPlanId(fan_out.season_plan_id),
                season_revision=fan_out.season_revision,
                phase=None if declared is None else phases[fan_out.team_id, declared],
                eve_of_game=eve_of_game,
                games=tuple(fan_out.games),
                force=fan_out.force,
            )
        )
    return commands
