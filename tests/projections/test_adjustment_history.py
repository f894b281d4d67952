"""The history: each adjustment stays, whoever comes after; and seed 000's metadata, which it makes readable."""

from typing import Any
from uuid import UUID

from domain.assignment import AssignmentLoadSetByHand
from domain.ids import season_plan_id
from domain.prescription import (
    ExerciseAdjustment,
    FrequencyAdjustment,
    IntensityAdjustment,
    Prescription,
)
from projections.adjustments import (
    Adjusted,
    HistoryCursor,
    OriginalPlanningData,
    PhaseAdjustment,
    PlanningMetadata,
    of_assignment,
    of_team,
    planning_metadata,
)
from tests.support.assignment_events import (
    ANA,
    EASY,
    FIRST,
    HARD,
    IDS,
    OTHER_TEAM,
    PLANK,
    SECOND,
    SQUAT,
    TEAM,
    adjusted,
    by_hand,
    given,
    hand_lifted,
    ids,
    lifted,
    planned,
    restricted,
    unrestricted,
)
from tests.support.read_models import ACTOR, CAUSE, ReadModels, at

EASY_JSON = {"zones": ["1", "2"], "powerPctFtp": None, "heartRatePctMax": {"low": 60.0, "high": 75.0}}
HARD_JSON = {"zones": ["3"], "powerPctFtp": None, "heartRatePctMax": {"low": 70.0, "high": 85.0}}
SQUAT_JSON = {"name": "Squat", "focus": "strength", "sets": 3, "reps": 8}
PLANK_JSON = {"name": "Plank", "focus": "core", "sets": None, "reps": None}
ALL_KINDS = (
    FrequencyAdjustment(original=(1, 3), adjusted=(1, 3, 5), reason="more often"),
    IntensityAdjustment(original=EASY, adjusted=HARD, reason="harder"),
    ExerciseAdjustment(original=(SQUAT, PLANK), adjusted=(SQUAT,), reason="strength"),
)
EVERYTHING: Any = {"day": None, "weekdays": (1, 3), "intensity": EASY, "exercises": (SQUAT, PLANK)}


def row(
    version: int, number: int, layer: str, kind: str, original: Any, after: Any, reason: str, **more: Any
) -> Adjusted:
    phase_id = more.pop("phase_id", None)
    return Adjusted(
        FIRST, version, number, TEAM, ANA, layer, kind, original, after, phase_id, reason, at(version), ACTOR, CAUSE
    )


def test_every_kind_that_a_phase_adjusts_is_there_with_what_was_planned(database_url: str) -> None:
    models = given(database_url, planned(**EVERYTHING), adjusted("build", 72.0, 1, more=ALL_KINDS))
    assert models.rows(of_assignment, FIRST) == [
        row(2, 0, "phase", "load", 60.0, 72.0, "because of build", phase_id="build"),
        row(2, 1, "phase", "frequency", [1, 3], [1, 3, 5], "more often", phase_id="build"),
        row(2, 2, "phase", "intensity", EASY_JSON, HARD_JSON, "harder", phase_id="build"),
        row(2, 3, "phase", "exercise_selection", [SQUAT_JSON, PLANK_JSON], [SQUAT_JSON], "strength", phase_id="build"),
    ]


def test_an_adjustment_is_appended_to_those_before_and_replaces_none(database_url: str) -> None:
    models = given(
        database_url,
        planned(),
        adjusted("build", 72.0, 1),
        adjusted("rest", 36.0, 2),
        adjusted("build", 72.0, 3),
        lifted("build", 4),
        restricted(30.0, 1),
        unrestricted(2),
    )
    assert models.rows(of_assignment, FIRST) == [
        row(2, 0, "phase", "load", 60.0, 72.0, "because of build", phase_id="build"),
        row(3, 0, "phase", "load", 60.0, 36.0, "because of rest", phase_id="rest"),
        row(4, 0, "phase", "load", 60.0, 72.0, "because of build", phase_id="build"),
        row(5, 0, "phase", "lifted", None, None, "no phase", phase_id="build"),
        row(6, 0, "workload", "load", 60.0, 30.0, "workload"),
        row(7, 0, "workload", "lifted", None, None, "rested"),
    ]


