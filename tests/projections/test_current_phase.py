"""The current phase: the last word about it, since when, how old it is, and who said it."""

from datetime import date
from typing import Any

from domain.rules.load import LoadLevel
from domain.season_plan import PhaseAdjustmentsApplied, PhaseModified
from domain.team import AutoApplySet
from projections.current_phase import PROJECTION, READS, CurrentPhase, current_phase
from tests.domain.known import OTHER_TEAM, PLAN_OPENED, SEASON_PLAN, TEAM, TEAM_FORMED
from tests.domain.season import IN, PRE, began, changed, ended, removed, said
from tests.support.read_models import ACTOR, CAUSE, ReadModels, at, reading

given = reading(*READS)


def told(models: ReadModels, **other: Any) -> CurrentPhase:
    """Of the phase ``IN``, by the last event, but for ``other``."""
    return CurrentPhase(
        team_id=TEAM,
        season_plan_id=SEASON_PLAN,
        phase_id="in",
        phase_type="in_season",
        starts_on=IN.starts_on,
        ends_on=IN.ends_on,
        load_level="medium",
        sessions_per_week=3,
        intensity="high",
        focus_areas=["power", "agility"],
        old_phase_id="pre",
        auto_apply=True,
        triggered_by="planner",
        since=at(len(models.log.events)),
        as_of=at(len(models.log.events)),
        change_id=models.log.events[-1].event_id,
        adjustments_count=None,
    )._replace(**other)


def applied(cause: Any, count: int) -> PhaseAdjustmentsApplied:
    return PhaseAdjustmentsApplied(
        season_plan_id=SEASON_PLAN,
        team_id=TEAM,
        phase_id=IN.phase_id,
        adjustments_count=count,
        triggered_by="planner",
        cause_event_id=cause,
    )


def known(database_url: str) -> ReadModels:
    """A team in its preseason, somebody said."""
    return given(database_url, TEAM_FORMED, PLAN_OPENED, PRE, IN, changed(PRE))


def test_the_last_word_about_the_phase_since_when_and_how_old(database_url: str) -> None:
    models = known(database_url).project(changed(IN, "pre"))
    since = at(len(models.log.events))
    assert models.rows(current_phase, TEAM) == told(models)
    assert models.rows(current_phase, OTHER_TEAM) is None

    longer = IN.model_copy(update={"ends_on": date(2026, 6, 7)})
    models.project(changed(longer, "in", auto_apply=False))
    again = told(models, since=since, ends_on=date(2026, 6, 7), old_phase_id="in", auto_apply=False)
    assert models.rows(current_phase, TEAM) == again

    change_id = models.log.events[-1].event_id
    models.project(applied(CAUSE, 3))
    assert models.rows(current_phase, TEAM) == again, "that counts the effects of an earlier change"
    models.project(applied(change_id, 14))
    assert models.rows(current_phase, TEAM) == again._replace(adjustments_count=14)
    models.deliver_again()
    models.deliver_each_again(PROJECTION)
    assert models.differences() == {}


def test_a_phase_that_begins_by_its_date_is_said_by_whoever_is_at_work_and_follows_the_teams_setting(
    database_url: str,
) -> None:
    models = known(database_url).project(began(IN, IN.starts_on, "pre"))
    assert models.rows(current_phase, TEAM) == told(models, triggered_by=ACTOR)
    models.project(AutoApplySet(team_id=TEAM, auto_apply_adjustments=False))
    assert not models.rows(current_phase, TEAM).auto_apply
    models.deliver_again()
    models.deliver_each_again(PROJECTION)


def test_declared_anew_the_current_phase_has_its_new_content_and_another_phase_changes_nothing(
    database_url: str,
) -> None:
    models = known(database_url).project(changed(IN, "pre", auto_apply=False), applied(CAUSE, 2))
    before = models.rows(current_phase, TEAM)
    models.project(said(PhaseModified, PRE, load_level=LoadLevel.PEAK))
    assert models.rows(current_phase, TEAM) == before

    models.project(said(PhaseModified, IN, load_level=LoadLevel.LOW, focus_areas=()))
    assert models.rows(current_phase, TEAM) == told(
        models, since=before.since, load_level="low", focus_areas=[], triggered_by=ACTOR
    )
    models.deliver_again()
    models.deliver_each_again(PROJECTION)


def test_over_or_removed_a_phase_is_current_no_more_until_it_is_again(database_url: str) -> None:
    models = known(database_url).project(removed(IN))
    assert models.rows(current_phase, TEAM).phase_id == "pre", "another one was removed"
    models.project(ended("pre", date(2026, 3, 1)))
    assert models.rows(current_phase, TEAM) is None
    models.project(said(PhaseModified, PRE, load_level=LoadLevel.LOW))
    assert models.rows(current_phase, TEAM) is None, "declared anew it does not become current"

    models.project(changed(PRE, None))
    assert models.rows(current_phase, TEAM).since == at(len(models.log.events)), "it did not last meanwhile"
    models.project(removed(PRE))
    assert models.rows(current_phase, TEAM) is None
    models.deliver_again()
    models.deliver_each_again(PROJECTION)
    assert models.differences() == {}
