"""Sessions a week by phase."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.frequency import sessions_in
from domain.rules.load import PhaseType

TYPES = st.sampled_from(PhaseType)
PLANNED = st.integers(1, 7)
WANTED = st.none() | st.integers(0, 14)
GAMES = st.integers(0, 4)
WITH_GAMES = (PhaseType.IN_SEASON, PhaseType.PLAYOFFS)


@pytest.mark.parametrize(
    ("phase_type", "sessions"),
    [
        (PhaseType.PRESEASON, 5),
        (PhaseType.IN_SEASON, 4),
        (PhaseType.PLAYOFFS, 3),
        (PhaseType.OFFSEASON, 4),
        (PhaseType.RECOVERY, 2),
    ],
)
def test_four_sessions_planned_by_the_type_of_the_phase(phase_type: PhaseType, sessions: int) -> None:
    assert sessions_in(phase_type, 4) == sessions


def test_recovery_adds_nothing_to_a_single_session() -> None:
    assert sessions_in(PhaseType.RECOVERY, 1) == 1


def test_the_number_of_the_phase_itself_wins_over_the_default_of_its_type() -> None:
    assert sessions_in(PhaseType.PRESEASON, 4, wanted=2) == 2
    assert sessions_in(PhaseType.RECOVERY, 4, wanted=5) == 5


@pytest.mark.parametrize("phase_type", WITH_GAMES)
def test_each_game_of_the_week_takes_the_place_of_a_session(phase_type: PhaseType) -> None:
    assert sessions_in(phase_type, 4, games=2) == sessions_in(phase_type, 4) - 2
    assert sessions_in(phase_type, 3, wanted=5, games=2) == 3


@pytest.mark.parametrize("phase_type", [PhaseType.PRESEASON, PhaseType.OFFSEASON, PhaseType.RECOVERY])
def test_a_friendly_outside_the_season_takes_no_place(phase_type: PhaseType) -> None:
    assert sessions_in(phase_type, 4, games=3) == sessions_in(phase_type, 4)


def test_a_day_of_rest_is_left_unless_the_phase_asks_for_seven() -> None:
    assert sessions_in(PhaseType.PRESEASON, 6) == 6
    assert sessions_in(PhaseType.OFFSEASON, 7) == 6
    assert sessions_in(PhaseType.OFFSEASON, 7, wanted=7) == 7
    assert sessions_in(PhaseType.OFFSEASON, 3, wanted=14) == 7


def test_a_week_with_a_game_keeps_its_day_of_rest() -> None:
    assert sessions_in(PhaseType.IN_SEASON, 7, games=1) == 5


def test_one_session_is_left_however_many_games() -> None:
    assert sessions_in(PhaseType.PLAYOFFS, 1) == 1
    assert sessions_in(PhaseType.IN_SEASON, 2, games=4) == 1
    assert sessions_in(PhaseType.RECOVERY, 2, wanted=0) == 1


@given(TYPES, WANTED, GAMES)
def test_nothing_planned_stays_nothing(phase_type: PhaseType, wanted: int | None, games: int) -> None:
    assert sessions_in(phase_type, 0, wanted=wanted, games=games) == 0


@given(TYPES, PLANNED, WANTED, GAMES)
def test_a_week_has_one_to_seven_sessions_and_a_rest_day_by_default(
    phase_type: PhaseType, planned: int, wanted: int | None, games: int
) -> None:
    assert 1 <= sessions_in(phase_type, planned, wanted=wanted, games=games) <= (6 if wanted is None else 7)


@given(TYPES, PLANNED, WANTED, GAMES)
def test_a_further_game_never_adds_a_session_and_takes_at_most_one(
    phase_type: PhaseType, planned: int, wanted: int | None, games: int
) -> None:
    fewer = sessions_in(phase_type, planned, wanted=wanted, games=games + 1)
    assert sessions_in(phase_type, planned, wanted=wanted, games=games) - fewer in (0, 1)


@given(TYPES, PLANNED, PLANNED, GAMES)
def test_more_planned_is_never_fewer_sessions(phase_type: PhaseType, one: int, other: int, games: int) -> None:
    fewer, more = sorted((one, other))
    assert sessions_in(phase_type, fewer, games=games) <= sessions_in(phase_type, more, games=games)
