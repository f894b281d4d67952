"""The planning topic: messages become phase changes, once and in order; what cannot is set aside."""

import json
from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import pytest

from consumers.dead_letter_queue import Sequel, discard, retry
from domain.ports import OutgoingMessage
from infra.main import Application
from tests.support.club import ORGANIZATION, application
from tests.support.planning import (
    OTHER_CLUB,
    TOPIC,
    change_to,
    changes,
    found_team,
    letters,
    listener,
    phases,
    publish,
    team_of,
)


@pytest.fixture
def app(database_url: str) -> Iterator[Application]:
    with application(database_url) as app:
        yield app


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
    publish(app, change_to("p1"), change_to("p2"))
    listener(app).process_available()
    dead = letters(app)[0]
    assert "has no season plan. Open the team's season plan" in dead.reason
    assert dead.error_type == "SeasonPlanUnknown"
    found_team(app)
    with app.pool.connection() as connection:
        assert retry(connection, dead.id, listener(app).process) == Sequel(2, None)
    assert phases(app) == ["p1", "p2"]
    publish(app, change_to("p1"))
    listener(app).process_available()
    assert phases(app) == ["p1", "p2", "p1"]


REFUSED = [
    ({"teamId": "17"}, "it is of no known kind"),
    (change_to("p1", templateId="t1"), "it may be of several kinds: it has newPhaseId and templateId"),
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
