"""How ready players are, computed as it is read: load, fitness, form, monotony, strain, the contested ACWR.

The numbers are those of ``domain/rules/readiness.py``, from what was done (``training_load``). An athlete has one body:
the load of every team counts, and so does every team's restriction.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import LiteralString, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import args_row

from domain.rules import acute_chronic, readiness
from domain.rules.acute_chronic import Band
from domain.rules.readiness import Readiness, TeamReadiness
from projections.training_load import DailyLoad, daily_loads, first_days
from projections.workload_restrictions import RestrictionRow, in_force

HISTORY_DAYS = 365
"""How far back is looked, today included. CTL starts at 0 there, and (41/42) to the power of the days of that still
shows: after a year less than 0.02 %, after 120 days 5.6 %."""


class Measure(StrEnum):
    """Which load is looked at: as executed (TSS, or the club's points), or RPE × minutes where both are known."""

    LOAD = "load"
    SESSION_LOAD = "session_load"


class Bands(NamedTuple):
    """Where each ratio lies; None where there is no ratio. Never to be shown without the label."""

    coupled: Band | None
    uncoupled: Band | None
    ewma: Band | None


class PlayerReadiness(NamedTuple):
    """A player. Of the ``sessions`` of the last 28 days the session load knows nothing of those that are ``unrated``.

    ``athlete_name`` is None for one who was forgotten, or is not known yet. ``restrictions`` hold on that day.
    """

    athlete_id: UUID
    athlete_name: str | None
    forgotten: bool
    readiness: Readiness
    bands: Bands
    sessions: int
    unrated: int
    restrictions: Sequence[RestrictionRow] = ()
    label: str = acute_chronic.CONTESTED


class ReadinessTable(NamedTuple):
    """A team's players by name, and the means of their figures. ``label`` belongs beside every ACWR and every band."""

    team_id: UUID
    day: date
    measure: Measure
    players: Sequence[PlayerReadiness]
    team: TeamReadiness
    label: str = acute_chronic.CONTESTED


class Named(NamedTuple):
    athlete_id: UUID
    name: str | None
    forgotten: bool


ROSTER: LiteralString = """
SELECT r.athlete_id, a.name, a.athlete_id IS NOT NULL AND a.name IS NULL
FROM read_models.team_roster AS r LEFT JOIN read_models.athlete_directory AS a USING (athlete_id)
WHERE r.team_id = %(team)s AND r.joined_on <= %(today)s::date AND (r.left_on IS NULL OR r.left_on > %(today)s::date)
ORDER BY a.name, r.athlete_id
"""
ATHLETE: LiteralString = """
SELECT wanted.athlete_id, a.name, a.athlete_id IS NOT NULL AND a.name IS NULL
FROM unnest(%(athletes)s::uuid[]) AS wanted (athlete_id) LEFT JOIN read_models.athlete_directory AS a USING (athlete_id)
"""
READS = ("training_load", "workload_restrictions", "teams", "athlete_directory")


def team_readiness(
    connection: Connection,
    team_id: UUID,
    today: date,
    *,
    measure: Measure = Measure.LOAD,
    history_days: int = HISTORY_DAYS,
) -> ReadinessTable:
    """Everybody on the team's roster on ``today``, as of the end of that day; it is the team's local day."""
    with connection.cursor(row_factory=args_row(Named)) as cursor:
        roster = cursor.execute(ROSTER, {"team": team_id, "today": today}).fetchall()
    players = assessed(connection, roster, today, measure, history_days)
    team = readiness.team_readiness(player.readiness for player in players)
    return ReadinessTable(team_id, today, measure, players, team)


def player_readiness(
    connection: Connection,
    athlete_id: UUID,
    today: date,
    *,
    measure: Measure = Measure.LOAD,
    history_days: int = HISTORY_DAYS,
) -> PlayerReadiness:
    """Likewise, of one athlete; of one who has done nothing (or is not known) every load is 0 and no ratio is given."""
    with connection.cursor(row_factory=args_row(Named)) as cursor:
        named = cursor.execute(ATHLETE, {"athletes": [athlete_id]}).fetchall()
    [player] = assessed(connection, named, today, measure, history_days)
    return player


def assessed(
    connection: Connection, athletes: Sequence[Named], today: date, measure: Measure, history_days: int
) -> list[PlayerReadiness]:
    """With what every one of them has done and is restricted by, in three statements."""
    ids = [athlete.athlete_id for athlete in athletes]
    window = today - timedelta(days=history_days - 1)
    done: dict[UUID, list[DailyLoad]] = {athlete_id: [] for athlete_id in ids}
    for daily in daily_loads(connection, ids, window, today):
        done[daily.athlete_id].append(daily)
    restrictions: dict[UUID, list[RestrictionRow]] = {athlete_id: [] for athlete_id in ids}
    for restriction in in_force(connection, ids, today):
        restrictions[restriction.athlete_id].append(restriction)
    began = {athlete_id: max(day, window) for athlete_id, day in first_days(connection, ids).items()}
    return [
        assess(athlete, done[athlete.athlete_id], began.get(athlete.athlete_id), today, measure)._replace(
            restrictions=restrictions[athlete.athlete_id]
        )
        for athlete in athletes
    ]


def assess(
    athlete: Named, done: Sequence[DailyLoad], began: date | None, today: date, measure: Measure
) -> PlayerReadiness:
    """``began``: the first day of the athlete's history; None without one."""
    loads = {each.day: each.load if measure is Measure.LOAD else each.session_load for each in done}
    figures = readiness.readiness(loads, today, first_day=began)
    ratios = (figures.acwr_coupled, figures.acwr_uncoupled, figures.acwr_ewma)
    lately = [each for each in done if each.day > today - timedelta(days=acute_chronic.CHRONIC_DAYS)]
    return PlayerReadiness(
        athlete_id=athlete.athlete_id,
        athlete_name=athlete.name,
        forgotten=athlete.forgotten,
        readiness=figures,
        bands=Bands(*(None if ratio is None else acute_chronic.band(ratio) for ratio in ratios)),
        sessions=sum(each.sessions for each in lately),
        unrated=sum(each.sessions - each.rated for each in lately),
    )
