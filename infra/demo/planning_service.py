"""The demo's planning service: says, as the real one would, that a team is in another phase from today on."""

import json
from datetime import date, timedelta
from typing import NamedTuple

from domain.ports import Bus, OutgoingMessage
from infra.demo.club import SEASON, SeasonPhase


class Announcement(NamedTuple):
    team: str
    phase: SeasonPhase
    body: dict[str, object]


def announcement(team: str, current: str | None, today: date) -> Announcement:
    """The phase after ``current`` (None: the first) begins today, in the seed's shape. The season goes round."""
    order: list[str] = [phase.phase_id for phase in SEASON]
    current = current or order[0]
    following = SEASON[(order.index(current) + 1) % len(SEASON)]
    body: dict[str, object] = {
        "teamId": team,
        "oldPhaseId": current,
        "newPhaseId": following.phase_id,
        "phaseStartDate": today.isoformat(),
        "phaseEndDate": (today + timedelta(weeks=following.weeks, days=-1)).isoformat(),
        "autoApplyAdjustments": True,
        "triggeredBy": "planning-service",
    }
    return Announcement(team, following, body)


def publish(bus: Bus, topic: str, said: Announcement) -> None:
    bus.publish(topic, [OutgoingMessage(key=said.team, value=json.dumps(said.body).encode())])
