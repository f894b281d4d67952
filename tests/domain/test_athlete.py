"""Athletes are registered, and can be forgotten for good."""

import pytest
from pydantic import ValidationError

from domain.athlete import AthleteForgotten, AthleteIsForgotten, AthleteRegistered, ForgetAthlete, RegisterAthlete
from tests.domain.known import ATHLETE
from tests.support.scenario import given

REGISTERED = AthleteRegistered(athlete_id=ATHLETE, name="Ana Ruiz")
FORGOTTEN = AthleteForgotten(athlete_id=ATHLETE)


def test_registering() -> None:
    given().when(RegisterAthlete(athlete_id=ATHLETE, name="Ana Ruiz")).then(REGISTERED)


def test_registering_as_whom_another_service_knows_the_person() -> None:
    known = {"athlete_id": ATHLETE, "name": "Ana Ruiz", "external_source": "planning", "external_id": "p-17"}
    given().when(RegisterAthlete.model_validate(known)).then(AthleteRegistered.model_validate(known))


@pytest.mark.parametrize("half", [{"external_source": "planning"}, {"external_id": "p-17"}])
def test_an_external_id_is_that_of_a_source(half: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="send both, or neither"):
        RegisterAthlete.model_validate({"athlete_id": ATHLETE, "name": "Ana Ruiz", **half})


def test_registering_again_changes_nothing() -> None:
    given(REGISTERED).when(RegisterAthlete(athlete_id=ATHLETE, name="A. Ruiz")).then()


@pytest.mark.parametrize("name", ["", "   ", "x" * 201])
def test_a_name_has_1_to_200_characters(name: str) -> None:
    with pytest.raises(ValidationError):
        RegisterAthlete(athlete_id=ATHLETE, name=name)


def test_forgetting() -> None:
    given(REGISTERED).when(ForgetAthlete(athlete_id=ATHLETE)).then(FORGOTTEN)


def test_forgetting_again_changes_nothing() -> None:
    given(REGISTERED, FORGOTTEN).when(ForgetAthlete(athlete_id=ATHLETE)).then()


def test_a_forgotten_athlete_is_not_registered_anew() -> None:
    given(REGISTERED, FORGOTTEN).when(RegisterAthlete(athlete_id=ATHLETE, name="Ana Ruiz")).raises(AthleteIsForgotten)


def test_forgetting_somebody_unknown() -> None:
    given().when(ForgetAthlete(athlete_id=ATHLETE)).raises("not-found")


def test_a_history_whose_name_can_no_longer_be_read_still_loads() -> None:
    given(AthleteRegistered(athlete_id=ATHLETE, name=None), FORGOTTEN).when(ForgetAthlete(athlete_id=ATHLETE)).then()
