"""A team's season plan: its phases with their dates and load levels, and which of them is current.

There is one rolling plan a team, and its id follows from the team's. A phase declared later wins where dates
overlap (``rules/phase_calendar.py``); what a phase does to workouts is decided in ``assignment.py``.
"""

from domain.decider import Decider
from domain.season_plan.events import (
    PhaseAdded,
    PhaseAdjustmentsApplied,
    PhaseChanged,
    SeasonPlanEvent,
    SeasonPlanOpened,
)
from domain.season_plan.rules import (
    AddPhase,
    ChangePhase,
    OpenSeasonPlan,
    PhaseEndsBeforeStart,
    PhaseExists,
    PhasesOverlap,
    PhaseUnknown,
    RecordPhaseAdjustments,
    SeasonPlanCommand,
    SeasonPlanUnknown,
    decide,
)
from domain.season_plan.state import Phase, SeasonPlan, evolve

__all__ = [
    "DECIDER",
    "AddPhase",
    "ChangePhase",
    "OpenSeasonPlan",
    "Phase",
    "PhaseAdded",
    "PhaseAdjustmentsApplied",
    "PhaseChanged",
    "PhaseEndsBeforeStart",
    "PhaseExists",
    "PhaseUnknown",
    "PhasesOverlap",
    "RecordPhaseAdjustments",
    "SeasonPlan",
    "SeasonPlanCommand",
    "SeasonPlanEvent",
    "SeasonPlanOpened",
    "SeasonPlanUnknown",
    "decide",
    "evolve",
]

DECIDER: Decider[SeasonPlanCommand, SeasonPlan, SeasonPlanEvent] = Decider(
    name="season_plan",
    commands=(OpenSeasonPlan, AddPhase, ChangePhase, RecordPhaseAdjustments),
    events=(SeasonPlanOpened, PhaseAdded, PhaseChanged, PhaseAdjustmentsApplied),
    state=SeasonPlan,
    decide=decide,
    evolve=evolve,
    partition_key=lambda state: state.team_id,
    snapshot_every=100,
)
