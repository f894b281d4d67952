"""`mesocycle season`, as a person types it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from typer.testing import CliRunner

from consumers.dead_letters import Unprocessable, set_aside
from consumers.planning_listener import CONSUMER
from domain.assignment import AdjustByHand
from domain.ids import AthleteId, FixtureId, TeamId
from domain.organization import ConnectPlanningSource, FoundOrganization
from domain.ports import Caller
from domain.rules.load import LoadLevel
from domain.season_plan import (
    AddFixture,
    AdjustmentsRequested,
    OpenSeasonPlan,
    PhaseAdjustmentsApplied,
    RequestAdjustments,
)
from domain.team import FormTeam, SetAutoApply
from infra import cli
from infra.cli_season import season_app
from infra.cli_teams import ago, effect, operator
from infra.main import Application
from infra.service import running
from tests.support.club import (
    ORGANIZATION,
    application,
    assignments,
    change,
    day,
    phase,
    run_all,
    team,
    whole_log,
    workout,
)
from tests.support.command_line import cells, typed
from tests.support.messages import message
from tests.support.scheduling import SetClock, noon

TEAM, OTHER = TeamId(UUID(int=17)), TeamId(UUID(int=18))
ANA, BEN = AthleteId(UUID(int=0xA)), AthleteId(UUID(int=0xB))


@pytest.fixture
def clock() -> SetClock:
    return SetClock(noon(0))


@pytest.fixture
def app(database_url: str, clock: SetClock) -> Iterator[Application]:
    with application(database_url, clock=clock) as opened:
        yield opened


def named(team_id: TeamId, name: str, external: str) -> list[Any]:
    return [
        FormTeam(team_id=team_id, name=name, zone="Europe/Berlin", external_source="planning", external_id=external),
        OpenSeasonPlan(team_id=team_id, zone="Europe/Berlin"),
    ]


def known(app: Application, *commands: Any) -> None:
    run_all(app, *commands)
    app.projector.process_available()


def season(app: Application, *arguments: object) -> tuple[int, str]:
    return typed(app, season_app, *arguments)


def test_the_installed_command_has_all_of_them(database_url: str) -> None:
    program = Path(sys.executable).with_name("mesocycle")
    environment = {**os.environ, "DATABASE_URL": database_url}
    done = subprocess.run([program, "season", "show", "U17"], env=environment, capture_output=True, timeout=60)
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr == b"mesocycle: there are no read models yet: `mesocycle run` makes them\n"
    listed = CliRunner().invoke(cli.app, ["--help"]).output
    for name in ("season", "readiness", "compliance", "templates", "notices", "refusals"):
        assert f" {name} " in listed


class TestShow:
    def test_phases_games_and_how_old_the_last_word_is(self, app: Application, clock: SetClock) -> None:
        content: dict[str, Any] = {"sessions_per_week": 3, "intensity": "high", "focus_areas": ("power", "speed")}
        known(app, *named(TEAM, "U17", "17"), phase(TEAM, "pre", 0, 27, LoadLevel.MEDIUM),
              phase(TEAM, "in", 28, 90, LoadLevel.HIGH, **content),
              AddFixture(team_id=TEAM, fixture_id=FixtureId("g1"), on=day(30), title="Away [bold]"))  # fmt: skip
        app.runner.run(change(TEAM, "pre", 0, 27), Caller(ORGANIZATION, "planning:planning", uuid4(), uuid4()))
        app.projector.process_available()
        clock.moment += timedelta(hours=26)
        code, output = season(app, "show", "U17")
        assert code == 0
        assert "planning service's last word: 2026-11-21 11:00:00, 1 d 2 h ago" in output
        assert "current phase: pre" in output
        rows = cells(output)
        assert ["→", "pre", "preseason", "2026-11-21", "2026-12-18", "medium × 1.0"] in rows
        assert ["in", "preseason", "2026-12-19", "2027-02-19", "high × 1.2", "3", "high", "power, speed"] in rows
        assert ["Mon 2026-12-21", "g1", "Away [bold]"] in rows

    def test_a_team_by_any_of_its_names_if_it_is_the_only_one(self, app: Application) -> None:
        known(app, *named(TEAM, "U17", "17"), *named(OTHER, "U19", "19"))
        for name in ("U17", "17", str(TEAM), str(TEAM).upper()):
            assert season(app, "show", name)[1].startswith("U17, Europe/Berlin: 0 declarations, the last 0 s ago")
        assert season(app, "show", "U18") == (1, "mesocycle: there is no team U18")
        known(app, *named(TeamId(UUID(int=19)), "U17", "21"))
        code, output = season(app, "show", "U17")
        assert (code, output.startswith("mesocycle: there is more than one team U17; name one by its id: ")) == (
            1,
            True,
        )
        assert str(TEAM) in output

    def test_where_nothing_is_there_yet_it_says_what_to_do(self, app: Application) -> None:
        assert season(app, "show", "U17") == (
            1, "mesocycle: there are no read models yet: `mesocycle run` makes them",
        )  # fmt: skip
        known(app, *team(TEAM)[:1])
        assert season(app, "show", "U17") == (1, "mesocycle: team U17 has no season plan")

    def test_the_planning_service_may_never_have_said_a_word(self, app: Application) -> None:
        known(app, *named(TEAM, "U17", "17"))
        assert "planning service's last word: none yet\ncurrent phase: none" in season(app, "show", "U17")[1]


class TestSyncStatus:
    def test_of_a_team_whose_workouts_follow(self, app: Application) -> None:
        known(app, *named(TEAM, "U17", "17"), phase(TEAM, "in", 0, 90, LoadLevel.HIGH), workout(TEAM, 3))
        assert "still follow" in season(app, "sync-status", "U17")[1]
        known(app, change(TEAM, "in", 0, 80))
        app.reactions.process_available()
        app.projector.process_available()
        code, output = season(app, "sync-status", "17")
        rows = {row[0]: row[1] for row in cells(output) if len(row) == 2}
        assert code == 0
        assert rows["workouts"] == "in step"
        assert rows["adjusts by itself"] == "yes"
        assert rows["current phase"] == "in"
        assert rows["last declared"] == "season_plan.phase_changed by coach:ana, 2026-11-21 11:00:00"
        assert rows["last applied"] == "in to 1 assignments, 2026-11-21 11:00:00"
        assert rows["planning service"] == "none yet"
        assert rows["read models"] == "up to date"

    def test_says_that_what_it_is_read_from_is_behind(self, app: Application) -> None:
        known(app, *named(TEAM, "U17", "17"))
        run_all(app, phase(TEAM, "in", 0, 90, LoadLevel.HIGH))
        assert ["read models", "1 event behind the log"] in cells(season(app, "sync-status", "U17")[1])

    def test_of_one_whose_messages_are_set_aside(self, app: Application) -> None:
        source = ConnectPlanningSource(organization_id=ORGANIZATION, source="planning", topic="planning.events")
        known(app, *named(TEAM, "U17", "17"), *named(OTHER, "U19", "19"),
              FoundOrganization(organization_id=ORGANIZATION, name="SV"), source)  # fmt: skip
        with app.pool.connection() as connection:
            set_aside(connection, CONSUMER, message({}, key="17"), Unprocessable("it has no [bold] phase"))
        *_, header, row = cells(season(app, "sync-status", "U17")[1])
        assert header == ["consumer", "status", "messages", "since", "next attempt", "reason"]
        assert (row[:3], row[-1]) == ([CONSUMER, "dead", "1"], "it has no [bold] phase")
        assert CONSUMER not in season(app, "sync-status", "U19")[1]


class TestAdjust:
    @pytest.fixture
    def by_hand(self, app: Application) -> Application:
        """Two players with a workout each, both at 50 by hand, in a phase of × 1.2."""
        known(app, *named(TEAM, "U17", "17"), phase(TEAM, "in", 0, 90, LoadLevel.HIGH))
        for athlete_id in (ANA, BEN):
            planned = workout(TEAM, 3, athlete_id=athlete_id)
            run_all(app, planned)
            app.reactions.process_available()
            run_all(app, AdjustByHand(assignment_id=planned.assignment_id, load=50.0, reason="tired"))
        app.projector.process_available()
        return app

    def loads(self, app: Application) -> dict[AthleteId, float]:
        return {state.athlete_id: state.shown_load for state in assignments(app).values()}

    def test_by_force_all_or_some_and_says_how_many(self, by_hand: Application) -> None:
        with running({"reactions": by_hand.reactions.run}):
            some = season(by_hand, "adjust", "U17", "--phase", "in", "--athlete", ANA, "--force", "--wait", 60)
            assert some == (0, "1 assignment of U17 adjusted for phase in")
            assert self.loads(by_hand) == {ANA: 72.0, BEN: 50.0}
            every = season(by_hand, "adjust", "U17", "--phase", "in", "--force", "--wait", 60)
        assert every[0] == 0
        assert self.loads(by_hand) == {ANA: 72.0, BEN: 72.0}

    def test_counts_its_own_and_not_what_came_at_the_same_time(self, by_hand: Application) -> None:
        run_all(by_hand, change(TEAM, "in", 0, 80))
        caller = operator(by_hand, ORGANIZATION)
        request = RequestAdjustments(team_id=TEAM, request_id=uuid4(), athlete_ids=(ANA,), force=True, triggered_by="x")
        outcome = by_hand.runner.run(request, caller)
        by_hand.reactions.process_available()
        applied = effect(by_hand, outcome, caller, PhaseAdjustmentsApplied, 0)
        assert applied is not None
        assert (applied.triggered_by, applied.adjustments_count) == ("x", 1)

    def test_says_that_it_will_happen_where_no_reactions_run(self, by_hand: Application) -> None:
        code, output = season(by_hand, "adjust", "U17", "--phase", "in", "--force", "--wait", 0)
        assert (code, "nothing came of it within 0 s. It happens as soon as `mesocycle run` is at work" in output) == (
            0,
            True,
        )
        assert self.loads(by_hand) == {ANA: 50.0, BEN: 50.0}
        by_hand.reactions.process_available()
        assert self.loads(by_hand) == {ANA: 72.0, BEN: 72.0}

    def test_what_a_rule_refuses_comes_with_its_hint(self, by_hand: Application) -> None:
        code, output = season(by_hand, "adjust", "U17", "--wait", 0)
        assert code == 1
        assert output.endswith("so there is none to adjust for. Name a phase; the team is in none at present.")
        code, output = season(by_hand, "adjust", "U17", "--phase", "x", "--wait", 0)
        assert (code, "has no phase x (it has: in). Add the phase" in output) == (1, True)
        assert season(by_hand, "adjust", "U17", "--phase", "")[0] == 1

    def test_a_team_that_wants_none_by_themselves_gets_them_by_force_alone(self, by_hand: Application) -> None:
        known(by_hand, SetAutoApply(team_id=TEAM, auto_apply_adjustments=False))
        code, output = season(by_hand, "adjust", "U17", "--phase", "in", "--wait", 0)
        assert (code, "ask with --force" in output) == (1, True)
        assert not any(isinstance(recorded.event, AdjustmentsRequested) for recorded in whole_log(by_hand))
        assert season(by_hand, "adjust", "U17", "--phase", "in", "--force", "--wait", 0)[0] == 0


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0 s ago"),
        (59, "59 s ago"),
        (61, "1 min 1 s ago"),
        (3600, "1 h ago"),
        (90_000, "1 d 1 h ago"),
        (-5, "0 s ago"),
    ],
)
def test_how_long_ago_in_the_two_greatest_units(seconds: int, told: str) -> None:
    assert ago(noon(0), noon(0) + timedelta(seconds=seconds)) == told
