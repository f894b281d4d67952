"""Who may be planned for: players of the caller's teams, who are on the roster on the day."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from api.access import Access
from domain.errors import DomainError
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


def refusals(access: Access, wanted: Sequence[Wanted]) -> list[NotOnRoster | None]:
    """What is to be said against each; None where nothing is.

    Raises NotFound for a team that is not the caller's, Refused for a role that may not plan.
    """
    now = access.services.clock.now()
    with access.reading() as connection:
        teams = {team_id for team_id, _, _ in wanted}
        zones = {team_id: access.team(team_id, change=True, on=connection).zone for team_id in teams}
        places: list[OnDay] = [
            (team_id, athlete_id, day or local_day(now, zones[team_id])) for team_id, athlete_id, day in wanted
        ]
        off = off_roster(connection, places)
    return [not_on_roster(place) if place in off else None for place in places]


def not_on_roster(place: OnDay) -> NotOnRoster:
    team_id, athlete_id, day = place
    return NotOnRoster(f"athlete {athlete_id} is not on the roster of team {team_id} on {day}")
