"""Which exercises stay under a phase's focus."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.exercise_selection import selected

AREAS = st.sampled_from(("strength", "Power", "upper body", "core", ""))
FOCUSES = st.lists(AREAS, max_size=8)
SESSION = ("strength", "power", "mobility", "core", "power")


@pytest.mark.parametrize(
    ("phase_focus", "stay"),
    [
        (("power", "strength"), (0, 1, 4)),
        (("power",), (0, 1, 4)),  # two of five are fewer than half: the first other fills up
        (("core",), (0, 1, 3)),
        (("power", "core", "mobility", "strength"), (0, 1, 2, 3, 4)),
        (("endurance",), (0, 1, 2, 3, 4)),
        ((), (0, 1, 2, 3, 4)),
    ],
)
def test_the_phase_keeps_what_it_names_and_at_least_half(phase_focus: tuple[str, ...], stay: tuple[int, ...]) -> None:
    assert selected(SESSION, phase_focus) == stay


@pytest.mark.parametrize("written", ["Upper Body", " upper_body ", "UPPER-BODY", "upper  body"])
def test_a_focus_is_the_same_however_it_is_written(written: str) -> None:
    assert selected(("core", "upper body"), (written,)) == (1,)
    assert selected(("core", written), ("upper_body",)) == (1,)


def test_an_exercise_without_a_focus_is_not_what_a_blank_area_names() -> None:
    assert selected(("", "power"), ("  ", "power")) == (1,)
    assert selected(("", "power"), (" ",)) == (0, 1)


def test_a_workout_without_exercises_has_none_to_keep() -> None:
    assert selected((), ("power",)) == ()


@given(FOCUSES, FOCUSES)
def test_at_least_half_stays_in_planned_order(focuses: list[str], phase_focus: list[str]) -> None:
    stay = selected(focuses, phase_focus)
    assert list(stay) == sorted(set(stay) & set(range(len(focuses))))
    assert 2 * len(stay) >= len(focuses)


@given(FOCUSES, FOCUSES)
def test_whatever_the_phase_names_stays_and_others_only_to_fill_up(focuses: list[str], phase_focus: list[str]) -> None:
    stay = selected(focuses, phase_focus)
    named = {place for place, focus in enumerate(focuses) if focus and focus in phase_focus}
    assert named <= set(stay)
    if named and len(named) < len(stay):
        assert len(stay) == (len(focuses) + 1) // 2
    if not named:
        assert len(stay) == len(focuses)


@given(FOCUSES, FOCUSES)
def test_the_order_and_repetition_of_the_phases_areas_make_no_difference(
    focuses: list[str], phase_focus: list[str]
) -> None:
    assert selected(focuses, [*phase_focus[::-1], *phase_focus]) == selected(focuses, phase_focus)
