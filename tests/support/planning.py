"""A planning service for tests: what it publishes, and what became of that."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from consumers.completing import Completing
from consumers.dead_letters import DeadLetter, listed
from consumers.planning_listener import PlanningListener
from consumers.planning_service import PlanningService
from domain.ids import OrganizationId, TeamId, external_id
from domain.ports import OutgoingMessage, Recorded
from domain.rules.load import LoadLevel
from domain.season_plan import PhaseChanged
from infra.event_store.repeats import Repeats
from infra.main import Application
from projections.teams import TeamDirectory
from tests.support.club import ORGANIZATION, phase, run_all, team, whole_log

TOPIC = "planning.events"
OTHER_CLUB = OrganizationId(UUID(int=0xC9))


@dataclass
class Directory:
    """The directory of sources, as a table that the test writes."""

    topics: dict[str, tuple[OrganizationId, str]] = field(
        default_factory=lambda: {TOPIC: (ORGANIZATION, "planning"), "other.events": (OTHER_CLUB, "planning")}
    )

    def for_topic(self, topic: str) -> tuple[OrganizationId, str] | None:
        return self.topics.get(topic)


def listener(
    app: Application, topic: str = TOPIC, *, service: PlanningService | None = None, **overrides: Any
) -> PlanningListener:
    parts: dict[str, Any] = {
        "runner": app.runner,
        "directory": Directory(),
        "completing": Completing(service or app.planning, TeamDirectory(app.pool.connection)),
        "received": Repeats(app.pool).received,
        "patience_s": 0.0,
        **overrides,
    }
    return PlanningListener(app.bus, topic, connect=app.pool.connection, **parts)


def team_of(external: str, organization_id: OrganizationId = ORGANIZATION) -> TeamId:
    return TeamId(external_id(organization_id, "planning", "team", external))


def found_team(app: Application, external: str = "17", *phases: str, zone: str = "Europe/Berlin") -> TeamId:
    team_id = team_of(external)
    run_all(app, *team(team_id, zone=zone))
    for number, phase_id in enumerate(phases or ("p1", "p2", "p3")):
        run_all(app, phase(team_id, phase_id, number * 30, number * 30 + 29, LoadLevel.HIGH))
    return team_id


def change_to(phase_id: str, external: str = "17", **changed: Any) -> dict[str, Any]:
    return {
        "teamId": external,
        "oldPhaseId": None,
        "newPhaseId": phase_id,
        "phaseStartDate": "2026-12-01",
        "phaseEndDate": "2026-12-28",
        "autoApplyAdjustments": True,
        "triggeredBy": "coach-9",
        **changed,
    }


def publish(app: Application, *contents: Any, topic: str = TOPIC, headers: dict[str, str] | None = None) -> None:
    messages = []
    for content in contents:
        value = content if isinstance(content, bytes) else json.dumps(content).encode()
        team_key = content.get("teamId", "17") if isinstance(content, dict) else "17"
        messages.append(OutgoingMessage(team_key, value, headers or {}))
    app.bus.publish(topic, messages)


def changes(app: Application) -> list[Recorded[Any]]:
    return [recorded for recorded in whole_log(app) if isinstance(recorded.event, PhaseChanged)]


def phases(app: Application) -> list[str]:
    return [recorded.event.phase_id for recorded in changes(app)]


def letters(app: Application) -> list[DeadLetter]:
    with app.pool.connection() as connection:
        return listed(connection)[::-1]
