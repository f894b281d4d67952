"""How much players have done, and how ready they are (seed 000, "Get Workload Analytics")."""

from datetime import date
from http import HTTPStatus
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from pydantic import Field

from api.access import Asking
from api.models import Answer
from api.problems import PROBLEM, Refused
from api.reading import TIMEOUT, MinPosition, Timeout, stale
from api.services import Services
from domain.fields import Day
from domain.rules.acute_chronic import CONTESTED, Band
from projections.people import zone_of
from projections.readiness import READS, Measure, PlayerReadiness, ReadinessTable, player_readiness, team_readiness

FORGOTTEN = "forgotten athlete"
UTC = "UTC"
FIGURES = ("load_7d", "load_28d", "ctl", "atl", "tsb", "monotony", "strain")
RATIOS = ("coupled", "uncoupled", "ewma")


class Ratio(Answer):
    """Last week over the last four; null under 28 days of data, or without any load."""

    ratio: float | None = Field(examples=[1.12])
    band: Band | None = Field(description="Below 0.8, to 1.3, to 1.5, above: of a contested heuristic.")


class AcuteChronic(Answer):
    """The acute to chronic workload ratio, three ways."""

    coupled: Ratio = Field(description="Week over the four weeks that contain it.")
    uncoupled: Ratio = Field(description="Week over the three weeks before it.")
    ewma: Ratio = Field(description="Exponentially weighted means of 7 and 28 days.")
    label: str = Field(description="To be shown beside every ratio and band.", examples=[CONTESTED])


class RestrictionAnswer(Answer):
    """It restricts the athlete's workouts on that day."""

    restriction: int = Field(description="Its number, for that athlete in that team.")
    team_id: UUID
    response: str = Field(examples=["reduce_load"])
    magnitude: float = Field(examples=[0.3])
    skip: bool = Field(description="No training at all.")
    fraction: float = Field(description="The share of the load that it leaves.", examples=[0.7])
    easy_only: bool
    starts_on: date
    ends_on: date = Field(description="The last day, inclusive.")
    triggered_by: str


class PlayerAnalytics(Answer):
    """A player at the end of the day."""

    athlete_id: UUID
    athlete_name: str | None = Field(examples=["Ana Ruiz"], description=f"'{FORGOTTEN}' for one who asked to be.")
    load_7d: float = Field(alias="load7d", description="Sum of the last 7 days.", examples=[412.0])
    load_28d: float = Field(alias="load28d", description="Sum of the last 28 days.", examples=[1580.5])
    ctl: float = Field(description="Fitness: chronic training load, 42 days.", examples=[58.3])
    atl: float = Field(description="Fatigue: acute training load, 7 days.", examples=[61.0])
    tsb: float = Field(description="Form in which the day began.", examples=[-2.4])
    monotony: float | None = Field(description="Foster; null without seven days that differ.", examples=[1.31])
    strain: float | None = Field(examples=[539.7])
    acwr: AcuteChronic
    days_of_data: int
    sessions: int = Field(description="Of the last 28 days.")
    unrated: int = Field(description="Those of them whose RPE or minutes nobody told.")
    restrictions: list[RestrictionAnswer]


class Average(Answer):
    """Over the players who have the figure: what is missing is no zero."""

    mean: float
    median: float
    players: int


class TeamAnalytics(Answer):
    """Each figure over the players who have it; null when nobody has."""

    players: int
    load_7d: Average | None = Field(alias="load7d")
    load_28d: Average | None = Field(alias="load28d")
    ctl: Average | None
    atl: Average | None
    tsb: Average | None
    monotony: Average | None
    strain: Average | None
    acwr_coupled: Average | None
    acwr_uncoupled: Average | None
    acwr_ewma: Average | None


class WorkloadAnalytics(Answer):
    team_id: UUID | None = Field(description="null where one player was asked for.")
    day: date = Field(description="As of the end of that day.")
    measure: Measure = Field(description="load: as executed; session_load: RPE × minutes.")
    players: list[PlayerAnalytics] = Field(description="The roster of that day by name; an athlete sees themselves.")
    team: TeamAnalytics | None = Field(description="null for one player, and for an athlete who asks.")
    label: str = Field(description="To be shown beside every ratio and band.", examples=[CONTESTED])
    stale: bool = Field(description="True where something is missing: not there in time, or set aside as an error.")


