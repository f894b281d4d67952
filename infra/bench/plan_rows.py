"""The read models of many clubs, filled without events: only how many rows there are, and how they lie, matters.

Every number follows from those of team, player and workout, so each fill is the same. A projection whose tables
are to be filled has its statement in ``FILLING``; ids are ``md5`` of a word and a number, and ``Size`` gives the
parameters.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import md5
from typing import LiteralString
from uuid import UUID

import psycopg

from infra.bench import season_rows
from projections import versions
from projections.registry import PROJECTIONS


@dataclass(frozen=True, slots=True)
class Size:
    """``workouts`` of each of ``players`` of each of ``teams``: one each third day from the 1st of July 2026 on."""

    teams: int
    players: int
    workouts: int

    @property
    def assignments(self) -> int:
        return self.teams * self.players * self.workouts

    @property
    def parameters(self) -> dict[str, int]:
        return {"teams": self.teams, "players": self.players, "workouts": self.workouts}


def id_of(word: str) -> UUID:
    """As the statements below make ids: ``team-7``, ``athlete-7-3``, ``assignment-7-3-50``, ``plan-7``,
    ``club-0`` of the first twenty teams."""
    return UUID(md5(word.encode(), usedforsecurity=False).hexdigest())


TEAMS: LiteralString = """
INSERT INTO teams
SELECT md5('team-' || t)::uuid, md5('club-' || t / 20)::uuid, 'Team ' || t, 'Europe/Madrid', true, 'planner', t::text,
       timestamptz '2026-06-01'
FROM generate_series(0, %(teams)s::int - 1) AS t
"""
ROSTERS: LiteralString = """
INSERT INTO team_roster
SELECT md5('team-' || t)::uuid, md5('club-' || t / 20)::uuid, md5('athlete-' || t || '-' || p)::uuid, p + 2,
       date '2026-06-01', NULL
FROM generate_series(0, %(teams)s::int - 1) AS t, generate_series(0, %(players)s::int - 1) AS p
"""
NAMES: LiteralString = """
INSERT INTO athlete_directory
SELECT md5('athlete-' || t || '-' || p)::uuid, md5('club-' || t / 20)::uuid, 'Player ' || t || '-' || p
FROM generate_series(0, %(teams)s::int - 1) AS t, generate_series(0, %(players)s::int - 1) AS p
"""
# One in 20 is open-ended. Three fifths of the season are over: of its workouts 80 in 100 are done, 8 skipped, 5
# cancelled, and 7 nobody spoke of. Each follows one of three phases, and was adjusted twice by it.
BOARD: LiteralString = """
INSERT INTO assignment_board (
    assignment_id, organization_id, team_id, athlete_id, title, sport, scheduled_on, baseline_load, load,
    phase_id, load_level, season_plan_id, last_phase_adjustment, last_phase_version, season_revision,
    workload_skip, workload_fraction, workload_easy_only, workload_revision, hand, status,
    completed_on, planned_load, executed_load, rpe, duration_min, version, changed_at, changed_by, cause_id, reason)
SELECT md5('assignment-' || t || '-' || p || '-' || w)::uuid, md5('club-' || t / 20)::uuid, md5('team-' || t)::uuid,
       md5('athlete-' || t || '-' || p)::uuid, 'Tempo run', 'run', CASE WHEN w %% 20 > 0 THEN day END, 60, 72,
       (ARRAY['preseason', 'in-season', 'playoffs'])[1 + (5 * w + 2 * %(workouts)s::int) / (3 * %(workouts)s::int)],
       'high', md5('plan-' || t)::uuid, timestamptz '2026-10-01' + t * interval '1 minute', 3, 2,
       false, CASE WHEN w %% 20 = 7 THEN 0.5 END, false, 0, w %% 40 = 3,
       CASE WHEN NOT over THEN 'planned' WHEN chance < 80 THEN 'completed' WHEN chance < 88 THEN 'skipped'
            WHEN chance < 93 THEN 'cancelled' ELSE 'planned' END,
       CASE WHEN done THEN day END, CASE WHEN done THEN 72 END, CASE WHEN done THEN 30 + chance END,
       CASE WHEN done THEN 5 END, CASE WHEN done THEN 50 END, 3, timestamptz '2026-10-01' + t * interval '1 minute',
       'reaction:phase-fan-out', md5('cause-' || t)::uuid, 'phase 2026-in-season: high load, planned × 1.2'
FROM generate_series(0, %(teams)s::int - 1) AS t, generate_series(0, %(workouts)s::int - 1) AS w,
     generate_series(0, %(players)s::int - 1) AS p,
     LATERAL (SELECT date '2026-07-01' + 3 * w AS day, (31 * t + 17 * p + 7 * w) %% 100 AS chance,
                     5 * w < 3 * %(workouts)s::int AS over) AS one,
     LATERAL (SELECT over AND chance < 80 AS done) AS two
"""
HISTORY: LiteralString = """
INSERT INTO adjustment_history (
    assignment_id, version, number, organization_id, team_id, athlete_id, layer, kind, original, adjusted, phase_id,
    reason, applied_at, applied_by, cause_id)
SELECT md5('assignment-' || t || '-' || p || '-' || w)::uuid, v, 0, md5('club-' || t / 20)::uuid,
       md5('team-' || t)::uuid, md5('athlete-' || t || '-' || p)::uuid, 'phase', 'load', '60', '72', 'in-season',
       'phase 2026-in-season: high load, planned × 1.2',
       CASE v WHEN 2 THEN timestamptz '2026-07-01' ELSE timestamptz '2026-10-01' END + t * interval '1 minute',
       'reaction:phase-fan-out', md5('cause-' || t)::uuid
FROM generate_series(2, 3) AS v, generate_series(0, %(teams)s::int - 1) AS t,
     generate_series(0, %(workouts)s::int - 1) AS w, generate_series(0, %(players)s::int - 1) AS p
"""

FILLING: Mapping[str, tuple[LiteralString, ...]] = {
    "teams": (TEAMS, ROSTERS),
    "athlete_directory": (NAMES,),
    "assignment_board": (BOARD,),
    "adjustment_history": (HISTORY,),
    **season_rows.FILLING,
}
"""By projection."""


def fill(database_url: str, size: Size) -> None:
    """Every projection's tables, live; those filled that ``FILLING`` names."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        for projection in PROJECTIONS:
            with connection.transaction():
                version = versions.create(connection, projection, "live")
                with versions.entered(connection, version):
                    for statement in FILLING.get(projection.name, ()):
                        connection.execute(statement, size.parameters)
                versions.show(connection, version)
        connection.execute("VACUUM ANALYZE")
