"""What a person reads of an event: sentences, whatever was adjusted."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from domain.assignment import AdjustByHand, Layer, RevertAssignment, SkipAssignment
from domain.decider import Command
from domain.event import Event
from domain.ids import TemplateId
from domain.phase_template import TemplateDefined, TemplateWorkout
from domain.prescription import Prescription
from domain.rules.intensity import IntensityLevel
from domain.rules.load import LoadLevel
from domain.season_plan import GameWeekSet
from infra.explaining import content
from tests.domain.known import ASSIGNMENT, SEASON_PLAN, TEAM, adjust, lift, phase_added, plan, release, restrict
from tests.support.scenario import played

INTERVALS: dict[str, Any] = {
    "weekdays": (1, 3, 5),
    "intensity": {
        "zones": ["2", "4", "2"],
        "power_pct_ftp": {"low": 88, "high": 93.5},
        "heart_rate_pct_max": {"low": 80, "high": 89},
    },
}
GYM: dict[str, Any] = {
    "sport": "gym",
    "exercises": [
        {"name": "Squat", "focus": "strength", "sets": 3, "reps": 8},
        {"name": "Plank", "focus": "core", "sets": 2},
        {"name": "Sit-up", "focus": "core", "reps": 30},
        {"name": "Stretching", "focus": "mobility"},
    ],
}
TEMPO = TemplateWorkout(week=1, weekday=2, title="Tempo", sport="run", prescription=Prescription(load=50.0))
BUILD = adjust(1, "build", LoadLevel.HIGH, sessions_per_week=2, intensity=IntensityLevel.HIGH)


def last(*commands: Command) -> str:
    return content(played(*commands)[1][-1])


def by_hand(**what: Any) -> AdjustByHand:
    return AdjustByHand.model_validate({"assignment_id": ASSIGNMENT, "reason": "match on Sunday", **what})


def test_what_was_planned() -> None:
    assert last(plan(60.0)) == "planned load 60.0; title Threshold intervals; sport run; scheduled on 2026-03-10"
    assert last(plan(60.0, None, **INTERVALS)) == (
        "planned load 60.0, on Mon, Wed, Fri, zones 2, 4, 2, power 88–93.5 % of FTP, heart rate 80–89 % of maximum; "
        "title Threshold intervals; sport run"
    )
    assert last(plan(45.0, **GYM)).startswith(
        "planned load 45.0, exercises Squat 3 × 8, Plank 2 sets, Sit-up 30 times, Stretching; title"
    )


def test_a_phase_that_changes_the_load_alone() -> None:
    assert last(plan(60.0), adjust(1, "build", LoadLevel.HIGH)) == (
        "load 60.0 → 72.0; phase build: high load, planned × 1.2; phase id build; season revision 1; load level high"
    )


def test_a_phase_that_changes_days_and_intensity() -> None:
    assert last(plan(60.0, None, **INTERVALS), BUILD) == (
        "load 60.0 → 72.0; phase build: high load, planned × 1.2; "
        "days Mon, Wed, Fri → Mon, Fri (phase build: 2 a week); "
        "zones 2, 4, 2 → 2, 5a, 2, power 88–93.5 % of FTP → 93–98.5 % of FTP, "
        "heart rate 80–89 % of maximum → 85–94 % of maximum (phase build: high intensity); "
        "now on Mon, Fri, zones 2, 5a, 2, power 93–98.5 % of FTP, heart rate 85–94 % of maximum; "
        "phase id build; season revision 1; load level high"
    )


def test_a_phase_that_chooses_exercises() -> None:
    told = last(plan(60.0, **GYM), adjust(1, "lift", LoadLevel.MEDIUM, focus_areas=("strength", "mobility")))
    assert (
        "; exercises Squat 3 × 8, Plank 2 sets, Sit-up 30 times, Stretching → Squat 3 × 8, Stretching "
        "(phase lift: focus on strength, mobility); now exercises Squat 3 × 8, Stretching; "
    ) in told


def test_only_what_an_adjustment_changed_is_told_of_it() -> None:
    zones_and_power = {"zones": ["1"], "power_pct_ftp": {"low": 80, "high": 90}}
    told = last(plan(60.0, intensity=zones_and_power), restrict(1, 0.5, easy_only=True))
    assert "; power 80–90 % of FTP → 75 % of FTP (workload: more recovery, easy zones only); now zones 1, " in told


def test_a_workload_and_its_end() -> None:
    assert last(plan(60.0), restrict(1, 0.5)) == (
        "load 60.0 → 30.0; workload: load × 0.5; workload revision 1; skip no; fraction 0.5; easy only no"
    )
    assert last(plan(60.0), restrict(1, skip=True)).startswith("load 60.0 → 0.0; workload: no training; ")
    assert last(plan(60.0, None, weekdays=(7,)), restrict(1, 0.5), release(2)) == (
        "load 30.0 → 60.0; now on Sun; workload revision 2; reason no restriction of the workload is in force any more"
    )


def test_a_hand_and_what_changes_beneath_it() -> None:
    hand = by_hand(load=50, weekdays=(2, 4), exercises=[{"name": "Walk", "focus": "fun"}])
    history = (plan(60.0, None, **INTERVALS), by_hand(intensity={"zones": ["1"]}), hand)
    assert last(*history) == (
        "load 60.0 → 50.0; set by hand: load 50.0, on Tue, Thu, zones 1, exercises Walk; reason match on Sunday"
    )
    assert last(plan(60.0), by_hand(weekdays=None, load=50), adjust(1, "a", LoadLevel.HIGH)).startswith(
        "load 50.0 → 50.0; phase a: high load, planned × 1.2, is 72.0 beneath; "
    )
    assert last(plan(60.0), by_hand(load=50), RevertAssignment(assignment_id=ASSIGNMENT, layers=(Layer.HAND,))) == (
        "load 50.0 → 60.0"
    )


def test_a_phase_that_is_lifted() -> None:
    assert last(plan(60.0), adjust(1, "build", LoadLevel.HIGH), lift(2)) == (
        "load 72.0 → 60.0; phase id build; season revision 2; reason no phase covers 2026-03-10 any more"
    )


def test_one_that_is_left_out() -> None:
    assert last(plan(60.0), SkipAssignment(assignment_id=ASSIGNMENT, reason="exam")) == "reason exam"


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        (
            phase_added("in", date(2026, 3, 1), date(2026, 5, 31), LoadLevel.LOW, focus_areas=("power", "core")),
            "phase id in; phase type preseason; starts on 2026-03-01; ends on 2026-05-31; load level low; "
            "focus areas power, core",
        ),
        (
            GameWeekSet(season_plan_id=SEASON_PLAN, team_id=TEAM, week_starts_on=date(2026, 3, 9), games=(3, 6)),
            "week starts on 2026-03-09; games Wed, Sat",
        ),
        (
            GameWeekSet(season_plan_id=SEASON_PLAN, team_id=TEAM, week_starts_on=date(2026, 3, 9), games=()),
            "week starts on 2026-03-09; games none",
        ),
        (
            TemplateDefined(
                template_id=TemplateId(UUID(int=7)), template_version=1, name="Base", workouts=(TEMPO, TEMPO)
            ),
            "template id 00000000-0000-0000-0000-000000000007; template version 1; name Base; workouts 2",
        ),
    ],
)
def test_what_caused_it(event: Event, sentence: str) -> None:
    assert content(event) == sentence
