"""Everything between the planning service and the event store: its topic, its server, what is parked and dead."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from consumers.dead_letters import DeadLetter
from consumers.error_events import ERRORS_TOPIC, ErrorEvents
from consumers.parking import Waits
from consumers.planning_listener import CONSUMER, PlanningListener
from consumers.resuming import Resuming
from domain.event import Event
from domain.ids import AthleteId, TeamId, external_id
from domain.ports import Message, Recorded
from domain.team import AddPlayer
from infra.main import Application
from tests.support.club import ORGANIZATION, TODAY, application, run_all, whole_log
from tests.support.planning import found_team, letters, listener, publish
from tests.support.planning_client import client_of
from tests.support.planning_server import FaultyPlanningServer

SOON = Waits(0.01, 0.05)


@dataclass
class Desk:
    """``resuming`` waits next to nothing between attempts."""

    app: Application
    server: FaultyPlanningServer
    listener: PlanningListener
    resuming: Resuming
    errors: ErrorEvents

    def hears(self, *contents: Any, headers: dict[str, str] | None = None) -> None:
        """These messages, and all that becomes of them without waiting."""
        publish(self.app, *contents, headers=headers)
        self.listener.process_available()
        self.resume()

    def resume(self) -> None:
        while self.resuming.resume():
            pass

    def settled(self) -> bool:
        """Whether nothing stands in the way any more, after whatever is due."""
        self.resume()
        return not self.open()

    def events(self, kind: type[Event]) -> list[Recorded[Any]]:
        return [recorded for recorded in whole_log(self.app) if isinstance(recorded.event, kind)]

    def open(self) -> list[tuple[str, str]]:
        """Status and reason of what stands in the way, in the order of its coming."""
        return [(letter.status, letter.reason) for letter in self.letters()]

    def letters(self) -> list[DeadLetter]:
        return letters(self.app)

    def told(self) -> list[Message]:
        """Everything on the topic of errors."""
        self.errors.announce()
        with self.app.bus.subscribe("test", [ERRORS_TOPIC]) as member:
            return list(member.poll(1000, 0))

    def found_team(self, external: str = "17", *phases: str, players: tuple[str, ...] = (), **more: Any) -> TeamId:
        """As the read models know it, too."""
        team_id = found_team(self.app, external, *phases, **more)
        for player in players:
            run_all(self.app, AddPlayer(team_id=team_id, athlete_id=athlete_of(player), joined_on=TODAY))
        self.app.projector.process_available()
        return team_id

    def forget_offsets(self) -> None:
        """As after a crash between the database's commit and the bus's."""
        with self.app.pool.connection() as connection:
            connection.execute("DELETE FROM group_offsets")


@contextmanager
def desk_of(database_url: str) -> Iterator[Desk]:
    server = FaultyPlanningServer()
    with server, closing(client_of(server)) as client, application(database_url) as app:
        listening = listener(app, service=client)
        yield Desk(
            app,
            server,
            listening,
            Resuming(CONSUMER, listening.process, app.pool.connection, waits=SOON, poll_s=0.02),
            ErrorEvents(app.bus, CONSUMER, app.pool.connection, poll_s=0.02),
        )


def athlete_of(external: str) -> AthleteId:
    return AthleteId(external_id(ORGANIZATION, "planning", "athlete", external))


def update(*phases: str, kind: str = "phase_modified", team: str = "17", **changed: Any) -> dict[str, Any]:
    return {
        "teamId": team,
        "seasonPlanId": "plan-1",
        "updatedPhases": list(phases),
        "updateType": kind,
        "triggeredBy": "coach-9",
        **changed,
    }


def breach(player: str = "9", *, team: str = "17", magnitude: float = 0.3, **changed: Any) -> dict[str, Any]:
    return {
        "teamId": team,
        "playerId": player,
        "thresholdType": "high_load",
        "currentValue": 812.5,
        "thresholdValue": 700,
        "recommendedAdjustment": {"type": "reduce_load", "magnitude": magnitude},
        "occurredAt": TODAY.isoformat(),
        **changed,
    }


def follow(template: str = "t1", *, team: str = "17", **changed: Any) -> dict[str, Any]:
    return {
        "teamId": team,
        "templateId": template,
        "startDate": TODAY.isoformat(),
        "triggeredBy": "coach-9",
        **changed,
    }
