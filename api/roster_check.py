"""Who may be planned for: players of the caller's teams, who are on the roster on the day."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from api.access import Access
from domain.errors import DomainError, NotFound
from domain.fields import local_day
from projections.roster_days import OnDay, off_roster

Wanted = tuple[UUID, UUID, date | None]
"""Team, athlete, and the day; None for a workout that is open-ended: the athlete must be in the team today."""


class NotOnRoster(DomainError):
    code = "not-on-roster"
    hint = (
        "Read the team's roster, or add the player from that day on. Who was added a moment ago may not be in the read "
        "models yet: send the position of that answer as minPosition."
    )


def refusals(access: Access, wanted: Sequence[Wanted]) -> list[DomainError | None]:
    """What is to be said against each; None where nothing is. Raises Refused for a role that may not plan at all."""
    now = access.services.clock.now()
    today: dict[UUID, date] = {}
    unknown: dict[UUID, NotFound] = {}
    with access.reading() as connection:
        for team_id in {team_id for team_id, _, _ in wanted}:
            try:
                today[team_id] = local_day(now, access.team(team_id, change=True, on=connection).zone)
            except NotFound as error:
                unknown[team_id] = error
        places: list[OnDay] = [
            (team_id, athlete_id, day or today[team_id]) for team_id, athlete_id, day in wanted if team_id in today
        ]
        off = off_roster(connection, places)
    return [
        unknown.get(team_id) or not_on_roster((team_id, athlete_id, day or today[team_id]), off)
        for team_id, athlete_id, day in wanted
    ]


def not_on_roster(place: OnDay, off: set[OnDay]) -> NotOnRoster | None:
    team_id, athlete_id, day = place
    if place not in off:
        return None
    return NotOnRoster(f"athlete {athlete_id} is not on the roster of team {team_id} on {day}")
