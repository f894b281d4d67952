"""Builders for tests of transfers, and the rule told a second time: where each workout has to end."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID, uuid5

from domain.assignment import AssignmentCancelled, AssignmentPlanned, AssignmentStatus, PlanAssignment
from domain.event import Event
from domain.ids import AssignmentId, AthleteId, TeamId
from domain.ports import Position, Recorded
from domain.roster import Roster, last_stay
from domain.team import DECIDER, AddPlayer, PlayerLeft, RemovePlayer
from infra.main import Application
from tests.support.club import assignments, day, whole_log, workout

ACTOR = "reaction:transfer"


def planned_for(athlete_id: UUID, team_id: UUID, offset: int | None) -> PlanAssignment:
    return workout(team_id, offset).model_copy(update={"athlete_id": AthleteId(athlete_id)})


def join(athlete_id: UUID, team_id: UUID, offset: int) -> AddPlayer:
    return AddPlayer(team_id=TeamId(team_id), athlete_id=AthleteId(athlete_id), joined_on=day(offset))


def leave(athlete_id: UUID, team_id: UUID, offset: int, *, to: UUID | None = None) -> RemovePlayer:
    return RemovePlayer(
        team_id=TeamId(team_id),
        athlete_id=AthleteId(athlete_id),
        left_on=day(offset),
        transferred_to=None if to is None else TeamId(to),
    )


def successor(assignment_id: UUID, team_id: UUID) -> AssignmentId:
    """The same workout in the team that its athlete went to."""
    return AssignmentId(uuid5(team_id, assignment_id.hex))


def refusals(app: Application) -> dict[UUID, str]:
    """By the event of leaving, why the new team did not take the athlete; of those that are through."""
    with app.pool.connection() as connection:
        return dict(
            connection.execute("SELECT cause_event_id, refusal FROM transfers WHERE refusal IS NOT NULL AND done")
        )


def keep_joinings(app: Application) -> None:
    """What a migration keeps that empties the tables of the reactions."""
    with app.pool.connection() as connection:
        connection.execute("""
            INSERT INTO transfer_joinings
            SELECT cause_event_id, joined, refusal FROM transfers WHERE joined OR refusal IS NOT NULL
        """)


def rosters(log: Sequence[Recorded[Event]]) -> dict[UUID, Roster]:
    events: defaultdict[UUID, list[Event]] = defaultdict(list)
    for recorded in log:
        if isinstance(recorded.event, tuple(DECIDER.events)):
            events[recorded.stream_id].append(recorded.event)
    teams = {key: DECIDER.fold(each) for key, each in events.items()}  # type: ignore[arg-type]
    return {key: team.roster for key, team in teams.items() if team is not None}


def assert_everything_is_where_it_belongs(app: Application, start: Position) -> None:
    """Of what was planned behind ``start``, at rest: nothing is open in a team left behind, and nothing got lost."""
    log, states = whole_log(app, start), assignments(app, start)
    teams = rosters(log)
    active = {key: state for key, state in states.items() if state.status is AssignmentStatus.PLANNED}
    for state in active.values():
        stay = last_stay(teams[state.team_id], state.athlete_id)
        away = stay is not None and stay.left_on is not None
        assert not away or (state.scheduled_on is not None and state.scheduled_on < stay.left_on)  # type: ignore[union-attr, operator]

    refused = refusals(app)
    leavings = {recorded.event_id: recorded.event for recorded in log if isinstance(recorded.event, PlayerLeft)}
    onwards = {key: None if key in refused else leaving.transferred_to for key, leaving in leavings.items()}
    withdrawn = {
        recorded.stream_id: onwards[recorded.causation_id]
        for recorded in log
        if isinstance(recorded.event, AssignmentCancelled) and recorded.actor == ACTOR and recorded.causation_id
    }
    reached = set()
    for recorded in log:
        if isinstance(recorded.event, AssignmentPlanned) and recorded.actor != ACTOR:
            key = recorded.stream_id
            planned = recorded.event
            while (team_id := withdrawn.get(key)) is not None:
                key = successor(key, team_id)
                moved = states[key]
                assert (moved.team_id, moved.athlete_id) == (team_id, planned.athlete_id)
                assert (moved.scheduled_on, moved.baseline) == (planned.scheduled_on, planned.baseline)
            reached.add(key)
    assert active.keys() <= reached, "each workout is open in one place"