def router(services: Services) -> APIRouter:
    routes = APIRouter(prefix="/api/v1/training/planning", tags=["planning"], responses=PROBLEM)

    def today_in(zone: str) -> date:
        return services.clock.now().astimezone(ZoneInfo(zone)).date()

    @routes.get("/workload-analytics", summary="Load, fitness, form and readiness")
    def get_workload_analytics(
        access: Asking,
        team_id: Annotated[UUID | None, Query(alias="teamId", description="Everybody on its roster.")] = None,
        player_id: Annotated[UUID | None, Query(alias="playerId", description="This athlete alone.")] = None,
        day: Annotated[Day | None, Query(description="Without it today, in the team's or the athlete's zone.")] = None,
        measure: Annotated[Measure, Query(description="Which load is looked at.")] = Measure.LOAD,
        min_position: MinPosition = None,
        timeout: Timeout = TIMEOUT,
    ) -> WorkloadAnalytics:
        """Of a team, or of one player, computed from what was done; 400 `team-or-player` for neither.

        An athlete has one body: the load of every team counts.
        """
        asked_for = player_id or team_id
        if asked_for is None:
            raise Refused(
                HTTPStatus.BAD_REQUEST,
                "team-or-player",
                "nobody is named whose load is wanted",
                "Send teamId for everybody on its roster, or playerId for one athlete.",
            )
        is_stale = stale(services, READS, min_position, timeout, asked_for)
        with access.reading() as connection:
            team = None if team_id is None else access.team(team_id, on=connection)
            if player_id is not None:
                access.athlete(player_id, on=connection)
                zone = team.zone if team is not None else zone_of(connection, player_id) or UTC
                one = player_readiness(connection, player_id, day or today_in(zone), measure=measure)
                return of_player(one, measure, is_stale)
            assert team is not None, "there is a team, or a player"
            table = team_readiness(connection, team.team_id, day or today_in(team.zone), measure=measure)
        return of_team(table, access.only_athlete, is_stale)

    return routes


def of_team(found: ReadinessTable, only: UUID | None, is_stale: bool) -> WorkloadAnalytics:
    return WorkloadAnalytics(
        team_id=found.team_id,
        day=found.day,
        measure=found.measure,
        players=[player_of(each) for each in found.players if only in (None, each.athlete_id)],
        team=team_of(found) if only is None else None,
        label=found.label,
        stale=is_stale,
    )


def of_player(found: PlayerReadiness, measure: Measure, is_stale: bool) -> WorkloadAnalytics:
    return WorkloadAnalytics(
        team_id=None,
        day=found.readiness.day,
        measure=measure,
        players=[player_of(found)],
        team=None,
        label=found.label,
        stale=is_stale,
    )


def player_of(player: PlayerReadiness) -> PlayerAnalytics:
    seen = player.readiness
    ratios = {name: Ratio(ratio=getattr(seen, f"acwr_{name}"), band=getattr(player.bands, name)) for name in RATIOS}
    return PlayerAnalytics(
        athlete_id=player.athlete_id,
        athlete_name=FORGOTTEN if player.forgotten else player.athlete_name,
        **{name: getattr(seen, name) for name in FIGURES},
        acwr=AcuteChronic(**ratios, label=player.label),
        days_of_data=seen.days_of_data,
        sessions=player.sessions,
        unrated=player.unrated,
        restrictions=[RestrictionAnswer(**each._asdict()) for each in player.restrictions],
    )


def team_of(found: ReadinessTable) -> TeamAnalytics:
    names = (*FIGURES, *(f"acwr_{name}" for name in RATIOS))
    figures = {name: getattr(found.team, name) for name in names}
    averages = {
        name: None if each is None else Average(mean=each.mean, median=each.median, players=each.players)
        for name, each in figures.items()
    }
    return TeamAnalytics(players=found.team.players, **averages)
