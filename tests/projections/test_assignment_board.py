"""The board's rows, event by event."""

from typing import Any
from uuid import UUID

from domain.assignment import AssignmentCancelled, AssignmentLoadSetByHand, AssignmentSkipped, AssignmentStarted
from domain.athlete import AthleteForgotten, AthleteRegistered
from domain.event import Event
from domain.ids import AssignmentId, season_plan_id
from domain.prescription import IntensityAdjustment, Prescription
from domain.rules.load import LoadLevel
from projections import versions
from projections.assignment_board import PROJECTION
from projections.board import BoardCursor, BoardRow, board
from tests.support.assignment_events import (
    ANA,
    BEN,
    EASY,
    FIRST,
    HARD,
    IDS,
    MONDAY,
    OTHER_TEAM,
    PLANK,
    SECOND,
    SQUAT,
    TEAM,
    THIRD,
    TUESDAY,
    adjusted,
    by_hand,
    completed,
    given,
    hand_lifted,
    lifted,
    planned,
    restricted,
    unrestricted,
)
from tests.support.read_models import ACTOR, CAUSE, ReadModels, at

PLAN = season_plan_id(TEAM)
EASY_JSON = {"zones": ["1", "2"], "powerPctFtp": None, "heartRatePctMax": {"low": 60.0, "high": 75.0}}
HARD_JSON = {"zones": ["3"], "powerPctFtp": None, "heartRatePctMax": {"low": 70.0, "high": 85.0}}
SQUAT_JSON = {"name": "Squat", "focus": "strength", "sets": 3, "reps": 8}
PLANK_JSON = {"name": "Plank", "focus": "core", "sets": None, "reps": None}


def row(**changed: Any) -> BoardRow:
    """As planned by the first event, but for ``changed``."""
    nothing: dict[str, Any] = dict.fromkeys(BoardRow._fields)
    told: dict[str, Any] = {
        "assignment_id": FIRST,
        "team_id": TEAM,
        "athlete_id": ANA,
        "forgotten": False,
        "title": "Tempo run",
        "sport": "run",
        "scheduled_on": MONDAY,
        "baseline_load": 60.0,
        "load": 60.0,
        "season_revision": 0,
        "workload_skip": False,
        "workload_easy_only": False,
        "workload_revision": 0,
        "hand": False,
        "status": "planned",
        "version": 1,
        "changed_at": at(1),
        "changed_by": ACTOR,
        "cause_id": CAUSE,
    }
    return BoardRow(**nothing | told | changed)


def changed(version: int, **more: Any) -> Any:
    return {"version": version, "changed_at": at(version), **more}


def test_an_assignment_is_on_its_teams_board_as_planned(database_url: str) -> None:
    models = given(database_url, planned(), planned(SECOND, team_id=OTHER_TEAM))
    assert models.rows(board, TEAM) == [row()]


def test_all_that_was_planned_is_there_twice_as_planned_and_as_it_shows(database_url: str) -> None:
    models = given(database_url, planned(day=None, weekdays=(1, 4), intensity=EASY, exercises=(SQUAT, PLANK)))
    everything = {"weekdays": [1, 4], "intensity": EASY_JSON, "exercises": [SQUAT_JSON, PLANK_JSON]}
    as_planned = {f"baseline_{name}": value for name, value in everything.items()}
    assert models.rows(board, TEAM) == [row(scheduled_on=None, **everything, **as_planned)]


