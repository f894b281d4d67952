"""The read models of seasons, of what was done, of restrictions and templates, filled as ``plan_rows.py`` fills.

A team's season has ten phases of five weeks and a game each Saturday; each player has had four restrictions, and each
team has followed thirty templates of its club.
"""

from collections.abc import Mapping
from typing import LiteralString

SEASON_PLANS: LiteralString = """
INSERT INTO season_plans
SELECT md5('team-' || t)::uuid, md5('club-' || t / 20)::uuid, md5('plan-' || t)::uuid, 'Europe/Madrid', NULL, 'phase-4',
       '[6]', date '2026-12-28', 90, timestamptz '2026-12-28', 100
FROM generate_series(0, %(teams)s::int - 1) AS t
"""
PHASES: LiteralString = """
INSERT INTO season_phases
SELECT md5('team-' || t)::uuid, md5('club-' || t / 20)::uuid, 'phase-' || n, 'in_season',
       date '2026-07-01' + 35 * n, date '2026-07-01' + 35 * n + 34, 'high', 4, 'high', '["power", "agility"]', n + 1
FROM generate_series(0, %(teams)s::int - 1) AS t, generate_series(0, 9) AS n
"""
FIXTURES: LiteralString = """
INSERT INTO season_fixtures
SELECT md5('team-' || t)::uuid, md5('club-' || t / 20)::uuid, 'game-' || n, date '2026-07-04' + 7 * n, 'Round ' || n
FROM generate_series(0, %(teams)s::int - 1) AS t, generate_series(0, 44) AS n
"""
# As if every workout had been done, which is the most that there can be.
TRAINING_LOAD: LiteralString = """
INSERT INTO training_load
SELECT md5('assignment-' || t || '-' || p || '-' || w)::uuid, md5('club-' || t / 20)::uuid, md5('team-' || t)::uuid,
       md5('athlete-' || t || '-' || p)::uuid, date '2026-07-01' + 3 * w, 40 + w, CASE WHEN w %% 10 > 0 THEN 300 END
FROM generate_series(0, %(teams)s::int - 1) AS t, generate_series(0, %(workouts)s::int - 1) AS w,
     generate_series(0, %(players)s::int - 1) AS p
"""
RESTRICTIONS: LiteralString = """
INSERT INTO workload_restrictions
SELECT md5('workload-' || t || '-' || p)::uuid, n, md5('club-' || t / 20)::uuid, md5('team-' || t)::uuid,
       md5('athlete-' || t || '-' || p)::uuid, 'reduce_load', 0.3, false, 0.7, false, first, first + 13,
       CASE WHEN first < date '2026-12-15' THEN first + 14 END, CASE WHEN first < date '2026-12-15' THEN 'expired' END,
       'planner', timestamptz '2026-12-28', NULL
FROM generate_series(0, %(teams)s::int - 1) AS t, generate_series(0, %(players)s::int - 1) AS p,
     generate_series(1, 4) AS n, LATERAL (SELECT date '2026-07-20' + 35 * n + p AS first) AS one
"""
TEMPLATES: LiteralString = """
INSERT INTO phase_templates
SELECT md5('template-' || c || '-' || n)::uuid, md5('club-' || c)::uuid, 'Template ' || n, 3, n %% 10 = 0,
       timestamptz '2026-12-28', 'coach', 3
FROM generate_series(0, (%(teams)s::int - 1) / 20) AS c, generate_series(1, 1000) AS n
"""
VERSIONS: LiteralString = """
INSERT INTO phase_template_versions
SELECT md5('template-' || c || '-' || n)::uuid, md5('club-' || c)::uuid, v, 'Template ' || n,
       '[{"week": 1, "weekday": 1, "title": "Run", "sport": "run", "prescription": {"load": 60}}]',
       timestamptz '2026-12-28', 'coach'
FROM generate_series(0, (%(teams)s::int - 1) / 20) AS c, generate_series(1, 1000) AS n, generate_series(1, 3) AS v
"""
APPLICATIONS: LiteralString = """
INSERT INTO template_applications
SELECT md5('application-' || t || '-' || n)::uuid, md5('club-' || t / 20)::uuid, md5('team-' || t)::uuid,
       md5('template-' || t / 20 || '-' || n)::text, 3, 'Template ' || n, date '2026-07-01' + 7 * n,
       date '2026-07-28' + 7 * n, 1, NULL, 12, 'coach', timestamptz '2026-06-01', 300, 25, timestamptz '2026-06-01'
FROM generate_series(0, %(teams)s::int - 1) AS t, generate_series(1, 30) AS n
"""

FILLING: Mapping[str, tuple[LiteralString, ...]] = {
    "season_plan": (SEASON_PLANS, PHASES, FIXTURES),
    "training_load": (TRAINING_LOAD,),
    "workload_restrictions": (RESTRICTIONS,),
    "templates": (TEMPLATES, VERSIONS, APPLICATIONS),
}
"""By projection."""
