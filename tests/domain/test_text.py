"""What commands accept as text."""

from uuid import uuid4

import pytest
from pydantic import ValidationError

from domain.athlete import RegisterAthlete
from domain.ids import AthleteId, TeamId
from domain.organization import FoundOrganization
from domain.rules.load import LoadLevel, PhaseType
from domain.season_plan import AddPhase
from tests.support.club import ORGANIZATION, day


def test_text_that_the_database_cannot_keep_is_refused() -> None:
    with pytest.raises(ValidationError, match="name"):
        RegisterAthlete(athlete_id=AthleteId(uuid4()), name="Ada\x00")
    with pytest.raises(ValidationError, match="name"):
        FoundOrganization(organization_id=ORGANIZATION, name="Club\x00")
    with pytest.raises(ValidationError, match="phase_id"):
        AddPhase(
            team_id=TeamId(uuid4()),
            phase_id="a\x00",
            phase_type=PhaseType.PRESEASON,
            starts_on=day(0),
            ends_on=day(1),
            load_level=LoadLevel.LOW,
        )


def test_line_ends_are_text_too() -> None:
    assert RegisterAthlete(athlete_id=AthleteId(uuid4()), name="Ada\nLovelace").name == "Ada\nLovelace"
