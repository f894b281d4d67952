"""How closely a team's athletes follow what was planned for them."""

from datetime import date, timedelta
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
from projections.compliance import READS, Shares, team_shares

ALL_READS = (*READS, "teams")
LOOK_BACK = timedelta(days=27)
"""Four weeks with the last day itself, as the chronic load has them."""
LONGEST = timedelta(days=366)


class ComplianceShares(Answer):
    """Of the sessions that count, how many percent are which colour; all 0 where there are none.

    Green: 80 to 120 % of the planned load was done. Yellow: 50 to 79 or 121 to 150 %. Orange: less, or more. Red:
    missed.
    """

    sessions: int = Field(examples=[20])
    green: float = Field(examples=[85.0])
    yellow: float = Field(examples=[10.0])
    orange: float = Field(examples=[0.0])
    red: float = Field(examples=[5.0])


class AthleteCompliance(Answer):
    athlete_id: UUID
    athlete_name: str | None = Field(description="null for one who was forgotten, or is not known yet.")
    shares: ComplianceShares


class TeamCompliance(Answer):
    team_id: UUID
    from_: date = Field(alias="from", description="The first day.")
    to: date = Field(description="The last day, inclusive.")
    team: ComplianceShares | None = Field(description="Of all athletes together; null for an athlete who asks.")
    athletes: list[AthleteCompliance] = Field(description="An athlete sees themselves alone.")
    stale: bool = Field(description="True where something is missing: not there in time, or set aside as an error.")


def router(services: Services) -> APIRouter:
    routes = APIRouter(prefix="/api/v1/teams/{teamId}", tags=["season plans"], responses=PROBLEM)

    @routes.get("/compliance", summary="How closely a team follows its plan")
    def get_compliance(
        teamId: UUID,
        access: Asking,
        first: Annotated[Day | None, Query(alias="from", description="Without it four weeks up to `to`.")] = None,
        last: Annotated[Day | None, Query(alias="to", description="Without it today, in the team's zone.")] = None,
        min_position: MinPosition = None,
        timeout: Timeout = TIMEOUT,
    ) -> TeamCompliance:
        """A workout counts once it is done, or its day is over; what nobody began, or was skipped, was missed.

        400 `bad-days` where the days are the wrong way round, or more than a year.
        """
        is_stale = stale(services, ALL_READS, min_position, timeout, teamId)
        with access.reading() as connection:
            team = access.team(teamId, on=connection)
            today = services.clock.now().astimezone(ZoneInfo(team.zone)).date()
            end = last or today
            start = first or end - LOOK_BACK
            if not start <= end <= start + LONGEST:
                raise Refused(
                    HTTPStatus.BAD_REQUEST,
                    "bad-days",
                    f"from {start} to {end} is no time of at most {LONGEST.days} days",
                    "Send a first day that is not after the last one, and no more than a year at once.",
                )
            found = team_shares(connection, teamId, start, end, today)
        only = access.only_athlete
        return TeamCompliance(
            team_id=teamId,
            from_=start,
            to=end,
            team=shares_of(found.whole) if only is None else None,
            athletes=[
                AthleteCompliance(
                    athlete_id=each.athlete_id, athlete_name=each.athlete_name, shares=shares_of(each.shares)
                )
                for each in found.athletes
                if only in (None, each.athlete_id)
            ],
            stale=is_stale,
        )

    return routes


def shares_of(shares: Shares) -> ComplianceShares:
    return ComplianceShares(**shares._asdict())
