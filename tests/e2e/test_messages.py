"""Messages of the planning service, all the way to the board a coach reads: good, repeated, and bad ones."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from consumers.dead_letter_queue import Sequel, discard, retry
from consumers.dead_letters import DeadLetter
from domain.assignment import AssignmentPhaseAdjusted
from domain.ids import TeamId
from domain.rules.load import LoadLevel
from infra.demo.planning_server import PlanningServer
from infra.main import Application
from projections.board import board
from projections.consistency import Token
from tests.e2e.rest import take_all, verify
from tests.e2e.season import every_change_reached_all_it_touches, found_club, says
from tests.support.club import application, coach, phase, plan_all, run_all, team, whole_log, workout
from tests.support.planning import changes, letters, publish, team_of
from tests.support.tokens import bearing, principal

WORKOUTS = 10
LOADS = {"pre": 48.0, "in": 72.0, "peak": 84.0}
CLOUD_EVENT = {"specversion": "1.0", "source": "/planning", "type": "org.planning.phase.changed"}


@dataclass
class Club:
    """Two teams with nine workouts on days and an open-ended one each, all planned with a load of 60."""

    app: Application
    teams: dict[str, TeamId] = field(default_factory=dict)

    def hears(self, *contents: Any, headers: dict[str, str] | None = None) -> None:
        """These messages, and all that comes of them."""
        publish(self.app, *contents, headers=headers)
        take_all(self.app)

    def loads(self, external: str = "17") -> list[float]:
        with self.app.pool.connection() as connection:
            return [row.load for row in board(connection, self.teams[external])]

    def phases(self, external: str = "17") -> list[str]:
        return [r.event.phase_id for r in changes(self.app) if r.event.team_id == self.teams[external]]

    def settle(self, letter: DeadLetter, how: Any) -> Sequel:
        with self.app.pool.connection() as connection:
            sequel: Sequel = how(connection, letter.id, self.app.consumers[letter.consumer])
        take_all(self.app)
        return sequel


@pytest.fixture
def club(database_url: str) -> Iterator[Club]:
    """Whatever a test does to it, in the end every read model is what the log makes of it.

    Its planning service has no season plan: what the club does not know stays unknown.
    """
    with PlanningServer() as server, application(database_url, planning_service_url=server.url) as app:
        club = Club(app, found_club(app, WORKOUTS))
        take_all(app)
        yield club
        take_all(app)
        every_change_reached_all_it_touches(app)
        verify(app)


def test_a_change_reaches_the_board(club: Club) -> None:
    assert club.loads() == [LOADS["pre"]] * 9 + [60.0], "no phase is current yet for the open-ended one"
    club.hears(says("17", "in"))
    assert club.loads() == [LOADS["in"]] * WORKOUTS
    assert club.loads("18") == [LOADS["pre"]] * 9 + [60.0]


def test_what_is_delivered_again_changes_nothing(club: Club) -> None:
    """Offsets lost, as after a crash. In again after pre would be a change."""
    club.hears(says("17", "in"), says("17", "pre"), says("17", "in"))
    before = len(whole_log(club.app))
    with club.app.pool.connection() as connection:
        connection.execute("DELETE FROM group_offsets")
    take_all(club.app)
    assert (len(whole_log(club.app)), club.phases()) == (before, ["in", "pre", "in"])


def test_a_cloud_event_counts_once_however_often_it_is_sent(club: Club) -> None:
    event = CLOUD_EVENT | {"id": "a", "data": says("17", "in")}
    club.hears(event, CLOUD_EVENT | {"id": "b", "data": says("17", "pre")}, event)
    assert club.phases() == ["in", "pre"]
    assert club.loads() == [LOADS["pre"]] * WORKOUTS


def test_back_and_forth_adjusts_each_time_from_what_was_planned(club: Club) -> None:
    before = len(whole_log(club.app))
    club.hears(says("17", "in"), says("17", "peak"), says("17", "in"))
    adjusted = [r.event for r in whole_log(club.app)[before:] if isinstance(r.event, AssignmentPhaseAdjusted)]
    with club.app.pool.connection() as connection:
        first = board(connection, club.teams["17"])[0].assignment_id
    of_one = [(event.load_before, event.shown.load) for event in adjusted if event.assignment_id == first]
    assert of_one == [(48.0, 72.0), (72.0, 84.0), (84.0, 72.0)]
    assert len(adjusted) == 3 * WORKOUTS
    assert club.loads() == [LOADS["in"]] * WORKOUTS


def test_cloud_events_of_both_modes_mean_what_bare_ones_do(club: Club) -> None:
    correlation = str(uuid4())
    club.hears(CLOUD_EVENT | {"id": "a", "correlationid": correlation, "data": says("17", "in")})
    binary = {f"ce_{name}": value for name, value in CLOUD_EVENT.items()}
    club.hears(says("17", "peak"), headers=binary | {"ce_id": "b", "ce_correlationid": correlation})
    club.hears(says("17", "pre"))
    assert club.phases() == ["in", "peak", "pre"]
    tied = [r.event.event_name for r in whole_log(club.app) if str(r.correlation_id) == correlation]
    assert tied.count("assignment.phase_adjusted") == 2 * WORKOUTS, "the whole chain, from message to assignment"


def test_instants_mean_the_local_date_of_the_team(club: Club) -> None:
    """The 23rd of November, the third day, begins in Berlin at 23:00 UTC on the 22nd. The open-ended one follows."""
    club.hears(says("17", "in", phaseStartDate="2026-11-22T23:30:00Z"))
    assert club.loads().count(LOADS["in"]) == 8, "half past midnight in Berlin, on the 23rd"
    club.hears(says("17", "in", phaseStartDate="2026-11-22T22:30:00Z"))
    assert club.loads().count(LOADS["in"]) == 9, "half past eleven at night, on the 22nd"
    club.hears(says("17", "in", phaseStartDate="2026-11-23T08:30:00+10:00"))
    assert club.phases() == ["in", "in"], "the same moment, told from Brisbane, is no change"


BAD: list[tuple[Any, str]] = [
    (b'{"teamId": "17", ', "it is not JSON"),
    ({"teamId": "17"}, "it is of no known kind"),
    (says("17", "in", newPhaseId=None), "it is no valid phase change: newPhaseId"),
    (says("17", "in", phaseStartDate="next week"), "it is no valid phase change: phaseStartDate"),
    (says("17", "in", 30, 10), "would end on 2026-12-01, before it starts on 2026-12-21"),
    (says("17", "summer"), "has no phase 'summer', and the planning service answered 404"),
]


def test_a_bad_message_is_set_aside_and_its_team_waits_until_it_is_discarded(club: Club) -> None:
    for turn, (bad, reason) in enumerate(BAD, start=1):
        club.hears(bad, says("17", "in"), says("18", "in", turn), says("17", "peak"))
        dead, *waiting = letters(club.app)
        assert reason in dead.reason
        assert [letter.reason for letter in waiting] == [f"waits behind {dead.id}"] * 2
        assert club.phases() == ["in", "peak"] * (turn - 1)
        assert club.phases("18") == ["in"] * turn, "another team goes on"
        assert club.loads("18").count(LOADS["in"]) == WORKOUTS - turn

        assert club.settle(dead, discard) == Sequel(2, None)
        assert (club.phases(), letters(club.app)) == (["in", "peak"] * turn, [])
        assert club.loads() == [LOADS["peak"]] * WORKOUTS


def test_retried_in_order_when_the_phase_is_there(club: Club) -> None:
    club.hears(says("17", "summer"), says("17", "peak"), says("17", "fall"), says("17", "in"))
    [dead, *_] = letters(club.app)
    run_all(club.app, phase(club.teams["17"], "summer", 100, 130, LoadLevel.LOW))
    assert club.settle(dead, retry).processed == 2, "then the next bad one stops it"
    dead, waiting = letters(club.app)
    assert (dead.status, waiting.status) == ("dead", "waiting")
    assert "has no phase 'fall'" in dead.reason
    run_all(club.app, phase(club.teams["17"], "fall", 140, 150, LoadLevel.LOW))
    assert club.settle(dead, retry) == Sequel(2, None)
    assert club.phases() == ["summer", "peak", "fall", "in"]
    assert club.loads() == [LOADS["in"]] * WORKOUTS


def test_an_unknown_team_can_be_formed_afterwards(club: Club) -> None:
    club.hears(says("99", "in"), says("17", "in"))
    [dead] = letters(club.app)
    assert "has no season plan. Open the team's season plan" in dead.reason
    assert club.phases() == ["in"], "another team goes on"
    club.teams["99"] = team_of("99")
    run_all(club.app, *team(team_of("99")), phase(team_of("99"), "in", 0, 30, LoadLevel.HIGH))
    plan_all(club.app, [workout(team_of("99"), None)])
    assert club.settle(dead, retry) == Sequel(1, None)
    assert club.loads("99") == [LOADS["in"]]


def test_a_query_can_wait_for_what_was_just_written(club: Club) -> None:
    client = TestClient(club.app.api, headers=bearing(principal()))
    planned = workout(club.teams["17"], 3)
    written = club.app.runner.run(planned, coach())
    assert written.position is not None
    route = f"/api/v1/teams/{club.teams['17']}/assignment-board"
    wanted = {"minPosition": str(Token(written.position, written.partition_key)), "timeout": "0.1"}
    before = client.get(route, params=wanted).json()
    assert (before["stale"], len(before["entries"])) == (True, WORKOUTS), "nobody projects meanwhile, and it says so"
    club.app.projector.process_available()
    after = client.get(route, params=wanted).json()
    assert (after["stale"], len(after["entries"])) == (False, WORKOUTS + 1)
    assert str(planned.assignment_id) in {entry["assignmentId"] for entry in after["entries"]}
