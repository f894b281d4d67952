"""No event is forgotten by accident."""

from domain.assignment import DECIDER as ASSIGNMENT
from domain.catalogue import EVENTS
from domain.season_plan import DECIDER as SEASON_PLAN
from domain.team import DECIDER as TEAM
from projections import adjustment_history, assignment_board, season_plan, teams
from projections.registry import PROJECTIONS

OF_NO_CONCERN = {
    "organization.founded",
}
"""What no read model shows yet."""


def test_every_event_is_projected_or_named_here() -> None:
    projected = {name for projection in PROJECTIONS for name in projection.subscribed}
    assert projected | OF_NO_CONCERN == EVENTS.keys()
    assert not projected & OF_NO_CONCERN


def test_what_shows_an_aggregate_whole_takes_every_event_of_it() -> None:
    assert assignment_board.PROJECTION.handlers.keys() == set(ASSIGNMENT.events)
    assert adjustment_history.PROJECTION.handlers.keys() == {
        event for event in ASSIGNMENT.events if "load_before" in event.model_fields
    }, "what a layer does to an assignment"
    assert teams.PROJECTION.handlers.keys() == set(TEAM.events)
    assert season_plan.PROJECTION.handlers.keys() == set(SEASON_PLAN.events)


def test_names_are_unique() -> None:
    assert len({projection.name for projection in PROJECTIONS}) == len(PROJECTIONS)