def test_a_phase_shows_what_is_now_beside_what_was_planned_and_the_last_phase_counts(database_url: str) -> None:
    harder = IntensityAdjustment(original=EASY, adjusted=HARD, reason="more intense")
    models = given(
        database_url,
        planned(intensity=EASY),
        adjusted("build", 72.0, 1, more=(harder,), intensity=HARD),
    )
    phase = {"phase_id": "build", "load_level": "high", "season_plan_id": PLAN, "last_phase_adjustment": at(2)}
    as_planned = {"baseline_intensity": EASY_JSON, "season_revision": 1, "reason": "because of build; more intense"}
    assert models.rows(board, TEAM) == [row(load=72.0, intensity=HARD_JSON, **phase, **as_planned, **changed(2))]

    models.project(adjusted("rest", 36.0, 2, level=LoadLevel.RECOVERY, intensity=EASY))
    [shown] = models.rows(board, TEAM)
    assert (shown.load, shown.intensity, shown.phase_id, shown.load_level) == (36.0, EASY_JSON, "rest", "recovery")
    assert (shown.season_revision, shown.last_phase_adjustment, shown.reason) == (2, at(3), "because of rest")
    models.deliver_again()


def test_a_phase_lifted_leaves_what_was_planned_and_which_season_plan_it_followed(database_url: str) -> None:
    models = given(database_url, planned(), adjusted("build", 72.0, 1), lifted("build", 2))
    followed = {"season_plan_id": PLAN, "last_phase_adjustment": at(3), "season_revision": 2}
    assert models.rows(board, TEAM) == [row(**followed, reason="no phase", **changed(3))]


def test_a_workload_restricts_for_a_while(database_url: str) -> None:
    models = given(database_url, planned(), restricted(0.0, 1, skip=True, fraction=0.0))
    limits = {"workload_skip": True, "workload_fraction": 0.0, "workload_easy_only": True, "workload_revision": 1}
    assert models.rows(board, TEAM) == [row(load=0.0, **limits, reason="workload", **changed(2))]

    models.project(unrestricted(2))
    assert models.rows(board, TEAM) == [row(workload_revision=2, reason="rested", **changed(3))]
    models.deliver_again()


def test_the_hand_lies_above_the_phase_and_the_words_of_a_person_are_not_copied(database_url: str) -> None:
    set_by_hand = Prescription(load=20.0, weekdays=(6,))
    models = given(database_url, planned(weekdays=(1,)), by_hand(set_by_hand, load=20.0, weekdays=(6,)))
    hand = {"baseline_weekdays": [1], "load": 20.0, "weekdays": [6], "hand": True, "reason": "set by hand"}
    assert models.rows(board, TEAM) == [row(**hand, **changed(2))]

    models.project(adjusted("build", 20.0, 1, weekdays=(6,)))
    [shown] = models.rows(board, TEAM)
    assert (shown.load, shown.weekdays, shown.hand, shown.phase_id) == (20.0, [6], True, "build")

    models.project(hand_lifted(Prescription(load=72.0, weekdays=(1,))))
    [shown] = models.rows(board, TEAM)
    assert (shown.load, shown.weekdays, shown.hand, shown.phase_id) == (72.0, [1], False, "build")
    models.deliver_again()


def test_a_load_that_was_set_by_hand_long_ago_leaves_the_rest(database_url: str) -> None:
    long_ago = AssignmentLoadSetByHand(**IDS, load_before=60.0, load_after=20.0, reason="sore knee")
    models = given(database_url, planned(intensity=EASY), long_ago)
    hand = {"load": 20.0, "hand": True, "reason": "set by hand"}
    assert models.rows(board, TEAM) == [row(**hand, intensity=EASY_JSON, baseline_intensity=EASY_JSON, **changed(2))]


def test_started_completed_skipped_cancelled(database_url: str) -> None:
    models = given(database_url, planned(), AssignmentStarted(**IDS))
    assert models.rows(board, TEAM) == [row(status="started", **changed(2))]
    models.project(completed(58.0, on=TUESDAY))
    done = {"completed_on": TUESDAY, "planned_load": 60.0, "executed_load": 58.0, "rpe": 6.0, "duration_min": 40.0}
    assert models.rows(board, TEAM) == [row(status="completed", **done, **changed(3))]

    models.project(planned(SECOND), AssignmentCancelled(**IDS | {"assignment_id": SECOND}, reason="ill"))
    models.project(planned(THIRD), AssignmentSkipped(**IDS | {"assignment_id": THIRD}, reason="no time"))
    assert [shown.status for shown in models.rows(board, TEAM)] == ["completed", "cancelled", "skipped"]
    assert [shown.reason for shown in models.rows(board, TEAM)] == [None, None, None]
    models.deliver_again()