def test_what_a_person_set_is_there_beside_the_plan_and_their_words_are_not(database_url: str) -> None:
    shown = Prescription(load=20.0, weekdays=(6,), intensity=HARD, exercises=(PLANK,))
    parts: Any = {"load": 20.0, "weekdays": (6,), "intensity": HARD, "exercises": (PLANK,)}
    models = given(
        database_url,
        planned(**EVERYTHING),
        by_hand(shown, **parts),
        hand_lifted(Prescription(load=60.0)),
        AssignmentLoadSetByHand(**IDS, load_before=60.0, load_after=25.0, reason="sore knee"),
        by_hand(Prescription(load=25.0, weekdays=(7,)), weekdays=(7,)),
    )
    assert models.rows(of_assignment, FIRST) == [
        row(2, 0, "hand", "load", 60.0, 20.0, "set by hand"),
        row(2, 1, "hand", "frequency", [1, 3], [6], "set by hand"),
        row(2, 2, "hand", "intensity", EASY_JSON, HARD_JSON, "set by hand"),
        row(2, 3, "hand", "exercise_selection", [SQUAT_JSON, PLANK_JSON], [PLANK_JSON], "set by hand"),
        row(3, 0, "hand", "lifted", None, None, "what was set by hand is lifted off"),
        row(4, 0, "hand", "load", 60.0, 25.0, "set by hand"),
        row(5, 0, "hand", "frequency", [1, 3], [7], "set by hand"),
    ]
    assert "sore knee" not in repr(models.contents())


def test_a_teams_history_is_read_from_the_latest_back_page_by_page(database_url: str) -> None:
    other = ids(UUID(int=0xB01), OTHER_TEAM, ANA)  # type: ignore[arg-type]
    models = given(
        database_url,
        planned(),
        planned(SECOND),
        planned(other["assignment_id"], team_id=OTHER_TEAM),
        adjusted("build", 72.0, 1, more=ALL_KINDS[:1]),
        adjusted("build", 72.0, 1, of=other),
        adjusted("build", 72.0, 1, of=ids(SECOND, TEAM, ANA)),
    )
    everything = [(SECOND, 2, 0), (FIRST, 2, 1), (FIRST, 2, 0)]
    assert [one[:3] for one in models.rows(of_team, TEAM)] == everything
    assert [one[:3] for one in models.rows(of_team, OTHER_TEAM)] == [(other["assignment_id"], 2, 0)]

    paged, after = [], None
    while page := models.rows(of_team, TEAM, limit=1, after=after):
        [one] = page
        paged.append(one[:3])
        after = HistoryCursor(one.applied_at, one.assignment_id, one.version, one.number)
    assert paged == everything


def test_an_assignments_history_goes_on_behind_the_last_row_seen(database_url: str) -> None:
    models = given(database_url, planned(), adjusted("build", 72.0, 1, more=ALL_KINDS[:1]), lifted("build", 2))
    assert [one[1:3] for one in models.rows(of_assignment, FIRST, limit=2)] == [(2, 0), (2, 1)]
    assert [one[1:3] for one in models.rows(of_assignment, FIRST, after=(2, 0))] == [(2, 1), (3, 0)]


def phase_adjustment(version: int, phase_id: str, after: float) -> PhaseAdjustment:
    return PhaseAdjustment("load", 60.0, after, f"because of {phase_id}", at(version), ACTOR, phase_id)


def test_the_planning_metadata_of_seed_000(database_url: str) -> None:
    models: ReadModels = given(
        database_url,
        planned(**EVERYTHING),
        adjusted("build", 72.0, 1),
        restricted(36.0, 1),
        adjusted("peak", 42.0, 2),
    )
    assert models.rows(planning_metadata, FIRST) == PlanningMetadata(
        planning_phase_id="peak",
        season_plan_id=season_plan_id(TEAM),
        last_phase_adjustment=at(4),
        phase_adjustments=[phase_adjustment(2, "build", 72.0), phase_adjustment(4, "peak", 42.0)],
        original_planning_data=OriginalPlanningData(60.0, 2, EASY_JSON),
    )
    models.project(lifted("peak", 3))
    left = models.rows(planning_metadata, FIRST)
    assert (left.planning_phase_id, left.last_phase_adjustment, len(left.phase_adjustments)) == (None, at(5), 2)
    assert models.rows(planning_metadata, SECOND) is None


def test_what_was_planned_without_a_season_has_no_planning_data_but_its_own(database_url: str) -> None:
    models = given(database_url, planned())
    assert models.rows(planning_metadata, FIRST) == PlanningMetadata(
        None, None, None, [], OriginalPlanningData(60.0, None, None)
    )
