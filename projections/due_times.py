"""When something is due on a team's calendar; ``consumers/scheduler.py`` acts on it.

Of a season plan: the first day of each phase and the day after its last, the Monday of each week with a game and the
Monday after it, and, at once, the last word about phases, which may have changed what today belongs to. Of a
restriction that nobody has ended: the day after its last. A day is due at its first moment in its zone.

Whether anybody has acted is not told here: times that are over stay for as long as what they belong to is there.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from psycopg import Cursor

from domain.ports import Recorded
from domain.rules.game_day import week_of
from domain.season_plan import (
    FixtureAdded,
    FixtureMoved,
    FixtureRemoved,
    PhaseAdded,
    PhaseChanged,
    PhaseModified,
    PhaseRemoved,
    SeasonPlanOpened,
)
from domain.team import TeamFormed
from domain.workload import WorkloadRestrictionEnded, WorkloadThresholdBreached
from projections.due_rows import COLUMNS, DueTime, due, put, retimed, take
from projections.projection import Projection

DDL: LiteralString = """
CREATE TABLE due_times (
    kind text NOT NULL, -- season or restriction
    subject uuid NOT NULL, -- the season plan, or the workload
    detail text NOT NULL, -- what of it
    due_at timestamptz NOT NULL,
    due_on date, -- the day that begins then; NULL: due as soon as it was said
    zone text NOT NULL,
    cause_id uuid NOT NULL, -- the event that made it due
    correlation_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    team_id uuid NOT NULL,
    athlete_id uuid, -- of a restriction
    era integer NOT NULL, -- with xid and ordinal: the position of the event that wrote the row last
    xid bigint NOT NULL,
    ordinal integer NOT NULL,
    PRIMARY KEY (subject, kind, detail)
);
CREATE INDEX due_times_due_at ON due_times (due_at);
CREATE INDEX due_times_position ON due_times (era, xid, ordinal);
CREATE INDEX due_times_restrictions ON due_times (team_id) WHERE kind = 'restriction';
CREATE TABLE due_zones (
    team_id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    team_zone text, -- NULL: not told (yet)
    plan_zone text
);
"""
TEAM_ZONE: LiteralString = """
INSERT INTO due_zones (team_id, organization_id, team_zone)
SELECT * FROM unnest(%(team)b::uuid[], %(organization)b::uuid[], %(zone)b::text[])
ON CONFLICT (team_id) DO UPDATE SET team_zone = excluded.team_zone
"""
PLAN_ZONE: LiteralString = """
INSERT INTO due_zones (team_id, organization_id, plan_zone)
SELECT * FROM unnest(%(team)b::uuid[], %(organization)b::uuid[], %(zone)b::text[])
ON CONFLICT (team_id) DO UPDATE SET plan_zone = excluded.plan_zone
"""
ZONES: LiteralString = "SELECT team_id, team_zone, plan_zone FROM due_zones WHERE team_id = ANY(%(team)b::uuid[])"
RESTRICTIONS: LiteralString = f"""
SELECT {COLUMNS} FROM due_times WHERE kind = 'restriction' AND team_id = ANY(%(team)b::uuid[])
"""
LAST_ZONE = "Etc/GMT+12"
"""Where each day ends last: for a team whose zone nobody has told (yet), a day is over when it is over everywhere."""

Batch = Sequence[Recorded[Any]]


class Zones(NamedTuple):
    """``season``: the plan's own, in which phases and games have their days; ``team``: where restrictions do."""

    season: str
    team: str


def zones_of(cursor: Cursor[Any], batch: Batch) -> Mapping[UUID, Zones]:
    told = {team_id: both for team_id, *both in cursor.execute(ZONES, {"team": teams(batch)})}
    return {team_id: chosen(*told.get(team_id, (None, None))) for team_id in teams(batch)}


def chosen(of_team: str | None, of_plan: str | None) -> Zones:
    return Zones(of_plan or of_team or LAST_ZONE, of_team or of_plan or LAST_ZONE)


def teams(batch: Batch) -> list[UUID]:
    return [recorded.event.team_id for recorded in batch]


def of_phase(phase_id: str) -> tuple[str, str]:
    return f"phase begins: {phase_id}", f"phase is over: {phase_id}"


def of_fixture(fixture_id: str) -> tuple[str, str]:
    return f"week of game: {fixture_id}", f"week after game: {fixture_id}"