def test_names_come_from_the_directory_and_a_forgotten_athlete_has_none(database_url: str) -> None:
    models = given(
        database_url, planned(), planned(SECOND, athlete_id=BEN), AthleteRegistered(athlete_id=ANA, name="Ana Ruiz")
    )
    assert [(shown.athlete_name, shown.forgotten) for shown in models.rows(board, TEAM)] == [
        ("Ana Ruiz", False),
        (None, False),
    ]
    models.project(AthleteForgotten(athlete_id=ANA))
    assert [(shown.athlete_name, shown.forgotten) for shown in models.rows(board, TEAM)] == [
        (None, True),
        (None, False),
    ]


def test_days_are_inclusive_open_ended_ones_come_last_and_pages_go_on_where_the_last_ended(database_url: str) -> None:
    models = given(
        database_url,
        planned(THIRD, day=None),
        planned(SECOND, day=TUESDAY),
        planned(FIRST, day=MONDAY),
        planned(AssignmentId(UUID(int=0xA09)), day=MONDAY, athlete_id=BEN),
    )

    def ids(**options: Any) -> list[UUID]:
        return [shown.assignment_id for shown in models.rows(board, TEAM, **options)]

    everything = ids()
    assert everything == [FIRST, UUID(int=0xA09), SECOND, THIRD]
    assert ids(first=TUESDAY) == [SECOND, THIRD]
    assert ids(last=MONDAY) == [FIRST, UUID(int=0xA09), THIRD]
    assert ids(first=TUESDAY, last=TUESDAY) == [SECOND, THIRD]

    paged, after = [], None
    while page := models.rows(board, TEAM, limit=1, after=after):
        paged.append(page[0].assignment_id)
        after = BoardCursor(page[0].scheduled_on, page[0].athlete_id, page[0].assignment_id)
    assert paged == everything


def updates(models: ReadModels, *events: Event) -> tuple[int, int]:
    """How many updates of the board's rows the events make, and how many of them touch no index."""
    recorded = models.log.add(*events)
    with models.connect() as connection, connection.transaction():
        live = versions.live(connection, PROJECTION.name)
        assert live is not None
        with versions.entered(connection, live):
            PROJECTION.apply(connection.cursor(binary=True), recorded)
        counted = "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_xact_user_tables WHERE relname = 'assignment_board'"
        [(all_of_them, in_place)] = connection.execute(counted).fetchall()
    return all_of_them, in_place


def test_an_adjustment_touches_no_index_unless_it_moves_the_assignment_to_another_phase(database_url: str) -> None:
    models = given(database_url, planned(), adjusted("build", 72.0, 1))
    by_all_layers = (adjusted("build", 66.0, 2), restricted(30.0, 1), by_hand(Prescription(load=20.0), load=20.0))
    assert updates(models, *by_all_layers) == (3, 3)
    assert updates(models, adjusted("peak", 84.0, 3)) == (1, 0)
    assert updates(models, AssignmentStarted(**IDS), completed(58.0)) == (2, 0)


def test_a_whole_team_finds_room_on_the_pages_where_it_is(database_url: str) -> None:
    team = [AssignmentId(UUID(int=0xB00 + number)) for number in range(100)]
    models = given(database_url, *map(planned, team))
    restrictions = [restricted(30.0, 1, of=IDS | {"assignment_id": one}) for one in team]
    of_all, in_place = updates(models, *restrictions)
    assert (of_all, in_place > 90) == (100, True), "but for a few, as the row grows by its reason"
