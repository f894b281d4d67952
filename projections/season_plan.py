"""The season plan of each team, whole: its phases with their content, its games, which phase is current.

Written from the team's season plan alone. ``revision`` counts declarations just as the aggregate does: each event
raises it once, since a row of a later version refuses it when it is delivered again. How it is read: ``season.py``.
"""

from collections.abc import Sequence
from typing import Any, LiteralString

from psycopg import Cursor
from psycopg.types.json import Jsonb

from domain.ports import Recorded
from domain.season_plan import (
    AdjustmentsRequested,
    FixtureAdded,
    FixtureMoved,
    FixtureRemoved,
    GameWeekSet,
    PhaseAdded,
    PhaseAdjustmentsApplied,
    PhaseBegan,
    PhaseChanged,
    PhaseEnded,
    PhaseModified,
    PhaseRemoved,
    SeasonPlanOpened,
)
from projections.projection import Projection
from projections.season_columns import Batch, contents, days, fixtures, phases, stamps

DDL: LiteralString = """
CREATE TABLE season_plans (
    team_id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    season_plan_id uuid NOT NULL,
    zone text NOT NULL,
    external_id text,
    current_phase_id text, -- NULL: in none
    games jsonb NOT NULL, -- weekdays of games in the week that was last looked at, 1 Monday to 7 Sunday
    games_week date, -- its Monday
    revision integer NOT NULL, -- how many declarations there were
    as_of timestamptz NOT NULL, -- when the last of them was made
    version integer NOT NULL -- of the stream
);
CREATE TABLE season_phases (
    team_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    phase_id text NOT NULL,
    phase_type text NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL, -- the last day, inclusive
    load_level text NOT NULL,
    sessions_per_week integer,
    intensity text,
    focus_areas jsonb NOT NULL,
    declared integer NOT NULL, -- the revision that declared it last; where phases overlap the highest wins
    PRIMARY KEY (team_id, phase_id)
);
CREATE TABLE season_fixtures (
    team_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    fixture_id text NOT NULL,
    day date NOT NULL,
    title text,
    PRIMARY KEY (team_id, fixture_id)
);
CREATE INDEX season_fixtures_day ON season_fixtures (team_id, day);
"""
OPENED: LiteralString = """
INSERT INTO season_plans (team_id, organization_id, season_plan_id, zone, external_id, games, revision, as_of, version)
SELECT team_id, organization_id, season_plan_id, zone, external_id, '[]', 0, at, version
FROM unnest(%(team)b::uuid[], %(organization)b::uuid[], %(plan)b::uuid[], %(zone)b::text[], %(external)b::text[],
            %(at)b::timestamptz[], %(version)b::int[])
    AS e (team_id, organization_id, season_plan_id, zone, external_id, at, version)
ON CONFLICT (team_id) DO NOTHING
"""
COUNT: LiteralString = "UPDATE season_plans AS p SET revision = p.revision + 1, as_of = e.at, version = e.version"
STAMPS: LiteralString = "%(team)b::uuid[], %(at)b::timestamptz[], %(version)b::int[]"
ONCE: LiteralString = "p.team_id = e.team_id AND p.version < e.version"
OF_EACH: LiteralString = f"FROM unnest({STAMPS}) AS e (team_id, at, version) WHERE {ONCE}"
OF_EACH_PHASE: LiteralString = f"""
FROM unnest({STAMPS}, %(phase)b::text[]) AS e (team_id, at, version, phase_id) WHERE {ONCE}
"""
# Only what counted goes on to the other tables.
COUNTED: LiteralString = f"WITH counted AS ({COUNT} {OF_EACH} RETURNING p.team_id, p.organization_id, p.revision)"
DECLARE: LiteralString = """
INSERT INTO season_phases (
    team_id, organization_id, phase_id, phase_type, starts_on, ends_on, load_level, sessions_per_week, intensity,
    focus_areas, declared)
SELECT e.team_id, counted.organization_id, e.phase_id, e.phase_type, e.starts_on, e.ends_on, e.load_level, e.sessions,
       e.intensity, e.focus_areas, counted.revision
FROM unnest(%(team)b::uuid[], %(phase)b::text[], %(type)b::text[], %(starts)b::date[], %(ends)b::date[],
            %(level)b::text[], %(sessions)b::int[], %(intensity)b::text[], %(focus)b::jsonb[])
    AS e (team_id, phase_id, phase_type, starts_on, ends_on, load_level, sessions, intensity, focus_areas)
JOIN counted USING (team_id)
ON CONFLICT (team_id, phase_id) DO UPDATE
SET phase_type = excluded.phase_type, starts_on = excluded.starts_on, ends_on = excluded.ends_on,
    load_level = excluded.load_level, sessions_per_week = excluded.sessions_per_week, intensity = excluded.intensity,
    focus_areas = excluded.focus_areas, declared = excluded.declared
"""
DECLARED: LiteralString = f"{COUNTED} {DECLARE}"
CHANGED: LiteralString = f"""
WITH counted AS (
    {COUNT}, current_phase_id = e.phase_id {OF_EACH_PHASE} RETURNING p.team_id, p.organization_id, p.revision)
{DECLARE}
"""
REMOVED: LiteralString = f"""
WITH counted AS (
    {COUNT}, current_phase_id = nullif(p.current_phase_id, e.phase_id) {OF_EACH_PHASE} RETURNING p.team_id, e.phase_id)
DELETE FROM season_phases AS s USING counted WHERE s.team_id = counted.team_id AND s.phase_id = counted.phase_id
"""
BEGAN: LiteralString = f"{COUNT}, current_phase_id = e.phase_id {OF_EACH_PHASE}"
ENDED: LiteralString = f"{COUNT}, current_phase_id = NULL {OF_EACH}"
FIXTURE_ADDED: LiteralString = f"""
{COUNTED}
INSERT INTO season_fixtures (team_id, organization_id, fixture_id, day, title)
SELECT e.team_id, counted.organization_id, e.fixture_id, e.day, e.title
FROM unnest(%(team)b::uuid[], %(fixture)b::text[], %(day)b::date[], %(title)b::text[])
    AS e (team_id, fixture_id, day, title)
JOIN counted USING (team_id)
ON CONFLICT (team_id, fixture_id) DO UPDATE SET day = excluded.day, title = excluded.title
"""
FIXTURE_MOVED: LiteralString = f"""
{COUNTED}
UPDATE season_fixtures AS f SET day = e.day
FROM unnest(%(team)b::uuid[], %(fixture)b::text[], %(day)b::date[]) AS e (team_id, fixture_id, day)
JOIN counted USING (team_id)
WHERE f.team_id = e.team_id AND f.fixture_id = e.fixture_id
"""
FIXTURE_REMOVED: LiteralString = f"""
{COUNTED}
DELETE FROM season_fixtures AS f
USING unnest(%(team)b::uuid[], %(fixture)b::text[]) AS e (team_id, fixture_id) JOIN counted USING (team_id)
WHERE f.team_id = e.team_id AND f.fixture_id = e.fixture_id
"""
GAME_WEEK_SET: LiteralString = f"""
{COUNT}, games = e.games, games_week = e.monday
FROM unnest({STAMPS}, %(games)b::jsonb[], %(monday)b::date[]) AS e (team_id, at, version, games, monday) WHERE {ONCE}
"""
REQUESTED: LiteralString = f"{COUNT} {OF_EACH}"
# No declaration, and so no revision. Clients compare the version with that of the stream, of which it is a part.
APPLIED: LiteralString = f"UPDATE season_plans AS p SET version = e.version {OF_EACH}"


