"""Every projection there is. What is not listed here is not projected, not rebuilt and not verified."""

from projections import assignment_board, athlete_directory, current_phase, planning_sources, teams
from projections.projection import Projection

PROJECTIONS: tuple[Projection, ...] = (
    assignment_board.PROJECTION,
    current_phase.PROJECTION,
    planning_sources.PROJECTION,
    athlete_directory.PROJECTION,
    teams.PROJECTION,
)
