"""Any commands to a season plan, in any order, at any moments of some ten weeks; and what has come of them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from hypothesis import strategies as st

from domain.catalogue import decider_for
from domain.errors import DomainError
from domain.rules.load import LoadLevel, PhaseType
from domain.season_plan import (
    AddFixture,
    AddPhase,
    ChangePhase,
    DeclaredFixture,
    DeclaredPhase,
    FollowCalendar,
    ModifyPhase,
    MoveFixture,
    RecordPhaseAdjustments,
    RemoveFixture,
    RemovePhase,
    RequestAdjustments,
    SeasonPlan,
    SeasonPlanCommand,
    SeasonPlanEvent,
    SeasonPlanOpened,
    ShiftPhases,
    UpdateSeasonPlan,
)
from tests.domain.known import SEASON_PLAN, TEAM
from tests.support.scenario import context

START = date(2026, 3, 2)
DECIDER = decider_for(FollowCalendar)

DAYS = st.integers(0, 60).map(lambda offset: START + timedelta(days=offset))
LENGTHS = st.integers(0, 20).map(lambda length: timedelta(days=length))
INSTANTS = st.integers(-24, 70 * 24).map(lambda hours: datetime(2026, 3, 2, tzinfo=UTC) + timedelta(hours=hours))
PHASES = st.sampled_from(["a", "b", "c", "d"])
GAMES = st.sampled_from(["g1", "g2", "g3"])
LEVELS = st.sampled_from(LoadLevel)
TYPES = st.sampled_from(PhaseType)
ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Pacific/Apia"])
IDS = st.uuids(version=4)
TO_TEAM = st.just(TEAM)

SPANS = st.tuples(DAYS, LENGTHS).map(lambda span: (span[0], span[0] + span[1]))


def dated(first: str, last: str) -> st.SearchStrategy[dict[str, date]]:
    return SPANS.map(lambda span: {first: span[0], last: span[1]})


def made(command: type[Any], *, days: st.SearchStrategy[dict[str, date]] | None = None, **fields: Any) -> Any:
    return st.tuples(st.fixed_dictionaries(fields), st.just({}) if days is None else days).map(
        lambda parts: command(**parts[0], **parts[1])
    )


TOLD = made(DeclaredPhase, days=dated("starts", "ends"), phase_id=PHASES, phase_type=TYPES, load_level=LEVELS)
TOLD_GAMES = st.lists(made(DeclaredFixture, fixture_id=GAMES, on=DAYS), max_size=3, unique_by=lambda g: g.fixture_id)
BY_HAND: st.SearchStrategy[SeasonPlanCommand] = st.one_of(
    made(
        AddPhase,
        days=dated("starts_on", "ends_on"),
        team_id=TO_TEAM,
        phase_id=PHASES,
        phase_type=TYPES,
        load_level=LEVELS,
    ),
    made(ModifyPhase, days=dated("starts_on", "ends_on"), team_id=TO_TEAM, phase_id=PHASES),
    made(ModifyPhase, team_id=TO_TEAM, phase_id=PHASES, ends_on=DAYS, load_level=LEVELS),
    made(RemovePhase, team_id=TO_TEAM, phase_id=PHASES),
    made(ShiftPhases, team_id=TO_TEAM, first_phase_id=PHASES, first_starts_on=DAYS),
)
UPDATES = st.lists(TOLD, max_size=4, unique_by=lambda phase: phase.phase_id).flatmap(
    lambda phases: made(
        UpdateSeasonPlan,
        team_id=TO_TEAM,
        phases=st.just(tuple(phases)),
        removed=st.just(tuple(sorted({"a", "b"} - {phase.phase_id for phase in phases}))) | st.just(()),
        fixtures=TOLD_GAMES.map(tuple) | st.none(),
    )
)
CHANGES = made(
    ChangePhase,
    days=dated("starts", "ends"),
    team_id=TO_TEAM,
    phase_id=PHASES,
    auto_apply=st.booleans(),
    triggered_by=st.just("planner"),
)
FIXTURES: st.SearchStrategy[SeasonPlanCommand] = st.one_of(
    made(AddFixture, team_id=TO_TEAM, fixture_id=GAMES, on=DAYS),
    made(MoveFixture, team_id=TO_TEAM, fixture_id=GAMES, on=DAYS),
    made(RemoveFixture, team_id=TO_TEAM, fixture_id=GAMES),
)
OTHERS: st.SearchStrategy[SeasonPlanCommand] = st.one_of(
    made(RequestAdjustments, team_id=TO_TEAM, request_id=IDS, phase_id=PHASES | st.none(), triggered_by=PHASES),
    made(
        RecordPhaseAdjustments,
        team_id=TO_TEAM,
        phase_id=PHASES,
        adjustments_count=st.just(3),
        triggered_by=PHASES,
        cause_event_id=IDS,
    ),
)
FOLLOW: st.SearchStrategy[SeasonPlanCommand] = made(FollowCalendar, team_id=TO_TEAM)
ANY = st.one_of(BY_HAND, UPDATES, CHANGES, FIXTURES, OTHERS, FOLLOW)
Asked = Sequence[tuple[SeasonPlanCommand, datetime]]


def asked(commands: st.SearchStrategy[SeasonPlanCommand], at_most: int = 12) -> st.SearchStrategy[Asked]:
    return st.lists(st.tuples(commands, INSTANTS), max_size=at_most)


class Outcome(NamedTuple):
    """A command refused leaves the plan as it was, and an error."""

    plan: SeasonPlan
    events: tuple[SeasonPlanEvent, ...] = ()
    error: DomainError | None = None


def outcome(plan: SeasonPlan, command: SeasonPlanCommand, now: datetime) -> Outcome:
    try:
        events = DECIDER.decide(command, plan, context(now=now))
    except DomainError as error:
        return Outcome(plan, error=error)
    after = DECIDER.fold(events, plan)
    assert isinstance(after, SeasonPlan)
    return Outcome(after, events)


def opened(zone: str = "Europe/Berlin") -> SeasonPlan:
    event = SeasonPlanOpened(season_plan_id=SEASON_PLAN, team_id=TEAM, zone=zone, external_id=None)
    plan = DECIDER.fold([event])
    assert isinstance(plan, SeasonPlan)
    return plan


def plan_of(asks: Asked, zone: str = "Europe/Berlin") -> SeasonPlan:
    plan = opened(zone)
    for command, now in asks:
        plan = outcome(plan, command, now).plan
    return plan
