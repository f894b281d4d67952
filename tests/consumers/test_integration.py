"""Other services are told of adjustments, in the seed's exact shapes."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from consumers.integration import Integration
from domain.assignment import AssignmentPhaseAdjusted
from domain.athlete import ForgetAthlete, RegisterAthlete
from domain.decider import Command
from domain.ids import AthleteId, TeamId
from domain.ports import Bus, Message, OutgoingMessage, Unavailable
from domain.rules.load import LoadLevel
from domain.season_plan import OpenSeasonPlan, PhaseAdjustmentsApplied
from domain.team import FormTeam
from infra.main import Application
from tests.support.club import application, change, phase, plan_all, run_all, team, whole_log, workout

TEAM = UUID(int=17)
ANA = AthleteId(UUID(int=0xA))
TOPIC = "training.integration"


@pytest.fixture
def app(database_url: str) -> Iterator[Application]:
    with application(database_url) as opened:
        yield opened


def known_outside() -> list[Command]:
    """A team and an athlete that the planning service knows by ids of its own."""
    return [
        FormTeam(
            team_id=TeamId(TEAM), name="U17", zone="Europe/Berlin", external_source="planning", external_id="team-17"
        ),
        OpenSeasonPlan(team_id=TeamId(TEAM), zone="Europe/Berlin"),
        RegisterAthlete(athlete_id=ANA, name="Ana", external_source="planning", external_id="player-9"),
    ]


def season(app: Application, *more: Command) -> UUID:
    """Ana's workout, adjusted by a phase change; its id."""
    planned = workout(TEAM, 3).model_copy(update={"athlete_id": ANA})
    run_all(app, *more, phase(TEAM, "in", 0, 90, LoadLevel.HIGH), planned)
    app.reactions.process_available()
    run_all(app, change(TEAM, "in", 0, 80))
    app.reactions.process_available()
    return planned.assignment_id


def heard(app: Application, group: str = "test") -> list[Message]:
    messages: list[Message] = []
    with app.bus.subscribe(group, [TOPIC]) as member:
        while batch := member.poll(1_000, 0):
            messages += batch
            member.commit(batch)
    return messages


def bodies(messages: Sequence[Message]) -> list[dict[str, Any]]:
    return [json.loads(message.value) for message in messages]


def test_both_messages_have_the_seeds_shape_with_the_planning_services_own_ids(app: Application) -> None:
    assignment_id = season(app, *known_outside())
    app.integration.process_available()

    *_, adjusted, applied = bodies(heard(app))
    at, when = adjusted.pop("adjustmentTimestamp"), applied.pop("timestamp")
    assert adjusted == {
        "assignmentId": str(assignment_id), "teamId": "team-17", "playerId": "player-9", "phaseId": "in",
    }  # fmt: skip
    assert applied == {"teamId": "team-17", "phaseId": "in", "adjustmentsCount": 1, "triggeredBy": "planning"}
    for instant in (at, when):
        assert instant.endswith("Z")
        assert datetime.fromisoformat(instant).utcoffset() is not None


def test_who_is_known_to_nobody_outside_has_our_id(app: Application) -> None:
    season(app, *team(TEAM))
    app.integration.process_available()
    adjusted = bodies(heard(app))[-2]
    assert (adjusted["teamId"], adjusted["playerId"]) == (str(TEAM), str(ANA))


def test_a_forgotten_athlete_has_our_id_from_then_on(app: Application) -> None:
    season(app, *known_outside())
    app.integration.process_available()
    run_all(app, ForgetAthlete(athlete_id=ANA))
    run_all(app, change(TEAM, "in", 0, 70))
    app.reactions.process_available()
    app.integration.process_available()
    players = [body["playerId"] for body in bodies(heard(app)) if "playerId" in body]
    assert (players[0], players[-1]) == ("player-9", str(ANA))
    with app.pool.connection() as connection:
        assert connection.execute("SELECT id FROM integration_names").fetchall() == [(TEAM,)]


def test_each_is_a_cloud_event_with_the_id_of_the_event_that_it_tells(app: Application) -> None:
    season(app, *known_outside())
    app.integration.process_available()
    messages = heard(app)
    told = [r for r in whole_log(app) if isinstance(r.event, AssignmentPhaseAdjusted | PhaseAdjustmentsApplied)]
    assert [message.headers["ce_id"] for message in messages] == [str(recorded.event_id) for recorded in told]
    assert {message.headers["ce_type"] for message in messages} == {
        "training.assignment.phase_adjusted", "training.phase_adjustments.applied",
    }  # fmt: skip
    assert {message.headers["ce_specversion"] for message in messages} == {"1.0"}
    assert {message.key for message in messages} == {"team-17"}
    assert messages[-1].headers["ce_correlationid"] == str(told[-1].correlation_id)
    assert messages[-1].headers["ce_causationid"] == str(told[-1].causation_id)


def test_names_are_kept_across_batches_and_restarts(app: Application) -> None:
    run_all(app, *known_outside())
    app.integration.process_available()
    again = Integration(app.log, app.bus, TOPIC, app.pool.connection, app.waker, poll_s=0.01)
    season(app)
    again.process_available()
    assert {body["teamId"] for body in bodies(heard(app))} == {"team-17"}


def test_nothing_is_told_twice_and_thousands_go_in_few_batches(app: Application) -> None:
    run_all(app, *team(TEAM), phase(TEAM, "in", 0, 90, LoadLevel.HIGH))
    plan_all(app, [workout(TEAM, offset % 90) for offset in range(3_000)])
    app.reactions.process_available()
    counting = CountingBus(app.bus)
    once = Integration(app.log, counting, TOPIC, app.pool.connection, app.waker, poll_s=0.01)  # type: ignore[arg-type]
    assert once.process_available() == 3_001, "and the team that was formed"
    assert once.process_available() == 0
    assert app.integration.process_available() == 0
    assert counting.published == [2_000 - 1, 1_001]
    assert len({message.headers["ce_id"] for message in heard(app)}) == 3_000


def test_what_could_not_be_published_comes_later(app: Application) -> None:
    season(app, *known_outside())
    away = CountingBus(app.bus, fails=1)
    integration = Integration(app.log, away, TOPIC, app.pool.connection, app.waker, poll_s=0.01)  # type: ignore[arg-type]
    with pytest.raises(Unavailable):
        integration.process_available()
    assert heard(app) == []
    integration.process_available()
    assert len(heard(app)) == 3


def test_published_and_not_marked_comes_again_under_the_same_ids(app: Application) -> None:
    season(app, *known_outside())
    crashing = CountingBus(app.bus, fails=1, after=True)
    integration = Integration(app.log, crashing, TOPIC, app.pool.connection, app.waker, poll_s=0.01)  # type: ignore[arg-type]
    with pytest.raises(Unavailable):
        integration.process_available()
    integration.process_available()
    ids = [message.headers["ce_id"] for message in heard(app)]
    assert len(ids) == 6
    assert ids[:3] == ids[3:]


class CountingBus:
    """The real bus; of its first ``fails`` publishings nobody hears back, ``after`` or before they happened."""

    def __init__(self, bus: Bus, *, fails: int = 0, after: bool = False) -> None:
        self._bus = bus
        self._fails = fails
        self._after = after
        self.published: list[int] = []

    def publish(self, topic: str, messages: Sequence[OutgoingMessage]) -> None:
        failing, self._fails = self._fails > 0, self._fails - 1
        if not failing or self._after:
            self._bus.publish(topic, messages)
            self.published.append(len(messages))
        if failing:
            raise Unavailable("the bus is away")
