"""No event is forgotten by accident."""

from domain.assignment import DECIDER as ASSIGNMENT
from domain.catalogue import EVENTS
from domain.team import DECIDER as TEAM
from projections import assignment_board, teams
from projections.registry import PROJECTIONS

OF_NO_CONCERN = {
    "organization.founded",
    "season_plan.opened",
    "season_plan.phase_added",
}
"""What no read model shows yet."""


def test_every_event_is_projected_or_named_here() -> None:
    projected = {name for projection in PROJECTIONS for name in projection.subscribed}
    assert projected | OF_NO_CONCERN == EVENTS.keys()
    assert not projected & OF_NO_CONCERN


def test_the_board_takes_everything_about_assignments_and_teams_everything_about_teams() -> None:
    assert assignment_board.PROJECTION.handlers.keys() == set(ASSIGNMENT.events)
    assert teams.PROJECTION.handlers.keys() == set(TEAM.events)


def test_names_are_unique() -> None:
    assert len({projection.name for projection in PROJECTIONS}) == len(PROJECTIONS)
