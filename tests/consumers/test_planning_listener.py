"""The planning topic: messages become phase changes, once and in order; the rest is set aside, outages waited out."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from consumers.dead_letter_queue import Sequel, discard, retry
from consumers.dead_letters import DeadLetter, listed
from consumers.planning_listener import CONSUMER, PlanningListener
from domain.decider import Command
from domain.ids import OrganizationId, TeamId, external_id
from domain.ports import Caller, ConcurrencyConflict, Outcome, OutgoingMessage, Recorded, Unavailable
from domain.rules.load import LoadLevel
from domain.season_plan import PhaseChanged
from infra.main import Application
from infra.service import running
from tests.support.club import ORGANIZATION, application, phase, run_all, team, whole_log
from tests.support.waiting import eventually

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


@dataclass
class UnluckyRunner:
    """The runner with a database that is away for the first so many commands."""

    app: Application
    errors: list[Exception]

    def run(self, command: Command, caller: Caller, **sources: Any) -> Outcome:
        if self.errors:
            raise self.errors.pop(0)
        return self.app.runner.run(command, caller, **sources)


@pytest.fixture
def app(database_url: str) -> Iterator[Application]:
    with application(database_url) as app:
        yield app


def listener(app: Application, topic: str = TOPIC, **overrides: Any) -> PlanningListener:
    parts: dict[str, Any] = {"runner": app.runner, "directory": Directory(), "patience_s": 0.0, **overrides}
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


def test_a_bare_message_becomes_a_phase_change(app: Application) -> None:
    team_id = found_team(app)
    publish(app, change_to("p2", oldPhaseId="p1", somethingNew=[1]))
    assert listener(app).process_available() == 1
    (recorded,) = changes(app)
    event = recorded.event
    assert (event.team_id, event.phase_id, event.old_phase_id) == (team_id, "p2", "p1")
    assert (event.starts_on, event.ends_on) == (date(2026, 12, 1), date(2026, 12, 28))
    assert (event.auto_apply, event.triggered_by) == (True, "coach-9")
    assert (recorded.actor, recorded.organization_id) == ("planning:planning", ORGANIZATION)
    assert recorded.causation_id is not None
    assert recorded.correlation_id != recorded.causation_id
    assert listener(app).process_available() == 0


def test_instants_are_the_local_dates_of_the_team(app: Application) -> None:
    found_team(app, zone="America/New_York")
    publish(app, change_to("p2", phaseStartDate="2026-12-01T00:00:00.000Z", phaseEndDate="2026-12-28T23:00:00-05:00"))
    listener(app).process_available()
    (recorded,) = changes(app)
    assert (recorded.event.starts_on, recorded.event.ends_on) == (date(2026, 11, 30), date(2026, 12, 28))


def test_cloud_events_bring_their_correlation(app: Application) -> None:
    found_team(app)
    attributes = {"specversion": "1.0", "source": "/planning", "type": "org.planning.phase.changed"}
    correlation = uuid4()
    publish(app, attributes | {"id": "1", "data": change_to("p1"), "correlationid": str(correlation)})
    binary = {f"ce_{name}": value for name, value in attributes.items()} | {"ce_id": "2"}
    publish(app, change_to("p2"), headers=binary | {"ce_correlationid": str(correlation)})
    assert listener(app).process_available() == 2
    assert phases(app) == ["p1", "p2"]
    assert {recorded.correlation_id for recorded in changes(app)} == {correlation}
    assert len({recorded.causation_id for recorded in changes(app)}) == 2


def test_what_is_delivered_again_changes_nothing(app: Application) -> None:
    """Offsets lost, as after a crash between the database's commit and the bus's. p1 again would be a change."""
    found_team(app)
    publish(app, change_to("p1"), change_to("p2"), change_to("p1"))
    assert listener(app).process_available() == 3
    with app.pool.connection() as connection:
        connection.execute("DELETE FROM group_offsets")
    assert listener(app).process_available() == 3
    assert phases(app) == ["p1", "p2", "p1"]


def test_one_id_counts_once_wherever_it_is_published_again(app: Application) -> None:
    found_team(app)
    event = {"specversion": "1.0", "source": "/planning", "type": "phase_change", "id": "a", "data": change_to("p1")}
    publish(app, event, event | {"id": "b", "data": change_to("p2")}, event)
    listener(app).process_available()
    assert phases(app) == ["p1", "p2"]


def test_organizations_may_use_the_same_ids(app: Application) -> None:
    found_team(app)
    event = {"specversion": "1.0", "source": "/planning", "type": "phase_change", "id": "a", "data": change_to("p1")}
    publish(app, event)
    publish(app, event, topic="other.events")
    listener(app).process_available()
    listener(app, "other.events", group="other").process_available()
    assert phases(app) == ["p1"]
    (letter,) = letters(app)
    assert letter.message.topic == "other.events"
    assert str(team_of("17", OTHER_CLUB)) in letter.reason


def test_what_cannot_be_understood_is_set_aside_and_its_team_waits(app: Application) -> None:
    found_team(app)
    found_team(app, "18")
    publish(app, b"{", change_to("p1"), change_to("p1", "18"), change_to("p2"))
    assert listener(app).process_available() == 4
    assert [recorded.event.team_id for recorded in changes(app)] == [team_of("18")]
    dead, *waiting = letters(app)
    assert (dead.message.value, dead.status) == (b"{", "dead")
    assert dead.reason.startswith("it is not JSON")
    assert [letter.status for letter in waiting] == ["waiting", "waiting"]
    with app.pool.connection() as connection:
        assert discard(connection, dead.id, listener(app).process) == Sequel(2, None)
    assert phases(app) == ["p1", "p1", "p2"]
    assert letters(app) == []


def test_what_a_rule_refuses_can_be_retried_when_the_reason_is_gone(app: Application) -> None:
    team_id = found_team(app, "17", "p1")
    publish(app, change_to("p9"), change_to("p1"))
    listener(app).process_available()
    dead = letters(app)[0]
    assert "has no phase p9 (it has: p1). Add the phase" in dead.reason
    assert dead.error_type == "PhaseUnknown"
    run_all(app, phase(team_id, "p9", 60, 89, LoadLevel.LOW))
    with app.pool.connection() as connection:
        assert retry(connection, dead.id, listener(app).process) == Sequel(2, None)
    assert phases(app) == ["p9", "p1"]
    publish(app, change_to("p9"))
    listener(app).process_available()
    assert phases(app) == ["p9", "p1", "p9"]


REFUSED = [
    ({"teamId": "17"}, "it is of no known kind"),
    (change_to("p1", phaseStartDate="soon"), "it is no valid phase change: phaseStartDate"),
    (change_to("p1", phaseStartDate="2026-12-01T00:00:00"), "should have timezone info"),
    (change_to("p1", autoApplyAdjustments="yes"), "autoApplyAdjustments: Input should be a valid boolean"),
    (change_to("p1", teamId=17), "teamId: Input should be a valid string"),
    (change_to("p1", triggeredBy="a\0b"), "triggeredBy: String should match"),
    (change_to("p1", phaseEndDate="2026-11-01"), "would end on 2026-11-01, before it starts"),
    (change_to("p1", teamId="99"), "has no season plan. Open the team's season plan"),
    (
        {"specversion": "1.0", "source": "s", "id": "1", "type": "planning.lunch", "data": {}},
        "its type is 'planning.lunch'; known are those that end in phase_change",
    ),
]


def test_reasons_tell_what_to_mend(app: Application) -> None:
    found_team(app)
    app.bus.publish(
        TOPIC,
        [OutgoingMessage(f"key {index}", json.dumps(content).encode()) for index, (content, _) in enumerate(REFUSED)],
    )
    listener(app).process_available()
    for letter, (_, reason) in zip(letters(app), REFUSED, strict=True):
        assert reason in letter.reason
    assert changes(app) == []


def test_a_topic_that_nobody_has_connected(app: Application) -> None:
    found_team(app)
    directory = Directory({})
    publish(app, change_to("p1"))
    with pytest.raises(Unavailable, match=r"connected the topic planning\.events yet"):
        listener(app, directory=directory, patience_s=60.0).process_available()
    assert letters(app) == []
    assert listener(app, directory=directory).process_available() == 1
    (letter,) = letters(app)
    assert letter.reason.endswith("Connect it as a planning source, then retry.")


def test_a_directory_that_is_not_built_yet_is_waited_for(app: Application) -> None:
    class Unbuilt(Directory):
        def for_topic(self, topic: str) -> tuple[OrganizationId, str] | None:
            raise psycopg.errors.UndefinedTable(f"no table knows {topic}")

    publish(app, change_to("p1"))
    with pytest.raises(Unavailable, match="not there yet"):
        listener(app, directory=Unbuilt()).process_available()
    assert letters(app) == []


def test_an_outage_is_waited_out_in_order_and_nothing_is_set_aside(app: Application) -> None:
    found_team(app)
    outages = [Unavailable("the database is away"), ConcurrencyConflict("others won"), psycopg.OperationalError("gone")]
    publish(app, change_to("p1"), change_to("p2"))
    with running({CONSUMER: listener(app, runner=UnluckyRunner(app, outages)).run}):
        publish(app, change_to("p3"))
        eventually(lambda: len(changes(app)) == 3)
    assert phases(app) == ["p1", "p2", "p3"]
    assert letters(app) == []
    assert outages == []


def test_what_was_done_before_an_outage_is_not_asked_for_again(app: Application) -> None:
    found_team(app)
    publish(app, change_to("p1"), change_to("p2"), change_to("p3", autoApplyAdjustments=False))
    calls: list[Command] = []

    class Counting(UnluckyRunner):
        def run(self, command: Command, caller: Caller, **sources: Any) -> Outcome:
            calls.append(command)
            if len(calls) == 2:
                raise Unavailable("just now")
            return super().run(command, caller, **sources)

    unlucky = listener(app, runner=Counting(app, []))
    with pytest.raises(Unavailable):
        unlucky.process_available()
    assert unlucky.process_available() == 2
    assert phases(app) == ["p1", "p2", "p3"]
    assert len(calls) == 4


def test_it_goes_on_when_its_connections_are_cut(app: Application, database_url: str) -> None:
    found_team(app)
    with running({CONSUMER: listener(app).run}):
        publish(app, change_to("p1"))
        eventually(lambda: len(changes(app)) == 1)
        with psycopg.connect(database_url, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE '%group%'"
            )
        publish(app, change_to("p2"))
        eventually(lambda: len(changes(app)) == 2)
    assert phases(app) == ["p1", "p2"]
    assert letters(app) == []
