"""A club that the API's tests of assignments and templates start from."""

from typing import Any
from uuid import UUID, uuid4

from domain.athlete import RegisterAthlete
from domain.ids import AthleteId, TeamId
from domain.rules.load import LoadLevel
from tests.api.conftest import Served
from tests.support.club import day, phase, team
from tests.support.transfers import join

ANA, BEN = AthleteId(UUID(int=0xA)), AthleteId(UUID(int=0xB))
OTHER_CLUB = UUID(int=0xC9)


def club(served: Served) -> TeamId:
    """A team with Ana and Ben, in a phase "in" from day 10 to 30 with a high load."""
    team_id = TeamId(uuid4())
    served.run(
        *team(team_id),
        RegisterAthlete(athlete_id=ANA, name="Ana Ruiz"),
        RegisterAthlete(athlete_id=BEN, name="Ben Ott"),
        join(ANA, team_id, -9),
        join(BEN, team_id, -9),
        phase(team_id, "in", 10, 30, LoadLevel.HIGH),
    )
    served.settle()
    return team_id


def tempo(team_id: UUID, offset: int | None = 12, **more: Any) -> dict[str, Any]:
    """A request to plan a workout for Ana; on a day, or open-ended."""
    said = {"teamId": str(team_id), "athleteId": str(ANA), "title": "Tempo run", "sport": "run", "load": 60}
    return said | ({} if offset is None else {"scheduledOn": day(offset).isoformat()}) | more