def on_season_plan_opened(cursor: Cursor[Any], batch: Sequence[Recorded[SeasonPlanOpened]]) -> None:
    columns = {
        "organization": [recorded.organization_id for recorded in batch],
        "plan": [recorded.event.season_plan_id for recorded in batch],
        "zone": [recorded.event.zone for recorded in batch],
        "external": [recorded.event.external_id for recorded in batch],
    }
    cursor.execute(OPENED, stamps(batch) | columns)


def on_phase_declared(cursor: Cursor[Any], batch: Batch) -> None:
    cursor.execute(DECLARED, contents(batch))


def on_phase_changed(cursor: Cursor[Any], batch: Batch) -> None:
    cursor.execute(CHANGED, contents(batch))


def on_phase_removed(cursor: Cursor[Any], batch: Batch) -> None:
    cursor.execute(REMOVED, phases(batch))


def on_phase_began(cursor: Cursor[Any], batch: Batch) -> None:
    cursor.execute(BEGAN, phases(batch))


def on_phase_ended(cursor: Cursor[Any], batch: Batch) -> None:
    cursor.execute(ENDED, stamps(batch))


def on_fixture_added(cursor: Cursor[Any], batch: Sequence[Recorded[FixtureAdded]]) -> None:
    cursor.execute(FIXTURE_ADDED, days(batch) | {"title": [recorded.event.title for recorded in batch]})


def on_fixture_moved(cursor: Cursor[Any], batch: Batch) -> None:
    cursor.execute(FIXTURE_MOVED, days(batch))


def on_fixture_removed(cursor: Cursor[Any], batch: Batch) -> None:
    cursor.execute(FIXTURE_REMOVED, fixtures(batch))


def on_game_week_set(cursor: Cursor[Any], batch: Sequence[Recorded[GameWeekSet]]) -> None:
    columns = {
        "games": [Jsonb(list(recorded.event.games)) for recorded in batch],
        "monday": [recorded.event.week_starts_on for recorded in batch],
    }
    cursor.execute(GAME_WEEK_SET, stamps(batch) | columns)


def on_adjustments_requested(cursor: Cursor[Any], batch: Batch) -> None:
    cursor.execute(REQUESTED, stamps(batch))


def on_phase_adjustments_applied(cursor: Cursor[Any], batch: Batch) -> None:
    cursor.execute(APPLIED, stamps(batch))


PROJECTION = Projection(
    name="season_plan",
    ddl=DDL,
    handlers={
        SeasonPlanOpened: on_season_plan_opened,
        PhaseAdded: on_phase_declared,
        PhaseModified: on_phase_declared,
        PhaseRemoved: on_phase_removed,
        PhaseChanged: on_phase_changed,
        PhaseBegan: on_phase_began,
        PhaseEnded: on_phase_ended,
        FixtureAdded: on_fixture_added,
        FixtureMoved: on_fixture_moved,
        FixtureRemoved: on_fixture_removed,
        GameWeekSet: on_game_week_set,
        AdjustmentsRequested: on_adjustments_requested,
        PhaseAdjustmentsApplied: on_phase_adjustments_applied,
    },
)
