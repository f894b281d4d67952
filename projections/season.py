"""A team's season as it is read: the whole plan, and what the season asks of a workout on a day.

What is planned in bulk takes its phase from here at once. Where this is behind the log the workout carries an older
revision, and the reaction that catches every new workout sets that right.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from psycopg import Connection

from domain.assignment import AdjustForPhase, PhaseRef
from domain.ids import AssignmentId, PhaseId, SeasonPlanId
from domain.rules.intensity import IntensityLevel
from domain.rules.load import LoadLevel, PhaseType


class SeasonPhase(NamedTuple):
    """``declared``: the revision that declared it last; where phases overlap the highest wins."""

    phase_id: str
    phase_type: str
    starts_on: date
    ends_on: date
    load_level: str
    sessions_per_week: int | None
    intensity: str | None
    focus_areas: Sequence[str]
    declared: int
    is_current: bool


class SeasonFixture(NamedTuple):
    """A game on ``day``."""

    fixture_id: str
    day: date
    title: str | None


class SeasonPlanRow(NamedTuple):
    """``games``: weekdays of games in the week of ``games_week``, a Monday. ``as_of``: of the last declaration.

    ``version`` is the stream's, which ``revision`` is not: not every event declares something.
    """

    team_id: UUID
    organization_id: UUID
    season_plan_id: UUID
    zone: str
    external_id: str | None
    current_phase_id: str | None
    games: Sequence[int]
    games_week: date | None
    revision: int
    as_of: datetime
    version: int
    phases: Sequence[SeasonPhase]
    fixtures: Sequence[SeasonFixture]


# One statement, one moment.
PLAN: LiteralString = """
SELECT p.team_id, p.organization_id, p.season_plan_id, p.zone, p.external_id, p.current_phase_id, p.games, p.games_week,
       p.revision, p.as_of, p.version,
       ARRAY(SELECT to_jsonb(s) - '{team_id,organization_id}'::text[] || jsonb_build_object(
                 'is_current', s.phase_id IS NOT DISTINCT FROM p.current_phase_id)
             FROM read_models.season_phases AS s WHERE s.team_id = p.team_id ORDER BY s.starts_on, s.declared),
       ARRAY(SELECT to_jsonb(f) - '{team_id,organization_id}'::text[]
             FROM read_models.season_fixtures AS f WHERE f.team_id = p.team_id ORDER BY f.day, f.fixture_id)
FROM read_models.season_plans AS p WHERE p.team_id = %(team)s
"""
READS = ("season_plan",)


def season_plan(connection: Connection, team_id: UUID) -> SeasonPlanRow | None:
    """The whole plan, phases and games by day; None for a team without one."""
    row = connection.execute(PLAN, {"team": team_id}).fetchone()
    if row is None:
        return None
    *plan, phases, fixtures = row
    return SeasonPlanRow._make(
        [
            *plan,
            [SeasonPhase(**dated(phase, "starts_on", "ends_on")) for phase in phases],
            [SeasonFixture(**dated(fixture, "day")) for fixture in fixtures],
        ]
    )


def dated(told: dict[str, Any], *days: str) -> dict[str, Any]:
    """JSON has no dates."""
    return told | {day: date.fromisoformat(told[day]) for day in days}


class SeasonOn(NamedTuple):
    """What the season asks of a workout of that day, or of an open-ended one.

    ``auto_apply``: what the team's setting says; False, too, where the team is not known (yet).
    """

    season_plan_id: SeasonPlanId
    revision: int
    auto_apply: bool
    phase: PhaseRef | None
    eve_of_game: bool
    games: tuple[int, ...]

    def for_assignment(self, assignment_id: AssignmentId) -> AdjustForPhase | None:
        """To plan it with; None where there is nothing to adjust for, or the team does not want it by itself."""
        if self.phase is None or not self.auto_apply:
            return None
        return AdjustForPhase(
            assignment_id=assignment_id,
            season_plan_id=self.season_plan_id,
            season_revision=self.revision,
            phase=self.phase,
            eve_of_game=self.eve_of_game,
            games=self.games,
        )


SEASON_ON: LiteralString = """
SELECT wanted.day, p.season_plan_id, p.revision, coalesce(t.auto_apply_adjustments, false),
       s.phase_id, s.phase_type, s.load_level, s.sessions_per_week, s.intensity, s.focus_areas,
       wanted.day IS NOT NULL AND EXISTS (
           SELECT FROM read_models.season_fixtures AS f WHERE f.team_id = p.team_id AND f.day = wanted.day + 1),
       CASE WHEN wanted.day IS NULL THEN p.games ELSE '[]' END
FROM unnest(%(days)s::date[]) AS wanted (day)
JOIN read_models.season_plans AS p ON p.team_id = %(team)s
LEFT JOIN read_models.teams AS t ON t.team_id = p.team_id
LEFT JOIN LATERAL (
    SELECT * FROM read_models.season_phases AS covering
    WHERE covering.team_id = p.team_id
      AND CASE WHEN wanted.day IS NULL THEN covering.phase_id = p.current_phase_id
               ELSE wanted.day BETWEEN covering.starts_on AND covering.ends_on END
    ORDER BY covering.declared DESC LIMIT 1
) AS s ON true
"""
READS_ON = ("season_plan", "teams")


def season_on(connection: Connection, team_id: UUID, day: date | None) -> SeasonOn | None:
    """``day`` None: of a workout that is open-ended. None for a team without a season plan."""
    return seasons_on(connection, team_id, [day]).get(day)


def seasons_on(connection: Connection, team_id: UUID, days: Sequence[date | None]) -> dict[date | None, SeasonOn]:
    """Likewise, for many days at one moment; empty for a team without a season plan."""
    rows = connection.execute(SEASON_ON, {"team": team_id, "days": list(set(days))})
    return {day: seen(*facts) for day, *facts in rows}


def seen(
    plan: UUID,
    revision: int,
    auto_apply: bool,
    phase_id: str | None,
    phase_type: str,
    level: str,
    sessions: int | None,
    intensity: str | None,
    focus: Sequence[str],
    eve: bool,
    games: Sequence[int],
) -> SeasonOn:
    phase = None
    if phase_id is not None:
        phase = PhaseRef(
            phase_id=PhaseId(phase_id),
            phase_type=PhaseType(phase_type),
            load_level=LoadLevel(level),
            sessions_per_week=sessions,
            intensity=None if intensity is None else IntensityLevel(intensity),
            focus_areas=tuple(focus),
        )
    return SeasonOn(SeasonPlanId(plan), revision, auto_apply, phase, eve, tuple(games))
