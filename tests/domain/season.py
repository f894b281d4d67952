"""A season that the tests of its plan share, in a plan that keeps Madrid's days: two phases, and a gap after them."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from domain.catalogue import decider_for
from domain.event import Event
from domain.ids import FixtureId, PhaseId
from domain.rules.intensity import IntensityLevel
from domain.rules.load import LoadLevel, PhaseType
from domain.season_plan import (
    DeclaredPhase,
    FixtureAdded,
    FollowCalendar,
    GameWeekSet,
    PhaseAdded,
    PhaseBegan,
    PhaseChanged,
    PhaseEnded,
    PhaseModified,
    PhaseRemoved,
    SeasonPlan,
)
from tests.domain.known import PLAN_OPENED, SEASON_PLAN, TEAM, phase_added

PRE = phase_added("pre", date(2026, 1, 5), date(2026, 2, 28), LoadLevel.HIGH)
IN = phase_added(
    "in",
    date(2026, 3, 1),
    date(2026, 5, 31),
    LoadLevel.MEDIUM,
    PhaseType.IN_SEASON,
    sessions_per_week=3,
    intensity=IntensityLevel.HIGH,
    focus_areas=("power", "agility"),
)
HISTORY = PLAN_OPENED, PRE, IN
DECLARED = set(PhaseAdded.model_fields)

AnyPhase = PhaseAdded | PhaseModified | PhaseChanged | PhaseBegan
P = TypeVar("P", PhaseAdded, PhaseModified, PhaseChanged, PhaseBegan)


def said(event_type: type[P], phase: AnyPhase, **other: Any) -> P:
    """The event of that type which tells of ``phase``, but for ``other``."""
    return event_type(**{**phase.model_dump(include=DECLARED, by_alias=False), **other})


def changed(phase: AnyPhase, old_phase_id: str | None = None, *, auto_apply: bool = True, **other: Any) -> PhaseChanged:
    return said(PhaseChanged, phase, old_phase_id=old_phase_id, auto_apply=auto_apply, triggered_by="planner", **other)


def began(phase: AnyPhase, began_on: date, old_phase_id: str | None = None) -> PhaseBegan:
    return said(PhaseBegan, phase, old_phase_id=old_phase_id, began_on=began_on)


def ended(phase_id: str, ended_on: date) -> PhaseEnded:
    return PhaseEnded(season_plan_id=SEASON_PLAN, team_id=TEAM, phase_id=PhaseId(phase_id), ended_on=ended_on)


def removed(phase: AnyPhase) -> PhaseRemoved:
    return PhaseRemoved(
        season_plan_id=SEASON_PLAN,
        team_id=TEAM,
        phase_id=phase.phase_id,
        starts_on=phase.starts_on,
        ends_on=phase.ends_on,
    )


def game(fixture_id: str, on: date, title: str | None = None) -> FixtureAdded:
    return FixtureAdded(season_plan_id=SEASON_PLAN, team_id=TEAM, fixture_id=FixtureId(fixture_id), on=on, title=title)


def game_week(monday: date, *weekdays: int) -> GameWeekSet:
    return GameWeekSet(season_plan_id=SEASON_PLAN, team_id=TEAM, week_starts_on=monday, games=weekdays)


def told(phase: AnyPhase, **other: Any) -> DeclaredPhase:
    """The phase, as the planning service tells of it."""
    fields = phase.model_dump(include=set(DeclaredPhase.model_fields) & DECLARED, by_alias=False)
    return DeclaredPhase(**{**fields, "starts": phase.starts_on, "ends": phase.ends_on, **other})


def plan_after(*events: Event) -> SeasonPlan:
    plan = decider_for(FollowCalendar).fold(events)
    assert isinstance(plan, SeasonPlan)
    return plan


def noon(day: date, zone: str = "Europe/Madrid") -> datetime:
    return datetime.combine(day, time(12), ZoneInfo(zone)).astimezone(UTC)


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
