"""Every projection there is. What is not listed here is not projected, not rebuilt and not verified."""

from projections import (
    adjustment_history,
    assignment_board,
    athlete_directory,
    current_phase,
    due_times,
    planning_sources,
    season_plan,
    sync_status,
    teams,
    templates,
    training_load,
    workload_restrictions,
)
from projections.projection import Projection

PROJECTIONS: tuple[Projection, ...] = (
    assignment_board.PROJECTION,
    adjustment_history.PROJECTION,
    current_phase.PROJECTION,
    planning_sources.PROJECTION,
    athlete_directory.PROJECTION,
    teams.PROJECTION,
    season_plan.PROJECTION,
    sync_status.PROJECTION,
    training_load.PROJECTION,
    workload_restrictions.PROJECTION,
    templates.PROJECTION,
    due_times.PROJECTION,
)
