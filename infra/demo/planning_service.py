"""What the demo's planning service says: on its topic, and over HTTP when it is asked."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from domain.ports import Bus, OutgoingMessage
from infra.demo.club import SEASON, SEASON_PLAN, SeasonPhase
from infra.demo.planning_server import PlanningServer
from projections.season import SeasonPhase as Phase
from projections.season import SeasonPlanRow

Body = dict[str, Any]
A_DAY = timedelta(days=1)

SPEED_BLOCK = "speed-block"
TEMPLATE: Mapping[str, Any] = {
    "templateId": SPEED_BLOCK,
    "version": 3,
    "name": "Speed block",
    "weeks": 3,
    "workouts": [
        {"week": week, "weekday": weekday, "title": title, "sport": sport, "load": load, **more}
        for week in (1, 2, 3)
        for weekday, title, sport, load, more in (
            (2, "Hill sprints", "run", 30.0, {"intensity": {"zones": ["2", "5b"]}}),
            (4, "Easy run", "run", 25.0, {"intensity": {"zones": ["1", "2"]}}),
            (6, "Jumps and throws", "strength", 20.0, {"exercises": [{"name": "Box jump", "focus": "power"}]}),
        )
    ],
}


class Announcement(NamedTuple):
    team: str
    phase: SeasonPhase
    body: Body


def announcement(team: str, current: str | None, today: date) -> Announcement:
    """The phase after ``current`` (None: the first) begins today, in the seed's shape. The season goes round."""
    order: list[str] = [phase.phase_id for phase in SEASON]
    current = current or order[0]
    following = SEASON[(order.index(current) + 1) % len(SEASON)]
    body: Body = {
        "teamId": team,
        "oldPhaseId": current,
        "newPhaseId": following.phase_id,
        "phaseStartDate": today.isoformat(),
        "phaseEndDate": (today + timedelta(weeks=following.weeks, days=-1)).isoformat(),
        "autoApplyAdjustments": True,
        "triggeredBy": "planning-service",
    }
    return Announcement(team, following, body)


def threshold(team: str, player: str) -> Body:
    """The player has trained much more than usual: a third less for a week."""
    return {
        "teamId": team,
        "playerId": player,
        "thresholdType": "high_load",
        "currentValue": 1.62,
        "thresholdValue": 1.5,
        "recommendedAdjustment": {"type": "reduce_load", "magnitude": 0.3},
    }


def template_application(team: str, today: date) -> Body:
    return {
        "teamId": team,
        "templateId": SPEED_BLOCK,
        "startDate": today.isoformat(),
        "customizations": {"loadMultiplier": 1.2, "trainingFrequency": 4},
        "triggeredBy": "planning-service",
    }


def plan_update(team: str, phase_id: str) -> Body:
    """Says which phase has changed, and not how: whoever wants to know asks."""
    return {
        "teamId": team,
        "seasonPlanId": SEASON_PLAN,
        "updatedPhases": [phase_id],
        "updateType": "phase_modified",
        "triggeredBy": "planning-service",
    }


def publish(bus: Bus, topic: str, body: Body) -> None:
    bus.publish(topic, [OutgoingMessage(key=body["teamId"], value=json.dumps(body).encode())])


def keeps(server: PlanningServer, team: str, plan: SeasonPlanRow, sessions: Mapping[str, int] | None = None) -> None:
    """What it answers about the team: the plan as it has been told so far, with other ``sessions`` a week by phase."""
    phases = [told(phase, first, last, sessions or {}) for phase, first, last in side_by_side(plan.phases)]
    fixtures = [{"fixtureId": game.fixture_id, "date": str(game.day), "title": game.title} for game in plan.fixtures]
    server.set_season_plan(team, {"seasonPlanId": SEASON_PLAN, "phases": phases, "fixtures": fixtures})


def side_by_side(phases: Sequence[Phase]) -> list[tuple[Phase, date, date]]:
    """Its own calendar has no overlaps: the latest word stands, and what was there before makes room."""
    placed: list[tuple[Phase, date, date]] = []
    for phase in sorted(phases, key=lambda phase: phase.declared, reverse=True):
        first, last = phase.starts_on, phase.ends_on
        for _, starts_on, ends_on in placed:
            if first <= ends_on and starts_on <= last:
                first, last = (first, starts_on - A_DAY) if first < starts_on else (ends_on + A_DAY, last)
        if last < first:
            first = max(ends_on for _, _, ends_on in placed) + A_DAY
            last = first + (phase.ends_on - phase.starts_on)
        placed.append((phase, first, last))
    return placed


def told(phase: Phase, first: date, last: date, sessions: Mapping[str, int]) -> Body:
    return {
        "phaseId": phase.phase_id,
        "type": phase.phase_type,
        "startDate": first.isoformat(),
        "endDate": last.isoformat(),
        "loadLevel": phase.load_level,
        "intensity": phase.intensity,
        "focusAreas": list(phase.focus_areas),
        "sessionsPerWeek": sessions.get(phase.phase_id, phase.sessions_per_week),
    }
