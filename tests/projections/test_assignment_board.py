"""The board's rows, event by event."""

from datetime import date
from typing import Any
from uuid import UUID

from domain.assignment import (
    AssignmentCancelled,
    AssignmentCompleted,
    AssignmentHandLayerLifted,
    AssignmentLoadSetByHand,
    AssignmentPhaseAdjusted,
    AssignmentPhaseLifted,
    AssignmentPlanned,
    AssignmentStarted,
    Baseline,
    LoadAdjustment,
)
from domain.athlete import AthleteForgotten, AthleteRegistered
from domain.ids import AssignmentId, AthleteId, PhaseId, SeasonPlanId, TeamId
from domain.rules.load import LoadLevel
from projections.board import BoardCursor, BoardRow, board
from tests.support.read_models import ACTOR, CAUSE, at, given

TEAM, OTHER_TEAM = TeamId(UUID(int=0x1)), TeamId(UUID(int=0x2))
ANA, BEN = AthleteId(UUID(int=0xA)), AthleteId(UUID(int=0xB))
FIRST, SECOND, THIRD = (AssignmentId(UUID(int=0xA00 + count)) for count in range(3))
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
IDS: Any = {"assignment_id": FIRST, "team_id": TEAM, "athlete_id": ANA}


def planned(
    assignment_id: AssignmentId = FIRST,
    *,
    team_id: TeamId = TEAM,
    athlete_id: AthleteId = ANA,
    day: date | None = MONDAY,
    load: float = 60.0,
) -> AssignmentPlanned:
    return AssignmentPlanned(
        assignment_id=assignment_id,
        team_id=team_id,
        athlete_id=athlete_id,
        title="Tempo run",
        sport="run",
        scheduled_on=day,
        baseline=Baseline(load=load),
    )


def adjusted(phase_id: str, level: LoadLevel, after: float, revision: int, before: float = 60.0) -> Any:
    return AssignmentPhaseAdjusted(
        **IDS,
        phase_id=PhaseId(phase_id),
        season_plan_id=SeasonPlanId(UUID(int=0x5)),
        season_revision=revision,
        load_level=level,
        adjustments=(LoadAdjustment(kind="load", original=60.0, adjusted=after, reason=f"because of {phase_id}"),),
        load_before=before,
        load_after=after,
    )


def row(**changed: Any) -> BoardRow:
    """As planned by the first event, but for ``changed``."""
    return BoardRow(
        assignment_id=FIRST,
        team_id=TEAM,
        athlete_id=ANA,
        athlete_name=None,
        forgotten=False,
        title="Tempo run",
        sport="run",
        scheduled_on=MONDAY,
        baseline_load=60.0,
        load=60.0,
        phase_id=None,
        load_level=None,
        hand=False,
        status="planned",
        season_revision=0,
        version=1,
        changed_at=at(1),
        changed_by=ACTOR,
        cause_id=CAUSE,
        reason=None,
    )._replace(**changed)


def test_an_assignment_is_on_its_teams_board_as_planned(database_url: str) -> None:
    models = given(database_url, planned(), planned(SECOND, team_id=OTHER_TEAM))
    assert models.rows(board, TEAM) == [row()]


def test_a_phase_shows_the_load_now_beside_the_load_planned_and_the_last_phase_counts(database_url: str) -> None:
    models = given(
        database_url,
        planned(),
        adjusted("build", LoadLevel.HIGH, 72.0, 1),
        adjusted("rest", LoadLevel.RECOVERY, 36.0, 2, before=72.0),
    )
    assert models.rows(board, TEAM) == [
        row(
            load=36.0, phase_id="rest", load_level="recovery", season_revision=2, version=3, changed_at=at(3),
            reason="because of rest",
        )
    ]  # fmt: skip


def test_a_phase_lifted_leaves_what_was_planned(database_url: str) -> None:
    lifted = AssignmentPhaseLifted(
        **IDS, phase_id=PhaseId("build"), season_revision=2, load_before=72.0, load_after=60.0, reason="no phase"
    )
    models = given(database_url, planned(), adjusted("build", LoadLevel.HIGH, 72.0, 1), lifted)
    assert models.rows(board, TEAM) == [row(season_revision=2, version=3, changed_at=at(3), reason="no phase")]


def test_the_hand_lies_above_the_phase_and_the_words_of_a_person_are_not_copied(database_url: str) -> None:
    by_hand = AssignmentLoadSetByHand(**IDS, load_before=60.0, load_after=20.0, reason="sore knee")
    beneath = adjusted("build", LoadLevel.HIGH, 72.0, 1).model_copy(update={"load_before": 20.0, "load_after": 20.0})
    models = given(database_url, planned(), by_hand)
    assert models.rows(board, TEAM) == [row(load=20.0, hand=True, version=2, changed_at=at(2), reason="set by hand")]

    models.project(beneath)
    [shown] = models.rows(board, TEAM)
    assert (shown.load, shown.hand, shown.phase_id) == (20.0, True, "build")

    models.project(AssignmentHandLayerLifted(**IDS, load_before=20.0, load_after=72.0))
    [shown] = models.rows(board, TEAM)
    assert (shown.load, shown.hand, shown.phase_id) == (72.0, False, "build")
    models.deliver_again()


def test_started_completed_cancelled(database_url: str) -> None:
    models = given(database_url, planned(), AssignmentStarted(**IDS))
    assert models.rows(board, TEAM) == [row(status="started", version=2, changed_at=at(2))]
    models.project(AssignmentCompleted(**IDS, load=58.0, rpe=6.0, duration_min=40.0))
    assert models.rows(board, TEAM) == [row(status="completed", version=3, changed_at=at(3))]

    models.project(planned(SECOND), AssignmentCancelled(**IDS | {"assignment_id": SECOND}, reason="ill"))
    assert [shown.status for shown in models.rows(board, TEAM)] == ["completed", "cancelled"]
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
