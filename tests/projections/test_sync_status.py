"""Whether a team is in step: what was said last and by whom, whether it has reached every workout, what is stuck."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection

from consumers.dead_letters import set_aside
from consumers.planning_listener import CONSUMER as LISTENER
from domain.event import Event
from domain.ids import OrganizationId
from domain.organization import PlanningSourceConnected
from domain.ports import Message
from domain.rules.load import LoadLevel
from domain.season_plan import PhaseAdjustmentsApplied, PhaseModified
from domain.team import AutoApplySet
from infra.main import Application
from projections.sync_status import PROJECTION, READS, SyncStatus, sync_status
from tests.domain.known import OTHER_TEAM, PLAN_OPENED, SEASON_PLAN, TEAM, TEAM_FORMED
from tests.domain.season import IN, PRE, changed, ended, said
from tests.support.club import application, phase, run_all, team, workout
from tests.support.planning import change_to, found_team, listener, publish
from tests.support.read_models import ACTOR, ORGANIZATION, START, ReadModels, at, reading

given = reading(*READS)

NOTHING = SyncStatus(
    team_id=TEAM,
    auto_apply=True,
    current_phase_id=None,
    phase_as_of=None,
    declaration=None,
    declaration_id=None,
    declared_at=None,
    declared_by=None,
    planning_id=None,
    planning_at=None,
    applied_id=None,
    applied_phase_id=None,
    applied_count=None,
    applied_at=None,
    is_applying=False,
    set_aside=[],
)
OTHER_CLUB = OrganizationId(UUID(int=0xC9))


def say(models: ReadModels, actor: str, *events: Event) -> None:
    """As ``actor`` said it."""
    for recorded in models.log.add(*events):
        models.log.events[recorded.position.xid - 1] = recorded._replace(actor=actor)
    models.project()


def test_the_last_word_of_anybody_and_of_the_planning_service_and_what_it_has_adjusted(database_url: str) -> None:
    models = given(database_url, TEAM_FORMED, PLAN_OPENED)
    assert models.rows(sync_status, TEAM) == NOTHING
    assert models.rows(sync_status, TEAM).planning_age_s(at(9)) is None
    assert models.rows(sync_status, OTHER_TEAM) is None

    say(models, "planning:club-planner", PRE, changed(PRE))
    told = models.log.events[-1]
    by_planning: Any = {"planning_id": told.event_id, "planning_at": at(4)}
    say(models, ACTOR, said(PhaseModified, PRE, sessions_per_week=2))
    last = models.log.events[-1]
    status = NOTHING._replace(
        current_phase_id="pre",
        phase_as_of=at(5),
        declaration="season_plan.phase_modified",
        declaration_id=last.event_id,
        declared_at=at(5),
        declared_by=ACTOR,
        **by_planning,
        is_applying=True,
    )
    assert models.rows(sync_status, TEAM) == status
    assert status.planning_age_s(at(4) + timedelta(seconds=90)) == 90.0

    counted = PhaseAdjustmentsApplied(
        season_plan_id=SEASON_PLAN,
        team_id=TEAM,
        phase_id=PRE.phase_id,
        adjustments_count=14,
        triggered_by="planner",
        cause_event_id=told.event_id,
    )
    models.project(counted, AutoApplySet(team_id=TEAM, auto_apply_adjustments=False))
    applied: Any = {"applied_id": told.event_id, "applied_phase_id": "pre", "applied_count": 14, "applied_at": at(6)}
    assert models.rows(sync_status, TEAM) == status._replace(auto_apply=False, **applied), "another one is on its way"

    models.project(ended("pre", IN.ends_on))
    assert models.rows(sync_status, TEAM).current_phase_id is None
    models.deliver_again()
    models.deliver_each_again(PROJECTION)
    assert models.differences() == {}


def test_a_change_is_being_applied_until_it_has_reached_every_workout(database_url: str) -> None:
    other = uuid4()
    with application(database_url) as app:
        team_id = found_team(app, "17", "p1")
        run_all(app, *team(other), workout(team_id, 3))
        publish(app, change_to("p1"))
        listener(app).process_available()
        assert is_applying(app, team_id)
        assert not is_applying(app, other), "nothing was said of that team"
        app.reactions.process_available()
        assert not is_applying(app, team_id)
        with app.pool.connection() as connection:
            status = sync_status(connection, team_id)
        assert status is not None
        assert status.applied_id == status.declaration_id == status.planning_id, "a message's"

        run_all(app, phase(team_id, "rest", 60, 70, LoadLevel.RECOVERY))
        assert is_applying(app, team_id)
        app.reactions.process_available()
        with half_way(app, team_id):
            assert is_applying(app, team_id), "taken in by the reactions, and not yet with the workouts"
            assert not is_applying(app, other)
        assert not is_applying(app, team_id)


def is_applying(app: Application, team_id: UUID) -> bool:
    app.projector.process_available()
    with app.pool.connection() as connection:
        status = sync_status(connection, team_id)
    assert status is not None
    return status.is_applying


@contextmanager
def half_way(app: Application, team_id: UUID) -> Iterator[None]:
    """A fan-out that is under way, as the reactions leave it when they are stopped."""
    with app.pool.connection() as connection:
        connection.execute(
            "INSERT INTO phase_fan_outs (cause_event_id, organization_id, team_id, season_plan_id, season_revision,"
            " correlation_id, games, force, triggered_by)"
            " VALUES (gen_random_uuid(), gen_random_uuid(), %s, gen_random_uuid(), 1, gen_random_uuid(), '{}', false,"
            " 'planner')",
            (team_id,),
        )
        yield
        connection.execute("DELETE FROM phase_fan_outs")


def stuck(connection: Connection, consumer: str, key: str, topic: str, reason: str) -> None:
    place = connection.execute("SELECT count(*) FROM dead_letters").fetchone()
    message = Message(topic, 0, place[0] if place else 0, key, b"{}", {}, START, "cluster", topic)
    set_aside(connection, consumer, message, ValueError(reason))


def test_what_is_set_aside_of_the_team_is_told_and_nothing_of_another_one(database_url: str) -> None:
    connected = PlanningSourceConnected(organization_id=ORGANIZATION, source="planning", topic="planning.events")
    elsewhere = PlanningSourceConnected(organization_id=OTHER_CLUB, source="planning", topic="other.events")
    models = given(database_url, TEAM_FORMED, PLAN_OPENED, connected, elsewhere)
    with models.connect() as connection:
        stuck(connection, LISTENER, "17", "planning.events", "no such phase")
        stuck(connection, LISTENER, "17", "planning.events", "and another")
        stuck(connection, "projection:teams", str(TEAM), "training.events", "a bug")
        stuck(connection, LISTENER, "17", "other.events", "of another club's team 17")
        stuck(connection, LISTENER, "18", "planning.events", "of another team")
        stuck(connection, "projection:teams", str(OTHER_TEAM), "training.events", "of another team")
        connection.execute(
            "UPDATE dead_letters SET status = 'parked', next_attempt_at = %s WHERE reason LIKE '%%no such phase%%'",
            (at(30),),
        )
    told = [
        (one.consumer, one.status, one.messages, one.next_attempt_at, one.reason.rpartition(": ")[2])
        for one in models.rows(sync_status, TEAM).set_aside
    ]
    assert told == [
        (LISTENER, "dead", 1, None, "and another"),
        (LISTENER, "parked", 1, at(30), "no such phase"),
        ("projection:teams", "dead", 1, None, "a bug"),
    ]
    with models.connect() as connection:
        connection.execute("UPDATE dead_letters SET status = 'retried', settled_at = now()")
    assert models.rows(sync_status, TEAM).set_aside == []
