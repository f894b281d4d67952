"""The names of sports, and which rules have a say in which."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules import exercise_selection, frequency, game_day, intensity, workload_response
from domain.rules.sports import ENDURANCE, RESISTANCE, SYNONYMS, WITH_POWER, concerns, known

NAMES = st.text(max_size=20) | st.sampled_from(sorted(ENDURANCE | RESISTANCE | SYNONYMS.keys()))


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("run", "run"),
        (" Running ", "run"),
        ("CYCLING", "bike"),
        ("Trail  Run", "run"),
        ("Weight Training", "strength"),
        ("swimming", "swim"),
        ("Chess Boxing", "chess boxing"),
        ("", ""),
    ],
)
def test_a_sport_is_known_however_it_is_written(written: str, name: str) -> None:
    assert known(written) == name


def test_every_synonym_leads_to_a_sport_of_the_rules_and_is_none_itself() -> None:
    assert set(SYNONYMS.values()) <= ENDURANCE | RESISTANCE
    assert not SYNONYMS.keys() & (ENDURANCE | RESISTANCE)


def test_power_is_measured_in_some_endurance_sports_and_no_sport_is_of_both_kinds() -> None:
    assert WITH_POWER < ENDURANCE
    assert not ENDURANCE & RESISTANCE


@given(NAMES)
def test_a_known_name_is_known_by_itself(sport: str) -> None:
    assert known(known(sport)) == known(sport)


@given(st.sampled_from(sorted(ENDURANCE | RESISTANCE | SYNONYMS.keys())))
def test_case_and_spaces_around_make_no_difference(sport: str) -> None:
    assert known(f"  {sport.upper()}\t") == known(sport)


@pytest.mark.parametrize(
    ("sport", "moves_zones", "selects_exercises"),
    [("Running", True, False), ("gym", False, True), ("Lifting", False, True), ("chess", False, False)],
)
def test_each_rule_names_the_sports_that_it_knows(sport: str, moves_zones: bool, selects_exercises: bool) -> None:
    assert concerns(intensity.SPORTS, sport) is moves_zones
    assert concerns(exercise_selection.SPORTS, sport) is selects_exercises


@given(NAMES)
def test_days_games_and_workload_are_a_matter_of_any_sport(sport: str) -> None:
    assert concerns(frequency.SPORTS, sport)
    assert concerns(game_day.SPORTS, sport)
    assert concerns(workload_response.SPORTS, sport)