def on_phases_declared(cursor: Cursor[Any], batch: Batch) -> None:
    zones = zones_of(cursor, batch)

    def rows() -> Iterator[DueTime]:
        for recorded in batch:
            event, zone = recorded.event, zones[recorded.event.team_id].season
            begins, over = of_phase(event.phase_id)
            yield due(recorded, "season", begins, zone, event.starts_on)
            yield due(recorded, "season", over, zone, event.ends_on + timedelta(days=1))

    put(cursor, rows())
    look_at_once(cursor, batch, zones)


def on_phases_removed(cursor: Cursor[Any], batch: Sequence[Recorded[PhaseRemoved]]) -> None:
    take(cursor, (("season", each.stream_id, detail) for each in batch for detail in of_phase(each.event.phase_id)))
    look_at_once(cursor, batch, zones_of(cursor, batch))


def look_at_once(cursor: Cursor[Any], batch: Batch, zones: Mapping[UUID, Zones]) -> None:
    """What moved away or is gone may have covered today, and the phase beneath it does so now."""
    put(cursor, (due(each, "season", "phases declared", zones[each.event.team_id].season) for each in batch))


def on_fixtures_set(cursor: Cursor[Any], batch: Sequence[Recorded[FixtureAdded | FixtureMoved]]) -> None:
    zones = zones_of(cursor, batch)

    def rows() -> Iterator[DueTime]:
        for recorded in batch:
            zone, monday = zones[recorded.event.team_id].season, week_of(recorded.event.on)
            week, week_after = of_fixture(recorded.event.fixture_id)
            yield due(recorded, "season", week, zone, monday)
            yield due(recorded, "season", week_after, zone, monday + timedelta(days=7))

    put(cursor, rows())


def on_fixtures_removed(cursor: Cursor[Any], batch: Sequence[Recorded[FixtureRemoved]]) -> None:
    take(cursor, (("season", each.stream_id, detail) for each in batch for detail in of_fixture(each.event.fixture_id)))


def on_thresholds_breached(cursor: Cursor[Any], batch: Sequence[Recorded[WorkloadThresholdBreached]]) -> None:
    zones = zones_of(cursor, batch)

    def rows() -> Iterator[DueTime]:
        for recorded in batch:
            event, zone = recorded.event, zones[recorded.event.team_id].team
            yield due(recorded, "restriction", str(event.restriction), zone, event.ends_on + timedelta(days=1))

    put(cursor, rows())


def on_restrictions_ended(cursor: Cursor[Any], batch: Sequence[Recorded[WorkloadRestrictionEnded]]) -> None:
    take(cursor, (("restriction", each.stream_id, str(each.event.restriction)) for each in batch))


def on_teams_formed(cursor: Cursor[Any], batch: Sequence[Recorded[TeamFormed]]) -> None:
    cursor.execute(TEAM_ZONE, told_zones(batch))
    retime_restrictions(cursor, batch)


def on_plans_opened(cursor: Cursor[Any], batch: Sequence[Recorded[SeasonPlanOpened]]) -> None:
    cursor.execute(PLAN_ZONE, told_zones(batch))
    retime_restrictions(cursor, batch)


def told_zones(batch: Batch) -> dict[str, list[Any]]:
    return {
        "team": teams(batch),
        "organization": [recorded.organization_id for recorded in batch],
        "zone": [recorded.event.zone for recorded in batch],
    }


def retime_restrictions(cursor: Cursor[Any], batch: Batch) -> None:
    """Those that came before anybody told the zone. Seldom any: a team is formed first."""
    rows = [DueTime(*row) for row in cursor.execute(RESTRICTIONS, {"team": teams(batch)})]
    zones, told_by = zones_of(cursor, batch), {recorded.event.team_id: recorded for recorded in batch}
    put(cursor, (retimed(row, zones[row.team_id].team, told_by[row.team_id]) for row in rows))


PROJECTION = Projection(
    name="due_times",
    ddl=DDL,
    scope="partition",
    handlers={
        TeamFormed: on_teams_formed,
        SeasonPlanOpened: on_plans_opened,
        PhaseAdded: on_phases_declared,
        PhaseModified: on_phases_declared,
        PhaseChanged: on_phases_declared,
        PhaseRemoved: on_phases_removed,
        FixtureAdded: on_fixtures_set,
        FixtureMoved: on_fixtures_set,
        FixtureRemoved: on_fixtures_removed,
        WorkloadThresholdBreached: on_thresholds_breached,
        WorkloadRestrictionEnded: on_restrictions_ended,
    },
)
